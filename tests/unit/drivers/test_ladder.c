/* SPDX-License-Identifier: MIT */
/* test_ladder.c - the drawing, line for line */
#include "drivers/ladder.h"
#include "tests/unit/drivers/frames.h"
#include "tests/unit/lib/test.h"

static char *drawn;
static size_t drawn_len;
static FILE *out;
static struct ladder *ladder;

static void draw_with(const struct ladder_options *options)
{
	out = open_memstream(&drawn, &drawn_len);
	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(ladder_open(out, options, &ladder), 0);
}

static void teardown(void)
{
	if (!out)
		return;
	ladder_close(ladder);
	fclose(out);
	free(drawn);
	out = NULL;
}

static void expect(const char *want)
{
	fflush(out);
	ck_assert_str_eq(drawn, want);
}

static void draw(uint64_t now_us, bool is_ours, const char *flags, uint32_t seq,
                 uint32_t ack, size_t len)
{
	struct tcp_options opt = { .mss = 0 };
	struct test_frame frame;
	struct ladder_frame row = { .time_us = now_us,
		                    .direction =
		                            is_ours ? LADDER_TX : LADDER_RX };

	if (strchr(flags, 'S'))
		opt = (struct tcp_options){ .has_mss    = true,
			                    .has_wscale = true,
			                    .mss        = 1460,
			                    .wscale     = 7 };
	frame     = tcp_frame_with(is_ours, flags, seq, ack, len, &opt);
	row.frame = frame.octets;
	row.len   = frame.len;
	ladder_frame(ladder, &row);
}

static void handshake(void)
{
	draw(1000000, true, "S", 0, 0, 0);
	draw(1050000, false, "S.", 0, 1, 0);
	draw(1100001, true, ".", 1, 1, 0);
}

START_TEST(handshake_is_drawn_with_both_states)
{
	const struct ladder_options options = { .left = "we", .right = "they" };

	draw_with(&options);
	handshake();
	expect("   seconds  #1           we │ 10.9.0.1:40000"
	       "                              10.9.0.2:80 │ they\n"
	       "  0.000000           CLOSED │── S 0:0(0) win 1000 "
	       "───────────────────────────────────▶│ LISTEN\n"
	       "                   SYN-SENT │  <mss 1460,nop,wscale 7>"
	       "                                │ SYN-RECEIVED\n"
	       "  0.050000         SYN-SENT │◀─ S. 0:0(0) ack 1 win 1000 "
	       "─────────────────────────────│ SYN-RECEIVED\n"
	       "                ESTABLISHED │  <mss 1460,nop,wscale 7>"
	       "                                │\n"
	       "  0.100001      ESTABLISHED │── . 1:1(0) ack 1 win 128000 "
	       "───────────────────────────▶│ SYN-RECEIVED\n"
	       "                            │"
	       "                                                         │ "
	       "ESTABLISHED\n");
}
END_TEST

START_TEST(ascii_needs_no_utf_8)
{
	const struct ladder_options options = { .ascii = true };

	draw_with(&options);
	handshake();
	draw(1200000, true, "P.", 1, 1, 5);
	draw(1300000, true, "P.", 1, 1, 5);
	fflush(out);
	for (const char *c = drawn; *c; c++)
		ck_assert_int_lt((unsigned char)*c, 0x80);
	ck_assert_ptr_nonnull(strstr(drawn, "|-- S 0:0(0) win 1000 ---"));
	ck_assert_ptr_nonnull(strstr(drawn, "|<- S. 0:0(0) ack 1 win 1000 -"));
	ck_assert_ptr_nonnull(strstr(drawn, "|-- again: P. 1:6(5) ack 1"));
}
END_TEST

START_TEST(all_lines_are_as_wide_as_promised)
{
	const struct ladder_options options = { .ascii = true };
	char *line;

	draw_with(&options);
	handshake();
	draw(1200000, false, "F.", 1, 1, 1000);
	fflush(out);
	for (line = strtok(drawn, "\n"); line; line = strtok(NULL, "\n")) {
		ck_assert_uint_le(strlen(line), 100);
		ck_assert_int_eq(line[28], '|');
		ck_assert_int_eq(line[86], '|');
	}
}
END_TEST

