/* SPDX-License-Identifier: MIT */
/* test_url.c - URLs and authorities: row HC-07 */
#include "apps/http/limits.h"
#include "apps/http/url.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>
#include <string.h>

static bool is(const char *text, struct http_span span, const char *expected)
{
	return span_is_exactly((const uint8_t *)text, span, expected);
}

START_TEST(parts_of_a_url_are_found)
{
	const char *text = "http://10.9.0.1:8080/a/b?c?d#frag";
	struct http_url url;

	ck_assert_int_eq(http_url_read(text, &url), HTTP_FAULT_NONE);
	ck_assert(is(text, url.authority, "10.9.0.1:8080"));
	ck_assert(is(text, url.at.host, "10.9.0.1"));
	ck_assert_uint_eq(url.at.port, 8080);
	ck_assert(url.at.is_ip4);
	ck_assert_mem_eq(url.at.ip4, "\x0a\x09\x00\x01", 4);
	ck_assert(is(text, url.path, "/a/b"));
	ck_assert(url.has_query);
	ck_assert(is(text, url.query, "c?d"));
}
END_TEST

START_TEST(parts_may_be_missing)
{
	struct http_url url;
	const char *text = "HTTP://h";

	ck_assert_int_eq(http_url_read(text, &url), HTTP_FAULT_NONE);
	ck_assert(is(text, url.at.host, "h"));
	ck_assert_uint_eq(url.at.port, 0);
	ck_assert(!url.at.is_ip4);
	ck_assert(is(text, url.path, ""));
	ck_assert(!url.has_query);

	text = "http://h?";
	ck_assert_int_eq(http_url_read(text, &url), HTTP_FAULT_NONE);
	ck_assert(is(text, url.path, ""));
	ck_assert(url.has_query);
	ck_assert(is(text, url.query, ""));

	text = "http://h:#x?y/z";
	ck_assert_int_eq(http_url_read(text, &url), HTTP_FAULT_NONE);
	ck_assert(is(text, url.path, ""));
	ck_assert(!url.has_query);

	text = "http://[::1]:80/#";
	ck_assert_int_eq(http_url_read(text, &url), HTTP_FAULT_NONE);
	ck_assert(url.at.is_ip6);
	ck_assert(is(text, url.at.host, "[::1]"));
}
END_TEST

static const struct {
	const char *text;
	enum http_fault fault;
} tricks[] = {
	{ "", HTTP_FAULT_URL_SCHEME },
	{ "10.9.0.1/x", HTTP_FAULT_URL_SCHEME },
	{ "h:80/x", HTTP_FAULT_URL_SCHEME },
	{ "://h/", HTTP_FAULT_URL_SCHEME },
	{ "http:/h/", HTTP_FAULT_URL_SCHEME },
	{ " http://h/", HTTP_FAULT_URL_SCHEME },
	{ "1http://h/", HTTP_FAULT_URL_SCHEME },
	{ "https://h/", HTTP_FAULT_URL_NOT_HTTP },
	{ "file:///etc/passwd", HTTP_FAULT_URL_NOT_HTTP },
	{ "httpx://h/", HTTP_FAULT_URL_NOT_HTTP },
	{ "http:///", HTTP_FAULT_URL_HOST },
	{ "http://", HTTP_FAULT_URL_HOST },
	{ "http://:80/", HTTP_FAULT_URL_HOST },
	{ "http://u@h/", HTTP_FAULT_URL_USERINFO },
	{ "http://u:p@h/", HTTP_FAULT_URL_USERINFO },
	{ "http://a@b#@c", HTTP_FAULT_URL_USERINFO },
	{ "http://@h/", HTTP_FAULT_URL_USERINFO },
	{ "http://h:0/", HTTP_FAULT_URL_PORT },
	{ "http://h:00/", HTTP_FAULT_URL_PORT },
	{ "http://h:65536/", HTTP_FAULT_URL_PORT },
	{ "http://h:4294967376/", HTTP_FAULT_URL_PORT },
	{ "http://h:99999999999999999999/", HTTP_FAULT_URL_PORT },
	{ "http://h:+80/", HTTP_FAULT_URL_PORT },
	{ "http://h:-1/", HTTP_FAULT_URL_PORT },
	{ "http://h:8x/", HTTP_FAULT_URL_PORT },
	{ "http://h:80:80/", HTTP_FAULT_URL_PORT },
	{ "http://h\\@x/", HTTP_FAULT_URL_CHAR },
	{ "http://h/a b", HTTP_FAULT_URL_CHAR },
	{ "http://h/\t", HTTP_FAULT_URL_CHAR },
	{ "http://h/\r\nX: y", HTTP_FAULT_URL_CHAR },
	{ "http://h/\xc3\xa4", HTTP_FAULT_URL_CHAR },
	{ "http://h/#\x01", HTTP_FAULT_URL_CHAR },
	{ "http://010.0.0.1/", HTTP_FAULT_URL_HOST },
	{ "http://0x7f.1/", HTTP_FAULT_URL_HOST },
	{ "http://127.1/", HTTP_FAULT_URL_HOST },
	{ "http://2130706433/", HTTP_FAULT_URL_HOST },
	{ "http://0x7f000001/", HTTP_FAULT_URL_HOST },
	{ "http://1.2.3.4.5/", HTTP_FAULT_URL_HOST },
	{ "http://1.2.3.256/", HTTP_FAULT_URL_HOST },
	{ "http://1.2.3.4./", HTTP_FAULT_URL_HOST },
	{ "http://1..3.4/", HTTP_FAULT_URL_HOST },
	{ "http://.h/", HTTP_FAULT_URL_HOST },
	{ "http://a,b/", HTTP_FAULT_URL_HOST },
	{ "http://%zz/", HTTP_FAULT_URL_HOST },
	{ "http://h%4/", HTTP_FAULT_URL_HOST },
	{ "http://[::1%25eth0]/", HTTP_FAULT_URL_HOST },
	{ "http://[::1/", HTTP_FAULT_URL_HOST },
	{ "http://[]/", HTTP_FAULT_URL_HOST },
	{ "http://[1.2.3.4]/", HTTP_FAULT_URL_HOST },
	{ "http://[::1]x/", HTTP_FAULT_URL_HOST },
};

