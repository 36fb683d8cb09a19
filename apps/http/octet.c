/* SPDX-License-Identifier: MIT */
/* octet.c - see octet.h */
#include "apps/http/octet.h"
#include <string.h>

bool octet_is_token(uint8_t c)
{
	if (octet_is_alpha(c) || octet_is_digit(c))
		return true;

	return c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

bool octet_is_target(uint8_t c)
{
	if (c <= ' ' || c >= 0x7f)
		return false;

	return strchr("#\\\"<>", c) == NULL;
}

int octet_hex(uint8_t c)
{
	if (octet_is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;

	return -1;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

bool span_is(const uint8_t *buf, struct http_span span, const char *text)
{
	for (uint32_t i = 0; i < span.len; i++)
		if (text[i] == '\0' ||
		    lower(buf[span.at + i]) != lower((uint8_t)text[i]))
			return false;

	return text[span.len] == '\0';
}

bool span_is_exactly(const uint8_t *buf, struct http_span span,
                     const char *text)
{
	return strlen(text) == span.len &&
	       memcmp(buf + span.at, text, span.len) == 0;
}

bool span_is_token(const uint8_t *buf, struct http_span span)
{
	for (uint32_t i = 0; i < span.len; i++)
		if (!octet_is_token(buf[span.at + i]))
			return false;

	return span.len > 0;
}

struct http_span span_trim(const uint8_t *buf, struct http_span span)
{
	while (span.len > 0 && octet_is_space(buf[span.at])) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && octet_is_space(buf[span.at + span.len - 1]))
		span.len--;

	return span;
}

bool span_list_next(const uint8_t *buf, struct http_span *list, bool *has_ended,
                    struct http_span *ret)
{
	const uint8_t *comma;
	struct http_span element = *list;

	if (*has_ended)
		return false;

	comma = list->len ? memchr(buf + list->at, ',', list->len) : NULL;
	if (comma)
		element.len = (uint32_t)(comma - (buf + list->at));
	*has_ended = !comma;
	list->at += element.len + (comma ? 1 : 0);
	list->len -= element.len + (comma ? 1 : 0);
	*ret = span_trim(buf, element);

	return true;
}
