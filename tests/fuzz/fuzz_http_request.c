/* SPDX-License-Identifier: MIT */
/*
 * fuzz_http_request.c - a request is read alike from every split, and what is
 * accepted is unambiguous even to a reader that only looks for lines
 *
 * The first octet chooses the split, the rest is the request.
 */
#include "apps/http/message.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_split.h"
#include <strings.h>

/** struct lines - what a simple reader finds in a head */
struct lines {
	unsigned count, hosts, lengths, codings;
	bool is_chunked; /* the coding's value is "chunked" */
};

static bool has_name(const char *line, size_t len, const char *name)
{
	const size_t name_len = strlen(name);

	return len > name_len && line[name_len] == ':' &&
	       strncasecmp(line, name, name_len) == 0;
}

static bool is_chunked(const char *value, size_t len)
{
	while (len > 0 && (*value == ' ' || *value == '\t')) {
		value++;
		len--;
	}
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;

	return len == 7 && strncasecmp(value, "chunked", 7) == 0;
}

static void count_line(struct lines *lines, const char *line, size_t len)
{
	lines->count++;
	lines->hosts += has_name(line, len, "host");
	lines->lengths += has_name(line, len, "content-length");
	if (!has_name(line, len, "transfer-encoding"))
		return;
	lines->codings++;
	lines->is_chunked = is_chunked(line + 18, len - 18);
}

/* Lines behind the first, each ended by an LF that follows a CR. */
static struct lines read_lines(const char *at, const char *end)
{
	struct lines lines = { 0 };

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		REQUIRE(lf && lf > at && lf[-1] == '\r');
		REQUIRE(!memchr(at, '\r', (size_t)(lf - 1 - at)));
		REQUIRE(!memchr(at, '\0', (size_t)(lf - at)));
		if (lf - 1 > at)
			count_line(&lines, at, (size_t)(lf - 1 - at));
		else
			REQUIRE(lf + 1 == end);
		at = lf + 1;
	}

	return lines;
}

static void judge(const struct http_head *head, const uint8_t *buf)
{
	const struct lines lines =
	        read_lines((const char *)buf + head->fields_at,
	                   (const char *)buf + head->len);
	struct http_request request;

	REQUIRE(lines.count == head->field_count);
	if (http_request_read(head, buf, &request))
		return;

	REQUIRE(lines.hosts == 1 || (lines.hosts == 0 && request.minor == 0));
	REQUIRE(lines.lengths + lines.codings <= 1);
	REQUIRE((request.framing.kind == HTTP_BODY_CHUNKED) ==
	        (lines.codings == 1));
	REQUIRE(lines.codings == 0 || lines.is_chunked);
	REQUIRE(lines.codings == 0 || request.minor >= 1);
	REQUIRE(request.framing.kind != HTTP_BODY_LENGTH || lines.lengths == 1);
	REQUIRE(request.path.len == 0 || buf[request.path.at] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct http_head whole, cut;
	uint8_t *buf;

	if (len == 0)
		return 0;
	buf = fuzz_copy(data + 1, len - 1);
	http_head_init(&whole, HTTP_REQUEST);
	(void)http_head_feed(&whole, buf, len - 1);
	fuzz_feed_split(&cut, HTTP_REQUEST, data, len, NULL);

	REQUIRE(whole.fault == cut.fault && whole.len == cut.len);
	REQUIRE(whole.field_count == cut.field_count);
	REQUIRE(!memcmp(buf, data + 1, len - 1));
	if (whole.len)
		judge(&whole, buf);
	free(buf);

	return 0;
}
