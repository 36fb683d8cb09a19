/* SPDX-License-Identifier: MIT */
/*
 * fuzz_lesson.c - whatever a lesson says, it is refused with its line, or played
 *
 * What would only take long is made small first: loops, octets and floods.
 * Then the stage goes on for a while; it must stay within its bounds and be a
 * pure function of the lesson: played twice, the same rows are told.
 */
#include "base/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "tools/lab/stage.h"
#include <stdio.h>

#define STEPS_MAX  300u
#define COUNT_MAX  50u
#define OCTETS_MAX 5000u
#define ROWS_MAX   20000u
#define LIMIT_US   (600ull * 1000000)
#define TEXT_LEN   4096u

struct told {
	uint64_t rows, sum;
};

static void tell(void *listener, const struct stage_row *row)
{
	struct told *told = listener;

	told->rows++;
	told->sum = told->sum * 1099511628211ull + row->now_us +
	            (uint64_t)row->kind * 7 + row->end + row->packet;
}

static void make_small(struct lesson *lesson)
{
	lesson->limit_us = MIN(lesson->limit_us, LIMIT_US);
	for (unsigned i = 0; i < lesson->app_count; i++)
		for (unsigned j = 0; j < lesson->app[i].step_count; j++) {
			struct step *step = &lesson->app[i].step[j];

			if (step->kind == STEP_REPEAT ||
			    step->kind == STEP_FLOOD)
				step->count = MIN(step->count, COUNT_MAX);
			else if (step->kind == STEP_SEND ||
			         step->kind == STEP_SENDTO ||
			         step->kind == STEP_PING)
				step->count = MIN(step->count, OCTETS_MAX);
		}
}

static struct told play(const struct lesson *lesson)
{
	const struct stage_options options = { 0 };
	char error[LAB_ERROR_LEN];
	struct told told = { 0, 0 };
	struct stage *stage;
	unsigned steps = 0;

	if (stage_open(lesson, &options, tell, &told, &stage, error) < 0)
		return told;
	while (steps++ < STEPS_MAX && told.rows < ROWS_MAX && stage_step(stage))
		;
	REQUIRE(stage_now(stage) <= lesson->limit_us);
	stage_close(stage);

	return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char error[LAB_ERROR_LEN] = "";
	struct lesson *lesson;
	struct told first, second;

	if (len > TEXT_LEN)
		return 0;
	if (lesson_parse("fuzz.lab", (const char *)data, len, &lesson, error) <
	    0) {
		REQUIRE(strncmp(error, "fuzz.lab:", 9) == 0);
		return 0;
	}
	make_small(lesson);
	first  = play(lesson);
	second = play(lesson);
	REQUIRE(first.rows == second.rows && first.sum == second.sum);
	lesson_free(lesson);

	return 0;
}