START_TEST(tricks_are_refused)
{
	for (size_t i = 0; i < sizeof(tricks) / sizeof(tricks[0]); i++) {
		struct http_url url;
		const enum http_fault fault =
		        http_url_read(tricks[i].text, &url);

		ck_assert_msg(fault == tricks[i].fault, "%s, not %s: %s",
		              http_fault_name(fault),
		              http_fault_name(tricks[i].fault), tricks[i].text);
	}
}
END_TEST

START_TEST(names_that_look_unlike_addresses_are_names)
{
	static const char *const names[] = {
		"http://a.b.c/",      "http://1.2.3.4a/", "http://x0x1/",
		"http://10.in-addr/", "http://a_b/",      "http://%41/",
		"http://1-2/",        "http://h./",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct http_url url;

		ck_assert_msg(http_url_read(names[i], &url) == HTTP_FAULT_NONE,
		              "%s", names[i]);
		ck_assert(!url.at.is_ip4);
	}
}
END_TEST

START_TEST(every_quad_of_an_address_is_checked)
{
	for (int i = 0; i < 4; i++)
		for (int value = 0; value < 300; value++) {
			int quad[4] = { 1, 2, 3, 4 };
			struct http_url url;
			char text[64];

			quad[i] = value;
			snprintf(text, sizeof(text), "http://%d.%d.%d.%d",
			         quad[0], quad[1], quad[2], quad[3]);
			ck_assert_int_eq(http_url_read(text, &url),
			                 value < 256 ? HTTP_FAULT_NONE
			                             : HTTP_FAULT_URL_HOST);
			if (value < 256)
				ck_assert_int_eq(url.at.ip4[i], value);
		}
}
END_TEST

START_TEST(a_long_url_is_refused)
{
	static char text[HTTP_URL_BYTES_MAX + 2];
	struct http_url url;

	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "http://h/", 9);
	ck_assert_int_eq(http_url_read(text, &url), HTTP_FAULT_URL_LONG);
	text[HTTP_URL_BYTES_MAX] = '\0';
	ck_assert_int_eq(http_url_read(text, &url), HTTP_FAULT_NONE);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http url");
	TCase *tc = tcase_create("url");

	tcase_add_test(tc, parts_of_a_url_are_found);
	tcase_add_test(tc, parts_may_be_missing);
	tcase_add_test(tc, tricks_are_refused);
	tcase_add_test(tc, names_that_look_unlike_addresses_are_names);
	tcase_add_test(tc, every_quad_of_an_address_is_checked);
	tcase_add_test(tc, a_long_url_is_refused);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
