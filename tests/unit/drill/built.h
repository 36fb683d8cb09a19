/* SPDX-License-Identifier: MIT */
/* built.h - one flow for each test, and packets built over it */
#ifndef TESTS_UNIT_DRILL_BUILT_H
#define TESTS_UNIT_DRILL_BUILT_H

#include "tests/unit/drill/parsed.h"
#include "tools/drill/packet.h"

#define LOCAL_IP   0xc0a80001
#define REMOTE_IP  0xc0000201
#define LOCAL_DIFF 0xfffffff0u

static struct drill_flow flow;
static uint8_t octets[2000];

/** set_up() - Addresses and ports; nothing learned yet */
static inline void set_up(void)
{
	flow_init(&flow);
	flow.local_ip    = LOCAL_IP;
	flow.remote_ip   = REMOTE_IP;
	flow.local_port  = 8080;
	flow.remote_port = 40000;
}

/** packet() - What a script says of one. Valid until the next is parsed */
static inline const struct drill_packet *packet(const char *text)
{
	char event[400];

	forget();
	snprintf(event, sizeof(event), "0 %s", text);
	return &parsed(event)->packet;
}

/** built() - Build into octets[] what a script says. Return: its length */
static inline size_t built(const char *text)
{
	const int len =
	        packet_build(packet(text), &flow, octets, sizeof(octets));

	ck_assert_int_ge(len, 20);
	return (size_t)len;
}

#endif
