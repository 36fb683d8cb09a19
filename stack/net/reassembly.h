/* SPDX-License-Identifier: MIT */
/* reassembly.h - fragments in, datagrams out (RFC 791 section 3.2, RFC 5722) */
#ifndef NET_REASSEMBLY_H
#define NET_REASSEMBLY_H

#include "base/list.h"
#include "base/table.h"
#include "net/net.h"

struct reassembly {
	struct table table; /* of struct datagram */
	struct list age;    /* of struct datagram, oldest first */
	size_t bytes; /* true octets of all datagrams, at most REASM_BYTES_MAX */
	uint8_t *whole; /* the last one that became whole, lent to the caller */
	size_t whole_len;
};

void reassembly_init(struct net *net);
void reassembly_flush(struct net *net);

/** reassembly_input() - Keep a fragment, or give back the datagram it completes
 * @hdr:	the fragment's header
 * @rx:		in: the fragment; out, on DROP_NONE: the whole datagram, lent
 *		until reassembly_release()
 *
 * Return: DROP_NONE when the datagram is whole, DROP_FRAGMENT_HELD when not
 *	   yet, or why the fragment or its datagram was discarded
 */
enum drop reassembly_input(struct net *net, const struct ip4_hdr *hdr,
                           struct net_rx *rx);

/** reassembly_release() - Take back the datagram that was lent */
void reassembly_release(struct net *net);

/** reassembly_timeouts() - Give up datagrams that did not become whole */
void reassembly_timeouts(struct net *net);
uint64_t reassembly_deadline(const struct net *net);

#endif
