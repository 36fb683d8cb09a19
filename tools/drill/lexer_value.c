/* SPDX-License-Identifier: MIT */
/*
 * lexer_value.c - numbers, moments, strings, addresses
 *
 * Nothing here trusts a length: a number that is too large and a string that
 * does not end are mistakes with a place.
 */
#include "tools/drill/parse.h"
#include <string.h>

#define SECONDS_MAX 1000000000 /* 32 years */

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;

	return -1;
}

/* ---- numbers ----------------------------------------------------------- */

/* Digits, perhaps with 0x before them; false: none, or beyond @max. */
static bool take_digits(struct parse *parse, uint64_t max, uint64_t *ret)
{
	const bool is_hex   = parse->at[0] == '0' && (parse->at[1] | 32) == 'x';
	const unsigned base = is_hex ? 16 : 10;
	const char *start;
	uint64_t value = 0;

	parse->at += is_hex ? 2 : 0;
	start = parse->at;
	for (; is_hex ? hex_digit(*parse->at) >= 0 : is_digit(*parse->at);
	     parse->at++) {
		const unsigned digit = (unsigned)hex_digit(*parse->at);

		if (digit > max || value > (max - digit) / base)
			return false;
		value = value * base + digit;
	}
	if (parse->at == start)
		return false;

	*ret = value;
	return true;
}

uint32_t scan_number(struct parse *parse, uint32_t max, const char *what)
{
	uint64_t value = 0;
	const char *start;

	scan_blanks(parse);
	start = parse->at;
	if (!is_digit(*start))
		parse_fail(parse, start, "no number stands here", what);
	else if (!take_digits(parse, max, &value))
		parse_fail(parse, start, "this number is not possible", what);

	return (uint32_t)value;
}

int64_t scan_integer(struct parse *parse)
{
	const bool is_negative = scan_take(parse, "-");
	const char *start      = parse->at;
	uint64_t value         = 0;

	/* Up to 2^64 - 1, which scripts write for -1. */
	if (!take_digits(parse, UINT64_MAX, &value))
		parse_fail(parse, start, "this number is not possible",
		           "a number of 64 bits");

	return (int64_t)(is_negative ? 0 - value : value);
}

/* Microseconds of a fraction, rounded to the nearest. */
static int64_t take_fraction(struct parse *parse)
{
	int64_t us = 0, unit = 1000000;
	bool rounds_up = false;

	for (; is_digit(*parse->at); parse->at++) {
		if (unit == 1)
			rounds_up = *parse->at >= '5';
		unit /= 10;
		us += unit * (*parse->at - '0');
	}

	return us + rounds_up;
}

int64_t scan_seconds(struct parse *parse)
{
	uint64_t seconds = 0;
	const char *start;
	int64_t us;

	scan_blanks(parse);
	start = parse->at;
	if (is_digit(*start) && !take_digits(parse, SECONDS_MAX, &seconds))
		parse_fail(parse, start, "this moment is beyond all time",
		           "seconds");

	us = (int64_t)seconds * 1000000;
	if (parse->at[0] == '.' && parse->at[1] != '.') {
		parse->at++;
		us += take_fraction(parse);
	}
	if (parse->at == start)
		parse_fail(parse, start, "no moment stands here",
		           "seconds such as 0.1");
	return us;
}

/* ---- strings ----------------------------------------------------------- */

static char take_octal(struct parse *parse, char first)
{
	int value = first - '0';

	for (int i = 0; i < 2 && *parse->at >= '0' && *parse->at <= '7'; i++)
		value = value * 8 + *parse->at++ - '0';

	return (char)value;
}

static char take_hex_pair(struct parse *parse)
{
	int value = 0;

	for (int i = 0; i < 2 && hex_digit(*parse->at) >= 0; i++)
		value = value * 16 + hex_digit(*parse->at++);

	return (char)value;
}

/* Behind a backslash. An unknown escape stands for its letter. */
static char take_escape(struct parse *parse)
{
	static const char letters[] = "abfnrtve",
	                  values[]  = "\a\b\f\n\r\t\v\033";
	const char c                = *parse->at++;
	const char *found           = c ? strchr(letters, c) : NULL;

	if (found)
		return values[found - letters];
	if (c == 'x')
		return take_hex_pair(parse);
	if (c >= '0' && c <= '7')
		return take_octal(parse, c);

	return c;
}

