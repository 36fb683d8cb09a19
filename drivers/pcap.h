/* SPDX-License-Identifier: MIT */
/*
 * pcap.h - libpcap: a live interface of this host, or a capture file
 *
 * Both are kinds of link_open(). Built without libpcap (TARN_HAVE_PCAP is not
 * defined) they return -ENOTSUP and say so.
 */
#ifndef DRIVERS_PCAP_H
#define DRIVERS_PCAP_H

#include "drivers/link.h"

/**
 * pcap_link_live() - Be one more station on the network of interface @name
 *
 * With a MAC and an IP address of our own, beside the host's. The host's own
 * addresses are refused: its kernel knows nothing of our connections and would
 * answer each segment for them with RST.
 *
 * Return: 0; -EADDRINUSE (the host has options->ip), -ENODEV, -EPERM,
 *	   -ENETDOWN, -EMEDIUMTYPE (no Ethernet), -EIO
 */
int pcap_link_live(const char *name, const struct link_options *options,
                   struct link *ret, char error[LINK_ERROR_LEN]);

/**
 * pcap_link_file() - Receive the frames of a pcap or pcapng file, in their order
 *
 * As fast as they are taken; their times are not kept. What is sent goes
 * nowhere. "-" reads standard input.
 *
 * Return: 0; -ENOENT, -EACCES, -EMEDIUMTYPE (no Ethernet), -EBADMSG (no capture)
 */
int pcap_link_file(const char *path, const struct link_options *options,
                   struct link *ret, char error[LINK_ERROR_LEN]);

#endif
