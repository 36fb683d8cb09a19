/* SPDX-License-Identifier: MIT */
/*
 * split.h - read a fixture cut at every octet, and octet by octet
 *
 * Each prefix lies flush against a guard page. Whatever the cut, the verdict
 * must be the one of the fixture in one piece, and no earlier than complete.
 */
#ifndef TESTS_UNIT_HTTP_SPLIT_H
#define TESTS_UNIT_HTTP_SPLIT_H

#include "apps/http/message.h"
#include "tests/unit/lib/test.h"
#include <string.h>

#define FIXTURE_BYTES_MAX 32768

/** struct reader - a head being read from a buffer that moves with each feed */
struct reader {
	struct http_head head;
	enum http_result result;
	uint8_t buf[FIXTURE_BYTES_MAX];
	size_t len;
};

static inline void reader_init(struct reader *reader, enum http_kind kind)
{
	http_head_init(&reader->head, kind);
	reader->result = HTTP_MORE;
	reader->len    = 0;
}

/* Adds the octets up to @len of @bytes, and reads; the parser sees a buffer at
 * a new address, whose end cannot be overrun. */
static inline void reader_feed(struct reader *reader, const char *bytes,
                               size_t len)
{
	uint8_t *guarded;

	ck_assert_uint_le(len, FIXTURE_BYTES_MAX);
	memcpy(reader->buf + reader->len, bytes + reader->len,
	       len - reader->len);
	reader->len    = len;
	guarded        = guard_alloc(reader->buf, len);
	reader->result = http_head_feed(&reader->head, guarded, len);
	memcpy(reader->buf, guarded, len);
	guard_free(guarded, len);
}

static inline void assert_same(const struct reader *whole,
                               const struct reader *cut, const char *bytes,
                               size_t at)
{
	ck_assert_msg(whole->result == cut->result &&
	                      whole->head.fault == cut->head.fault &&
	                      whole->head.len == cut->head.len &&
	                      whole->head.field_count == cut->head.field_count,
	              "cut at %zu of \"%s\": %d %s, in one piece %d %s", at,
	              bytes, cut->result, http_fault_name(cut->head.fault),
	              whole->result, http_fault_name(whole->head.fault));
	if (whole->result == HTTP_DONE)
		ck_assert_mem_eq(whole->buf, cut->buf, whole->head.len);
}

/* Reads @bytes in one piece into @whole, and in every other way. */
static inline void read_every_split(struct reader *whole, enum http_kind kind,
                                    const char *bytes, size_t len)
{
	static struct reader cut;

	reader_init(whole, kind);
	reader_feed(whole, bytes, len);
	for (size_t at = 0; at <= len; at++) {
		reader_init(&cut, kind);
		reader_feed(&cut, bytes, at);
		reader_feed(&cut, bytes, len);
		assert_same(whole, &cut, bytes, at);
	}

	reader_init(&cut, kind);
	for (size_t at = 1; at <= len; at++) {
		reader_feed(&cut, bytes, at);
		if (cut.result == HTTP_MORE && at == whole->head.len)
			ck_abort_msg("not done at the end of \"%s\"", bytes);
		if (cut.result == HTTP_DONE && at < whole->head.len)
			ck_abort_msg("done too early in \"%s\"", bytes);
	}
	assert_same(whole, &cut, bytes, len);
}

#endif
