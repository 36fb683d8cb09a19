/* SPDX-License-Identifier: MIT */
/*
 * packet_text.c - a packet as a script would write it
 *
 * The inverse of parser_packet.c: what is printed here is read there as the
 * same packet (the fuzzer holds them to it).
 */
#include "base/bytes.h"
#include "base/text.h"
#include "tools/drill/icmp_names.h"
#include "tools/drill/packet.h"

static void put_number(struct text *text, const char *before, uint32_t value,
                       const char *after)
{
	text_str(text, before);
	text_u32(text, value);
	text_str(text, after);
}

static void put_hex(struct text *text, const uint8_t *data, uint8_t len)
{
	for (uint8_t i = 0; i < len; i++)
		text_hex(text, data[i], 2);
}

/* ---- IP ----------------------------------------------------------------- */

struct list {
	struct text *text;
	const char *separator; /* before the next word */
};

static void put_word(struct list *list, bool is_there, const char *word)
{
	if (!is_there)
		return;

	text_str(list->text, list->separator);
	text_str(list->text, word);
	list->separator = ",";
}

static void put_value(struct list *list, bool is_there, const char *word,
                      int value)
{
	put_word(list, is_there, word);
	if (is_there)
		text_u32(list->text, (uint32_t)value);
}

static void put_ip_info(struct text *text, const struct drill_packet *packet)
{
	static const char *const ecn[] = {
		[DRILL_ECN_ANY] = "",  [DRILL_NOECN] = "noecn",
		[DRILL_ECT0] = "ect0", [DRILL_ECT1] = "ect1",
		[DRILL_CE] = "ce",     [DRILL_ECT01] = "ect01"
	};
	struct list list = { text, " [" };

	put_word(&list, packet->ecn != DRILL_ECN_ANY, ecn[packet->ecn]);
	put_value(&list, packet->tos >= 0, "tos ", packet->tos);
	put_value(&list, packet->ttl >= 0, "ttl ", packet->ttl);
	put_value(&list, packet->has_ip_id, "id ", packet->ip_id);
	put_word(&list, packet->has_df, packet->df ? "df" : "nodf");
	put_word(&list, packet->bad_checksum, "badsum");
	put_word(&list, packet->bad_ip_checksum, "badipsum");
	put_value(&list, packet->lie_total_len >= 0, "iplen ",
	          packet->lie_total_len);
	put_value(&list, packet->lie_ihl >= 0, "ihl ", packet->lie_ihl);
	put_value(&list, packet->lie_doff >= 0, "doff ", packet->lie_doff);
	if (*list.separator == ',')
		text_char(text, ']');
}

static void put_address(struct text *text, uint32_t ip)
{
	put_number(text, " ", ip >> 24, ".");
	put_number(text, "", ip >> 16 & 255, ".");
	put_number(text, "", ip >> 8 & 255, ".");
	text_u32(text, ip & 255);
}

/* Ports alone of UDP stand behind its name: put_udp() does that. */
static void put_ends(struct text *text, const struct drill_packet *packet)
{
	const bool has_ips = packet->src_ip || packet->dst_ip;

	if (has_ips) {
		put_address(text, packet->src_ip);
		if (packet->has_ports)
			put_number(text, ":", packet->src_port, "");
		text_str(text, " >");
		put_address(text, packet->dst_ip);
		if (packet->has_ports)
			put_number(text, ":", packet->dst_port, "");
	} else if (packet->has_ports) {
		put_number(text, " ", packet->src_port, "");
		put_number(text, " > ", packet->dst_port, "");
	}
}

static void put_payload(struct text *text, const struct drill_packet *packet)
{
	if (!packet->payload)
		return;

	text_str(text, " \"");
	for (uint32_t i = 0; i < packet->payload_len; i++) {
		const uint8_t c = packet->payload[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\') {
			text_str(text, "\\x");
			text_hex(text, c, 2);
		} else {
			text_char(text, (char)c);
		}
	}
	text_char(text, '"');
}

/* ---- options of TCP ----------------------------------------------------- */

static void put_or_any(struct text *text, const char *before, bool is_any,
                       uint32_t value)
{
	text_str(text, before);
	if (is_any)
		text_str(text, "...");
	else
		text_u32(text, value);
}

static void put_data(struct text *text, const char *name,
                     const struct drill_option *option)
{
	text_str(text, name);
	if (option->value_any)
		text_str(text, " ...");
	if (option->data_len)
		text_char(text, ' ');
	put_hex(text, option->data, option->data_len);
}

static void put_sack(struct text *text, const struct drill_option *option)
{
	text_str(text, "sack");
	for (unsigned i = 0; i < option->block_count; i++) {
		put_number(text, " ", option->block[i][0], ":");
		text_u32(text, option->block[i][1]);
	}
}

static void put_raw(struct text *text, const struct drill_option *option)
{
	put_number(text, "kind ", option->raw_kind, "");
	if (!option->has_raw_len)
		return;

	put_number(text, " len ", option->raw_len, "");
	if (option->data_len)
		text_str(text, " 0x");
	put_hex(text, option->data, option->data_len);
}

static void put_timestamp(struct text *text, const struct drill_option *option)
{
	put_or_any(text, "TS val ", option->value_any, option->value);
	put_or_any(text, " ecr ", option->value2_any, option->value2);
	if (option->value2_is_live)
		text_char(text, '!');
}

