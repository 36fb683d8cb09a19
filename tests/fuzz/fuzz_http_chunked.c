/* SPDX-License-Identifier: MIT */
/*
 * fuzz_http_chunked.c - a chunked body is decoded alike from every split, and
 * what is decoded can be coded and decoded again
 *
 * The first octet chooses the split, the rest is the body.
 */
#include "apps/http/body.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_split.h"

#define BODY_MAX 4096

struct decoded {
	struct http_body body;
	enum http_result result;
	uint8_t data[BODY_MAX];
	size_t len, used;
};

static void begin(struct decoded *decoded)
{
	const struct http_framing chunked = { .kind = HTTP_BODY_CHUNKED };

	decoded->len = decoded->used = 0;
	decoded->result              = HTTP_MORE;
	http_body_init(&decoded->body, &chunked, BODY_MAX);
}

/* Feeds one piece, which lies in a block of its own. */
static void feed(struct decoded *decoded, const uint8_t *data, size_t len)
{
	uint8_t *block = fuzz_copy(data, len);
	size_t at      = 0;

	do {
		struct http_piece piece;

		decoded->result = http_body_feed(&decoded->body, block + at,
		                                 len - at, &piece);
		REQUIRE(piece.used <= len - at);
		REQUIRE(piece.len <= piece.used);
		REQUIRE(decoded->len + piece.len <= BODY_MAX);
		memcpy(decoded->data + decoded->len, piece.data, piece.len);
		decoded->len += piece.len;
		at += piece.used;
	} while (decoded->result == HTTP_MORE && at < len);
	decoded->used += at;
	free(block);
}

static void feed_split(struct decoded *decoded, const uint8_t *data, size_t len)
{
	uint32_t state = data[0];
	size_t at      = 1;

	begin(decoded);
	while (at < len && decoded->result == HTTP_MORE) {
		const size_t piece = fuzz_piece(&state);
		const size_t n     = len - at < piece ? len - at : piece;

		feed(decoded, data + at, n);
		at += n;
	}
}

static void code_again(const struct decoded *decoded)
{
	static struct decoded again;
	char line[HTTP_CHUNK_LINE_MAX];
	const int line_len = http_chunk_line(decoded->len, line);

	begin(&again);
	if (decoded->len > 0) {
		feed(&again, (const uint8_t *)line, (size_t)line_len);
		feed(&again, decoded->data, decoded->len);
		feed(&again, (const uint8_t *)"\r\n", 2);
	}
	feed(&again, (const uint8_t *)"0\r\n\r\n", 5);
	REQUIRE(again.result == HTTP_DONE);
	REQUIRE(again.len == decoded->len);
	REQUIRE(!memcmp(again.data, decoded->data, again.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct decoded whole, cut;

	if (len == 0)
		return 0;
	begin(&whole);
	feed(&whole, data + 1, len - 1);
	feed_split(&cut, data, len);

	REQUIRE(whole.result == cut.result || len == 1);
	REQUIRE(whole.body.fault == cut.body.fault);
	REQUIRE(whole.used == cut.used && whole.len == cut.len);
	REQUIRE(!memcmp(whole.data, cut.data, whole.len));
	REQUIRE(whole.body.received == whole.len);
	if (whole.result == HTTP_DONE)
		code_again(&whole);

	return 0;
}
