/* SPDX-License-Identifier: MIT */
/* fragments.h - fragments of the pattern, for the tests of reassembly */
#ifndef TESTS_UNIT_NET_FRAGMENTS_H
#define TESTS_UNIT_NET_FRAGMENTS_H

#include "tests/unit/net/world.h"

static struct world w;

/* Octets [start, end) of the pattern as a fragment of datagram @hdr->id. */
static inline enum drop rx_of(struct ip4_hdr hdr, uint32_t start, uint32_t end,
                              bool more)
{
	hdr.offset         = (uint16_t)start;
	hdr.more_fragments = more;

	return rx_ip4(&w, hdr, pattern() + start % 4096, end - start);
}

static inline enum drop rx(uint8_t proto, uint32_t start, uint32_t end,
                           bool more)
{
	return rx_of(ip4_to_us(proto), start, end, more);
}

static inline uint64_t drops(enum drop drop)
{
	return w.env.drops[drop];
}

static inline void assert_delivers(uint16_t id)
{
	struct ip4_hdr hdr = ip4_to_us(IP_PROTO_UDP);

	hdr.id = id;
	ck_assert_drop(rx_of(hdr, 0, 1480, true), DROP_FRAGMENT_HELD);
	ck_assert_drop(rx_of(hdr, 1480, 2000, false), DROP_NONE);
	ck_assert_int_eq(w.rx.kind, NET_RX_DATAGRAM);
	ck_assert_uint_eq(w.rx.len, 2000);
	ck_assert_mem_eq(w.rx.data, pattern(), 2000);
}

#endif
