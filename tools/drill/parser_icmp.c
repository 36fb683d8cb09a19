/* SPDX-License-Identifier: MIT */
/*
 * parser_icmp.c - "icmp unreachable frag_needed mtu 1200 [1:1001(1000)]"
 *
 *	icmp type [code] [mtu N] [id N] [seq N] [(len)] [[quote]]
 *
 * Type and code are names or numbers. The quote is what an error is about: the
 * sequence numbers of a segment, or "udp (100)".
 */
#include "tools/drill/icmp_names.h"
#include "tools/drill/parse.h"

static void parse_type(struct parse *parse, struct drill_packet *packet)
{
	const char *start, *word;

	scan_blanks(parse);
	start = parse->at;
	if (scan_at_digit(parse)) {
		packet->icmp_type = (uint8_t)scan_number(parse, 255, "a type");
		return;
	}
	word = scan_word(parse, "a type of ICMP");
	if (word && !icmp_type_named(word, &packet->icmp_type))
		parse_fail(parse, start, "not a type of ICMP",
		           "unreachable, time_exceeded, echo_request ...");
}

static void parse_code(struct parse *parse, struct drill_packet *packet)
{
	const char *start, *word;

	if (scan_at_digit(parse)) {
		packet->icmp_code = (uint8_t)scan_number(parse, 255, "a code");
		return;
	}
	if (!scan_at_word(parse) || scan_is_word(parse, "mtu") ||
	    scan_is_word(parse, "id") || scan_is_word(parse, "seq"))
		return;

	start = parse->at;
	word  = scan_word(parse, "a code");
	if (word &&
	    !icmp_code_named(packet->icmp_type, word, &packet->icmp_code))
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