START_TEST(dropped_frame_ends_in_a_cross_with_its_reason)
{
	struct test_frame frame = tcp_frame(false, "P.", 1, 1, 5);
	struct ladder_frame row = { .direction    = LADDER_RX,
		                    .frame        = frame.octets,
		                    .len          = frame.len,
		                    .has_state    = true,
		                    .state_before = TCPS_ESTABLISHED,
		                    .state        = TCPS_ESTABLISHED,
		                    .drop         = DROP_TCP_PAWS,
		                    .dropped      = "TCP_PAWS: too old" };

	draw_with(NULL);
	ladder_frame(ladder, &row);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(drawn, "│✗─ P. 1:6(5) ack 1 win 1000"));
	ck_assert_ptr_nonnull(strstr(drawn, "│  ✗ TCP_PAWS: too old"));
}
END_TEST

START_TEST(reset_that_was_obeyed_did_arrive)
{
	struct test_frame frame = tcp_frame(false, "R.", 1, 1, 0);
	struct ladder_frame row = { .direction    = LADDER_RX,
		                    .frame        = frame.octets,
		                    .len          = frame.len,
		                    .has_state    = true,
		                    .state_before = TCPS_ESTABLISHED,
		                    .state        = TCPS_CLOSED,
		                    .drop         = DROP_TCP_RST,
		                    .dropped = "TCP_RST: the peer reset it" };

	draw_with(NULL);
	handshake();
	ladder_frame(ladder, &row);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(drawn, "│◀─ R. 1:1(0)"));
	ck_assert_ptr_nonnull(strstr(drawn, "CLOSED │  ✗ TCP_RST"));
}
END_TEST

START_TEST(damaged_frame_changes_no_state)
{
	struct test_frame frame = tcp_frame(false, "F.", 1, 1, 5);
	struct ladder_frame row = { .direction = LADDER_RX,
		                    .frame     = frame.octets,
		                    .len       = frame.len,
		                    .drop      = DROP_TCP_CHECKSUM,
		                    .dropped   = "TCP_CHECKSUM: wrong" };

	draw_with(NULL);
	handshake();
	ladder_frame(ladder, &row);
	draw(2000000, false, "P.", 1, 1, 5);
	fflush(out);
	ck_assert_ptr_null(strstr(drawn, "FIN-WAIT"));
	ck_assert_ptr_null(strstr(drawn, "↻"));
}
END_TEST

START_TEST(what_the_left_end_says_counts_more_than_what_is_inferred)
{
	struct test_frame frame = tcp_frame(true, "S", 0, 0, 0);
	struct ladder_frame row = { .direction    = LADDER_TX,
		                    .frame        = frame.octets,
		                    .len          = frame.len,
		                    .has_state    = true,
		                    .state_before = TCPS_CLOSING,
		                    .state        = TCPS_CLOSING,
		                    .why          = "because (RFC 0)" };

	draw_with(NULL);
	ladder_frame(ladder, &row);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(drawn, " CLOSED │── S 0:0(0)"));
	ck_assert_ptr_nonnull(strstr(drawn, " CLOSING │  because (RFC 0)"));
}
END_TEST

START_TEST(reasons_can_be_left_out)
{
	const struct ladder_options options = { .no_why = true };
	struct test_frame frame             = tcp_frame(true, "P.", 1, 1, 5);
	struct ladder_frame row             = { .direction = LADDER_TX,
		                                .frame     = frame.octets,
		                                .len       = frame.len,
		                                .why       = "because" };

	draw_with(&options);
	ladder_frame(ladder, &row);
	fflush(out);
	ck_assert_ptr_null(strstr(drawn, "because"));
}
END_TEST

START_TEST(reason_of_the_arrow_above_is_not_repeated)
{
	struct test_frame frame = tcp_frame(true, "P.", 1, 1, 5);
	struct ladder_frame row = { .direction = LADDER_TX,
		                    .frame     = frame.octets,
		                    .len       = frame.len,
		                    .why       = "because" };
	const char *first;

	draw_with(NULL);
	ladder_frame(ladder, &row);
	ladder_frame(ladder, &row);
	fflush(out);
	first = strstr(drawn, "because");
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_null(strstr(first + 1, "because"));
	row.why = NULL;
	ladder_frame(ladder, &row);
	row.why = "because";
	ladder_frame(ladder, &row);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(strstr(drawn, "because") + 1, "because"));
}
END_TEST

