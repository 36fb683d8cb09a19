/* SPDX-License-Identifier: MIT */
/*
 * packet_compare.c - what the stack sent against what the script expects
 *
 * Both are in the script's terms, so comparing is field by field. A report
 * shows of the actual packet what the script writes of the expected one, so
 * that the eye finds the difference.
 */
#include "base/bytes.h"
#include "base/text.h"
#include "tools/drill/packet.h"

struct comparing {
	const struct drill_packet *expected, *actual;
	const struct drill_flow *flow;
	struct text differs;
};

static void differ(struct comparing *c, bool is_wrong, const char *name)
{
	if (!is_wrong)
		return;

	if (c->differs.len)
		text_str(&c->differs, ", ");
	text_str(&c->differs, name);
}

/* ---- IP and ports ------------------------------------------------------- */

static bool is_ecn(enum drill_ecn expected, enum drill_ecn actual)
{
	if (expected == DRILL_ECT01)
		return actual == DRILL_ECT0 || actual == DRILL_ECT1;

	return expected == DRILL_ECN_ANY || expected == actual;
}

static void compare_ip(struct comparing *c)
{
	const struct drill_packet *e = c->expected, *a = c->actual;

	differ(c, !is_ecn(e->ecn, a->ecn), "ECN");
	differ(c, e->tos >= 0 && e->tos != a->tos, "TOS");
	differ(c, e->ttl >= 0 && e->ttl != a->ttl, "TTL");
	differ(c, e->has_ip_id && e->ip_id != a->ip_id, "ID");
	differ(c, e->has_df && e->df != a->df, "DF");
	differ(c,
	       (e->src_ip && e->src_ip != a->src_ip) ||
	               (e->dst_ip && e->dst_ip != a->dst_ip),
	       "addresses");
	differ(c,
	       e->has_ports && (e->src_port != a->src_port ||
	                        e->dst_port != a->dst_port),
	       "ports");
}

/* ---- options ------------------------------------------------------------ */

/* TSval may be off by what the script tolerates, if it is compared at all. */
static bool is_tsval(const struct comparing *c, uint32_t expected,
                     uint32_t actual)
{
	const uint32_t ahead = actual - expected, behind = expected - actual;
	const uint64_t ticks = MIN(ahead, behind);

	return ticks * c->flow->tsval_tick_us <= c->flow->tsval_slack_us;
}

static bool is_data(const struct drill_option *e, const struct drill_option *a)
{
	return e->value_any || (e->data_len == a->data_len &&
	                        memcmp(e->data, a->data, e->data_len) == 0);
}

static bool is_sack(const struct drill_option *e, const struct drill_option *a)
{
	return e->block_count == a->block_count &&
	       memcmp(e->block, a->block,
	              e->block_count * sizeof(e->block[0])) == 0;
}

static bool is_option(const struct comparing *c, const struct drill_option *e,
                      const struct drill_option *a)
{
	if (e->kind != a->kind)
		return false;

	switch (e->kind) {
	case DRILL_OPT_EOL:
	case DRILL_OPT_NOP:
	case DRILL_OPT_SACK_OK:
		return true;
	case DRILL_OPT_MSS:
	case DRILL_OPT_WSCALE:
		return e->value == a->value;
	case DRILL_OPT_SACK:
		return is_sack(e, a);
	case DRILL_OPT_TIMESTAMP:
		return (e->value_any || is_tsval(c, e->value, a->value)) &&
		       (e->value2_any || e->value2 == a->value2);
	case DRILL_OPT_MD5:
	case DRILL_OPT_FASTOPEN:
	case DRILL_OPT_FASTOPEN_EXP:
		return is_data(e, a);
	case DRILL_OPT_RAW:
		return e->raw_kind == a->raw_kind && e->raw_len == a->raw_len &&
		       is_data(e, a);
	}
	return false;
}

static bool is_padding(const struct drill_option *option)
{
	return option->kind == DRILL_OPT_NOP || option->kind == DRILL_OPT_EOL;
}

static unsigned count_real(const struct drill_packet *packet)
{
	unsigned count = 0;

	for (unsigned i = 0; i < packet->option_count; i++)
		count += !is_padding(&packet->option[i]);

	return count;
}

static bool is_among(const struct comparing *c, const struct drill_option *e)
{
	for (unsigned i = 0; i < c->actual->option_count; i++)
		if (is_option(c, e, &c->actual->option[i]))
			return true;

	return is_padding(e);
}

static bool are_options_in_any_order(const struct comparing *c)
{
	for (unsigned i = 0; i < c->expected->option_count; i++)
		if (!is_among(c, &c->expected->option[i]))
			return false;

	return count_real(c->expected) == count_real(c->actual);
}

/* A script that writes no options expects none. */
static bool are_options(const struct comparing *c)
{
	const struct drill_packet *e = c->expected, *a = c->actual;

	if (e->options_any)
		return true;
	if (c->flow->any_option_order)
		return are_options_in_any_order(c);
	if (e->option_count != a->option_count)
		return false;

	for (unsigned i = 0; i < e->option_count; i++)
		if (!is_option(c, &e->option[i], &a->option[i]))
			return false;

	return true;
}

/* ---- the three protocols ------------------------------------------------ */

static bool are_flags(const struct drill_packet *e,
                      const struct drill_packet *a)
{
	return e->fin == a->fin && e->syn == a->syn && e->rst == a->rst &&
	       e->psh == a->psh && e->ack_bit == a->ack_bit &&
	       e->urg == a->urg && e->ece == a->ece && e->cwr == a->cwr &&
	       e->ae == a->ae;
}

