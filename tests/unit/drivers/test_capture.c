/* SPDX-License-Identifier: MIT */
/* test_capture.c - what is written is well-formed pcapng, and says why */
#include "drivers/capture.h"
#include "drivers/capture_read.h"
#include "tests/unit/drivers/frames.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const struct capture_info info = {
	.application    = "tarn test",
	.comment        = "scenario x, seed 7",
	.interface_name = "wire-a",
	.mtu            = 1500,
	.epoch_ns       = 1700000000123456789u,
};

static struct capture *capture;
static FILE *file;
static char path[64];
static struct capture_reader *reader;
static struct capture_record record;

static void setup(void)
{
	char error[LINK_ERROR_LEN];

	file = tmpfile();
	ck_assert_ptr_nonnull(file);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	ck_assert_int_eq(capture_open(path, &info, &capture, error), 0);
	reader = NULL;
}

static void teardown(void)
{
	capture_read_close(reader);
	fclose(file);
}

static void close_and_read(void)
{
	char error[LINK_ERROR_LEN];

	ck_assert_int_eq(capture_close(capture), 0);
	rewind(file);
	ck_assert_int_eq(capture_read_open(file, &reader, error), 0);
}

static void next(void)
{
	char error[LINK_ERROR_LEN] = "";

	ck_assert_msg(capture_read_next(reader, &record, error) == 1, "%s",
	              error);
}

static void expect_end(void)
{
	char error[LINK_ERROR_LEN];

	ck_assert_int_eq(capture_read_next(reader, &record, error), 0);
}

static void write_frame(const struct test_frame *frame, bool is_rx,
                        enum drop drop, const struct tarn_note *note)
{
	const struct story_row row = {
		.kind   = STORY_FRAME,
		.now_us = 5,
		.is_rx  = is_rx,
		.frame  = frame->octets,
		.len    = frame->len,
		.drop   = drop,
		.note   = *note,
		.reason = { note->why, NULL },
	};

	capture_row(capture, &row);
}

static void write_event(const struct tarn_event *event, bool is_caused)
{
	const struct story_row row = {
		.kind      = STORY_EVENT,
		.now_us    = 7,
		.event     = event,
		.note      = event->note,
		.is_caused = is_caused,
	};

	capture_row(capture, &row);
}

START_TEST(frame_of_a_connection_has_three_comments)
{
	const struct test_frame frame = tcp_frame(true, "P.", 1, 1, 5);
	const struct tarn_note note   = { .why          = WHY_DATA,
		                          .has_conn     = true,
		                          .state_before = TCPS_SYN_SENT,
		                          .state        = TCPS_ESTABLISHED,
		                          .conn         = 3,
		                          .now.cwnd     = 14600,
		                          .now.ssthresh = UINT32_MAX,
		                          .now.flight   = 10,
		                          .now.srtt_us  = 50000,
		                          .now.rto_us   = 250000 };

	write_frame(&frame, false, DROP_NONE, &note);
	close_and_read();
	next();
	ck_assert_uint_eq(record.len, frame.len);
	ck_assert_mem_eq(record.frame, frame.octets, frame.len);
	ck_assert(record.has_direction);
	ck_assert(!record.is_rx);
	/* Whole microseconds of the epoch, so that the journal agrees. */
	ck_assert_uint_eq(record.time_ns, 1700000000123456000u + 5000);
	ck_assert_uint_eq(record.comment_count, 3);
	ck_assert_str_eq(record.comment[0], "state=SYN-SENT->ESTABLISHED");
	ck_assert_str_eq(record.comment[1],
	                 "cwnd=14600 ssthresh=none flight=10 srtt=50000us "
	                 "rto=250000us conn=3");
	ck_assert_str_eq(record.comment[2],
	                 "why: the application's data, inside both windows "
	                 "(RFC 9293 3.10.2)");
	expect_end();
}
END_TEST

START_TEST(state_that_stays_is_said_once)
{
	const struct test_frame frame = tcp_frame(true, ".", 1, 1, 0);
	const struct tarn_note note   = { .has_conn     = true,
		                          .state_before = TCPS_TIME_WAIT,
		                          .state        = TCPS_TIME_WAIT,
		                          .now.ssthresh = 2920 };

	write_frame(&frame, false, DROP_NONE, &note);
	close_and_read();
	next();
	ck_assert_uint_eq(record.comment_count, 2);
	ck_assert_str_eq(record.comment[0], "state=TIME-WAIT");
	ck_assert_ptr_nonnull(strstr(record.comment[1], "ssthresh=2920 "));
}
END_TEST

START_TEST(dropped_frame_names_its_reason)
{
	const struct test_frame frame = tcp_frame(false, "P.", 1, 1, 5);
	const struct tarn_note note   = { .why = WHY_ACK_AGAIN };

	write_frame(&frame, true, DROP_TCP_CHECKSUM, &note);
	close_and_read();
	next();
	ck_assert(record.is_rx);
	ck_assert_uint_eq(record.comment_count, 3);
	ck_assert_str_eq(record.comment[0], "state=none (no connection)");
	ck_assert_str_eq(record.comment[1], "cwnd=none");
	ck_assert_str_eq(record.comment[2],
	                 "dropped: TCP_CHECKSUM: TCP checksum is wrong "
	                 "(RFC 9293 3.1 MUST-3)");
}
END_TEST

