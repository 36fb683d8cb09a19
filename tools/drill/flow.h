/* SPDX-License-Identifier: MIT */
/*
 * flow.h - from the numbers of a script to those of a live connection
 *
 * A script counts from its own zero: "< S 0:0(0)", "> S. 0:0(0) ack 1". The
 * stack counts from an ISS that it draws, with a clock that runs. A flow knows
 * both sides of one connection and maps one way or the other:
 *
 *	what		inbound packet		outbound packet
 *	seq, quotes	peer's ISN		stack's ISN
 *	ack		stack's ISN		peer's ISN
 *	SACK blocks	as the ack of the packet that carries them
 *	TSval		as written		by the first one seen
 *	TSecr		through the TSvals seen	as written
 *	ports, IP	given by the runtime, unless the packet writes them
 *
 * An ISN is learned from the SYN that shows it. Before that the difference is
 * zero, so that a stray segment's numbers are the script's.
 */
#ifndef TOOLS_DRILL_FLOW_H
#define TOOLS_DRILL_FLOW_H

#include "tools/drill/script.h"

#define DRILL_TSVALS_MAX 1024 /* remembered of a flow; then the oldest go */

struct drill_tsval {
	uint32_t script, live;
};

struct drill_flow {
	/* Set by the runtime; host order. Local is Tarn, remote the script. */
	uint32_t local_ip, remote_ip;
	uint16_t local_port, remote_port;
	uint32_t remote_isn_live; /* of the peer's SYN that the script writes as
	                           * its ISN; 0 makes live and script equal */
	uint32_t tsval_tick_us;   /* --tcp_ts_tick_usecs; 0: TSval unchecked */
	bool any_option_order; /* scripts of stacks that put options in another
	                        * order and pad otherwise (FreeBSD): order,
	                        * NOP and EOL are not compared */
	uint32_t tsval_slack_us; /* how far TSval may be off: the tolerance */
	/* Learned. What a difference is added to becomes live. */
	bool has_local_isn, has_remote_isn;
	bool may_restart; /* a reset or a SYN passed: the next SYN of the stack
	                   * may have another ISN */
	uint32_t local_isn_script, remote_isn_script;
	uint32_t local_diff, remote_diff; /* live minus script, modulo 2^32 */
	struct drill_tsval tsval[DRILL_TSVALS_MAX];
	unsigned tsval_count, tsval_next;
	bool has_first_tsval;
	struct drill_tsval first_tsval;
};

/** flow_init() - Nothing learned; the runtime fills in the rest */
void flow_init(struct drill_flow *flow);

/** flow_sends() - Learn from a packet that the script is about to send
 *
 * A SYN says what the peer's ISN is. Call it before packet_build().
 */
void flow_sends(struct drill_flow *flow, const struct drill_packet *packet);

/** flow_sees() - Learn from a live packet which the script expects here
 *
 * A SYN says what the stack's ISN is, a timestamp what a TSval of the script
 * stands for. Call it before packet_read(), which maps by what was learned.
 * @ip, @len: the IPv4 packet; one that is malformed teaches nothing
 */
void flow_sees(struct drill_flow *flow, const struct drill_packet *expected,
               const uint8_t *ip, size_t len);

/**
 * flow_local_diff(), flow_remote_diff() - What makes a script's number live
 * @is_syn: the sequence number of a SYN is as written; all others count from it,
 *	    whatever it was: "S. 123:123(0) ack 1", and then "1:11(10)"
 */
static inline uint32_t flow_local_diff(const struct drill_flow *flow,
                                       bool is_syn)
{
	return flow->local_diff + (is_syn ? 0 : flow->local_isn_script);
}

static inline uint32_t flow_remote_diff(const struct drill_flow *flow,
                                        bool is_syn)
{
	return flow->remote_diff + (is_syn ? 0 : flow->remote_isn_script);
}

/** flow_live_tsecr() - What the script's TSecr is to the stack */
uint32_t flow_live_tsecr(const struct drill_flow *flow, uint32_t script);

#endif
