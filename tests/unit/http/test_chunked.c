/* SPDX-License-Identifier: MIT */
/*
 * test_chunked.c - the chunked coding and the other bodies: rows HF-05 to HF-08
 *
 * Each coding is read in one piece, cut at every octet, and octet by octet.
 */
#include "apps/http/body.h"
#include "apps/http/limits.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>
#include <string.h>

#define NEXT "GET /next"

struct outcome {
	struct http_body body;
	enum http_result result;
	char data[4096];
	size_t len, used;
};

static struct http_framing framing_of(enum http_framing_kind kind,
                                      uint64_t length)
{
	return (struct http_framing){ .kind = kind, .length = length };
}

static void begin(struct outcome *out, struct http_framing framing,
                  uint64_t max)
{
	memset(out, 0, sizeof(*out));
	http_body_init(&out->body, &framing, max);
	out->result = HTTP_MORE;
}

/* Feeds the octets of @bytes up to @len that have not been used yet. */
static void feed(struct outcome *out, const char *bytes, size_t len)
{
	const size_t fresh = len - out->used;
	uint8_t *guarded   = guard_alloc(bytes + out->used, fresh);
	size_t at          = 0;

	do {
		struct http_piece piece;

		out->result = http_body_feed(&out->body, guarded + at,
		                             fresh - at, &piece);
		ck_assert_uint_le(piece.used, fresh - at);
		ck_assert_uint_le(out->len + piece.len, sizeof(out->data));
		memcpy(out->data + out->len, piece.data, piece.len);
		out->len += piece.len;
		at += piece.used;
	} while (out->result == HTTP_MORE && at < fresh);
	out->used += at;
	guard_free(guarded, fresh);
}

static void assert_same(const struct outcome *whole, const struct outcome *cut,
                        const char *bytes, size_t at)
{
	ck_assert_msg(whole->result == cut->result &&
	                      whole->body.fault == cut->body.fault &&
	                      whole->len == cut->len &&
	                      whole->used == cut->used &&
	                      memcmp(whole->data, cut->data, cut->len) == 0,
	              "cut at %zu of \"%s\": %d %s, in one piece %d %s", at,
	              bytes, cut->result, http_fault_name(cut->body.fault),
	              whole->result, http_fault_name(whole->body.fault));
}

static void read_every_split(struct outcome *whole, struct http_framing framing,
                             uint64_t max, const char *bytes, size_t len)
{
	static struct outcome cut;

	begin(whole, framing, max);
	feed(whole, bytes, len);
	for (size_t at = 0; at <= len; at++) {
		begin(&cut, framing, max);
		feed(&cut, bytes, at);
		if (cut.result == HTTP_MORE)
			feed(&cut, bytes, len);
		assert_same(whole, &cut, bytes, at);
	}

	begin(&cut, framing, max);
	for (size_t at = 1; at <= len && cut.result == HTTP_MORE; at++)
		feed(&cut, bytes, at);
	assert_same(whole, &cut, bytes, len);
}

static struct outcome outcome;

static void read_chunked(const char *bytes, size_t len)
{
	read_every_split(&outcome, framing_of(HTTP_BODY_CHUNKED, 0), 1000,
	                 bytes, len);
}

static void assert_data(const char *bytes, const char *data)
{
	read_chunked(bytes, strlen(bytes));
	ck_assert_msg(outcome.result == HTTP_DONE, "%s: \"%s\"",
	              http_fault_name(outcome.body.fault), bytes);
	ck_assert_uint_eq(outcome.len, strlen(data));
	ck_assert_mem_eq(outcome.data, data, outcome.len);
	ck_assert_uint_eq(outcome.body.received, outcome.len);
}

START_TEST(chunks_are_joined)
{
	assert_data("0\r\n\r\n", "");
	assert_data("5\r\nhello\r\n0\r\n\r\n", "hello");
	assert_data("5\r\nhello\r\n1\r\n,\r\n6\r\n world\r\n0\r\n\r\n",
	            "hello, world");
	assert_data("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
	            "01234567890123456789");
	assert_data("0000000000000005\r\nhello\r\n000\r\n\r\n", "hello");
	assert_data("2\r\n\r\n\r\n0\r\n\r\n", "\r\n");
}
END_TEST

START_TEST(what_follows_the_body_is_left_alone)
{
	const char bytes[] = "1\r\nx\r\n0\r\n\r\n" NEXT;

	read_chunked(bytes, sizeof(bytes) - 1);
	ck_assert_int_eq(outcome.result, HTTP_DONE);
	ck_assert_str_eq(bytes + outcome.used, NEXT);
}
END_TEST

