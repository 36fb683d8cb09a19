/* SPDX-License-Identifier: MIT */
/* test_verbose.c - which rows become a line of -v, and what it says */
#include "drivers/verbose.h"
#include "tests/unit/lib/test.h"
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t text_len;
static FILE *out;
static struct verbose *verbose;

static void setup(void)
{
	out = open_memstream(&text, &text_len);
	ck_assert_int_eq(verbose_open(out, &verbose), 0);
}

static void teardown(void)
{
	verbose_close(verbose);
	fclose(out);
	free(text);
}

static void tell_event(const struct tarn_event *event)
{
	const struct story_row row = { .kind   = STORY_EVENT,
		                       .now_us = event->now_us,
		                       .event  = event };

	verbose_row(verbose, &row);
	fflush(out);
}

START_TEST(a_state_change_says_who_from_to_and_why)
{
	const struct tarn_event event = {
		.kind     = TARN_EVENT_TCP_STATE,
		.now_us   = 5000000,
		.why      = WHY_TIMEOUT_2MSL,
		.note     = { .state_before = 10, .state = 0 },
		.tcp.peer = { tarn_ip4(10, 9, 0, 1), 40000 },
	};

	tell_event(&event);
	ck_assert_ptr_nonnull(strstr(text, "0.000000 10.9.0.1:40000 "));
	ck_assert_ptr_nonnull(strstr(text, tarn_tcp_state_name(10)));
	ck_assert_ptr_nonnull(strstr(text, " -> "));
	ck_assert_ptr_nonnull(strstr(text, why_sentence(WHY_TIMEOUT_2MSL)));
	ck_assert_ptr_nonnull(strstr(text, "(RFC 9293 3.10.8)\n"));
}
END_TEST

START_TEST(times_count_from_the_first_row)
{
	struct tarn_event event = { .kind   = TARN_EVENT_TCP_TIMER,
		                    .now_us = 7000000 };

	tell_event(&event); /* silent, but the first */
	ck_assert_uint_eq(text_len, 0);

	event.kind   = TARN_EVENT_DROP;
	event.drop   = DROP_ARP_FAILED;
	event.now_us = 8250001;
	tell_event(&event);
	ck_assert_ptr_nonnull(strstr(text, "1.250001 drop ARP_FAILED: "));
}
END_TEST

START_TEST(a_dropped_frame_is_shown_with_the_reason)
{
	static const uint8_t frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff,
		                           0xff, 0x02, 0,    0,    0,
		                           0,    1,    0x88, 0xcc };
	struct story_row row           = { .kind  = STORY_FRAME,
		                           .is_rx = true,
		                           .frame = frame,
		                           .len   = sizeof(frame),
		                           .drop  = DROP_ETH_TYPE };

	verbose_row(verbose, &row);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(text, "drop ETH_TYPE: "));
	ck_assert_ptr_nonnull(strstr(text, drop_where(DROP_ETH_TYPE)));
}
END_TEST

START_TEST(a_frame_that_went_well_is_not_told)
{
	static const uint8_t frame[60];
	struct story_row row = { .kind  = STORY_FRAME,
		                 .frame = frame,
		                 .len   = sizeof(frame) };

	verbose_row(verbose, &row);
	fflush(out);
	ck_assert_uint_eq(text_len, 0);
}
END_TEST

START_TEST(a_neighbour_is_told_with_its_station)
{
	const struct tarn_event event = {
		.kind      = TARN_EVENT_NEIGHBOUR,
		.why       = WHY_ARP_RESOLVED,
		.neighbour = { .ip   = tarn_ip4(10, 9, 0, 1),
		               .mac  = { 2, 0, 0, 0, 0, 0x1f },
		               .from = "INCOMPLETE",
		               .to   = "REACHABLE" },
	};

	tell_event(&event);
	ck_assert_ptr_nonnull(
	        strstr(text, "neighbour 10.9.0.1 INCOMPLETE -> REACHABLE: "));
	ck_assert_ptr_nonnull(strstr(text, "02:00:00:00:00:1f\n"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("verbose");
	TCase *tc = tcase_create("verbose_row");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_state_change_says_who_from_to_and_why);
	tcase_add_test(tc, times_count_from_the_first_row);
	tcase_add_test(tc, a_dropped_frame_is_shown_with_the_reason);
	tcase_add_test(tc, a_frame_that_went_well_is_not_told);
	tcase_add_test(tc, a_neighbour_is_told_with_its_station);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
