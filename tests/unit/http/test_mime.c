/* SPDX-License-Identifier: MIT */
/* test_mime.c - media types by name */
#include "apps/http/mime.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

START_TEST(known_extensions_have_types)
{
	ck_assert_str_eq(http_mime_type(NULL, "index.html"),
	                 "text/html; charset=utf-8");
	ck_assert_str_eq(http_mime_type(NULL, "a/b.c/x.PNG"), "image/png");
	ck_assert_str_eq(http_mime_type(NULL, "x.tar.gz"), "application/gzip");
	ck_assert_str_eq(http_mime_type(NULL, "app.js"),
	                 "text/javascript; charset=utf-8");
}
END_TEST

START_TEST(anything_else_is_octets)
{
	static const char *const names[] = { "",    "README",  "a.html/x",
		                             "png", ".png",    "a/.html",
		                             "x.",  "x.htmlx", "x.unknown" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_str_eq(http_mime_type(NULL, names[i]),
		                 HTTP_MIME_DEFAULT);
}
END_TEST

START_TEST(a_file_adds_types_and_nonsense_is_skipped)
{
	char name[]            = "/tmp/tarn-mime-XXXXXX";
	struct http_mime *mime = NULL;
	FILE *file             = fdopen(mkstemp(name), "w");

	ck_assert_ptr_nonnull(file);
	fputs("# comment\n\ntext/x-tarn\ttarn  trn\napplication/x-z zz\n"
	      "image/bad png\nnoslash foo\nevil/x\"y bar\na/b/c baz\n/ qux\n",
	      file);
	fclose(file);
	ck_assert_int_eq(http_mime_load(name, &mime), 0);
	unlink(name);

	ck_assert_str_eq(http_mime_type(mime, "x.tarn"),
	                 "text/x-tarn; charset=utf-8");
	ck_assert_str_eq(http_mime_type(mime, "x.TRN"),
	                 "text/x-tarn; charset=utf-8");
	ck_assert_str_eq(http_mime_type(mime, "x.zz"), "application/x-z");
	ck_assert_str_eq(http_mime_type(mime, "x.png"), "image/png");
	ck_assert_str_eq(http_mime_type(mime, "x.foo"), HTTP_MIME_DEFAULT);
	ck_assert_str_eq(http_mime_type(mime, "x.bar"), HTTP_MIME_DEFAULT);
	ck_assert_str_eq(http_mime_type(mime, "x.baz"), HTTP_MIME_DEFAULT);
	ck_assert_str_eq(http_mime_type(mime, "x.qux"), HTTP_MIME_DEFAULT);
	http_mime_free(mime);
}
END_TEST

START_TEST(a_missing_file_is_an_error)
{
	struct http_mime *mime = NULL;

	ck_assert_int_eq(http_mime_load("/nonexistent/mime.types", &mime),
	                 -ENOENT);
	ck_assert_ptr_null(mime);
	http_mime_free(mime);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http mime");
	TCase *tc = tcase_create("mime");

	tcase_add_test(tc, known_extensions_have_types);
	tcase_add_test(tc, anything_else_is_octets);
	tcase_add_test(tc, a_file_adds_types_and_nonsense_is_skipped);
	tcase_add_test(tc, a_missing_file_is_an_error);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
