/* SPDX-License-Identifier: MIT */
/*
 * test_htmlpage.c - the page is whole, and no line of a log leaves its element
 *
 * What the page does in a browser is asked by tests/tools/page.sh.
 */
#include "drivers/htmlpage.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_LEN_MAX (1u << 20)

static FILE *file;
static char path[64], text[PAGE_LEN_MAX];

static void setup(void)
{
	file = tmpfile();
	ck_assert_ptr_nonnull(file);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
}

static void teardown(void)
{
	fclose(file);
}

static void make(const char *lines)
{
	char error[LINK_ERROR_LEN];
	struct htmlpage *page;
	size_t len;

	ck_assert_int_eq(htmlpage_open(path, &page, error), 0);
	htmlpage_lines(page, lines, strlen(lines));
	ck_assert_int_eq(htmlpage_close(page), 0);
	rewind(file);
	len       = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
}

static bool ends_with(const char *end)
{
	const size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

START_TEST(holds_its_files_and_the_lines)
{
	make("{\"time\":0.000,\"name\":\"log:start\",\"data\":{}}\n");
	ck_assert_ptr_nonnull(strstr(text, "<!doctype html>"));
	ck_assert_ptr_nonnull(strstr(text, "page.css - the look"));
	ck_assert_ptr_nonnull(strstr(text, "page-main.js - puts"));
	ck_assert_ptr_nonnull(strstr(text, "id=\"tarn-events\">\n{\"time\":0"));
	ck_assert_ptr_nonnull(strstr(text, "\"data\":{}}\n</script>"));
	ck_assert(ends_with("</html>\n"));
}
END_TEST

START_TEST(names_no_file_that_is_not_there)
{
	make("");
	ck_assert_ptr_null(strstr(text, "{{"));
	ck_assert_ptr_null(strstr(text, "name=\"tarn-live\" content"));
}
END_TEST

START_TEST(loads_nothing)
{
	make("");
	ck_assert_ptr_null(strstr(text, "src=\"http"));
	ck_assert_ptr_null(strstr(text, "@import"));
	ck_assert_ptr_null(strstr(text, "url(http"));
}
END_TEST

START_TEST(a_tag_in_a_line_stays_text)
{
	make("{\"name\":\"</script><b>\"}\n");
	ck_assert_ptr_nonnull(
	        strstr(text, "{\"name\":\"\\u003c/script>\\u003cb>\"}"));
}
END_TEST

START_TEST(a_live_page_names_its_stream)
{
	size_t len;
	char *page = htmlpage_live("/_tarn/events", &len);

	ck_assert_ptr_nonnull(page);
	ck_assert_uint_eq(strlen(page), len);
	ck_assert_ptr_nonnull(strstr(
	        page, "<meta name=\"tarn-live\" content=\"/_tarn/events\">"));
	ck_assert_ptr_nonnull(strstr(page, "id=\"tarn-events\">\n</script>"));
	free(page);
}
END_TEST

START_TEST(a_directory_that_is_not_there_is_told)
{
	char error[LINK_ERROR_LEN];
	struct htmlpage *page;

	ck_assert_int_eq(htmlpage_open("/nowhere/p.html", &page, error),
	                 -ENOENT);
	ck_assert_ptr_nonnull(strstr(error, "/nowhere/p.html"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("htmlpage");
	TCase *t = tcase_create("htmlpage");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, holds_its_files_and_the_lines);
	tcase_add_test(t, names_no_file_that_is_not_there);
	tcase_add_test(t, loads_nothing);
	tcase_add_test(t, a_tag_in_a_line_stays_text);
	tcase_add_test(t, a_live_page_names_its_stream);
	tcase_add_test(t, a_directory_that_is_not_there_is_told);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
