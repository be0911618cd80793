#ifndef SALLYPORT_COPENSSL_H
#define SALLYPORT_COPENSSL_H
// SHA1_*, MD5_* and HMAC_* are marked deprecated in OpenSSL 3, and a warning is an error here.
#define OPENSSL_SUPPRESS_DEPRECATED 1
#include <openssl/crypto.h>
#include <openssl/evp.h>
#endif