START_TEST(frame_for_another_station_is_not_drawn)
{
	struct test_frame frame = tcp_frame(false, "S", 0, 0, 0);
	struct ladder_frame row = { .direction = LADDER_RX,
		                    .frame     = frame.octets,
		                    .len       = frame.len,
		                    .drop      = DROP_ETH_NOT_ME,
		                    .dropped   = "ETH_NOT_ME: no" };

	draw_with(NULL);
	ladder_frame(ladder, &row);
	expect("");
}
END_TEST

/* The same segment, but of the connection from another port. */
static void draw_from_port(uint16_t port)
{
	struct test_frame frame = tcp_frame(true, "S", 0, 0, 0);
	struct ladder_frame row = { .direction = LADDER_TX,
		                    .frame     = frame.octets,
		                    .len       = frame.len };

	put_be16(frame.octets + 34, port);
	ladder_frame(ladder, &row);
}

START_TEST(connections_get_a_header_and_a_tag)
{
	draw_with(NULL);
	draw_from_port(1111);
	draw_from_port(2222);
	draw_from_port(1111);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(drawn, "#1            A │ 10.9.0.1:1111"));
	ck_assert_ptr_nonnull(strstr(drawn, "#2            A │ 10.9.0.1:2222"));
	ck_assert_ptr_nonnull(strstr(drawn, "  0.000000  #2       CLOSED │"));
	ck_assert_ptr_nonnull(
	        strstr(drawn, "  0.000000  #1     SYN-SENT │── ↻"));
}
END_TEST

START_TEST(one_connection_can_be_chosen)
{
	const struct ladder_options options = { .connection = 2 };
	const struct test_frame arp         = arp_frame();
	const struct ladder_frame row = { .frame = arp.octets, .len = arp.len };
	const struct ladder_remark any_remark = { .text = "a remark" };

	draw_with(&options);
	draw_from_port(1111);
	ladder_frame(ladder, &row);
	ladder_remark(ladder, &any_remark);
	draw_from_port(2222);
	fflush(out);
	ck_assert_ptr_null(strstr(drawn, "1111"));
	ck_assert_ptr_null(strstr(drawn, "ARP"));
	ck_assert_ptr_null(strstr(drawn, "remark"));
	ck_assert_ptr_nonnull(strstr(drawn, "   seconds  #2            A"));
}
END_TEST

START_TEST(other_protocols_take_one_line)
{
	const struct test_frame arp   = arp_frame();
	const struct ladder_frame row = { .direction = LADDER_TX,
		                          .frame     = arp.octets,
		                          .len       = arp.len };

	draw_with(NULL);
	ladder_frame(ladder, &row);
	expect("  0.000000                  │── ARP who-has 10.9.0.2 tell "
	       "10.9.0.1 ──────────────────▶│\n");
}
END_TEST

START_TEST(large_numbers_push_the_window_below)
{
	struct test_frame frame =
	        tcp_frame(true, "P.", 2000000000u, 2000000000u, 1460);
	struct ladder_frame row = { .direction = LADDER_TX,
		                    .frame     = frame.octets,
		                    .len       = frame.len };

	draw_with(NULL);
	draw_from_port(40000);
	draw(1, false, "S.", 0, 1, 0);
	ladder_frame(ladder, &row);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(
	        drawn, "│── P. 2000000000:2000001460(1460) ack 2000000000 "
	               "───────▶│"));
	ck_assert_ptr_nonnull(strstr(drawn, "│  win 1000 "));
}
END_TEST

START_TEST(sack_blocks_are_relative)
{
	const struct tcp_options opt = {
		.sack_count = 1,
		.sack       = { { TEST_ISS_PEER + 101, TEST_ISS_PEER + 201 } },
	};
	const struct test_frame frame =
	        tcp_frame_with(true, ".", 1, 1, 0, &opt);
	const struct ladder_frame row = { .direction = LADDER_TX,
		                          .frame     = frame.octets,
		                          .len       = frame.len };

	draw_with(NULL);
	handshake();
	ladder_frame(ladder, &row);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(drawn, "│  sack 101:201 "));
}
END_TEST

