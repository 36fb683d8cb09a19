/* SPDX-License-Identifier: MIT */
/*
 * test_framing.c - how long a request's body is: rows HF-01 to HF-04
 */
#include "apps/http/limits.h"
#include "tests/unit/http/rows.h"

/* HF-01 to HF-04 */
START_TEST(ambiguous_body_lengths_are_refused)
{
	static const struct row rows[] = {
		ROW(POST "Content-Length: 6\r\n" END, NONE),
		ROW(POST "Transfer-Encoding: chunked\r\n" END, NONE),
		ROW(POST
		    "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n" END,
		    LENGTH_AND_CODING),
		ROW(POST
		    "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n" END,
		    LENGTH_AND_CODING),
		ROW(POST "Content-Length: 6\r\nContent-Length: 6\r\n" END,
		    LENGTH_REPEATED),
		ROW(POST "Content-Length: 6\r\nContent-Length: 7\r\n" END,
		    LENGTH_REPEATED),
		ROW(POST "Content-Length: 6\r\ncontent-length: 0\r\n" END,
		    LENGTH_REPEATED),
		ROW(POST "Transfer-Encoding: chunked\r\n"
		         "Transfer-Encoding: chunked\r\n" END,
		    CODING_REPEATED),
		ROW(POST "Transfer-Encoding: chunked\r\n"
		         "Transfer-Encoding: identity\r\n" END,
		    CODING_REPEATED),
		ROW("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
		    CODING_IN_1_0),
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(content_length_is_one_decimal_number)
{
	static const char *const wrong[] = {
		"-1",
		"-0",
		"+5",
		"0x5",
		"5Z",
		"1_0",
		"1 0",
		"",
		"00",
		"007",
		"0200",
		"5,",
		",5",
		"5, 5",
		"5, 6",
		"5,5,5",
		"5;",
		"\xa0"
		"5",
		"\x85"
		"5",
		"5\xa0",
		"5.0",
		"1e3",
		"\"5\"",
		"9223372036854775808",
		"18446744073709551615",
		"18446744073709551616",
		"18446744073709551621",
		"99999999999999999999",
		"100000000000000000000000000000000000000000",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct http_request request;
		char bytes[128];
		const int len =
		        snprintf(bytes, sizeof(bytes),
		                 POST "Content-Length: %s\r\n" END, wrong[i]);

		ck_assert_msg(judge(bytes, (size_t)len, &request) ==
		                      HTTP_FAULT_LENGTH_SYNTAX,
		              "\"%s\" is a Content-Length", wrong[i]);
	}
}
END_TEST

START_TEST(content_length_reaches_two_to_the_63_less_one)
{
	struct http_request request;

	request = accepted(POST "Content-Length: 9223372036854775807\r\n" END);
	ck_assert_uint_eq(request.framing.length, INT64_MAX);
	ck_assert_int_eq(request.framing.kind, HTTP_BODY_LENGTH);
	request = accepted(POST "Content-Length: \t10 \t\r\n" END);
	ck_assert_uint_eq(request.framing.length, 10);
	request = accepted(POST "Content-Length: 0\r\n" END);
	ck_assert_int_eq(request.framing.kind, HTTP_BODY_NONE);
}
END_TEST

START_TEST(only_chunked_alone_is_chunked)
{
#define CODING(value, fault)                                                   \
	ROW(POST "Transfer-Encoding:" value "\r\n" END, fault)
	static const struct row rows[] = {
		CODING(" chunked", NONE),
		CODING("CHUNKED", NONE),
		CODING("\t cHuNkEd \t", NONE),
		CODING(" xchunked", CODING_NOT_LAST),
		CODING(" chunkedx", CODING_NOT_LAST),
		CODING(" identity", CODING_NOT_LAST),
		CODING(" gzip", CODING_NOT_LAST),
		CODING(" gzip, chunked", CODING_UNKNOWN),
		CODING(" chunked, identity", CODING_NOT_LAST),
		CODING(" chunked, chunked", CODING_NOT_LAST),
		CODING(" chunked,", CODING_SYNTAX),
		CODING(",chunked", CODING_SYNTAX),
		CODING(" ,", CODING_SYNTAX),
		CODING("", CODING_SYNTAX),
		CODING(" ", CODING_SYNTAX),
		CODING(" chunked;q=1", CODING_SYNTAX),
		CODING(" \"chunked\"", CODING_SYNTAX),
		CODING(" chunked\xa0", CODING_SYNTAX),
		CODING(" \x0b"
		       "chunked",
		       CONTROL),
		CODING(" chunked\x0c", CONTROL),
		CODING(" chunked\0", CONTROL),
		CODING("\r\n chunked", FOLD),
	};

	CHECK_ROWS(rows);
}
END_TEST

static Suite *suite(void)
{
	Suite *s       = suite_create("http framing");
	TCase *framing = tcase_create("framing");

	tcase_add_test(framing, ambiguous_body_lengths_are_refused);
	tcase_add_test(framing, content_length_is_one_decimal_number);
	tcase_add_test(framing, content_length_reaches_two_to_the_63_less_one);
	tcase_add_test(framing, only_chunked_alone_is_chunked);
	tcase_set_timeout(framing, 60);
	suite_add_tcase(s, framing);

	return s;
}

TEST_MAIN(suite)
