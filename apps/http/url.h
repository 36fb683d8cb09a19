/* SPDX-License-Identifier: MIT */
/*
 * url.h - http URLs and their authorities, RFC 3986 and RFC 9110 section 4.2
 *
 * One strict parser for the command line, the Host field and absolute targets,
 * so that all of them mean the same host. An address is four decimals; 0x7f.1,
 * 010.0.0.1 and 127.1 are refused, because other programs read them otherwise.
 */
#ifndef APPS_HTTP_URL_H
#define APPS_HTTP_URL_H

#include "apps/http/fault.h"
#include "apps/http/octet.h"

#define HTTP_PORT_DEFAULT 80

/** struct http_authority - HOST[:PORT] */
struct http_authority {
	struct http_span host; /* with the brackets of an IPv6 literal */
	uint16_t port;         /* 0: not given, or empty */
	bool is_ip4, is_ip6;   /* else a name */
	uint8_t ip4[4];
};

/** http_authority_span() - What of @rest, behind "//", is authority */
struct http_span http_authority_span(const uint8_t *buf, struct http_span rest);

/** http_authority_read() - Judge HOST[:PORT]
 *
 * Return: HTTP_FAULT_NONE, URL_USERINFO, URL_HOST or URL_PORT
 */
enum http_fault http_authority_read(const uint8_t *buf,
                                    struct http_span authority,
                                    struct http_authority *ret);

/** struct http_url - http://AUTHORITY[PATH][?QUERY]; the fragment is dropped */
struct http_url {
	struct http_authority at;
	struct http_span authority; /* as it goes into Host */
	struct http_span path;      /* empty means "/" */
	struct http_span query;     /* without the question mark */
	bool has_query;
};

/** http_url_read() - Read a URL that a user typed
 * @text:	NUL-terminated; the spans are offsets into it
 */
enum http_fault http_url_read(const char *text, struct http_url *ret);

#endif