START_TEST(remark_stands_between_the_lifelines)
{
	struct test_frame frame     = tcp_frame(true, ".", 1, 1, 0);
	struct ladder_frame row     = { .direction    = LADDER_TX,
		                        .frame        = frame.octets,
		                        .len          = frame.len,
		                        .conn         = 9,
		                        .has_state    = true,
		                        .state_before = TCPS_TIME_WAIT,
		                        .state        = TCPS_TIME_WAIT };
	struct ladder_remark remark = { .time_us   = 60000000,
		                        .text      = "2MSL have passed",
		                        .conn      = 9,
		                        .has_state = true,
		                        .state     = TCPS_CLOSED };

	draw_with(NULL);
	ladder_frame(ladder, &row);
	ladder_remark(ladder, &remark);
	fflush(out);
	ck_assert_ptr_nonnull(strstr(
	        drawn, " 60.000000           CLOSED │• 2MSL have passed "));
}
END_TEST

START_TEST(rows_of_a_live_stack_are_drawn)
{
	const struct test_frame frame = tcp_frame(true, "S", 0, 0, 0);
	struct tarn_event event       = { .kind  = TARN_EVENT_TCP_TIMER,
		                          .timer = { "retransmission",
		                                     TARN_TIMER_FIRED, 0 } };
	struct story_row row          = { .kind  = STORY_FRAME,
		                          .frame = frame.octets,
		                          .len   = frame.len };

	row.note   = (struct tarn_note){ .why          = WHY_SYN,
		                         .has_conn     = true,
		                         .conn         = 1,
		                         .state_before = TCPS_SYN_SENT,
		                         .state        = TCPS_SYN_SENT };
	row.reason = (struct reason){ WHY_SYN, NULL };
	draw_with(NULL);
	ladder_row(ladder, &row);
	row = (struct story_row){ .kind = STORY_EVENT, .event = &event };
	ladder_row(ladder, &row);
	event.timer.act = TARN_TIMER_ARMED;
	ladder_row(ladder, &row);
	event            = (struct tarn_event){ .kind = TARN_EVENT_TCP_STATE };
	event.note.state = TCPS_FIN_WAIT_1;
	ladder_row(ladder, &row);
	ck_assert_ptr_nonnull(strstr(drawn, "CLOSED │── S 0:0(0)"));
	ck_assert_ptr_nonnull(
	        strstr(drawn, "SYN-SENT │  opens the connection (RFC 9293 "
	                      "3.10.1)"));
	ck_assert_ptr_nonnull(
	        strstr(drawn, "• the retransmission timer fired"));
	ck_assert_ptr_null(strstr(drawn, "armed"));
	ck_assert_ptr_null(strstr(drawn, "FIN-WAIT-1"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ladder");
	TCase *t = tcase_create("ladder");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, handshake_is_drawn_with_both_states);
	tcase_add_test(t, ascii_needs_no_utf_8);
	tcase_add_test(t, all_lines_are_as_wide_as_promised);
	tcase_add_test(t, dropped_frame_ends_in_a_cross_with_its_reason);
	tcase_add_test(t, reset_that_was_obeyed_did_arrive);
	tcase_add_test(t, damaged_frame_changes_no_state);
	tcase_add_test(
	        t, what_the_left_end_says_counts_more_than_what_is_inferred);
	tcase_add_test(t, reasons_can_be_left_out);
	tcase_add_test(t, reason_of_the_arrow_above_is_not_repeated);
	tcase_add_test(t, frame_for_another_station_is_not_drawn);
	tcase_add_test(t, connections_get_a_header_and_a_tag);
	tcase_add_test(t, one_connection_can_be_chosen);
	tcase_add_test(t, other_protocols_take_one_line);
	tcase_add_test(t, large_numbers_push_the_window_below);
	tcase_add_test(t, sack_blocks_are_relative);
	tcase_add_test(t, remark_stands_between_the_lifelines);
	tcase_add_test(t, rows_of_a_live_stack_are_drawn);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
