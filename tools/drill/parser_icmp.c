/* SPDX-License-Identifier: MIT */
/*
 * parser_icmp.c - "icmp unreachable frag_needed mtu 1200 [1:1001(1000)]"
 *
 *	icmp type [code] [mtu N] [id N] [seq N] [(len)] [[quote]]
 *
 * Type and code are names or numbers. The quote is what an error is about: the
 * sequence numbers of a segment, or "udp (100)".
 */
#include "tools/drill/parse.h"
#include <string.h>

struct name {
	const char *word;
	uint8_t type, code;
};

#define ANY_CODE 255 /* in the table: a name of the type itself */

/* RFC 792, 950, 1122 and 1812 */
static const struct name names[] = {
	{ "echo_reply", 0, ANY_CODE },
	{ "unreachable", 3, ANY_CODE },
	{ "source_quench", 4, ANY_CODE },
	{ "redirect", 5, ANY_CODE },
	{ "echo_request", 8, ANY_CODE },
	{ "time_exceeded", 11, ANY_CODE },
	{ "parameter_problem", 12, ANY_CODE },
	{ "timestamp_request", 13, ANY_CODE },
	{ "timestamp_reply", 14, ANY_CODE },
	{ "information_request", 15, ANY_CODE },
	{ "information_reply", 16, ANY_CODE },
	{ "address_mask_request", 17, ANY_CODE },
	{ "address_mask_reply", 18, ANY_CODE },
	{ "net_unreachable", 3, 0 },
	{ "host_unreachable", 3, 1 },
	{ "protocol_unreachable", 3, 2 },
	{ "port_unreachable", 3, 3 },
	{ "frag_needed", 3, 4 },
	{ "source_route_failed", 3, 5 },
	{ "net_unknown", 3, 6 },
	{ "host_unknown", 3, 7 },
	{ "source_host_isolated", 3, 8 },
	{ "net_prohibited", 3, 9 },
	{ "host_prohibited", 3, 10 },
	{ "net_unreachable_for_tos", 3, 11 },
	{ "host_unreachable_for_tos", 3, 12 },
	{ "communication_prohibited", 3, 13 },
	{ "packet_filtered", 3, 13 },
	{ "host_precedence_violation", 3, 14 },
	{ "precedence_violation", 3, 14 },
	{ "precedence_cutoff", 3, 15 },
	{ "net_redirect", 5, 0 },
	{ "host_redirect", 5, 1 },
	{ "tos_net_redirect", 5, 2 },
	{ "tos_host_redirect", 5, 3 },
	{ "transit", 11, 0 },
	{ "ttl_exceeded", 11, 0 },
	{ "ttl", 11, 0 },
	{ "reassembly", 11, 1 },
	{ "frag_time_exceeded", 11, 1 },
	{ "pointer", 12, 0 },
	{ "option_missing", 12, 1 },
	{ "bad_length", 12, 2 },
};

static const struct name *find(const char *word, bool is_code, uint8_t type)
{
	for (size_t i = 0; word && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i].word, word) == 0 &&
		    (names[i].code != ANY_CODE) == is_code &&
		    (!is_code || names[i].type == type))
			return &names[i];

	return NULL;
}

static void parse_type(struct parse *parse, struct drill_packet *packet)
{
	const struct name *name;
	const char *start;

	scan_blanks(parse);
	start = parse->at;
	if (scan_at_digit(parse)) {
		packet->icmp_type = (uint8_t)scan_number(parse, 255, "a type");
		return;
	}
	name = find(scan_word(parse, "a type of ICMP"), false, 0);
	if (name)
		packet->icmp_type = name->type;
	else
		parse_fail(parse, start, "not a type of ICMP",
		           "unreachable, time_exceeded, echo_request ...");
}

static void parse_code(struct parse *parse, struct drill_packet *packet)
{
	const struct name *name;
	const char *start;

	if (scan_at_digit(parse)) {
		packet->icmp_code = (uint8_t)scan_number(parse, 255, "a code");
		return;
	}
	if (!scan_at_word(parse) || scan_is_word(parse, "mtu") ||
	    scan_is_word(parse, "id") || scan_is_word(parse, "seq"))
		return;

	start = parse->at;
	name  = find(scan_word(parse, "a code"), true, packet->icmp_type);
	if (name)
		packet->icmp_code = name->code;
	else
		parse_fail(parse, start, "not a code of this type of ICMP",
		           "frag_needed, port_unreachable, transit ...");
}

static bool parse_field(struct parse *parse, struct drill_packet *packet)
{
	if (scan_take_word(parse, "mtu")) {
		packet->has_mtu = true;
		packet->icmp_mtu =
		        (uint16_t)scan_number(parse, 65535, "mtu 0 to 65535");
	} else if (scan_take_word(parse, "id")) {
		packet->icmp_id =
		        (uint16_t)scan_number(parse, 65535, "id 0 to 65535");
	} else if (scan_take_word(parse, "seq")) {
		packet->icmp_seq =
		        (uint16_t)scan_number(parse, 65535, "seq 0 to 65535");
	} else if (scan_take(parse, "(")) {
		packet->payload_len =
		        scan_number(parse, 65535, "a length in octets");
		scan_need(parse, ")", "as in (56)");
	} else {
		return false;
	}

	return true;
}

static void parse_quote(struct parse *parse, struct drill_packet *packet)
{
	struct drill_packet quoted = { .protocol = DRILL_TCP };

	packet->has_quote = true;
	if (scan_take_word(parse, "udp")) {
		quoted.protocol = DRILL_UDP;
		scan_need(parse, "(", "as in [udp (100)]");
		quoted.seq_end = scan_number(parse, 65535, "a length");
		scan_need(parse, ")", "as in [udp (100)]");
	} else {
		parse_seq(parse, &quoted);
	}
	scan_need(parse, "]", "behind what ICMP quotes");

	packet->quote_protocol = quoted.protocol;
	packet->quote_seq      = quoted.seq;
	packet->quote_seq_end  = quoted.seq_end;
}

void parse_icmp(struct parse *parse, struct drill_packet *packet)
{
	packet->protocol = DRILL_ICMP;
	parse_type(parse, packet);
	parse_code(parse, packet);
	while (parse_field(parse, packet))
		;
	if (scan_take(parse, "["))
		parse_quote(parse, packet);
}
