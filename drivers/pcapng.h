/* SPDX-License-Identifier: MIT */
/*
 * pcapng.h - numbers of the two capture formats, for writer and reader
 *
 * pcapng (draft-ietf-opsawg-pcapng), what all blocks share:
 *
 *	+--------------+--------------+--------------+-----+--------------+
 *	| block type   | block length | body ...     | pad | block length |
 *	+--------------+--------------+--------------+-----+--------------+
 *
 * and what options are: code (16 bits), length (16 bits), value, padding to
 * four octets; the list ends with code 0. Numbers are in the byte order of
 * the machine that wrote the section, which its magic tells.
 */
#ifndef DRIVERS_PCAPNG_H
#define DRIVERS_PCAPNG_H

#define PCAPNG_SECTION         0x0a0d0d0au /* the same in both byte orders */
#define PCAPNG_INTERFACE       1u
#define PCAPNG_SIMPLE_PACKET   3u
#define PCAPNG_ENHANCED_PACKET 6u
#define PCAPNG_JOURNAL         9u /* systemd journal export */
#define PCAPNG_MAGIC           0x1a2b3c4du
#define PCAPNG_BLOCK_OVERHEAD  12u

#define PCAPNG_OPT_END             0
#define PCAPNG_OPT_COMMENT         1
#define PCAPNG_OPT_SHB_APPLICATION 4
#define PCAPNG_OPT_IF_NAME         2
#define PCAPNG_OPT_IF_DESCRIPTION  3
#define PCAPNG_OPT_IF_TSRESOL      9
#define PCAPNG_OPT_EPB_FLAGS       2
#define PCAPNG_DIRECTION_MASK      3u
#define PCAPNG_INBOUND             1u
#define PCAPNG_OUTBOUND            2u

/* Classic pcap: the magic tells byte order and unit of time. */
#define PCAP_MAGIC_US       0xa1b2c3d4u
#define PCAP_MAGIC_NS       0xa1b23c4du
#define PCAP_FILE_HDR_LEN   24u
#define PCAP_RECORD_HDR_LEN 16u

#define LINKTYPE_ETHERNET 1
#define LINKTYPE_SNAPLEN  262144u /* what the tools of the field write */

#endif
