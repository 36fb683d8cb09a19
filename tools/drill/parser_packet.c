/* SPDX-License-Identifier: MIT */
/*
 * parser_packet.c - "< [ect0] S 0:0(0) win 65535 <mss 1460,sackOK>"
 *
 *	packet	= direction prefix* (tcp | udp | icmp)
 *	prefix	= "[" ip-word, ... "]"  |  A.B.C.D:port > A.B.C.D:port
 *		| port > port
 *	tcp	= flags seq:end(len) [ack N] [win N] [urg N] [<options>]
 *		  ["payload"]
 *	udp	= udp (len) ["payload"]
 *
 * Of a packet from the peer, the window is 65535 unless written. What Tarn has
 * no use for is recognised by parser_foreign.c.
 */
#include "tools/drill/option.h"
#include "tools/drill/parse.h"
#include <stdio.h>
#include <string.h>

#define OPTIONS_LEN_MAX 40

/* ---- in brackets before the flags: the IP header ------------------------ */

static const struct {
	const char *word;
	enum drill_ecn ecn;
} ecn_words[] = {
	{ "noecn", DRILL_NOECN }, { "ect0", DRILL_ECT0 },
	{ "ect1", DRILL_ECT1 },   { "ect01", DRILL_ECT01 },
	{ "ce", DRILL_CE },
};

static bool parse_ecn(struct parse *parse, struct drill_packet *packet)
{
	for (size_t i = 0; i < sizeof(ecn_words) / sizeof(*ecn_words); i++)
		if (scan_take_word(parse, ecn_words[i].word)) {
			packet->ecn = ecn_words[i].ecn;
			return true;
		}

	return false;
}

/* Our own words, for packets that contradict themselves. */
static bool parse_lie(struct parse *parse, struct drill_packet *packet)
{
	if (scan_take_word(parse, "badsum"))
		packet->bad_checksum = true;
	else if (scan_take_word(parse, "badipsum"))
		packet->bad_ip_checksum = true;
	else if (scan_take_word(parse, "iplen"))
		packet->lie_total_len =
		        (int)scan_number(parse, 65535, "0 to 65535 octets");
	else if (scan_take_word(parse, "ihl"))
		packet->lie_ihl = (int)scan_number(parse, 15, "0 to 15 words");
	else if (scan_take_word(parse, "doff"))
		packet->lie_doff = (int)scan_number(parse, 15, "0 to 15 words");
	else
		return false;

	return true;
}

static bool parse_df(struct parse *parse, struct drill_packet *packet)
{
	const bool is_set =
	        scan_take_word(parse, "df") || scan_take_word(parse, "DF");

	if (!is_set && !scan_take_word(parse, "nodf") &&
	    !scan_take_word(parse, "noDF"))
		return false;

	packet->has_df = true;
	packet->df     = is_set;
	return true;
}

static bool parse_ip_number(struct parse *parse, struct drill_packet *packet)
{
	if (scan_take_word(parse, "tos")) {
		packet->tos = (int)scan_number(parse, 255, "tos 0 to 255");
	} else if (scan_take_word(parse, "ttl")) {
		packet->ttl = (int)scan_number(parse, 255, "ttl 0 to 255");
	} else if (scan_take_word(parse, "id")) {
		packet->has_ip_id = true;
		packet->ip_id =
		        (uint16_t)scan_number(parse, 65535, "id 0 to 65535");
	} else if (scan_take_word(parse, "flowlabel")) {
		parse->unsupported = "IPv6";
		(void)scan_number(parse, 0xfffff, "a flow label of 20 bits");
	} else {
		return false;
	}

	return true;
}

static void parse_ip_info(struct parse *parse, struct drill_packet *packet)
{
	while (!parse->rc && !scan_take(parse, "]")) {
		if (!parse_ecn(parse, packet) && !parse_df(parse, packet) &&
		    !parse_ip_number(parse, packet) &&
		    !parse_lie(parse, packet))
			parse_fail(
			        parse, parse->at, "not a word for IP",
			        "noecn, ect0, ect1, ect01, ce, tos, ttl ...");
		(void)scan_take(parse, ",");
	}
}

/* ---- who to whom ------------------------------------------------------- */

static uint16_t parse_port(struct parse *parse)
{
	return (uint16_t)scan_number(parse, 65535, "a port, 0 to 65535");
}

