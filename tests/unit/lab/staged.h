/* SPDX-License-Identifier: MIT */
/*
 * staged.h - a lesson written in a test, played to its end
 *
 * For tests of what a lesson can say and do. Include once per program.
 */
#ifndef TESTS_UNIT_LAB_STAGED_H
#define TESTS_UNIT_LAB_STAGED_H

#include "tests/unit/lib/test.h"
#include "tools/lab/judge.h"

static struct lesson *lesson;
static struct chronicle chronicle;
static struct stage *stage;
static char error[LAB_ERROR_LEN];

static void staged_row(void *listener, const struct stage_row *row)
{
	chronicle_add(listener, row);
}

/** staged() - Read and play; what it expects is held against it later */
static inline void staged(const char *text)
{
	const struct stage_options options = { 0 };
	int rc = lesson_parse("test.lab", text, strlen(text), &lesson, error);

	ck_assert_msg(rc == 0, "%s", error);
	rc = stage_open(lesson, &options, staged_row, &chronicle, &stage,
	                error);
	ck_assert_msg(rc == 0, "%s", error);
	while (stage_step(stage))
		;
}

/** staged_holds() - Does the lesson's @at-th expectation (from 0)? */
static inline bool staged_holds(unsigned at)
{
	char seen[JUDGE_TEXT_LEN];

	ck_assert_uint_lt(at, lesson->expect_count);

	return judge_expect(stage, lesson, &chronicle, &lesson->expect[at],
	                    seen);
}

/** staged_refused() - The message with which @text is not read */
static inline const char *staged_refused(const char *text)
{
	ck_assert_int_lt(
	        lesson_parse("test.lab", text, strlen(text), &lesson, error),
	        0);

	return error;
}

/** staged_clear() - Teardown */
static inline void staged_clear(void)
{
	stage_close(stage);
	chronicle_clear(&chronicle);
	lesson_free(lesson);
	stage  = NULL;
	lesson = NULL;
}

#endif
