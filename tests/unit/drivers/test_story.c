/* SPDX-License-Identifier: MIT */
/* test_story.c - rows come in the order in which things happened on the wire */
#include "base/bytes.h"
#include "drivers/story.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>

#define ROWS_MAX 9000

/* What the listener saw, as text: "rx abc DROP", "tx ab", "timer name". */
static char seen[ROWS_MAX][80];
static bool caused[ROWS_MAX];
static unsigned seen_count;
static struct story *story;

static void listen_to(void *listener, const struct story_row *row)
{
	char *text = seen[seen_count];

	ck_assert_ptr_eq(listener, seen);
	ck_assert_uint_lt(seen_count, ROWS_MAX);
	if (row->kind == STORY_FRAME)
		snprintf(text, 80, "%s %.*s %s", row->is_rx ? "rx" : "tx",
		         (int)MIN(row->len, 40u),
		         row->len ? (const char *)row->frame : "",
		         row->lost   ? row->lost
		         : row->drop ? drop_symbol(row->drop)
		                     : "ok");
	else if (row->event->kind == TARN_EVENT_TCP_TIMER)
		snprintf(text, 80, "timer %s", row->event->timer.name);
	else if (row->event->kind == TARN_EVENT_NEIGHBOUR)
		snprintf(text, 80, "%s to %s", row->event->neighbour.from,
		         row->event->neighbour.to);
	else
		snprintf(text, 80, "event %d why %d", row->event->kind,
		         row->event->why);
	caused[seen_count++] = row->is_caused;
}

static void setup(void)
{
	seen_count = 0;
	ck_assert_int_eq(story_open(listen_to, seen, &story), 0);
}

static void teardown(void)
{
	story_close(story);
}

/* An event about a frame of one to three parts, at most. */
static void frame(enum tarn_event_kind kind, const char *a, const char *b,
                  enum drop drop)
{
	const struct tarn_slice part[2] = { { a, strlen(a) },
		                            { b, b ? strlen(b) : 0 } };
	const struct tarn_event event   = {
		  .kind  = kind,
		  .frame = { .part       = part,
		             .part_count = b ? 2 : 1,
		             .drop       = drop },
	};

	story_event(story, &event);
}

static void timer(const char *name)
{
	char borrowed[128];
	struct tarn_event event = { .kind = TARN_EVENT_TCP_TIMER };

	snprintf(borrowed, sizeof(borrowed), "%s", name);
	event.timer.name = borrowed;
	story_event(story, &event);
	memset(borrowed, '!', sizeof(borrowed));
}

START_TEST(sent_frame_is_told_at_once_in_one_piece)
{
	frame(TARN_EVENT_FRAME_TX, "head", "body", DROP_NONE);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert_str_eq(seen[0], "tx headbody ok");
	ck_assert(!caused[0]);
}
END_TEST

START_TEST(frame_that_will_be_lost_says_so_and_only_that_one)
{
	char rule[] = "drop out data#2";

	story_lose(story, rule);
	memset(rule, '!', sizeof(rule) - 1);
	frame(TARN_EVENT_FRAME_TX, "ab", NULL, DROP_NONE);
	story_lose(story, NULL);
	frame(TARN_EVENT_FRAME_TX, "cd", NULL, DROP_NONE);
	ck_assert_str_eq(seen[0], "tx ab drop out data#2");
	ck_assert_str_eq(seen[1], "tx cd ok");
}
END_TEST

START_TEST(frame_that_will_be_lost_says_so_behind_its_cause)
{
	frame(TARN_EVENT_FRAME_RX, "abc", NULL, DROP_NONE);
	story_lose(story, "drop out ack");
	frame(TARN_EVENT_FRAME_TX, "de", NULL, DROP_NONE);
	frame(TARN_EVENT_FRAME_TX, "fg", NULL, DROP_NONE);
	frame(TARN_EVENT_FRAME_DONE, "abc", NULL, DROP_NONE);
	ck_assert_str_eq(seen[0], "rx abc ok");
	ck_assert_str_eq(seen[1], "tx de drop out ack");
	ck_assert_str_eq(seen[2], "tx fg ok");
}
END_TEST

START_TEST(frame_that_never_arrived_is_told)
{
	story_lost_arrival(story, 7, (const uint8_t *)"abc", 3, "drop in syn");
	ck_assert_uint_eq(seen_count, 1);
	ck_assert_str_eq(seen[0], "rx abc drop in syn");
}
END_TEST

START_TEST(received_frame_waits_for_its_verdict)
{
	frame(TARN_EVENT_FRAME_RX, "abc", NULL, DROP_NONE);
	ck_assert_uint_eq(seen_count, 0);
	frame(TARN_EVENT_FRAME_DONE, "abc", NULL, DROP_TCP_CHECKSUM);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert_str_eq(seen[0], "rx abc TCP_CHECKSUM");
}
END_TEST

START_TEST(what_a_frame_causes_is_told_after_it)
{
	frame(TARN_EVENT_FRAME_RX, "abc", NULL, DROP_NONE);
	frame(TARN_EVENT_FRAME_TX, "re", "ply", DROP_NONE);
	timer("delayed ACK");
	ck_assert_uint_eq(seen_count, 0);
	frame(TARN_EVENT_FRAME_DONE, "abc", NULL, DROP_NONE);

	ck_assert_uint_eq(seen_count, 3);
	ck_assert_str_eq(seen[0], "rx abc ok");
	ck_assert_str_eq(seen[1], "tx reply ok");
	ck_assert_str_eq(seen[2], "timer delayed ACK");
	ck_assert(!caused[0]);
	ck_assert(caused[1]);
	ck_assert(caused[2]);
}
END_TEST

static uint16_t told_why;