/* "1.2.3.4:5 > 6.7.8.9:10"; the ports may be missing. */
static bool parse_addresses(struct parse *parse, struct drill_packet *packet)
{
	if (!scan_ip4(parse, &packet->src_ip))
		return false;

	if (scan_take(parse, ":")) {
		packet->src_port  = parse_port(parse);
		packet->has_ports = true;
	}
	scan_need(parse, ">", "between two addresses");
	if (!scan_ip4(parse, &packet->dst_ip))
		parse_fail(parse, parse->at, "no address stands here",
		           "one such as 192.0.2.1");
	if (*parse->at == ':' && is_digit(parse->at[1])) {
		parse->at++;
		packet->dst_port  = parse_port(parse);
		packet->has_ports = true;
	} else {
		(void)scan_take(parse, ":");
	}

	return true;
}

/* "5 > 6", where flags such as "5" would be followed by something else. */
static bool parse_ports(struct parse *parse, struct drill_packet *packet)
{
	const char *at;

	if (!scan_at_digit(parse))
		return false;

	at = parse->at + strspn(parse->at, "0123456789");
	at += strspn(at, " \t");
	if (*at != '>')
		return false;

	packet->src_port = parse_port(parse);
	scan_need(parse, ">", "between two ports");
	packet->dst_port  = parse_port(parse);
	packet->has_ports = true;
	return true;
}

static bool parse_prefix(struct parse *parse, struct drill_packet *packet)
{
	if (scan_take(parse, "["))
		parse_ip_info(parse, packet);
	else if (!parse_tunnel(parse) && !parse_addresses(parse, packet) &&
	         !parse_ports(parse, packet))
		return false;

	return !parse->rc;
}

/* ---- TCP --------------------------------------------------------------- */

/* A digit is the counter of AccECN, in the three bits AE, CWR, ECE. */
static void set_ace(struct drill_packet *packet, unsigned ace)
{
	packet->ae  = (ace & 4) != 0;
	packet->cwr = (ace & 2) != 0;
	packet->ece = (ace & 1) != 0;
}

static bool set_flag(struct drill_packet *packet, char c)
{
	bool *const flags[] = { &packet->fin, &packet->syn, &packet->rst,
		                &packet->psh, &packet->urg, &packet->ece,
		                &packet->cwr, &packet->ae,  &packet->ack_bit };
	static const char letters[] = "FSRPUEWA.";
	const char *found           = strchr(letters, c);

	if (c >= '0' && c <= '7')
		set_ace(packet, (unsigned)(c - '0'));
	else if (found)
		*flags[found - letters] = true;

	return found || c == '-' || (c >= '0' && c <= '7');
}

static void parse_flags(struct parse *parse, struct drill_packet *packet)
{
	const char *start;

	scan_blanks(parse);
	start = parse->at;
	while (*parse->at && !strchr(" \t\r\n", *parse->at)) {
		if (!set_flag(packet, *parse->at))
			parse_fail(parse, parse->at, "not a flag of TCP",
			           "F S R P . U E W A, a digit 0 to 7, or -");
		else
			parse->at++;
	}
	if (!parse->rc && parse->at == start)
		parse_fail(parse, start, "the packet ends here", "flags");
	if (packet->ae && !packet->is_inbound)
		parse->unsupported = "AccECN (RFC 9768)";
}

static uint32_t parse_seq_number(struct parse *parse,
                                 struct drill_packet *packet)
{
	uint32_t seq;

	if (scan_take(parse, "...")) {
		packet->seq_any = true;
		return 0;
	}
	seq = scan_number(parse, UINT32_MAX, "a sequence number");
	if (*parse->at == '!') {
		packet->seq_is_live = true;
		parse->at++;
	}
	return seq;
}

void parse_seq(struct parse *parse, struct drill_packet *packet)
{
	const char *start;
	char expected[60];

	scan_blanks(parse);
	start       = parse->at;
	packet->seq = parse_seq_number(parse, packet);
	scan_need(parse, ":", "as in 1:11(10)");
	packet->seq_end = parse_seq_number(parse, packet);
	scan_need(parse, "(", "as in 1:11(10)");
	packet->payload_len =
	        scan_number(parse, UINT32_MAX / 2, "a length in octets");
	scan_need(parse, ")", "as in 1:11(10)");

	if (packet->seq_any) {
		packet->seq     = 0;
		packet->seq_end = packet->payload_len;
	}
	if (packet->seq + packet->payload_len == packet->seq_end)
		return;

	(void)snprintf(expected, sizeof(expected), "%u:%u(%u)", packet->seq,
	               packet->seq + packet->payload_len, packet->payload_len);
	parse_fail(parse, start, "sequence numbers and length disagree",
	           expected);
}

