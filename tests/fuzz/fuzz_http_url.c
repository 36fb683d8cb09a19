/* SPDX-License-Identifier: MIT */
/*
 * fuzz_http_url.c - an accepted URL, put together again from its parts, is read
 * the same
 */
#include "apps/http/url.h"
#include "tests/fuzz/fuzz.h"

static const char *part(const char *text, struct http_span span)
{
	return text + span.at;
}

static void require_same(const char *a, struct http_span in_a, const char *b,
                         struct http_span in_b)
{
	REQUIRE(in_a.len == in_b.len);
	REQUIRE(!memcmp(a + in_a.at, b + in_b.at, in_a.len));
}

static void read_again(const char *text, const struct http_url *url)
{
	char *again = NULL;
	struct http_url read;

	REQUIRE(asprintf(&again, "http://%.*s%.*s%s%.*s",
	                 (int)url->authority.len, part(text, url->authority),
	                 (int)url->path.len, part(text, url->path),
	                 url->has_query ? "?" : "", (int)url->query.len,
	                 part(text, url->query)) >= 0);
	REQUIRE(http_url_read(again, &read) == HTTP_FAULT_NONE);
	require_same(text, url->at.host, again, read.at.host);
	require_same(text, url->path, again, read.path);
	require_same(text, url->query, again, read.query);
	REQUIRE(read.at.port == url->at.port);
	REQUIRE(read.at.is_ip4 == url->at.is_ip4);
	REQUIRE(!memcmp(read.at.ip4, url->at.ip4, 4));
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = (char *)malloc(len + 1);
	struct http_url url;

	if (!text)
		abort();
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	if (http_url_read(text, &url) == HTTP_FAULT_NONE) {
		REQUIRE(url.at.host.len > 0);
		REQUIRE(!memchr(part(text, url.authority), '@',
		                url.authority.len));
		REQUIRE(url.path.len == 0 || text[url.path.at] == '/');
		REQUIRE(url.query.at + url.query.len <= strlen(text));
		read_again(text, &url);
	}
	free(text);

	return 0;
}
