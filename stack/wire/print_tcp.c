/* SPDX-License-Identifier: MIT */
/*
 * print_tcp.c - a segment in packetdrill's notation
 *
 *	FLAGS seq:end(len) ack N win N urg N <options>
 *
 * Flags are F S R P . U E W ("." is ACK), or "-" when none is set. "end" counts
 * octets of text only, so a SYN is 0:0(0), as tcpdump wrote it first.
 */
#include "wire/print_tcp.h"
#include "base/bytes.h"
#include "wire/tcp_options.h"

static const struct print_base absolute;

static void put_flags(struct text *text, const struct tcp_hdr *hdr)
{
	const struct {
		bool is_set;
		char letter;
	} flags[] = {
		{ hdr->fin, 'F' }, { hdr->syn, 'S' },     { hdr->rst, 'R' },
		{ hdr->psh, 'P' }, { hdr->ack_bit, '.' }, { hdr->urg, 'U' },
		{ hdr->ece, 'E' }, { hdr->cwr, 'W' },
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (flags[i].is_set)
			text_char(text, flags[i].letter);
		any |= flags[i].is_set;
	}
	if (!any)
		text_char(text, '-');
}

static void put_number(struct text *text, const char *name, uint32_t value)
{
	text_str(text, name);
	text_u32(text, value);
}

static void put_relative(struct text *text, const char *name, uint32_t value,
                         bool is_signed)
{
	const bool is_before = is_signed && value > UINT32_MAX - (1u << 24);

	text_str(text, name);
	if (is_before)
		text_char(text, '-');
	text_u32(text, is_before ? -value : value);
}

void print_tcp_segment(struct text *text, const struct tcp_hdr *hdr,
                       size_t text_len, const struct print_base *base)
{
	const struct print_base *from = base ? base : &absolute;
	const uint32_t seq            = hdr->seq - from->seq;

	put_flags(text, hdr);
	put_relative(text, " ", seq, from->is_signed);
	put_relative(text, ":", seq + (uint32_t)text_len, from->is_signed);
	put_number(text, "(", (uint32_t)text_len);
	text_char(text, ')');
	if (hdr->ack_bit)
		put_relative(text, " ack ", hdr->ack - from->ack,
		             from->is_signed);
	put_number(text, " win ", hdr->window);
	if (hdr->urg)
		put_number(text, " urg ", hdr->urgent);
}

static void put_sack(struct text *text, const struct tcp_option *option,
                     uint32_t base)
{
	text_str(text, "sack");
	for (unsigned i = 0; i + 8 <= option->len; i += 8) {
		put_number(text, " ", get_be32(option->data + i) - base);
		put_number(text, ":", get_be32(option->data + i + 4) - base);
	}
}

/* packetdrill's FO, with the cookie in hexadecimal */
static void put_cookie(struct text *text, const struct tcp_option *option)
{
	static const char digit[] = "0123456789abcdef";

	text_str(text, option->len ? "FO " : "FO");
	for (unsigned i = 0; i < option->len; i++) {
		text_char(text, digit[option->data[i] >> 4]);
		text_char(text, digit[option->data[i] & 15]);
	}
}

/* One of a known kind with a wrong length is shown as an unknown one. */
static void put_option(struct text *text, const struct tcp_option *option,
                       uint32_t base)
{
	const uint8_t kind = option->kind, len = option->len;
	const uint8_t *p = option->data;

	if (kind == TCP_OPT_MSS && len == 2) {
		put_number(text, "mss ", get_be16(p));
	} else if (kind == TCP_OPT_WSCALE && len == 1) {
		put_number(text, "wscale ", *p);
	} else if (kind == TCP_OPT_SACK_PERMITTED && len == 0) {
		text_str(text, "sackOK");
	} else if (kind == TCP_OPT_TIMESTAMPS && len == 8) {
		put_number(text, "TS val ", get_be32(p));
		put_number(text, " ecr ", get_be32(p + 4));
	} else if (kind == TCP_OPT_SACK && len && len % 8 == 0) {
		put_sack(text, option, base);
	} else if (kind == TCP_OPT_FASTOPEN) {
		put_cookie(text, option);
	} else {
		put_number(text, "kind ", kind);
		put_number(text, " len ", len + 2u);
	}
}

/* The iterator skips NOPs; how many tells the distance between two options. */
static const char *put_nops(struct text *text, const uint8_t *from,
                            const uint8_t *to, const char *separator)
{
	for (; from < to; from++) {
		text_str(text, separator);
		text_str(text, "nop");
		separator = ",";
	}

	return separator;
}

void print_tcp_options(struct text *text, const uint8_t *at, const uint8_t *end,
                       const struct print_base *base)
{
	const struct print_base *from = base ? base : &absolute;
	const char *separator         = " <";
	const uint8_t *start          = at;
	struct tcp_option option;

	if (at == end)
		return;

	for (; tcp_option_next(&at, end, &option) > 0; start = at) {
		separator = put_nops(text, start, option.data - 2, separator);
		text_str(text, separator);
		put_option(text, &option, from->ack);
		separator = ",";
	}
	separator = put_nops(text, start, at, separator);
	if (at < end) {
		text_str(text, separator);
		text_str(text, "eol");
	}
	text_char(text, '>');
}

char *print_tcp(char *text, size_t size, const struct tcp_hdr *hdr,
                size_t text_len, const struct print_base *base)
{
	uint8_t option[TCP_OPTIONS_LEN_MAX];
	const size_t len = tcp_options_write(option, &hdr->opt);
	struct text to;

	text_init(&to, text, size);
	print_tcp_segment(&to, hdr, text_len, base);
	print_tcp_options(&to, option, option + len, base);

	return text;
}
