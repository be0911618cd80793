#ifndef SALLYPORT_CPCAP_H
#define SALLYPORT_CPCAP_H
#include <pcap/pcap.h>
#endif
