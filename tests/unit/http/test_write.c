/* SPDX-License-Identifier: MIT */
/* test_write.c - what is written cannot be split: rows HO-01, HO-03, HC-06 */
#include "apps/http/fault.h"
#include "apps/http/message.h"
#include "apps/http/write.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

static struct http_out out;

static void setup(void)
{
	http_out_init(&out, 4096);
}

static void teardown(void)
{
	http_out_free(&out);
}

static void assert_written(const char *text)
{
	ck_assert_int_eq(out.error, 0);
	ck_assert_uint_eq(out.len, strlen(text));
	ck_assert_mem_eq(out.data, text, out.len);
}

START_TEST(a_response_s_head)
{
	http_write_status_line(&out, 404);
	http_write_field(&out, "Server", "tarn");
	http_write_field_number(&out, "Content-Length", UINT64_MAX);
	http_write_end(&out);
	assert_written("HTTP/1.1 404 Not Found\r\nServer: tarn\r\n"
	               "Content-Length: 18446744073709551615\r\n\r\n");
}
END_TEST

START_TEST(a_request_s_head)
{
	http_write_request_line(&out, "GET", "/a?b");
	http_write_end(&out);
	assert_written("GET /a?b HTTP/1.1\r\n\r\n");
}
END_TEST

START_TEST(an_unknown_status_has_the_space_and_no_reason)
{
	http_write_status_line(&out, 299);
	assert_written("HTTP/1.1 299 \r\n");
}
END_TEST

START_TEST(every_status_that_a_fault_answers_has_a_reason)
{
	for (int fault = 0; fault < HTTP_FAULT_COUNT; fault++) {
		const int status = http_fault_status((enum http_fault)fault);

		if (status != 502) /* what only a client finds */
			ck_assert_str_ne(http_status_reason(status), "");
	}
}
END_TEST

static void assert_refused(void)
{
	ck_assert_int_eq(out.error, -EINVAL);
	http_out_free(&out);
}

START_TEST(nothing_splits_a_head)
{
	static const char *const evil[] = { "a\rb", "a\nb", "a\r\nX: y",
		                            "a\x01", "\x7f" };

	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		http_write_field(&out, "A", evil[i]);
		assert_refused();
		http_write_field(&out, evil[i], "v");
		assert_refused();
		http_write_request_line(&out, "GET", evil[i]);
		assert_refused();
		http_write_request_line(&out, evil[i], "/");
		assert_refused();
	}
	http_write_field(&out, "", "v");
	assert_refused();
	http_write_field(&out, "a b", "v");
	assert_refused();
	http_write_field(&out, "a:", "v");
	assert_refused();
	http_write_request_line(&out, "GET", "");
	assert_refused();
	http_write_request_line(&out, "GET", "/a b");
	assert_refused();
	http_write_request_line(&out, "G T", "/");
	assert_refused();
	http_write_status_line(&out, 1000);
	assert_refused();
}
END_TEST

START_TEST(a_failure_stays)
{
	http_write_field(&out, "A", "\n");
	http_write_field(&out, "B", "fine");
	ck_assert_int_eq(out.error, -EINVAL);
}
END_TEST

START_TEST(a_buffer_has_an_end)
{
	char big[4097];

	memset(big, 'a', sizeof(big));
	http_out_bytes(&out, big, 4096);
	ck_assert_int_eq(out.error, 0);
	http_out_bytes(&out, big, 1);
	ck_assert_int_eq(out.error, -ENOBUFS);
	ck_assert_uint_eq(out.len, 4096);
	http_out_free(&out);
	http_out_bytes(&out, big, 4097);
	ck_assert_int_eq(out.error, -ENOBUFS);
}
END_TEST

START_TEST(html_is_escaped)
{
	http_out_html(&out, "<a href=\"x\">'&'</a>");
	assert_written("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}
END_TEST

START_TEST(a_log_line_stays_one_line_and_short)
{
	const char text[] = "a\"b\\c\r\n\x1b[31m%n\xff";

	http_out_visible(&out, (const uint8_t *)text, sizeof(text) - 1, 100,
	                 "\"\\");
	assert_written("a\\\"b\\\\c\\x0d\\x0a\\x1b[31m%n\\xff");
	http_out_free(&out);
	http_out_visible(&out, (const uint8_t *)text, sizeof(text) - 1, 1, "");
	assert_written("a...");
	http_out_free(&out);
	http_out_visible(&out, (const uint8_t *)"\\\"\x9b", 3, 3, "");
	assert_written("\\\"\\x9b");
	http_out_free(&out);
	http_out_visible(&out, (const uint8_t *)"ab", 2, 2, "");
	assert_written("ab");
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
	struct http_response response;
	struct http_head head;

	http_write_status_line(&out, 200);
	http_write_field_number(&out, "Content-Length", 12);
	http_write_field(&out, "X", "\t caf\xc3\xa9");
	http_write_end(&out);
	http_head_init(&head, HTTP_RESPONSE);
	ck_assert_int_eq(http_head_feed(&head, (uint8_t *)out.data, out.len),
	                 HTTP_DONE);
	ck_assert_int_eq(http_response_read(&head, (uint8_t *)out.data, false,
	                                    &response),
	                 HTTP_FAULT_NONE);
	ck_assert_uint_eq(response.framing.length, 12);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http write");
	TCase *tc = tcase_create("write");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_response_s_head);
	tcase_add_test(tc, a_request_s_head);
	tcase_add_test(tc, an_unknown_status_has_the_space_and_no_reason);
	tcase_add_test(tc, every_status_that_a_fault_answers_has_a_reason);
	tcase_add_test(tc, nothing_splits_a_head);
	tcase_add_test(tc, a_failure_stays);
	tcase_add_test(tc, a_buffer_has_an_end);
	tcase_add_test(tc, html_is_escaped);
	tcase_add_test(tc, a_log_line_stays_one_line_and_short);
	tcase_add_test(tc, what_is_written_is_read_again);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
