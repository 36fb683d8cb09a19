/* SPDX-License-Identifier: MIT */
/*
 * parser_option.c - "<mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 8>"
 *
 *	eol  nop  mss N  wscale N  sackOK  sack 1:2 3:4  TS val N ecr N
 *	md5 [HEX]  FO [HEX]  FOEXP [HEX]	a cookie; none asks for one
 *	kind N [len N] [HEX]			octets as they are; len may lie
 *	...					any options (outbound)
 *
 * "ecr 7!" is the stack's own number; "val ..." and "ecr ..." are any. MPTCP's
 * options and AccECN's are recognised.
 */
#include "tools/drill/parse.h"
#include <string.h>

#define ANY_U16 "0 to 65535"
#define ANY_U8  "0 to 255"

static bool take_any(struct parse *parse)
{
	return scan_take(parse, "...") || scan_take_word(parse, "any");
}

static void parse_sack(struct parse *parse, struct drill_option *option)
{
	option->kind = DRILL_OPT_SACK;
	while (scan_at_digit(parse) && option->block_count < 4) {
		uint32_t *block = option->block[option->block_count++];

		block[0] = scan_number(parse, UINT32_MAX, "sack LEFT:RIGHT");
		scan_need(parse, ":", "as in sack 1:1001");
		block[1] = scan_number(parse, UINT32_MAX, "sack LEFT:RIGHT");
	}
	if (option->block_count == 0)
		parse_fail(parse, parse->at, "this SACK has no block",
		           "sack LEFT:RIGHT");
}

static void parse_timestamp(struct parse *parse, struct drill_option *option)
{
	option->kind = DRILL_OPT_TIMESTAMP;
	if (!scan_take_word(parse, "val"))
		parse_fail(parse, parse->at, "TSval is missing",
		           "TS val N ecr N");
	option->value_any = take_any(parse);
	if (!option->value_any)
		option->value = scan_number(parse, UINT32_MAX, "val N");

	if (!scan_take_word(parse, "ecr"))
		parse_fail(parse, parse->at, "TSecr is missing",
		           "TS val N ecr N");
	option->value2_any = take_any(parse);
	if (!option->value2_any)
		option->value2 = scan_number(parse, UINT32_MAX, "ecr N");
	option->value2_is_live = scan_take(parse, "!");
}

static void parse_md5(struct parse *parse, struct drill_option *option)
{
	option->kind      = DRILL_OPT_MD5;
	option->value_any = take_any(parse);
	option->data_len  = scan_hex(parse, option->data, 16);
}

static void parse_cookie(struct parse *parse, struct drill_option *option,
                         enum drill_option_kind kind)
{
	option->kind      = kind;
	option->value_any = take_any(parse);
	if (!option->value_any)
		option->data_len = scan_hex(parse, option->data, 36);
}

static void parse_raw(struct parse *parse, struct drill_option *option)
{
	option->kind     = DRILL_OPT_RAW;
	option->raw_kind = (uint8_t)scan_number(parse, 255, ANY_U8);
	if (!scan_take_word(parse, "len"))
		return;

	option->has_raw_len = true;
	option->raw_len     = (uint8_t)scan_number(parse, 255, ANY_U8);
	if (scan_at_digit(parse))
		option->data_len = scan_hex(parse, option->data, 38);
}

/* The options of MPTCP and of AccECN, up to the next one. */
static bool parse_foreign_option(struct parse *parse)
{
	static const char *const words[] = {
		"ECN",         "mpcapable",       "mp_capable",     "mp_join",
		"mp_join_syn", "mp_join_syn_ack", "mp_join_ack",    "dss",
		"add_address", "add_addr",        "remove_address", "mp_prio",
		"mp_fail",     "mp_fastclose",    "mp_reset",       "trailer",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!scan_take_word(parse, words[i]))
			continue;
		parse->unsupported = i ? "MPTCP" : "AccECN (RFC 9768)";
		parse->at += strcspn(parse->at, ",>\n");
		return true;
	}
	return false;
}

static void parse_number_option(struct parse *parse,
                                struct drill_option *option)
{
	if (scan_take_word(parse, "mss")) {
		option->kind  = DRILL_OPT_MSS;
		option->value = scan_number(parse, 65535, ANY_U16);
	} else if (scan_take_word(parse, "wscale")) {
		option->kind  = DRILL_OPT_WSCALE;
		option->value = scan_number(parse, 255, ANY_U8);
	} else if (scan_take_word(parse, "kind")) {
		parse_raw(parse, option);
	} else {
		parse_fail(parse, parse->at, "not an option of TCP",
		           "mss, nop, eol, wscale, sackOK, sack, TS, FO ...");
	}
}

static void parse_option(struct parse *parse, struct drill_option *option)
{
	*option = (struct drill_option){ .kind = DRILL_OPT_NOP };
	if (scan_take_word(parse, "nop"))
		return;

	if (scan_take_word(parse, "eol"))
		option->kind = DRILL_OPT_EOL;
	else if (scan_take_word(parse, "sackOK"))
		option->kind = DRILL_OPT_SACK_OK;
	else if (scan_take_word(parse, "sack"))
		parse_sack(parse, option);
	else if (scan_take_word(parse, "TS"))
		parse_timestamp(parse, option);
	else if (scan_take_word(parse, "md5"))
		parse_md5(parse, option);
	else if (scan_take_word(parse, "FO"))
		parse_cookie(parse, option, DRILL_OPT_FASTOPEN);
	else if (scan_take_word(parse, "FOEXP"))
		parse_cookie(parse, option, DRILL_OPT_FASTOPEN_EXP);
	else
		parse_number_option(parse, option);
}

/* Behind the '<'. */
void parse_options(struct parse *parse, struct drill_packet *packet)
{
	packet->has_options = true;
	while (!parse->rc && !scan_take(parse, ">")) {
		if (scan_take(parse, "..."))
			packet->options_any = true;
		else if (packet->option_count == DRILL_OPTIONS_MAX)
			parse_fail(parse, parse->at, "too many options",
			           "40 at most");
		else if (!parse_foreign_option(parse))
			parse_option(parse,
			             &packet->option[packet->option_count++]);
		if (!scan_take(parse, ",") && !scan_is(parse, ">"))
			scan_need(parse, ">", "or ',' behind an option");
	}
}
