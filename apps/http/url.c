/* SPDX-License-Identifier: MIT */
/* url.c - see url.h */
#include "apps/http/url.h"
#include "apps/http/limits.h"
#include <arpa/inet.h>
#include <string.h>

/* Where the first of @stops is in @span, else its length. */
static uint32_t find_any(const uint8_t *buf, struct http_span span,
                         const char *stops)
{
	for (uint32_t i = 0; i < span.len; i++)
		if (buf[span.at + i] && strchr(stops, buf[span.at + i]))
			return i;

	return span.len;
}

static struct http_span part(struct http_span span, uint32_t skip, uint32_t len)
{
	return (struct http_span){ span.at + skip, len };
}

struct http_span http_authority_span(const uint8_t *buf, struct http_span rest)
{
	return part(rest, 0, find_any(buf, rest, "/?#"));
}

/* port = *DIGIT; a written zero would mean "any" to a stack: refused. */
static enum http_fault read_port(const uint8_t *buf, struct http_span span,
                                 uint16_t *ret)
{
	uint32_t port = 0;

	for (uint32_t i = 0; i < span.len; i++) {
		if (!octet_is_digit(buf[span.at + i]))
			return HTTP_FAULT_URL_PORT;
		port = port * 10 + buf[span.at + i] - '0';
		if (port > UINT16_MAX)
			return HTTP_FAULT_URL_PORT;
	}
	if (span.len > 0 && port == 0)
		return HTTP_FAULT_URL_PORT;
	*ret = (uint16_t)port;

	return HTTP_FAULT_NONE;
}

/* Decimal 0..255 without a leading zero, at the start of @p..@end. */
static const uint8_t *read_quad(const uint8_t *p, const uint8_t *end,
                                uint8_t *ret)
{
	const uint8_t *begin = p;
	unsigned value       = 0;

	while (p < end && octet_is_digit(*p) && p - begin < 3)
		value = value * 10 + *p++ - '0';
	if (p == begin || value > 255 || (*begin == '0' && p - begin > 1))
		return NULL;
	*ret = (uint8_t)value;

	return p;
}

static bool read_ip4(const uint8_t *buf, struct http_span host, uint8_t ret[4])
{
	const uint8_t *p = buf + host.at, *end = p + host.len;

	for (unsigned i = 0; i < 4; i++) {
		if (i > 0 && (p == end || *p++ != '.'))
			return false;
		p = read_quad(p, end, &ret[i]);
		if (!p)
			return false;
	}

	return p == end;
}

/* Would some program take it for an address? Its last label is a number. */
static bool ends_in_number(const uint8_t *buf, struct http_span host)
{
	uint32_t end = host.len, begin;

	if (end > 0 && buf[host.at + end - 1] == '.')
		end--;
	for (begin = end; begin > 0 && buf[host.at + begin - 1] != '.';)
		begin--;

	return end > begin && octet_is_digit(buf[host.at + begin]) &&
	       (span_is(buf,
	                part(host, begin, end - begin < 2 ? end - begin : 2),
	                "0x") ||
	        find_any(buf, part(host, begin, end - begin),
	                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                 "-_~%!$&'()*+;=") == end - begin);
}

/* reg-name without the comma, which would let a list of hosts pass for one */
static bool is_name(const uint8_t *buf, struct http_span host)
{
	for (uint32_t i = 0; i < host.len; i++) {
		const uint8_t *p = buf + host.at + i;

		if (*p == '%' && (host.len - i < 3 || octet_hex(p[1]) < 0 ||
		                  octet_hex(p[2]) < 0))
			return false;
		if (!octet_is_alpha(*p) && !octet_is_digit(*p) &&
		    (*p == 0 || !strchr("-._~%!$&'()*+;=", *p)))
			return false;
	}

	return host.len > 0 && host.len <= 255 && buf[host.at] != '.';
}

