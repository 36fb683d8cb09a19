/* SPDX-License-Identifier: MIT */
/* test_path.c - from a URL's path to a file's name: rows HP-01, HP-02, HP-04 */
#include "apps/http/path.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>
#include <string.h>

static struct http_path path;

/* The path lies flush against a page that cannot be read. */
static enum http_fault judge(const char *text, size_t len)
{
	uint8_t *guarded            = guard_alloc(text, len);
	const struct http_span span = { 0, (uint32_t)len };
	const enum http_fault fault = http_path_read(guarded, span, &path);

	guard_free(guarded, len);

	return fault;
}

START_TEST(paths_name_files_beneath_the_root)
{
	static const struct {
		const char *text, *name;
		bool is_directory;
	} rows[] = {
		{ "", ".", true },
		{ "/", ".", true },
		{ "/a", "a", false },
		{ "/a/", "a", true },
		{ "/a/b.html", "a/b.html", false },
		{ "/./a", "a", false },
		{ "/a/.", "a", true },
		{ "/a/..", ".", true },
		{ "/a/../b", "b", false },
		{ "/a/b/../../c/./d/", "c/d", true },
		{ "/a/%2e%2e/b", "b", false },
		{ "/a/%2E/b", "a/b", false },
		{ "/%61%20b+c", "a b+c", false },
		{ "/%252e%252e/x", "%2e%2e/x", false },
		{ "/a..b/c.", "a..b/c.", false },
		{ "/a%5cb", "a\\b", false },
		{ "/%c3%a4/%e2%82%ac/%f0%9f%8f%94",
		  "\xc3\xa4/\xe2\x82\xac/\xf0\x9f\x8f\x94", false },
		{ "/a%20", "a ", false },
		{ "/;x=1/a", ";x=1/a", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const enum http_fault fault =
		        judge(rows[i].text, strlen(rows[i].text));

		ck_assert_msg(fault == HTTP_FAULT_NONE, "%s: %s", rows[i].text,
		              http_fault_name(fault));
		ck_assert_str_eq(path.name, rows[i].name);
		ck_assert_uint_eq(path.len, strlen(rows[i].name));
		ck_assert_msg(path.is_directory == rows[i].is_directory, "%s",
		              rows[i].text);
	}
}
END_TEST

static const struct {
	const char *text;
	enum http_fault fault;
} refused[] = {
	{ "a", HTTP_FAULT_PATH_START },
	{ "*", HTTP_FAULT_PATH_START },
	{ "%2fa", HTTP_FAULT_PATH_START },
	{ "/..", HTTP_FAULT_PATH_ABOVE_ROOT },
	{ "/../x", HTTP_FAULT_PATH_ABOVE_ROOT },
	{ "/a/../../x", HTTP_FAULT_PATH_ABOVE_ROOT },
	{ "/%2e%2e/x", HTTP_FAULT_PATH_ABOVE_ROOT },
	{ "/.%2e/x", HTTP_FAULT_PATH_ABOVE_ROOT },
	{ "/%2E%2e/%2e%2E/etc/passwd", HTTP_FAULT_PATH_ABOVE_ROOT },
	{ "/..%2f", HTTP_FAULT_PATH_SLASH },
	{ "/..%2Fetc", HTTP_FAULT_PATH_SLASH },
	{ "/a%2fb", HTTP_FAULT_PATH_SLASH },
	{ "/..%5c", HTTP_FAULT_PATH_HIDDEN },
	{ "/..;/x", HTTP_FAULT_PATH_HIDDEN },
	{ "/.../x", HTTP_FAULT_PATH_HIDDEN },
	{ "/.git/config", HTTP_FAULT_PATH_HIDDEN },
	{ "/a/.htaccess", HTTP_FAULT_PATH_HIDDEN },
	{ "/%2egit", HTTP_FAULT_PATH_HIDDEN },
	{ "//etc", HTTP_FAULT_PATH_EMPTY_SEGMENT },
	{ "//", HTTP_FAULT_PATH_EMPTY_SEGMENT },
	{ "/a//b", HTTP_FAULT_PATH_EMPTY_SEGMENT },
	{ "/a/..//b", HTTP_FAULT_PATH_EMPTY_SEGMENT },
	{ "/.%00./x", HTTP_FAULT_PATH_CONTROL },
	{ "/a%00.html", HTTP_FAULT_PATH_CONTROL },
	{ "/%0d%0aX", HTTP_FAULT_PATH_CONTROL },
	{ "/%7f", HTTP_FAULT_PATH_CONTROL },
	{ "/%", HTTP_FAULT_PATH_ESCAPE },
	{ "/%4", HTTP_FAULT_PATH_ESCAPE },
	{ "/%zz", HTTP_FAULT_PATH_ESCAPE },
	{ "/%4g", HTTP_FAULT_PATH_ESCAPE },
	{ "/%%32", HTTP_FAULT_PATH_ESCAPE },
	{ "/%u002e", HTTP_FAULT_PATH_ESCAPE },
	{ "/%c0%ae", HTTP_FAULT_PATH_UTF8 },
	{ "/%c0%ae%c0%ae/x", HTTP_FAULT_PATH_UTF8 },
	{ "/%e0%80%ae", HTTP_FAULT_PATH_UTF8 },
	{ "/%f0%80%80%ae", HTTP_FAULT_PATH_UTF8 },
	{ "/%c1%9c", HTTP_FAULT_PATH_UTF8 },
	{ "/%ed%a0%80", HTTP_FAULT_PATH_UTF8 },
	{ "/%f4%90%80%80", HTTP_FAULT_PATH_UTF8 },
	{ "/%ff", HTTP_FAULT_PATH_UTF8 },
	{ "/%c3", HTTP_FAULT_PATH_UTF8 },
	{ "/%c3/", HTTP_FAULT_PATH_UTF8 },
	{ "/%e2%82", HTTP_FAULT_PATH_UTF8 },
	{ "/%80", HTTP_FAULT_PATH_UTF8 },
};

START_TEST(paths_that_lead_elsewhere_are_refused)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const enum http_fault fault =
		        judge(refused[i].text, strlen(refused[i].text));

		ck_assert_msg(fault == refused[i].fault, "%s, not %s: %s",
		              http_fault_name(fault),
		              http_fault_name(refused[i].fault),
		              refused[i].text);
	}
}
END_TEST

