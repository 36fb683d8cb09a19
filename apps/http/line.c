/* SPDX-License-Identifier: MIT */
/* line.c - see line.h */
#include "apps/http/line.h"
#include "apps/http/limits.h"
#include "apps/http/target.h"
#include <string.h>

/* May @c stand within a line? */
static bool is_in_line(uint8_t c, enum http_kind kind)
{
	if (kind == HTTP_RESPONSE && c != '\0' && c != '\r' && c != '\n')
		return true;

	return octet_is_field(c);
}

static enum http_fault fault_of(uint8_t c)
{
	if (c == '\r')
		return HTTP_FAULT_BARE_CR;

	return c == '\n' ? HTTP_FAULT_BARE_LF : HTTP_FAULT_CONTROL;
}

/*
 * Strict on purpose: a sender and a receiver that disagree about where a line
 * ends disagree about where a request ends, and that is request smuggling.
 */
enum http_result http_line_find(const uint8_t *buf, uint32_t *at, uint32_t end,
                                enum http_kind kind, enum http_fault *fault)
{
	while (*at < end && is_in_line(buf[*at], kind))
		++*at;
	if (*at == end || (buf[*at] == '\r' && *at + 1 == end))
		return HTTP_MORE;
	if (buf[*at] == '\r' && buf[*at + 1] == '\n') {
		*at += 2;
		return HTTP_DONE;
	}
	*fault = fault_of(buf[*at]);

	return HTTP_BAD;
}

/* Takes the octets up to the next SP off @rest; false when there is none. */
static bool cut_at_space(const uint8_t *buf, struct http_span *rest,
                         struct http_span *ret)
{
	const uint8_t *space =
	        rest->len ? memchr(buf + rest->at, ' ', rest->len) : NULL;

	if (!space)
		return false;

	*ret = (struct http_span){ rest->at,
		                   (uint32_t)(space - (buf + rest->at)) };
	rest->at += ret->len + 1;
	rest->len -= ret->len + 1;

	return true;
}

/* HTTP-version = "HTTP" "/" DIGIT "." DIGIT, in capitals */
static enum http_fault read_version(const uint8_t *buf, struct http_span span,
                                    uint8_t *ret_minor)
{
	const uint8_t *p = buf + span.at;

	if (span.len != 8 || memcmp(p, "HTTP/", 5) != 0 || p[6] != '.' ||
	    !octet_is_digit(p[5]) || !octet_is_digit(p[7]))
		return HTTP_FAULT_VERSION_SYNTAX;
	if (p[5] != '1')
		return HTTP_FAULT_VERSION_MAJOR;
	*ret_minor = (uint8_t)(p[7] - '0');

	return HTTP_FAULT_NONE;
}

static enum http_fault check_target(const uint8_t *buf, struct http_span method,
                                    struct http_span target)
{
	struct http_target parts;

	if (target.len > HTTP_TARGET_BYTES_MAX)
		return HTTP_FAULT_TARGET_LONG;
	for (uint32_t i = 0; i < target.len; i++)
		if (!octet_is_target(buf[target.at + i]))
			return HTTP_FAULT_TARGET_CHAR;

	return http_target_read(buf, http_method_find(buf, method), target,
	                        &parts);
}

enum http_fault http_request_line_read(const uint8_t *buf,
                                       struct http_span line,
                                       struct http_request_line *ret)
{
	struct http_span version = line;
	enum http_fault fault;

	if (!cut_at_space(buf, &version, &ret->method) || ret->method.len == 0)
		return HTTP_FAULT_REQUEST_LINE;
	if (!span_is_token(buf, ret->method))
		return HTTP_FAULT_METHOD_CHAR;
	if (ret->method.len > HTTP_METHOD_BYTES_MAX)
		return HTTP_FAULT_METHOD_LONG;
	if (!cut_at_space(buf, &version, &ret->target) || ret->target.len == 0)
		return HTTP_FAULT_REQUEST_LINE;

	fault = check_target(buf, ret->method, ret->target);
	if (fault)
		return fault;

	return read_version(buf, version, &ret->minor);
}

enum http_fault http_status_line_read(const uint8_t *buf, struct http_span line,
                                      struct http_status_line *ret)
{
	const uint8_t *p = buf + line.at;
	uint8_t minor;

	if (line.len < 12 || p[8] != ' ' ||
	    read_version(buf, (struct http_span){ line.at, 8 }, &minor))
		return HTTP_FAULT_STATUS_LINE;
	if (!octet_is_digit(p[9]) || p[9] == '0' || !octet_is_digit(p[10]) ||
	    !octet_is_digit(p[11]))
		return HTTP_FAULT_STATUS_LINE;
	/* Senders must write the SP before an empty reason; some do not. */
	if (line.len > 12 && p[12] != ' ')
		return HTTP_FAULT_STATUS_LINE;

	ret->minor  = minor;
	ret->status = (uint16_t)((p[9] - '0') * 100 + (p[10] - '0') * 10 +
	                         (p[11] - '0'));
	ret->reason =
	        line.len > 13
	                ? (struct http_span){ line.at + 13, line.len - 13 }
	                : (struct http_span){ line.at + line.len, 0 };

	return HTTP_FAULT_NONE;
}

enum http_fault http_field_read(const uint8_t *buf, struct http_span line,
                                struct http_field *ret)
{
	const uint8_t *colon =
	        line.len ? memchr(buf + line.at, ':', line.len) : NULL;
	uint32_t name_len;

	if (!colon)
		return HTTP_FAULT_FIELD_COLON;

	name_len  = (uint32_t)(colon - (buf + line.at));
	ret->name = (struct http_span){ line.at, name_len };
	/* White space before the colon is no token: "Host : h" is refused. */
	if (!span_is_token(buf, ret->name))
		return HTTP_FAULT_FIELD_NAME;
	ret->value =
	        span_trim(buf, (struct http_span){ line.at + name_len + 1,
	                                           line.len - name_len - 1 });

	return HTTP_FAULT_NONE;
}