static bool is_ip6_literal(const uint8_t *buf, struct http_span host)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr ip6;

	if (host.len < 4 || host.len - 2 >= sizeof(text) ||
	    buf[host.at + host.len - 1] != ']')
		return false;
	memcpy(text, buf + host.at + 1, host.len - 2);
	text[host.len - 2] = '\0';

	return strlen(text) == host.len - 2 &&
	       inet_pton(AF_INET6, text, &ip6) == 1;
}

/* How much of the authority is host: up to "]", or else to the colon. */
static uint32_t host_len(const uint8_t *buf, struct http_span authority)
{
	uint32_t len;

	if (authority.len == 0 || buf[authority.at] != '[')
		return find_any(buf, authority, ":");

	len = find_any(buf, authority, "]");

	return len < authority.len ? len + 1 : len;
}

enum http_fault http_authority_read(const uint8_t *buf,
                                    struct http_span authority,
                                    struct http_authority *ret)
{
	const uint32_t len = host_len(buf, authority);

	*ret = (struct http_authority){ .host = part(authority, 0, len) };

	if (find_any(buf, authority, "@") < authority.len)
		return HTTP_FAULT_URL_USERINFO;

	if (len > 0 && buf[authority.at] == '[') {
		ret->is_ip6 = is_ip6_literal(buf, ret->host);
		if (!ret->is_ip6)
			return HTTP_FAULT_URL_HOST;
	} else if (!is_name(buf, ret->host)) {
		return HTTP_FAULT_URL_HOST;
	} else if (ends_in_number(buf, ret->host)) {
		ret->is_ip4 = read_ip4(buf, ret->host, ret->ip4);
		if (!ret->is_ip4)
			return HTTP_FAULT_URL_HOST;
	}

	if (len == authority.len)
		return HTTP_FAULT_NONE;
	if (buf[authority.at + len] != ':')
		return HTTP_FAULT_URL_HOST;

	return read_port(buf, part(authority, len + 1, authority.len - len - 1),
	                 &ret->port);
}

/* scheme "://": the length with the slashes, or 0 */
static uint32_t scheme_len(const uint8_t *buf, struct http_span all)
{
	uint32_t len = 0;

	if (all.len == 0 || !octet_is_alpha(buf[0]))
		return 0;
	while (len < all.len &&
	       (octet_is_alpha(buf[len]) || octet_is_digit(buf[len]) ||
	        (buf[len] && strchr("+-.", buf[len]))))
		len++;
	if (all.len - len < 3 || memcmp(buf + len, "://", 3) != 0)
		return 0;

	return len + 3;
}

static enum http_fault check_chars(const uint8_t *buf, struct http_span all)
{
	for (uint32_t i = 0; i < all.len; i++)
		if (!octet_is_target(buf[i]) && buf[i] != '#')
			return HTTP_FAULT_URL_CHAR;

	return HTTP_FAULT_NONE;
}

enum http_fault http_url_read(const char *text, struct http_url *ret)
{
	const uint8_t *buf   = (const uint8_t *)text;
	const size_t len     = strnlen(text, HTTP_URL_BYTES_MAX + 1);
	struct http_span all = { 0, (uint32_t)len }, rest;
	const uint32_t skip  = scheme_len(buf, all);

	*ret = (struct http_url){ 0 };

	if (len > HTTP_URL_BYTES_MAX)
		return HTTP_FAULT_URL_LONG;
	if (skip == 0)
		return HTTP_FAULT_URL_SCHEME;
	if (!span_is(buf, part(all, 0, skip), "http://"))
		return HTTP_FAULT_URL_NOT_HTTP;
	if (check_chars(buf, all))
		return HTTP_FAULT_URL_CHAR;

	rest           = part(all, skip, all.len - skip);
	ret->authority = http_authority_span(buf, rest);
	rest           = part(rest, ret->authority.len,
	                      find_any(buf, rest, "#") - ret->authority.len);
	ret->path      = part(rest, 0, find_any(buf, rest, "?"));
	ret->has_query = ret->path.len < rest.len;
	ret->query     = ret->has_query ? part(rest, ret->path.len + 1,
	                                       rest.len - ret->path.len - 1)
	                                : part(rest, rest.len, 0);

	return http_authority_read(buf, ret->authority, &ret->at);
}