START_TEST(every_encoded_octet_is_itself_or_refused)
{
	for (unsigned c = 0; c < 256; c++) {
		char text[8];
		enum http_fault fault;

		snprintf(text, sizeof(text), "/x%%%02x", c);
		fault = judge(text, 5);
		if (c < ' ' || c == 0x7f)
			ck_assert_int_eq(fault, HTTP_FAULT_PATH_CONTROL);
		else if (c >= 0x80)
			ck_assert_int_eq(fault, HTTP_FAULT_PATH_UTF8);
		else if (c == '/')
			ck_assert_int_eq(fault, HTTP_FAULT_PATH_SLASH);
		else
			ck_assert_uint_eq((uint8_t)path.name[1], c);
	}
}
END_TEST

START_TEST(deep_and_long_paths_have_an_end)
{
	static char text[HTTP_PATH_BYTES_MAX + 2];

	for (size_t at = 0; at + 1 < sizeof(text); at += 2)
		memcpy(text + at, "/a", 2);
	ck_assert_int_eq(judge(text, HTTP_PATH_BYTES_MAX), HTTP_FAULT_NONE);
	ck_assert_uint_eq(path.len, HTTP_PATH_BYTES_MAX - 1);
	ck_assert_int_eq(judge(text, HTTP_PATH_BYTES_MAX + 1),
	                 HTTP_FAULT_PATH_LONG);
	for (size_t at = 900; at + 2 < 1800; at += 3)
		memcpy(text + at, "/..", 3);
	ck_assert_int_eq(judge(text, 1800), HTTP_FAULT_NONE);
	ck_assert_uint_eq(path.len, 900 - 600 - 1);
}
END_TEST

START_TEST(a_refused_path_changes_nothing)
{
	ck_assert_int_eq(judge("/kept", 5), HTTP_FAULT_NONE);
	ck_assert_int_eq(judge("/a/../..", 8), HTTP_FAULT_PATH_ABOVE_ROOT);
	ck_assert_str_eq(path.name, "kept");
}
END_TEST

START_TEST(what_is_encoded_is_decoded_again)
{
	char name[256], text[3 * 256 + 1] = "/";
	int len;

	for (int c = 1; c < 256; c++)
		name[c - 1] = (char)c;
	name[255] = '\0';
	len       = http_path_encode(name, text + 1, sizeof(text) - 1);
	ck_assert_int_gt(len, 0);
	for (int i = 0; i < len; i++)
		ck_assert(octet_is_target((uint8_t)text[i]));

	len = http_path_encode("b\xc3\xa4 %#?&\"<c", text + 1, 100);
	ck_assert_int_eq(judge(text, (size_t)len + 1), HTTP_FAULT_NONE);
	ck_assert_str_eq(path.name, "b\xc3\xa4 %#?&\"<c");
	ck_assert_int_eq(http_path_encode("\xc3\xa4", text, 6), -1);
	ck_assert_int_eq(http_path_encode("\xc3\xa4", text, 7), 6);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http path");
	TCase *tc = tcase_create("path");

	tcase_add_test(tc, paths_name_files_beneath_the_root);
	tcase_add_test(tc, paths_that_lead_elsewhere_are_refused);
	tcase_add_test(tc, every_encoded_octet_is_itself_or_refused);
	tcase_add_test(tc, deep_and_long_paths_have_an_end);
	tcase_add_test(tc, a_refused_path_changes_nothing);
	tcase_add_test(tc, what_is_encoded_is_decoded_again);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
