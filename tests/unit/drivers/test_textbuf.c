/* SPDX-License-Identifier: MIT */
/* test_textbuf.c - text grows to its bound and says when it could not */
#include "drivers/textbuf.h"
#include "tests/unit/lib/test.h"
#include <string.h>

static struct textbuf text;

static void teardown(void)
{
	textbuf_free(&text);
}

START_TEST(text_is_put_together)
{
	textbuf_init(&text, 100);
	textbuf_add(&text, "%s-%d", "a", 7);
	textbuf_add(&text, "!");
	ck_assert_str_eq(text.data, "a-7!");
	ck_assert_uint_eq(text.len, 4);
	ck_assert(!text.is_full);
}
END_TEST

START_TEST(it_grows_far_beyond_its_first_size)
{
	textbuf_init(&text, 100000);
	for (int i = 0; i < 10000; i++)
		textbuf_add(&text, "0123456789");
	ck_assert_uint_eq(text.len, 100000);
	ck_assert_uint_eq(strlen(text.data), 100000);
	ck_assert(!text.is_full);
}
END_TEST

START_TEST(what_does_not_fit_is_left_out_whole)
{
	textbuf_init(&text, 10);
	textbuf_add(&text, "12345678");
	textbuf_add(&text, "abc");
	ck_assert_str_eq(text.data, "12345678");
	ck_assert(text.is_full);
	textbuf_add(&text, "a"); /* would fit, but not behind a gap */
	ck_assert_str_eq(text.data, "12345678");
}
END_TEST

START_TEST(it_can_be_cut)
{
	textbuf_init(&text, 10);
	textbuf_cut(&text, 0);
	textbuf_add(&text, "12345");
	textbuf_cut(&text, 9);
	ck_assert_uint_eq(text.len, 5);
	textbuf_cut(&text, 2);
	ck_assert_str_eq(text.data, "12");
}
END_TEST

static Suite *textbuf_suite(void)
{
	Suite *suite = suite_create("textbuf");
	TCase *tcase = tcase_create("textbuf");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, text_is_put_together);
	tcase_add_test(tcase, it_grows_far_beyond_its_first_size);
	tcase_add_test(tcase, what_does_not_fit_is_left_out_whole);
	tcase_add_test(tcase, it_can_be_cut);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(textbuf_suite)
