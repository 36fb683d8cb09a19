/* SPDX-License-Identifier: MIT */
/*
 * Every time that a lesson's rows tell is the lesson's: the stacks are older,
 * because they got to know each other before it began.
 */
#include "tests/unit/lib/test.h"
#include "tools/lab/stage.h"

/* The second segment is lost; each ACK moves the timer of those behind it. */
static const char text[] = "title t\n"
                           "link delay 50ms\n"
                           "stack A tlp off\n"
                           "fault A drop data#2\n"
                           "app s on B\n"
                           "    listen 80\n"
                           "    accept\n"
                           "    receive 8688\n"
                           "app c on A\n"
                           "    connect B:80\n"
                           "    repeat 6\n"
                           "        send 1448\n"
                           "        wait 20ms\n"
                           "    end\n";

#define RTO_US_MAX 2000000u /* more than any timer of this lesson but 2MSL */

static struct {
	unsigned again, moved;
	uint64_t data_us; /* when the text first left */
	uint64_t packet_of, packet;
} seen;

static void look(void *context, const struct stage_row *row)
{
	const struct story_row *story = row->story;

	(void)context;
	if (!story || row->end != LAB_A)
		return;
	if (story->kind == STORY_FRAME && !story->is_rx) {
		ck_assert_uint_eq(story->packet, row->packet);
		if (story->note.is_again) {
			seen.again++;
			seen.packet_of = row->of;
			ck_assert_uint_eq(story->note.first_us,
			                  seen.data_us + 20000);
		} else if (story->len > 1000 && !seen.data_us) {
			seen.data_us = row->now_us;
			seen.packet  = row->packet;
		}
	} else if (story->kind == STORY_EVENT &&
	           story->event->kind == TARN_EVENT_TCP_TIMER &&
	           story->event->timer.act == TARN_TIMER_MOVED) {
		seen.moved++;
		ck_assert_uint_gt(story->event->timer.deadline_us, row->now_us);
		ck_assert_uint_lt(story->event->timer.deadline_us,
		                  row->now_us + RTO_US_MAX / 2);
	}
}

START_TEST(times_are_those_of_the_lesson)
{
	const struct stage_options options = { 0 };
	char error[LAB_ERROR_LEN];
	struct lesson *lesson;
	struct stage *stage;

	ck_assert_int_eq(
	        lesson_parse("t.lab", text, strlen(text), &lesson, error), 0);
	ck_assert_int_eq(
	        stage_open(lesson, &options, look, NULL, &stage, error), 0);
	while (stage_step(stage))
		;
	ck_assert_uint_eq(seen.again, 1);
	ck_assert_uint_gt(seen.moved, 0);
	/* the second segment of those that left together */
	ck_assert_uint_eq(seen.packet_of, seen.packet + 1);
	stage_close(stage);
	lesson_free(lesson);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("lesson_time");
	TCase *tc = tcase_create("lesson_time");

	tcase_add_test(tc, times_are_those_of_the_lesson);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
