/* SPDX-License-Identifier: MIT */
/*
 * lwipopts.h - lwIP as fast as its options make it; printed by `make bench`
 *
 * No thread, no socket layer, pools large enough never to be the bound, windows
 * and buffers of a megabyte, its best checksum, keep-alive in its HTTP server,
 * whose page carries its header already.
 */
#ifndef BENCH_LWIPOPTS_H
#define BENCH_LWIPOPTS_H

#define NO_SYS                1
#define SYS_LIGHTWEIGHT_PROT  0
#define LWIP_SOCKET           0
#define LWIP_NETCONN          0
#define LWIP_IPV6             0
#define LWIP_UDP              0
#define LWIP_STATS            0
#define LWIP_HAVE_LOOPIF      1
#define LWIP_NETIF_LOOPBACK   1
#define LWIP_NETIF_HWADDRHINT 1
#define LWIP_CHKSUM           sum_wide
#define LWIP_CHECKSUM_ON_COPY 1
#define MEM_ALIGNMENT         8
#define MEM_SIZE              (64 * 1024 * 1024)
#define MEMP_NUM_PBUF         16384
#define MEMP_NUM_TCP_PCB      32768
#define MEMP_NUM_TCP_SEG      65535
#define PBUF_POOL_SIZE        8192
#define PBUF_POOL_BUFSIZE     1664
#define LWIP_TCP              1
#define TCP_MSS               1460
#define LWIP_WND_SCALE        1
#define TCP_RCV_SCALE         5
#define TCP_WND               (1024 * 1024)
#define TCP_SND_BUF           (1024 * 1024)
#define TCP_SND_QUEUELEN      4096
#define TCP_SNDLOWAT          32768
#define TCP_OVERSIZE          TCP_MSS
#define LWIP_TCP_KEEPALIVE    0
#define LWIP_TCP_TIMESTAMPS   0

#define HTTPD_FSDATA_FILE               "page.c"
#define LWIP_HTTPD_SUPPORT_11_KEEPALIVE 1
#define LWIP_HTTPD_SUPPORT_REQUESTLIST  1
#define HTTPD_LIMIT_SENDING_TO_2MSS     0

#endif
