/* SPDX-License-Identifier: MIT */
/*
 * flow.c - what a script's numbers stand for, learned packet by packet
 *
 * The peer's numbers are the script's to choose, so they are live as written,
 * or moved by a constant that the runtime wants (to see a wrap). The stack's
 * are known when its SYN is seen; it has one ISN for one connection, so a SYN
 * that is sent again must not teach another one, unless in between something
 * passed that ends or begins a connection. The peer's stays what its first SYN
 * said, as in the public tool.
 */
#include "tools/drill/flow.h"
#include "base/bytes.h"
#include "wire/ip4.h"
#include "wire/tcp.h"

void flow_init(struct drill_flow *flow)
{
	*flow = (struct drill_flow){ .local_port = 0 };
}

void flow_sends(struct drill_flow *flow, const struct drill_packet *packet)
{
	if (packet->protocol != DRILL_TCP)
		return;

	flow->may_restart |= packet->rst || (packet->syn && !packet->ack_bit);
	if (!packet->syn || flow->has_remote_isn || packet->seq_is_live)
		return;

	flow->has_remote_isn    = true;
	flow->remote_isn_script = packet->seq;
	if (flow->remote_isn_live)
		flow->remote_diff = flow->remote_isn_live - packet->seq;
}

/* The header of the segment in an IPv4 packet, well-formed or not at all. */
static bool read_segment(const uint8_t *ip, size_t len, struct tcp_hdr *ret)
{
	struct ip4_hdr hdr;

	return ip4_hdr_read(ip, len, &hdr) == DROP_NONE &&
	       hdr.proto == IP_PROTO_TCP &&
	       tcp_hdr_read(ip + hdr.hdr_len,
	                    (size_t)hdr.total_len - hdr.hdr_len,
	                    ret) == DROP_NONE;
}

static const struct drill_option *
timestamp_of(const struct drill_packet *packet)
{
	for (unsigned i = 0; i < packet->option_count; i++)
		if (packet->option[i].kind == DRILL_OPT_TIMESTAMP)
			return &packet->option[i];

	return NULL;
}

static void learn_isn(struct drill_flow *flow,
                      const struct drill_packet *expected, uint32_t seq)
{
	if (flow->has_local_isn && !flow->may_restart)
		return;

	flow->has_local_isn    = true;
	flow->may_restart      = false;
	flow->local_isn_script = expected->seq;
	flow->local_diff       = seq - expected->seq;
}

static void learn_tsval(struct drill_flow *flow, struct drill_tsval seen)
{
	if (!flow->has_first_tsval) {
		flow->has_first_tsval = true;
		flow->first_tsval     = seen;
	}
	flow->tsval[flow->tsval_next] = seen;
	flow->tsval_next = (flow->tsval_next + 1) % DRILL_TSVALS_MAX;
	if (flow->tsval_count < DRILL_TSVALS_MAX)
		flow->tsval_count++;
}

void flow_sees(struct drill_flow *flow, const struct drill_packet *expected,
               const uint8_t *ip, size_t len)
{
	const struct drill_option *timestamp = timestamp_of(expected);
	struct tcp_hdr hdr;

	if (expected->protocol != DRILL_TCP || !read_segment(ip, len, &hdr))
		return;

	if (hdr.syn && expected->syn && !expected->seq_is_live &&
	    !expected->seq_any)
		learn_isn(flow, expected, hdr.seq);
	flow->may_restart |= hdr.rst;
	if (timestamp && !timestamp->value_any && hdr.opt.has_timestamps)
		learn_tsval(flow, (struct drill_tsval){ timestamp->value,
		                                        hdr.opt.tsval });
}

/* The newest meaning counts: a script may write the same number twice. */
uint32_t flow_live_tsecr(const struct drill_flow *flow, uint32_t script)
{
	for (unsigned i = 1; i <= flow->tsval_count; i++) {
		const unsigned at = (flow->tsval_next + DRILL_TSVALS_MAX - i) %
		                    DRILL_TSVALS_MAX;

		if (flow->tsval[at].script == script)
			return flow->tsval[at].live;
	}

	return script;
}
