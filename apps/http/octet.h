/* SPDX-License-Identifier: MIT */
/*
 * octet.h - the characters of HTTP's grammar, and spans of them
 *
 * RFC 9110 section 5.6 (token, white space), RFC 5234 appendix B. None of them
 * asks the locale.
 */
#ifndef APPS_HTTP_OCTET_H
#define APPS_HTTP_OCTET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct http_span - a part of a buffer that may move: offsets, no pointers */
struct http_span {
	uint32_t at, len; /* octets */
};

static inline bool octet_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool octet_is_alpha(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/** octet_is_space() - SP or HTAB, all the white space there is */
static inline bool octet_is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/** octet_is_field() - May stand in a field's value: HTAB, SP, visible, 0x80- */
static inline bool octet_is_field(uint8_t c)
{
	return c == '\t' || (c >= ' ' && c != 0x7f);
}

/** octet_is_token() - tchar of RFC 9110 section 5.6.2 */
bool octet_is_token(uint8_t c);

/** octet_is_target() - May stand in a request target as it is
 *
 * RFC 3986's characters, and of the others those that browsers leave as they
 * are (WHATWG URL: [ ] ^ ` { | }). Never white space, controls, octets from
 * 0x80, # (no fragment is ever sent), \ (some take it for /), " < >.
 */
bool octet_is_target(uint8_t c);

/** octet_hex() - The value of a hexadecimal digit, or -1 */
int octet_hex(uint8_t c);

/** span_is() - Is it this text? No case is told apart. */
bool span_is(const uint8_t *buf, struct http_span span, const char *text);

/** span_is_exactly() - Is it this text, octet by octet? */
bool span_is_exactly(const uint8_t *buf, struct http_span span,
                     const char *text);

/** span_is_token() - At least one octet, and nothing but tchar */
bool span_is_token(const uint8_t *buf, struct http_span span);

/** span_trim() - Without SP and HTAB at both ends */
struct http_span span_trim(const uint8_t *buf, struct http_span span);

/**
 * span_list_next() - The next element of a comma-separated list
 * @list:	what is left of it; moved. Empty elements are given too.
 * @ret:	the element, trimmed
 *
 * Return: false when the list has ended. An empty list is one empty element.
 */
bool span_list_next(const uint8_t *buf, struct http_span *list, bool *has_ended,
                    struct http_span *ret);

#endif