static void parse_window(struct parse *parse, struct drill_packet *packet)
{
	packet->win_any = scan_take(parse, "*") || scan_take(parse, "...");
	packet->has_win = !packet->win_any;
	if (packet->has_win)
		packet->win =
		        (uint16_t)scan_number(parse, 65535, "win 0 to 65535");
}

static bool parse_tcp_field(struct parse *parse, struct drill_packet *packet)
{
	if (scan_take_word(parse, "ack")) {
		packet->has_ack = true;
		packet->ack     = scan_number(parse, UINT32_MAX, "ack N");
	} else if (scan_take_word(parse, "win")) {
		parse_window(parse, packet);
	} else if (scan_take_word(parse, "urg")) {
		packet->has_urg_ptr = true;
		packet->urg_ptr =
		        (uint16_t)scan_number(parse, 65535, "urg 0 to 65535");
	} else {
		return false;
	}

	return true;
}

/* The public tool refuses such options too: no header could hold them. Behind
 * octets that may lie about their length packet_build() fills up with EOL. */
static void check_options(struct parse *parse, const char *start,
                          const struct drill_packet *packet)
{
	bool may_be_odd = packet->lie_doff >= 0 || packet->options_any ||
	                  parse->unsupported;
	size_t len = 0;

	for (unsigned i = 0; i < packet->option_count; i++) {
		len += option_len(&packet->option[i]);
		may_be_odd |= packet->option[i].kind == DRILL_OPT_RAW ||
		              packet->option[i].value_any;
	}

	if (len > OPTIONS_LEN_MAX)
		parse_fail(parse, start, "these options are too long",
		           "40 octets at most");
	else if (len % 4 && !may_be_odd)
		parse_fail(parse, start, "these options are no multiple of 4",
		           "nop or eol to fill them up");
}

static void parse_payload(struct parse *parse, struct drill_packet *packet)
{
	const char *start;
	size_t len = 0;

	if (!scan_is(parse, "\""))
		return;

	start           = parse->at;
	packet->payload = (const uint8_t *)scan_string(parse, &len);
	if (len != packet->payload_len)
		parse_fail(parse, start, "this text has not the length written",
		           "as many octets as in (...)");
}

static void parse_tcp(struct parse *parse, struct drill_packet *packet)
{
	const char *start;

	packet->protocol = DRILL_TCP;
	parse_flags(parse, packet);
	parse_seq(parse, packet);
	while (parse_tcp_field(parse, packet))
		;

	scan_blanks(parse);
	start = parse->at;
	if (scan_take(parse, "<"))
		parse_options(parse, packet);
	check_options(parse, start, packet);
	parse_payload(parse, packet);
}

/* ---- UDP --------------------------------------------------------------- */

static void parse_udp(struct parse *parse, struct drill_packet *packet)
{
	packet->protocol = DRILL_UDP;
	(void)parse_ports(parse, packet);
	scan_need(parse, "(", "and a length, as in udp (100)");
	packet->payload_len =
	        scan_number(parse, 65535, "a length of at most 65535");
	scan_need(parse, ")", "as in udp (100)");
	parse_payload(parse, packet);
}

void parse_packet(struct parse *parse, struct drill_packet *packet)
{
	*packet = (struct drill_packet){ .is_inbound    = *parse->at == '<',
		                         .tos           = -1,
		                         .ttl           = -1,
		                         .lie_total_len = -1,
		                         .lie_ihl       = -1,
		                         .lie_doff      = -1 };
	parse->at++;
	while (parse_prefix(parse, packet))
		;
	if (parse_foreign(parse))
		return;

	if (scan_take_word(parse, "udp"))
		parse_udp(parse, packet);
	else if (scan_take_word(parse, "icmp"))
		parse_icmp(parse, packet);
	else
		parse_tcp(parse, packet);
}
