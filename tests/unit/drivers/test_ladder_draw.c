/* SPDX-License-Identifier: MIT */
/* test_ladder_draw.c - columns, wrapping and arrows */
#include "drivers/ladder_draw.h"
#include "tests/unit/lib/test.h"
#include <string.h>

START_TEST(columns_count_characters_not_octets)
{
	ck_assert_uint_eq(ladder_columns(""), 0);
	ck_assert_uint_eq(ladder_columns("abc"), 3);
	ck_assert_uint_eq(ladder_columns("─▶"), 2);
}
END_TEST

static void expect_wrapped(const char *text, size_t columns, const char *want)
{
	char line[LADDER_MIDDLE_LEN], all[1024] = "";

	while (ladder_wrap(&text, columns, line)) {
		strcat(all, line);
		strcat(all, "|");
	}
	ck_assert_str_eq(all, want);
}

START_TEST(text_is_cut_at_spaces_and_behind_commas)
{
	expect_wrapped("", 5, "");
	expect_wrapped("   ", 5, "");
	expect_wrapped("abcde", 5, "abcde|");
	expect_wrapped("ab cde", 5, "ab|cde|");
	expect_wrapped("ab cd ef", 5, "ab cd|ef|");
	expect_wrapped("a,b,cdef", 5, "a,b,|cdef|");
	expect_wrapped("abcdefghijk", 5, "abcde|fghij|k|");
	expect_wrapped("→→→→→→", 5, "→→→→→|→|");
}
END_TEST

START_TEST(endless_word_is_cut_to_the_buffer)
{
	static char text[5000];
	const char *at = text;
	char line[LADDER_MIDDLE_LEN];

	memset(text, 'x', sizeof(text) - 1);
	ck_assert(ladder_wrap(&at, 4000, line));
	ck_assert_uint_eq(strlen(line), LADDER_MIDDLE_LEN - 1);
}
END_TEST

START_TEST(arrow_fills_the_columns)
{
	struct ladder_pen pen = { .ascii = false };
	char arrow[LADDER_MIDDLE_LEN];

	for (unsigned i = 0; i < 8; i++) {
		pen.ascii = i & 1;
		ladder_arrow(&pen, i & 2, i & 4, "text", arrow);
		ck_assert_uint_eq(ladder_columns(arrow), LADDER_MIDDLE_COLUMNS);
	}
	ladder_arrow(&pen, true, true, "text", arrow);
	ck_assert_int_eq(arrow[0], 'X');
}
END_TEST

START_TEST(arrow_of_any_text_ends_in_bounds)
{
	static char text[5000];
	const struct ladder_pen pen = { .ascii = false };
	char *arrow = (char *)guard_alloc(NULL, LADDER_MIDDLE_LEN);

	for (size_t len = 0; len < 1000; len++) {
		text[len] = 'x';
		ladder_arrow(&pen, false, false, text, arrow);
		ck_assert_uint_lt(strlen(arrow), LADDER_MIDDLE_LEN);
	}
	guard_free((uint8_t *)arrow, LADDER_MIDDLE_LEN);
}
END_TEST

START_TEST(colour_is_for_terminals_only)
{
	struct ladder_pen pen;
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ladder_pen_init(&pen, file, false);
	ck_assert(!pen.color);
	fclose(file);
}
END_TEST

/* Draw one line with a pen that believes in colour. */
static void draw_colored(const struct ladder_line *line, char *ret, size_t size)
{
	struct ladder_pen pen = { .color = true };

	memset(ret, 0, size);
	pen.out = fmemopen(ret, size, "w");
	ck_assert_ptr_nonnull(pen.out);
	ladder_draw(&pen, line);
	fclose(pen.out);
}

START_TEST(colour_surrounds_text_and_nothing_else)
{
	char text[1024];

	draw_colored(&(struct ladder_line){ .left       = "LISTEN",
	                                    .left_style = LADDER_STRONG },
	             text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, " \033[1mLISTEN\033[0m │"));
	draw_colored(&(struct ladder_line){ .left_style = LADDER_STRONG }, text,
	             sizeof(text));
	ck_assert_ptr_null(strchr(text, '\033'));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ladder_draw");
	TCase *t = tcase_create("ladder_draw");

	tcase_add_test(t, columns_count_characters_not_octets);
	tcase_add_test(t, text_is_cut_at_spaces_and_behind_commas);
	tcase_add_test(t, endless_word_is_cut_to_the_buffer);
	tcase_add_test(t, arrow_fills_the_columns);
	tcase_add_test(t, arrow_of_any_text_ends_in_bounds);
	tcase_add_test(t, colour_is_for_terminals_only);
	tcase_add_test(t, colour_surrounds_text_and_nothing_else);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