static void note_why(void *listener, const struct story_row *row)
{
	(void)listener;
	if (row->kind == STORY_FRAME)
		told_why = row->note.why;
}

static void changes(enum tarn_event_kind kind, enum why why)
{
	const struct tarn_event event = { .kind = kind, .why = why };

	story_event(story, &event);
}

START_TEST(frame_without_a_reason_gets_that_of_what_it_changed)
{
	story_close(story);
	ck_assert_int_eq(story_open(note_why, NULL, &story), 0);
	frame(TARN_EVENT_FRAME_RX, "abc", NULL, DROP_NONE);
	changes(TARN_EVENT_TCP_CC, WHY_CC_SLOW_START);
	changes(TARN_EVENT_TCP_STATE, WHY_GOT_ACK_OF_SYN);
	frame(TARN_EVENT_FRAME_DONE, "abc", NULL, DROP_NONE);
	ck_assert_uint_eq(told_why, WHY_GOT_ACK_OF_SYN);

	frame(TARN_EVENT_FRAME_RX, "abc", NULL, DROP_NONE);
	changes(TARN_EVENT_TCP_CC, WHY_CC_SLOW_START);
	frame(TARN_EVENT_FRAME_DONE, "abc", NULL, DROP_NONE);
	ck_assert_uint_eq(told_why, WHY_CC_SLOW_START);
}
END_TEST

START_TEST(nothing_is_caused_after_done)
{
	frame(TARN_EVENT_FRAME_RX, "abc", NULL, DROP_NONE);
	frame(TARN_EVENT_FRAME_DONE, "abc", NULL, DROP_NONE);
	timer("persist");
	ck_assert_str_eq(seen[1], "timer persist");
	ck_assert(!caused[1]);
}
END_TEST

START_TEST(names_are_copied_and_cut)
{
	struct tarn_event event = { .kind = TARN_EVENT_NEIGHBOUR };
	char from[] = "STALE", to[] = "PROBE";

	frame(TARN_EVENT_FRAME_RX, "abc", NULL, DROP_NONE);
	timer("a name of a timer that is longer than any name should be, by "
	      "far");
	event.neighbour.from = from;
	event.neighbour.to   = to;
	story_event(story, &event);
	memset(from, '!', 5);
	memset(to, '!', 5);
	frame(TARN_EVENT_FRAME_DONE, "abc", NULL, DROP_NONE);

	ck_assert_str_eq(seen[1], "timer a name of a timer that is longer "
	                          "than any name should be, by fa");
	ck_assert_str_eq(seen[2], "STALE to PROBE");
}
END_TEST

START_TEST(missing_verdict_does_not_lose_the_frame)
{
	frame(TARN_EVENT_FRAME_RX, "one", NULL, DROP_NONE);
	frame(TARN_EVENT_FRAME_RX, "two", NULL, DROP_NONE);
	ck_assert_uint_eq(seen_count, 1);
	story_close(story);
	story = NULL;
	ck_assert_uint_eq(seen_count, 2);
	ck_assert_str_eq(seen[1], "rx two ok");
}
END_TEST

START_TEST(verdict_without_a_frame_is_ignored)
{
	frame(TARN_EVENT_FRAME_DONE, "abc", NULL, DROP_TCP_RST);
	ck_assert_uint_eq(seen_count, 0);
}
END_TEST

START_TEST(null_story_tells_nobody)
{
	const struct tarn_event event = { .kind = TARN_EVENT_CALL };

	story_event(NULL, &event);
	story_close(NULL);
	ck_assert_uint_eq(seen_count, 0);
}
END_TEST

START_TEST(more_than_the_scroll_holds_is_told_directly)
{
	frame(TARN_EVENT_FRAME_RX, "abc", NULL, DROP_NONE);
	for (unsigned i = 0; i < 8500; i++)
		frame(TARN_EVENT_FRAME_TX, "x", NULL, DROP_NONE);
	ck_assert_uint_eq(seen_count, 8501);
	ck_assert_str_eq(seen[0], "rx abc ok");
	ck_assert_str_eq(seen[8500], "tx x ok");
	frame(TARN_EVENT_FRAME_DONE, "abc", NULL, DROP_NONE);
	ck_assert_uint_eq(seen_count, 8501);
}
END_TEST

START_TEST(frame_beyond_the_octet_bound_is_told_directly)
{
	static char big[9 << 20];

	memset(big, 'b', sizeof(big) - 1);
	frame(TARN_EVENT_FRAME_RX, "abc", NULL, DROP_NONE);
	frame(TARN_EVENT_FRAME_TX, big, NULL, DROP_NONE);
	ck_assert_uint_eq(seen_count, 2);
	ck_assert_str_eq(seen[0], "rx abc ok");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("story");
	TCase *t = tcase_create("story_event");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, sent_frame_is_told_at_once_in_one_piece);
	tcase_add_test(t, received_frame_waits_for_its_verdict);
	tcase_add_test(t, what_a_frame_causes_is_told_after_it);
	tcase_add_test(t, frame_without_a_reason_gets_that_of_what_it_changed);
	tcase_add_test(t, nothing_is_caused_after_done);
	tcase_add_test(t, names_are_copied_and_cut);
	tcase_add_test(t, missing_verdict_does_not_lose_the_frame);
	tcase_add_test(t, verdict_without_a_frame_is_ignored);
	tcase_add_test(t, frame_that_will_be_lost_says_so_and_only_that_one);
	tcase_add_test(t, frame_that_will_be_lost_says_so_behind_its_cause);
	tcase_add_test(t, frame_that_never_arrived_is_told);
	tcase_add_test(t, null_story_tells_nobody);
	tcase_add_test(t, more_than_the_scroll_holds_is_told_directly);
	tcase_add_test(t, frame_beyond_the_octet_bound_is_told_directly);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