static bool is_seq(const struct comparing *c)
{
	const struct drill_packet *e = c->expected, *a = c->actual;
	const uint32_t diff =
	        e->seq_is_live ? flow_local_diff(c->flow, e->syn) : 0;

	return e->seq_any || e->seq == a->seq + diff;
}

static bool is_payload(const struct drill_packet *e,
                       const struct drill_packet *a)
{
	return !e->payload || e->payload_len != a->payload_len ||
	       e->payload_len == 0 ||
	       memcmp(e->payload, a->payload, e->payload_len) == 0;
}

static void compare_tcp(struct comparing *c)
{
	const struct drill_packet *e = c->expected, *a = c->actual;

	differ(c, !are_flags(e, a), "flags");
	differ(c, !is_seq(c), "seq");
	differ(c, e->payload_len != a->payload_len, "length");
	differ(c, e->has_ack && e->ack != a->ack, "ack");
	differ(c, e->has_win && e->win != a->win, "win");
	differ(c, e->urg_ptr != a->urg_ptr, "urg");
	differ(c, !are_options(c), "options");
	differ(c, !is_payload(e, a), "payload");
}

static void compare_udp(struct comparing *c)
{
	const struct drill_packet *e = c->expected, *a = c->actual;

	differ(c, e->payload_len != a->payload_len, "length");
	differ(c, !is_payload(e, a), "payload");
}

static void compare_icmp(struct comparing *c)
{
	const struct drill_packet *e = c->expected, *a = c->actual;

	differ(c, e->icmp_type != a->icmp_type, "type");
	differ(c, e->icmp_code != a->icmp_code, "code");
	differ(c, e->has_mtu && e->icmp_mtu != a->icmp_mtu, "mtu");
	differ(c, e->icmp_id && e->icmp_id != a->icmp_id, "id");
	differ(c, e->icmp_seq && e->icmp_seq != a->icmp_seq, "seq");
	differ(c, e->payload_len && e->payload_len != a->payload_len, "length");
	differ(c,
	       e->has_quote && (!a->has_quote ||
	                        e->quote_protocol != a->quote_protocol ||
	                        e->quote_seq != a->quote_seq ||
	                        e->quote_seq_end != a->quote_seq_end),
	       "quote");
}

static void compare(struct comparing *c)
{
	if (c->expected->protocol != c->actual->protocol) {
		differ(c, true, "protocol");
		return;
	}
	compare_ip(c);
	if (c->expected->protocol == DRILL_TCP)
		compare_tcp(c);
	else if (c->expected->protocol == DRILL_UDP)
		compare_udp(c);
	else
		compare_icmp(c);
}

/* ---- the report --------------------------------------------------------- */

/* Of the actual packet, only what the script writes too. */
static struct drill_packet as_written(const struct drill_packet *actual,
                                      const struct drill_packet *expected)
{
	struct drill_packet shown = *actual;

	shown.is_inbound = expected->is_inbound;
	if (expected->ecn == DRILL_ECN_ANY)
		shown.ecn = DRILL_ECN_ANY;
	if (expected->tos < 0)
		shown.tos = -1;
	if (expected->ttl < 0)
		shown.ttl = -1;
	shown.has_ip_id &= expected->has_ip_id;
	shown.has_df &= expected->has_df;
	shown.has_ports &= expected->has_ports;
	shown.has_ack &=
	        expected->has_ack || expected->ack_bit != actual->ack_bit;
	shown.has_mtu &= expected->has_mtu;
	if (!expected->src_ip && !expected->dst_ip)
		shown.src_ip = shown.dst_ip = 0;
	if (!expected->payload)
		shown.payload = NULL;

	return shown;
}

bool packet_compare(const struct drill_packet *expected,
                    const struct drill_packet *actual,
                    const struct drill_flow *flow, struct drill_mismatch *ret)
{
	const struct drill_packet shown = as_written(actual, expected);
	struct comparing c = { expected, actual, flow, { .buf = NULL } };

	text_init(&c.differs, ret->differs, sizeof(ret->differs));
	compare(&c);
	(void)packet_text(ret->expected, sizeof(ret->expected), expected);
	(void)packet_text(ret->actual, sizeof(ret->actual), &shown);

	return c.differs.len == 0;
}

/* What cannot be read at all has no text but its flaw. */
static bool is_unreadable(const struct drill_packet *expected, const char *flaw,
                          struct drill_mismatch *ret)
{
	struct text text;

	(void)packet_text(ret->expected, sizeof(ret->expected), expected);
	text_init(&text, ret->actual, sizeof(ret->actual));
	text_str(&text, "> a malformed packet: ");
	text_str(&text, flaw);
	text_init(&text, ret->differs, sizeof(ret->differs));
	text_str(&text, flaw);

	return false;
}

bool packet_check(const struct drill_packet *expected, const uint8_t *ip,
                  size_t len, struct drill_flow *flow,
                  struct drill_mismatch *ret)
{
	struct drill_packet actual;
	const char *flaw;
	struct text text;
	bool is_equal;

	flow_sees(flow, expected, ip, len);
	if (packet_read(ip, len, flow, &actual, &flaw) < 0)
		return is_unreadable(expected, flaw, ret);

	is_equal = packet_compare(expected, &actual, flow, ret);
	if (!flaw)
		return is_equal;

	text = (struct text){ .buf  = ret->differs,
		              .size = sizeof(ret->differs),
		              .len  = strlen(ret->differs) };
	text_str(&text, is_equal ? "" : ", ");
	text_str(&text, flaw);

	return false;
}