START_TEST(extensions_and_trailers_are_checked_and_ignored)
{
	assert_data("1;a\r\nx\r\n0;b=c\r\n\r\n", "x");
	assert_data("1 ;a\r\nx\r\n0\t;\tb\t= c;d = \"e\"\r\n\r\n", "x");
	assert_data("1;a=\"q;=\\\" \\\\\xff\"\r\nx\r\n0\r\n\r\n", "x");
	assert_data("0\r\nContent-Length: 5\r\nHost: x\r\nEmpty:\r\n\r\n", "");
}
END_TEST

struct row {
	const char *bytes;
	size_t len;
	enum http_fault fault;
};

#define ROW(bytes, fault)                                                      \
	{                                                                      \
		bytes, sizeof(bytes) - 1, HTTP_FAULT_##fault                   \
	}

static void check_rows(const struct row *row, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		read_chunked(row[i].bytes, row[i].len);
		ck_assert_msg(outcome.result == HTTP_BAD, "accepted: \"%s\"",
		              row[i].bytes);
		ck_assert_msg(outcome.body.fault == row[i].fault,
		              "%s, not %s: \"%s\"",
		              http_fault_name(outcome.body.fault),
		              http_fault_name(row[i].fault), row[i].bytes);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

/* HF-05: nginx CVE-2013-2028, Apache CVE-2002-0392 */
START_TEST(sizes_are_hexadecimal_and_in_range)
{
	static const struct row rows[] = {
		ROW("\r\n", CHUNK_SIZE),
		ROW("\n", CHUNK_SIZE),
		ROW(";a\r\n", CHUNK_SIZE),
		ROW("G\r\n", CHUNK_SIZE),
		ROW("5G\r\n", CHUNK_SIZE),
		ROW("0x5\r\n", CHUNK_SIZE),
		ROW("+5\r\n", CHUNK_SIZE),
		ROW("-1\r\n", CHUNK_SIZE),
		ROW(" 5\r\n", CHUNK_SIZE),
		ROW("5_0\r\n", CHUNK_SIZE),
		ROW("5 \r\n", CHUNK_EXT),
		ROW("5\t\r\n", CHUNK_EXT),
		ROW("5 0\r\n", CHUNK_EXT),
		ROW("5.\r\n", CHUNK_SIZE),
		ROW("\0", CHUNK_SIZE),
		ROW("5\0\r\n", CHUNK_SIZE),
		ROW("00000000000000005\r\n", CHUNK_SIZE_RANGE),
		ROW("10000000000000000\r\n", CHUNK_SIZE_RANGE),
		ROW("FFFFFFFFFFFFFFFF\r\n", CHUNK_SIZE_RANGE),
		ROW("8000000000000000\r\n", CHUNK_SIZE_RANGE),
		ROW("7FFFFFFFFFFFFFFF\r\n", BODY_LONG),
		ROW("3e9\r\n", BODY_LONG),
		ROW("1\r\nx\r\n3e8\r\n", BODY_LONG),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* HF-06: the line ends of CVE-2025-55315 and its kin */
START_TEST(every_line_of_the_coding_ends_in_crlf)
{
	static const struct row rows[] = {
		ROW("5\nhello", CHUNK_LINE),
		ROW("5\rhello", CHUNK_LINE),
		ROW("5\r\r;A\r\nhello", CHUNK_LINE),
		ROW("5;\nhello", CHUNK_EXT),
		ROW("5;a\nhello", CHUNK_EXT),
		ROW("5;a=b\nhello", CHUNK_EXT),
		ROW("5;a=\"\n\"\r\nhello", CHUNK_EXT),
		ROW("5;a\rhello", CHUNK_LINE),
		ROW("5\r\nhello!\r\n", CHUNK_DATA),
		ROW("5\r\nhello0\r\n", CHUNK_DATA),
		ROW("6\r\nhello\r\n0\r\n\r\n", CHUNK_DATA),
		ROW("5\r\nhello\n0\r\n\r\n", CHUNK_DATA),
		ROW("5\r\nhello\rX", CHUNK_DATA),
		ROW("0\n\r\n", CHUNK_LINE),
		ROW("0\r\n\n", TRAILER),
		ROW("0\r\n\rX", TRAILER),
		ROW("0\r\nA: b\n\r\n", TRAILER),
		ROW("0\r\nA: b\rX", TRAILER),
		ROW("0\r\nA: b\r\n\n", TRAILER),
	};

	CHECK_ROWS(rows);
}
END_TEST

/* HF-07 */
START_TEST(extensions_keep_to_their_grammar)
{
	static const struct row rows[] = {
		ROW("5;\r\n", CHUNK_EXT),
		ROW("5; \r\n", CHUNK_EXT),
		ROW("5;;a\r\n", CHUNK_EXT),
		ROW("5;a=\r\n", CHUNK_EXT),
		ROW("5;=a\r\n", CHUNK_EXT),
		ROW("5;a b\r\n", CHUNK_EXT),
		ROW("5;a \r\n", CHUNK_EXT),
		ROW("5;a=b \r\n", CHUNK_EXT),
		ROW("5;a=b=c\r\n", CHUNK_EXT),
		ROW("5;a=\"b\r\n", CHUNK_EXT),
		ROW("5;a=\"b\"c\r\n", CHUNK_EXT),
		ROW("5;a\"\r\n", CHUNK_EXT),
		ROW("5;a=b\"\r\n", CHUNK_EXT),
		ROW("5;a\0\r\n", CHUNK_EXT),
		ROW("5;a=\"\0\"\r\n", CHUNK_EXT),
		ROW("5;a=\"\\\0\"\r\n", CHUNK_EXT),
		ROW("5;\x80\r\n", CHUNK_EXT),
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(extensions_are_short)
{
	char bytes[2048];
	int len;

	len = snprintf(bytes, sizeof(bytes), "1;%0254d\r\nx\r\n0\r\n\r\n", 0);
	read_chunked(bytes, (size_t)len);
	ck_assert_int_eq(outcome.result, HTTP_DONE);
	len = snprintf(bytes, sizeof(bytes), "1;%0256d\r\nx\r\n0\r\n\r\n", 0);
	read_chunked(bytes, (size_t)len);
	ck_assert_int_eq(outcome.body.fault, HTTP_FAULT_CHUNK_EXT_LONG);
}
END_TEST

START_TEST(extensions_of_all_chunks_together_are_bounded)
{
	char chunk[300];
	unsigned count = 0;
	struct outcome out;

	/* 200 of name and the CR */
	const int len = snprintf(chunk, sizeof(chunk), "1;%0200d\r\nx\r\n", 0);

	begin(&out, framing_of(HTTP_BODY_CHUNKED, 0), 1000);
	while (out.result == HTTP_MORE && count < 1000) {
		out.used = 0;
		feed(&out, chunk, (size_t)len);
		count++;
	}
	ck_assert_int_eq(out.body.fault, HTTP_FAULT_CHUNK_EXT_LONG);
	ck_assert_uint_eq(count, HTTP_CHUNK_EXT_TOTAL_MAX / 201 + 1);
}
END_TEST

/* HF-08 */
START_TEST(trailers_keep_to_the_syntax_of_fields)
{
	static const struct row rows[] = {
		ROW("0\r\n A: b\r\n\r\n", TRAILER),
		ROW("0\r\nA : b\r\n\r\n", TRAILER),
		ROW("0\r\n: b\r\n\r\n", TRAILER),
		ROW("0\r\nA\r\n\r\n", TRAILER),
		ROW("0\r\nA: b\r\n c\r\n\r\n", TRAILER),
		ROW("0\r\nA: \0\r\n\r\n", TRAILER),
		ROW("0\r\nX:\x7f\r\n\r\n", TRAILER),
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(trailers_are_few_and_short)
{
	static char bytes[HTTP_TRAILER_BYTES_MAX + 64];
	struct outcome out;
	size_t len = 3;

	memcpy(bytes, "0\r\n", 3);
	for (int i = 0; i < HTTP_TRAILERS_MAX; i++, len += 4)
		memcpy(bytes + len, "A:\r\n", 4);
	memcpy(bytes + len, "\r\n", 2);
	read_chunked(bytes, len + 2);
	ck_assert_int_eq(outcome.result, HTTP_DONE);
	memcpy(bytes + len, "A:\r\n", 4);
	read_chunked(bytes, len + 4);
	ck_assert_int_eq(outcome.body.fault, HTTP_FAULT_TRAILERS_MANY);

	memset(bytes + 3, 'a', sizeof(bytes) - 3);
	begin(&out, framing_of(HTTP_BODY_CHUNKED, 0), 1000);
	feed(&out, bytes, sizeof(bytes));
	ck_assert_int_eq(out.body.fault, HTTP_FAULT_TRAILERS_MANY);
	ck_assert_uint_eq(out.used, 3 + HTTP_TRAILER_BYTES_MAX + 1);
}
END_TEST

START_TEST(an_unfinished_body_is_not_complete)
{
	const char bytes[] = "5\r\nhello\r\n0\r\n\r\n";

	for (size_t len = 0; len < sizeof(bytes) - 1; len++) {
		read_chunked(bytes, len);
		ck_assert_int_eq(outcome.result, HTTP_MORE);
		ck_assert(!http_body_end(&outcome.body));
	}
}
END_TEST

START_TEST(a_length_is_counted)
{
	const char bytes[] = "hello" NEXT;

	read_every_split(&outcome, framing_of(HTTP_BODY_LENGTH, 5), 1000, bytes,
	                 sizeof(bytes) - 1);
	ck_assert_int_eq(outcome.result, HTTP_DONE);
	ck_assert_uint_eq(outcome.len, 5);
	ck_assert_str_eq(bytes + outcome.used, NEXT);
	read_every_split(&outcome, framing_of(HTTP_BODY_LENGTH, 50), 1000,
	                 bytes, sizeof(bytes) - 1);
	ck_assert_int_eq(outcome.result, HTTP_MORE);
	ck_assert(!http_body_end(&outcome.body));
	read_every_split(&outcome, framing_of(HTTP_BODY_LENGTH, 1001), 1000,
	                 bytes, sizeof(bytes) - 1);
	ck_assert_int_eq(outcome.body.fault, HTTP_FAULT_BODY_LONG);
	ck_assert_uint_eq(outcome.len, 0);
}
END_TEST

START_TEST(no_body_takes_nothing)
{
	read_every_split(&outcome, framing_of(HTTP_BODY_NONE, 0), 1000, NEXT,
	                 sizeof(NEXT) - 1);
	ck_assert_int_eq(outcome.result, HTTP_DONE);
	ck_assert_uint_eq(outcome.used, 0);
}
END_TEST

START_TEST(until_close_takes_all_up_to_the_limit)
{
	read_every_split(&outcome, framing_of(HTTP_BODY_UNTIL_CLOSE, 0), 8,
	                 "12345678", 8);
	ck_assert_int_eq(outcome.result, HTTP_MORE);
	ck_assert_uint_eq(outcome.len, 8);
	ck_assert(http_body_end(&outcome.body));
	read_every_split(&outcome, framing_of(HTTP_BODY_UNTIL_CLOSE, 0), 8,
	                 "123456789", 9);
	ck_assert_int_eq(outcome.body.fault, HTTP_FAULT_BODY_LONG);
	ck_assert(!http_body_end(&outcome.body));
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
	static const uint64_t lens[] = { 1, 9, 10, 255, 1000 };

	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		char bytes[1100];
		int at = http_chunk_line(lens[i], bytes);

		memset(bytes + at, 'x', lens[i]);
		memcpy(bytes + at + lens[i], "\r\n0\r\n\r\n", 7);
		read_chunked(bytes, (size_t)at + lens[i] + 7);
		ck_assert_int_eq(outcome.result, HTTP_DONE);
		ck_assert_uint_eq(outcome.len, lens[i]);
	}
	ck_assert_int_eq(http_chunk_line(UINT64_MAX, outcome.data), 18);
}
END_TEST

static Suite *suite(void)
{
	Suite *s       = suite_create("http bodies");
	TCase *chunked = tcase_create("chunked"),
	      *others  = tcase_create("body");

	tcase_add_test(chunked, chunks_are_joined);
	tcase_add_test(chunked, what_follows_the_body_is_left_alone);
	tcase_add_test(chunked,
	               extensions_and_trailers_are_checked_and_ignored);
	tcase_add_test(chunked, sizes_are_hexadecimal_and_in_range);
	tcase_add_test(chunked, every_line_of_the_coding_ends_in_crlf);
	tcase_add_test(chunked, extensions_keep_to_their_grammar);
	tcase_add_test(chunked, extensions_are_short);
	tcase_add_test(chunked, extensions_of_all_chunks_together_are_bounded);
	tcase_add_test(chunked, trailers_keep_to_the_syntax_of_fields);
	tcase_add_test(chunked, trailers_are_few_and_short);
	tcase_add_test(chunked, an_unfinished_body_is_not_complete);
	tcase_add_test(chunked, what_is_written_is_read_again);
	tcase_set_timeout(chunked, 60);
	suite_add_tcase(s, chunked);
	tcase_add_test(others, a_length_is_counted);
	tcase_add_test(others, no_body_takes_nothing);
	tcase_add_test(others, until_close_takes_all_up_to_the_limit);
	tcase_set_timeout(others, 60);
	suite_add_tcase(s, others);

	return s;
}

TEST_MAIN(suite)
