/* SPDX-License-Identifier: MIT */
/* test_arena.c - zeroed, aligned, apart from each other, given back at once */
#include "tests/unit/lib/test.h"
#include "tools/drill/arena.h"
#include <stdalign.h>
#include <string.h>

START_TEST(pieces_are_zeroed_aligned_and_apart)
{
	struct drill_arena *arena = arena_create();
	unsigned char *piece[200];

	for (size_t i = 0; i < 200; i++) {
		piece[i] = arena_take(arena, i + 1);
		ck_assert_uint_eq((uintptr_t)piece[i] % alignof(max_align_t),
		                  0);
		ck_assert_uint_eq(piece[i][i], 0);
		memset(piece[i], (int)i, i + 1);
	}
	for (size_t i = 0; i < 200; i++) {
		ck_assert_uint_eq(piece[i][0], i);
		ck_assert_uint_eq(piece[i][i], i);
	}
	arena_destroy(arena);
}
END_TEST

START_TEST(a_large_piece_gets_what_it_asks_for)
{
	struct drill_arena *arena = arena_create();
	char *piece               = arena_take(arena, 1000000);

	memset(piece, 1, 1000000);
	ck_assert_ptr_null(arena_take(arena, SIZE_MAX - 3));
	ck_assert_str_eq(arena_copy(arena, "abcdef", 3), "abc");
	arena_destroy(arena);
	arena_destroy(NULL);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("arena");
	TCase *t = tcase_create("arena");

	tcase_add_test(t, pieces_are_zeroed_aligned_and_apart);
	tcase_add_test(t, a_large_piece_gets_what_it_asks_for);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