START_TEST(frame_of_any_length_is_padded)
{
	const struct tarn_note note = { .why = WHY_ECHO_REPLY };

	for (size_t len = 0; len < 9; len++) {
		struct test_frame frame = icmp_frame(true);

		frame.len = len;
		write_frame(&frame, false, DROP_NONE, &note);
	}
	close_and_read();
	for (size_t len = 0; len < 9; len++) {
		next();
		ck_assert_uint_eq(record.len, len);
		ck_assert_uint_eq(record.comment_count, 1);
	}
	expect_end();
}
END_TEST

START_TEST(super_frame_is_kept_whole_and_a_longer_one_cut)
{
	static uint8_t octets[70000];
	struct story_row row = { .kind = STORY_FRAME, .frame = octets };

	row.len = 65536 + 14;
	capture_row(capture, &row);
	row.len = sizeof(octets);
	capture_row(capture, &row);
	close_and_read();
	next();
	ck_assert_uint_eq(record.len, 65536 + 14);
	next();
	ck_assert_uint_lt(record.len, sizeof(octets));
}
END_TEST

START_TEST(fired_timer_stands_between_the_frames)
{
	const struct tarn_event event = {
		.kind  = TARN_EVENT_TCP_TIMER,
		.timer = { "retransmission", TARN_TIMER_FIRED, 0 },
		.note  = { .has_conn = true,
		           .conn     = 4,
		           .state    = TCPS_ESTABLISHED },
	};

	write_event(&event, false);
	close_and_read();
	next();
	ck_assert_int_eq(record.kind, CAPTURE_REMARK);
	ck_assert_str_eq(record.message, "the retransmission timer fired");
	ck_assert_str_eq(record.event, "timer:fired");
	ck_assert_str_eq(record.state, "ESTABLISHED");
	ck_assert_uint_eq(record.conn, 4);
	ck_assert_uint_eq(record.time_ns, 1700000000123456000u + 7000);
}
END_TEST

START_TEST(call_and_neighbour_are_rows)
{
	const struct tarn_event call = {
		.kind = TARN_EVENT_CALL,
		.call = { .name = "connect", .fd = 3, .result = -115 }
	};
	const struct tarn_event moved = {
		.kind      = TARN_EVENT_NEIGHBOUR,
		.neighbour = { .ip   = tarn_ip4(10, 9, 0, 2),
		               .from = "STALE",
		               .to   = "PROBE" },
	};

	write_event(&call, false);
	write_event(&moved, true);
	close_and_read();
	next();
	ck_assert_ptr_eq(strstr(record.message, "connect(3) = -115"),
	                 record.message);
	ck_assert_str_eq(record.event, "socket:call");
	next();
	ck_assert_str_eq(record.message, "neighbour 10.9.0.2: STALE -> PROBE");
}
END_TEST

START_TEST(what_the_frames_tell_is_no_row)
{
	struct tarn_event event = { .kind = TARN_EVENT_TCP_TIMER };

	event.timer =
	        (struct tarn_event_timer){ "persist", TARN_TIMER_MOVED, 9 };
	write_event(&event, false);
	event.kind = TARN_EVENT_TCP_CC;
	write_event(&event, false);
	event.kind = TARN_EVENT_TCP_DECISION;
	write_event(&event, true);
	close_and_read();
	expect_end();
}
END_TEST

START_TEST(full_disk_is_told_once_and_at_the_end)
{
	const int saved               = dup(STDERR_FILENO);
	const struct test_frame frame = tcp_frame(true, ".", 1, 1, 1000);
	const struct tarn_note note   = { .why = WHY_DATA };
	struct capture *full;
	char error[LINK_ERROR_LEN];

	ck_assert_int_eq(capture_close(capture), 0);
	ck_assert_int_eq(capture_open("/dev/full", &info, &full, error), 0);
	fflush(stderr);
	ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
	capture = full;
	for (unsigned i = 0; i < 200; i++)
		write_frame(&frame, false, DROP_NONE, &note);
	ck_assert_int_eq(capture_close(full), -ENOSPC);
	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	(void)close(saved);
}
END_TEST

START_TEST(path_that_cannot_be_made_says_so)
{
	struct capture *none = NULL;
	char error[LINK_ERROR_LEN];

	ck_assert_int_eq(capture_close(capture), 0);
	ck_assert_int_eq(
	        capture_open("/nonexistent/x.pcapng", &info, &none, error),
	        -ENOENT);
	ck_assert_ptr_nonnull(strstr(error, "/nonexistent/x.pcapng"));
	ck_assert_ptr_null(none);
	ck_assert_int_eq(capture_close(NULL), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("capture");
	TCase *t = tcase_create("capture");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, frame_of_a_connection_has_three_comments);
	tcase_add_test(t, state_that_stays_is_said_once);
	tcase_add_test(t, dropped_frame_names_its_reason);
	tcase_add_test(t, frame_of_any_length_is_padded);
	tcase_add_test(t, super_frame_is_kept_whole_and_a_longer_one_cut);
	tcase_add_test(t, fired_timer_stands_between_the_frames);
	tcase_add_test(t, call_and_neighbour_are_rows);
	tcase_add_test(t, what_the_frames_tell_is_no_row);
	tcase_add_test(t, full_disk_is_told_once_and_at_the_end);
	tcase_add_test(t, path_that_cannot_be_made_says_so);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
