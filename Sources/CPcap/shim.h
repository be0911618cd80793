#ifndef SALLYPORT_CPCAP_H
#define SALLYPORT_CPCAP_H
#include <pcap/pcap.h>

/* Whether all that was written to it until now has gone out. The library tells of its last buffer
 * alone, and nothing of those that were full before. */
static inline int sallyport_pcap_is_whole(pcap_dumper_t *file) {
    return pcap_dump_flush(file) == 0 && !ferror(pcap_dump_file(file));
}
#endif
