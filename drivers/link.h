/* SPDX-License-Identifier: MIT */
/*
 * link.h - an open link: what carries frames, of whatever kind
 *
 * A link is the stack's driver (ops, state) plus what a loop needs to wait for
 * it. Links stack: fault_open() takes one and gives one. link_open() knows the
 * kinds that the command line names.
 */
#ifndef DRIVERS_LINK_H
#define DRIVERS_LINK_H

#include "tarn.h"

#define LINK_ERROR_LEN 512 /* room for a message that names the cure */

struct link {
	const struct tarn_link_ops *ops;
	/* NULL: it does not offload. Otherwise use these, and not ops. */
	const struct tarn_super_ops *super_ops;
	void *state; /* first argument of everything below */
	int fd;      /* readable when a frame waits; -1: no descriptor */
	bool is_finite; /* ends by itself (a capture file): receive gives -ENODATA */
	/* NULL when the link keeps no time of its own: */
	void (*advance)(void *state, uint64_t now_us);
	uint64_t (*deadline)(
	        const void *state); /* when to advance, or TARN_NEVER */
	void (*close)(void *state);
};

/** struct link_options - what a driver may want to know */
struct link_options {
	struct tarn_ip ip; /* our address: pcap refuses the host's own */
	uint8_t prefix_len;
	uint8_t mac[6]; /* ours: pcap filters for it */
	uint16_t mtu;
	bool offload; /* use what the link can do for us; not all can */
};

/**
 * link_open() - Open "tap:NAME", "pcap:IFACE" or "file:IN.pcap"
 * @error:	on failure: one sentence what, one what to do about it
 *
 * Return: 0; -EINVAL (unknown kind), -ENODEV, -EPERM, -EBUSY, -EADDRINUSE,
 *	   -ENOTSUP (built without libpcap), -errno of the system
 */
int link_open(const char *spec, const struct link_options *options,
              struct link *ret, char error[LINK_ERROR_LEN]);

/** link_close() - Close it and all links below it */
void link_close(struct link *link);

#endif
