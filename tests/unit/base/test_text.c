/* SPDX-License-Identifier: MIT */
/* test_text.c - building text in a buffer that may be too small */
#include "base/text.h"
#include "tests/unit/lib/test.h"

START_TEST(parts_follow_each_other)
{
	char buf[40];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	ck_assert_str_eq(buf, "");
	text_str(&text, "win ");
	text_u32(&text, 0);
	text_char(&text, ',');
	text_u32(&text, UINT32_MAX);
	text_char(&text, ' ');
	text_hex(&text, 0xbeef, 8);
	text_hex(&text, 0xbeef, 2);
	ck_assert_str_eq(buf, "win 0,4294967295 0000beefef");
	ck_assert_uint_eq(text.len, 27);
}
END_TEST

START_TEST(what_does_not_fit_is_cut_off)
{
	const char whole[] = "12 characters and more";

	for (size_t size = 1; size <= sizeof(whole); size++) {
		char *buf = (char *)guard_alloc(NULL, size);
		struct text text;

		text_init(&text, buf, size);
		text_u32(&text, 12);
		text_str(&text, " characters and more");
		ck_assert_uint_eq(text.len, size - 1);
		ck_assert_mem_eq(buf, whole, size - 1);
		ck_assert_int_eq(buf[size - 1], '\0');
		guard_free((uint8_t *)buf, size);
	}
}
END_TEST

START_TEST(a_buffer_of_no_size_is_not_touched)
{
	char octet = 'x';
	struct text text;

	text_init(&text, &octet, 0);
	text_str(&text, "abc");
	text_char(&text, 'd');
	ck_assert_int_eq(octet, 'x');
	ck_assert_uint_eq(text.len, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/text");
	TCase *tc = tcase_create("text");

	tcase_add_test(tc, parts_follow_each_other);
	tcase_add_test(tc, what_does_not_fit_is_cut_off);
	tcase_add_test(tc, a_buffer_of_no_size_is_not_touched);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
