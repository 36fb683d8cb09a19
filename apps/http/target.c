/* SPDX-License-Identifier: MIT */
/* target.c - see target.h */
#include "apps/http/target.h"
#include "apps/http/url.h"
#include <string.h>

enum http_method http_method_find(const uint8_t *buf, struct http_span name)
{
	static const char *const names[] = {
		[HTTP_METHOD_GET]     = "GET",
		[HTTP_METHOD_HEAD]    = "HEAD",
		[HTTP_METHOD_POST]    = "POST",
		[HTTP_METHOD_PUT]     = "PUT",
		[HTTP_METHOD_DELETE]  = "DELETE",
		[HTTP_METHOD_CONNECT] = "CONNECT",
		[HTTP_METHOD_OPTIONS] = "OPTIONS",
		[HTTP_METHOD_TRACE]   = "TRACE",
		[HTTP_METHOD_PATCH]   = "PATCH",
	};

	for (unsigned i = 1; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is_exactly(buf, name, names[i]))
			return (enum http_method)i;

	return HTTP_METHOD_UNKNOWN;
}

static struct http_span from(struct http_span span, uint32_t skip)
{
	return (struct http_span){ span.at + skip, span.len - skip };
}

/* @rest is path [ "?" query ] */
static void split_query(const uint8_t *buf, struct http_span rest,
                        struct http_target *ret)
{
	const uint8_t *mark =
	        rest.len ? memchr(buf + rest.at, '?', rest.len) : NULL;
	const uint32_t len =
	        mark ? (uint32_t)(mark - (buf + rest.at)) : rest.len;

	ret->path      = (struct http_span){ rest.at, len };
	ret->has_query = mark != NULL;
	ret->query     = from(rest, mark ? len + 1 : len);
}

/* authority-form: HOST:PORT, both there */
static enum http_fault read_authority_form(const uint8_t *buf,
                                           struct http_span target,
                                           struct http_target *ret)
{
	struct http_authority authority;

	if (http_authority_read(buf, target, &authority) || authority.port == 0)
		return HTTP_FAULT_TARGET_FORM;
	ret->authority = target;

	return HTTP_FAULT_NONE;
}

/* absolute-form: http://AUTHORITY[/PATH][?QUERY] */
static enum http_fault read_absolute_form(const uint8_t *buf,
                                          struct http_span target,
                                          struct http_target *ret)
{
	struct http_authority authority;
	struct http_span rest;

	if (target.len < 7 ||
	    !span_is(buf, (struct http_span){ target.at, 7 }, "http://"))
		return HTTP_FAULT_TARGET_FORM;

	rest           = from(target, 7);
	ret->authority = http_authority_span(buf, rest);
	if (http_authority_read(buf, ret->authority, &authority))
		return HTTP_FAULT_TARGET_FORM;
	ret->is_absolute = true;
	split_query(buf, from(rest, ret->authority.len), ret);

	return HTTP_FAULT_NONE;
}

enum http_fault http_target_read(const uint8_t *buf, enum http_method method,
                                 struct http_span target,
                                 struct http_target *ret)
{
	*ret = (struct http_target){ .path = { target.at, 0 } };

	if (method == HTTP_METHOD_CONNECT)
		return read_authority_form(buf, target, ret);
	if (target.len > 0 && buf[target.at] == '/') {
		split_query(buf, target, ret);
		return HTTP_FAULT_NONE;
	}
	if (!span_is_exactly(buf, target, "*"))
		return read_absolute_form(buf, target, ret);
	if (method != HTTP_METHOD_OPTIONS)
		return HTTP_FAULT_TARGET_FORM;
	ret->is_asterisk = true;

	return HTTP_FAULT_NONE;
}