static void put_option(struct text *text, const struct drill_option *option)
{
	switch (option->kind) {
	case DRILL_OPT_EOL:
		text_str(text, "eol");
		break;
	case DRILL_OPT_NOP:
		text_str(text, "nop");
		break;
	case DRILL_OPT_MSS:
		put_number(text, "mss ", option->value, "");
		break;
	case DRILL_OPT_WSCALE:
		put_number(text, "wscale ", option->value, "");
		break;
	case DRILL_OPT_SACK_OK:
		text_str(text, "sackOK");
		break;
	case DRILL_OPT_SACK:
		put_sack(text, option);
		break;
	case DRILL_OPT_TIMESTAMP:
		put_timestamp(text, option);
		break;
	case DRILL_OPT_MD5:
		put_data(text, "md5", option);
		break;
	case DRILL_OPT_FASTOPEN:
		put_data(text, "FO", option);
		break;
	case DRILL_OPT_FASTOPEN_EXP:
		put_data(text, "FOEXP", option);
		break;
	case DRILL_OPT_RAW:
		put_raw(text, option);
		break;
	}
}

static void put_options(struct text *text, const struct drill_packet *packet)
{
	const char *separator = "";

	if (!packet->has_options)
		return;

	text_str(text, " <");
	for (unsigned i = 0; i < packet->option_count; i++) {
		text_str(text, separator);
		put_option(text, &packet->option[i]);
		separator = ",";
	}
	if (packet->options_any) {
		text_str(text, separator);
		text_str(text, "...");
	}
	text_char(text, '>');
}

/* ---- the three protocols ------------------------------------------------ */

static void put_flags(struct text *text, const struct drill_packet *packet)
{
	const struct {
		bool is_set;
		char letter;
	} flags[] = {
		{ packet->fin, 'F' },     { packet->syn, 'S' },
		{ packet->rst, 'R' },     { packet->psh, 'P' },
		{ packet->ack_bit, '.' }, { packet->urg, 'U' },
		{ packet->ece, 'E' },     { packet->cwr, 'W' },
		{ packet->ae, 'A' },
	};
	const size_t len = text->len;

	text_char(text, ' ');
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (flags[i].is_set)
			text_char(text, flags[i].letter);
	if (text->len == len + 1)
		text_char(text, '-');
}

static void put_seq(struct text *text, const struct drill_packet *packet)
{
	const char *live = packet->seq_is_live ? "!" : "";

	if (packet->seq_any) {
		text_str(text, " ...:...");
	} else {
		put_number(text, " ", packet->seq, live);
		put_number(text, ":", packet->seq_end, live);
	}
	put_number(text, "(", packet->payload_len, ")");
}

static void put_tcp(struct text *text, const struct drill_packet *packet)
{
	put_flags(text, packet);
	put_seq(text, packet);
	if (packet->has_ack)
		put_number(text, " ack ", packet->ack, "");
	if (packet->has_win)
		put_number(text, " win ", packet->win, "");
	else if (packet->win_any)
		text_str(text, " win *");
	if (packet->has_urg_ptr)
		put_number(text, " urg ", packet->urg_ptr, "");
	put_options(text, packet);
	put_payload(text, packet);
}

static void put_name(struct text *text, const char *name, uint8_t number)
{
	text_char(text, ' ');
	if (name)
		text_str(text, name);
	else
		text_u32(text, number);
}

static void put_quote(struct text *text, const struct drill_packet *packet)
{
	const uint32_t len = packet->quote_seq_end - packet->quote_seq;

	if (packet->quote_protocol == DRILL_UDP) {
		put_number(text, " [udp (", len, ")]");
		return;
	}
	put_number(text, " [", packet->quote_seq, ":");
	put_number(text, "", packet->quote_seq_end, "(");
	put_number(text, "", len, ")]");
}

static void put_icmp(struct text *text, const struct drill_packet *packet)
{
	const uint8_t type = packet->icmp_type, code = packet->icmp_code;

	text_str(text, " icmp");
	put_name(text, icmp_type_name(type), type);
	if (code || icmp_code_name(type, code))
		put_name(text, icmp_code_name(type, code), code);
	if (packet->has_mtu)
		put_number(text, " mtu ", packet->icmp_mtu, "");
	if (packet->icmp_id)
		put_number(text, " id ", packet->icmp_id, "");
	if (packet->icmp_seq)
		put_number(text, " seq ", packet->icmp_seq, "");
	if (packet->payload_len)
		put_number(text, " (", packet->payload_len, ")");
	if (packet->has_quote)
		put_quote(text, packet);
}

static void put_udp(struct text *text, const struct drill_packet *packet)
{
	put_number(text, " udp (", packet->payload_len, ")");
	put_payload(text, packet);
}

char *packet_text(char *text, size_t size, const struct drill_packet *packet)
{
	struct text to;

	text_init(&to, text, size);
	text_char(&to, packet->is_inbound ? '<' : '>');
	put_ip_info(&to, packet);
	put_ends(&to, packet);
	if (packet->protocol == DRILL_TCP)
		put_tcp(&to, packet);
	else if (packet->protocol == DRILL_UDP)
		put_udp(&to, packet);
	else
		put_icmp(&to, packet);

	return text;
}