static void need_close_quote(struct parse *parse, const char *start)
{
	if (*parse->at == '"')
		parse->at++;
	else
		parse_fail(parse, start, "this string does not end in its line",
		           "\"");
}

/* The quote that ends the string whose first character is at @at. */
static const char *string_end(const char *at)
{
	while (*at && *at != '"' && *at != '\n')
		at += at[0] == '\\' && at[1] && at[1] != '\n' ? 2 : 1;

	return at;
}

const char *scan_string(struct parse *parse, size_t *ret_len)
{
	const char *start = parse->at, *end;
	size_t len        = 0;
	char *text;

	scan_need(parse, "\"", "to begin a string");
	end  = string_end(parse->at);
	text = parse_memory(parse, (size_t)(end - parse->at) + 1);
	while (text && parse->at < end) {
		const bool is_escape = *parse->at == '\\';
		const char c         = *parse->at++;

		text[len] = c;
		if (is_escape)
			text[len] = take_escape(parse);
		len++;
	}
	need_close_quote(parse, start);

	*ret_len = len;
	return text;
}

int64_t scan_char(struct parse *parse)
{
	const char *start = parse->at;
	char c;

	scan_need(parse, "'", "to begin a character");
	if (!*parse->at)
		return 0;

	c = *parse->at++;
	if (c == '\\' && *parse->at)
		c = take_escape(parse);
	if (*parse->at != '\'')
		parse_fail(parse, start, "this character does not end", "'");
	else
		parse->at++;

	return (unsigned char)c;
}

const char *scan_enclosed(struct parse *parse, const char *open,
                          const char *close)
{
	const char *start = parse->at, *body, *found;

	scan_need(parse, open, "here");
	body  = parse->at;
	found = strstr(body, close);
	if (!found) {
		parse_fail(parse, start, "what begins here does not end",
		           close);
		return "";
	}
	parse->at = found + strlen(close);

	return parse_copy(parse, body, (size_t)(found - body));
}

/* ---- octets and addresses ---------------------------------------------- */

uint8_t scan_hex(struct parse *parse, uint8_t *ret, size_t max)
{
	uint8_t len = 0;
	const char *start;

	scan_blanks(parse);
	start = parse->at;
	if (start[0] == '0' && start[1] == 'x')
		parse->at += 2;
	while (hex_digit(parse->at[0]) >= 0 && hex_digit(parse->at[1]) >= 0) {
		if (len == max) {
			parse_fail(parse, start, "too many octets", NULL);
			return 0;
		}
		ret[len++] = (uint8_t)take_hex_pair(parse);
	}
	if (is_word_char(*parse->at))
		parse_fail(parse, parse->at, "this is half an octet",
		           "pairs of hexadecimal digits");

	return len;
}

/* "10" of "10.0.0.1"; -1 when it is none. */
static int octet_of(const char **at)
{
	int value = 0, digits = 0;

	for (; is_digit(**at) && digits < 3; digits++)
		value = value * 10 + *(*at)++ - '0';

	return digits && value < 256 && !is_digit(**at) ? value : -1;
}

static const char *ip4_at(const char *at, uint32_t *ret)
{
	uint32_t ip = 0;

	for (int i = 0; i < 4; i++) {
		int octet;

		if (i && *at++ != '.')
			return NULL;
		octet = octet_of(&at);
		if (octet < 0)
			return NULL;
		ip = ip << 8 | (uint32_t)octet;
	}

	*ret = ip;
	return at;
}

bool scan_ip4(struct parse *parse, uint32_t *ret)
{
	const char *end;

	scan_blanks(parse);
	end = ip4_at(parse->at, ret);
	if (!end || is_word_char(*end))
		return false;

	parse->at = end;
	return true;
}

bool parse_ip4_text(const char *text, uint32_t *ret)
{
	uint32_t ip;
	const char *end = ip4_at(text, &ip);

	if (!end || *end)
		return false;

	*ret = ip;
	return true;
}
