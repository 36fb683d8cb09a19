/* SPDX-License-Identifier: MIT */
/*
 * test_jsonlog.c - every line is JSON, and says what happened and why
 *
 * Where python3 is installed, its parser is asked as well.
 */
#include "drivers/jsonlog.h"
#include "tests/unit/drivers/frames.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static struct jsonlog *jsonlog;
static FILE *file;
static char path[64], text[65536];

static void open_with(const char *comment)
{
	const struct capture_info info = { .application    = "tarn test",
		                           .comment        = comment,
		                           .interface_name = "wire-a",
		                           .mtu            = 1500,
		                           .epoch_ns       = 17 };
	char error[LINK_ERROR_LEN];

	ck_assert_int_eq(jsonlog_open(path, &info, &jsonlog, error), 0);
}

static void setup(void)
{
	file = tmpfile();
	ck_assert_ptr_nonnull(file);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
}

static void teardown(void)
{
	fclose(file);
}

static void close_and_read(void)
{
	size_t len;

	ck_assert_int_eq(jsonlog_close(jsonlog), 0);
	rewind(file);
	len       = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
}

/* The lines behind log:start must be exactly this. */
static void expect_lines(const char *lines)
{
	const char *rest;

	close_and_read();
	rest = strchr(text, '\n');
	ck_assert_ptr_nonnull(rest);
	ck_assert_str_eq(rest + 1, lines);
}

static void write_frame(const struct test_frame *frame, bool is_rx,
                        enum drop drop, const struct tarn_note *note)
{
	const struct story_row row = {
		.kind      = STORY_FRAME,
		.now_us    = 1234567,
		.is_rx     = is_rx,
		.frame     = frame->octets,
		.len       = frame->len,
		.drop      = drop,
		.note      = *note,
		.reason    = { note->why, NULL },
		.src       = "stack/x.c:7",
		.packet    = 3,
		.packet_of = 2,
	};

	jsonlog_row(jsonlog, &row);
}

static void write_event(const struct tarn_event *event)
{
	const struct story_row row = { .kind   = STORY_EVENT,
		                       .now_us = 50,
		                       .event  = event,
		                       .note   = event->note };

	jsonlog_row(jsonlog, &row);
}

START_TEST(first_line_says_who_wrote_it)
{
	open_with("seed 7");
	close_and_read();
	ck_assert_str_eq(
	        text, "{\"time\":0.000,\"name\":\"log:start\",\"data\":"
	              "{\"application\":\"tarn test\",\"comment\":\"seed 7\","
	              "\"interface\":\"wire-a\",\"mtu\":1500,\"epoch_ns\":17,"
	              "\"time_unit\":\"ms\"}}\n");
}
END_TEST

START_TEST(sent_segment_tells_state_metrics_and_reason)
{
	const struct test_frame frame = tcp_frame(true, "P.", 1, 1, 5);
	const struct tarn_note note   = { .why             = WHY_DATA,
		                          .has_conn        = true,
		                          .conn            = 2,
		                          .state_before    = TCPS_ESTABLISHED,
		                          .state           = TCPS_ESTABLISHED,
		                          .now.cwnd        = 14600,
		                          .now.ssthresh    = 2920,
		                          .now.flight      = 5,
		                          .iss             = 1000000,
		                          .irs             = 4294967280,
		                          .is_again        = true,
		                          .first_us        = 1000000,
		                          .has_before      = true,
		                          .now.snd_una     = 1000001,
		                          .now.snd_nxt     = 1000006,
		                          .now.rcv_nxt     = 4294967281,
		                          .before.snd_una  = 1000001,
		                          .before.snd_nxt  = 1000001,
		                          .before.rcv_nxt  = 4294967281,
		                          .before.cwnd     = 14600,
		                          .before.ssthresh = 2920,
		                          .before.srtt_us  = 1500,
		                          .before.rto_us   = 201500,
		                          .before.snd_wnd  = 7,
		                          .before.rcv_wnd  = 8,
		                          .now.srtt_us     = 1500,
		                          .now.rto_us      = 201500,
		                          .now.snd_wnd     = 7,
		                          .now.rcv_wnd     = 8 };

	open_with(NULL);
	write_frame(&frame, false, DROP_NONE, &note);
	expect_lines(
	        "{\"time\":1234.567,\"name\":\"tcp:segment_sent\",\"end\":"
	        "\"A\","
	        "\"data\":{\"packet\":3,\"frame_length\":59,\"src\":\"10.9.0.1:"
	        "40000\","
	        "\"dst\":\"10.9.0.2:80\",\"flags\":\"PSH ACK\","
	        "\"seq\":1000001,\"length\":5,\"ack\":4294967281,"
	        "\"window\":1000,\"seq_rel\":1,\"ack_rel\":1,\"again\":true,"
	        "\"of\":1000.000,\"packet_of\":2,\"conn\":2,\"state\":"
	        "\"ESTABLISHED\","
	        "\"cwnd\":14600,\"ssthresh\":2920,\"bytes_in_flight\":5,"
	        "\"smoothed_rtt\":1.500,\"rto\":201.500,\"snd_wnd\":7,"
	        "\"rcv_wnd\":8,\"snd_una\":1000001,\"snd_nxt\":1000006,"
	        "\"rcv_nxt\":4294967281,\"iss\":1000000,\"irs\":4294967280,"
	        "\"before\":{\"bytes_in_flight\":0,\"snd_nxt\":1000001},"
	        "\"octets\":\"02540a09000202540a0900010800"
	        "4500002d00000000400666b70a0900010a090002"
	        "9c400050000f4241fffffff1501803e80000000000000000"
	        "00\"},\"why\":\"the application's data, inside both windows\","
	        "\"rfc\":\"RFC 9293 3.10.2\",\"src\":\"stack/x.c:7\"}\n");
}
END_TEST

START_TEST(dropped_segment_tells_the_reason_and_the_check)
{
	const struct test_frame frame = tcp_frame(false, "", 1, 1, 0);
	const struct tarn_note note   = { .step = 5 };

	open_with(NULL);
	write_frame(&frame, true, DROP_TCP_PORT, &note);
	expect_lines(
	        "{\"time\":1234.567,\"name\":\"tcp:segment_dropped\","
	        "\"end\":\"A\",\"data\":{\"packet\":3,\"frame_length\":54,"
	        "\"src\":\"10.9.0.2:80\","
	        "\"dst\":\"10.9.0.1:40000\",\"flags\":\"\","
	        "\"seq\":4294967281,\"length\":0,\"window\":1000,"
	        "\"drop\":\"TCP_PORT\",\"step\":5,\"octets\":"
	        "\"02540a09000102540a"
	        "0900020800450000280000000040"
	        "0666bc0a0900020a09000100509c40fffffff1000f4241500003e80000"
	        "0000\"},\"why\":\"port 0 is no endpoint\","
	        "\"rfc\":\"RFC 6056\",\"src\":\"stack/x.c:7\"}\n");
}
END_TEST

static const char *const names[] = { "arp:packet_received",
	                             "udp:datagram_received",
	                             "icmp:message_received",
	                             "link:frame_received" };

START_TEST(other_frames_have_names_too)
{
	const struct test_frame frames[] = { arp_frame(),
		                             udp_frame(false, 9),
		                             icmp_frame(false),
		                             { .len = 20 } };
	const struct tarn_note note      = { .why = WHY_NONE };

	open_with(NULL);
	write_frame(&frames[_i], true, DROP_NONE, &note);
	close_and_read();
	ck_assert_msg(strstr(text, names[_i]) != NULL, "%s", text);
}
END_TEST

static const struct {
	struct tarn_event event;
	const char *line;
} events[] = {
	{ { .kind = TARN_EVENT_TCP_STATE,
	    .why  = WHY_GOT_FIN,
	    .note = { .has_conn     = true,
	              .state_before = TCPS_ESTABLISHED,
	              .state        = TCPS_CLOSE_WAIT } },
	  "\"name\":\"tcp:state_updated\"" },
	{ { .kind = TARN_EVENT_TCP_STATE,
	    .note = { .has_conn     = true,
	              .state_before = TCPS_ESTABLISHED,
	              .state        = TCPS_CLOSE_WAIT } },
	  "\"state_before\":\"ESTABLISHED\",\"state\":\"CLOSE-WAIT\"" },
	{ { .kind = TARN_EVENT_TCP_CC },
	  "\"name\":\"recovery:metrics_updated\"" },
	{ { .kind = TARN_EVENT_TCP_RTT, .tcp = { .sample_us = 1500 } },
	  "\"latest_rtt\":1.500" },
	{ { .kind  = TARN_EVENT_TCP_TIMER,
	    .timer = { "persist", TARN_TIMER_ARMED, 5000 } },
	  "\"name\":\"timer:armed\",\"end\":\"A\",\"data\":{\"timer\":"
	  "\"persist\","
	  "\"deadline\":5.000," },
	{ { .kind  = TARN_EVENT_TCP_TIMER,
	    .timer = { "persist", TARN_TIMER_FIRED, 5000 } },
	  "\"name\":\"timer:fired\",\"end\":\"A\","
	  "\"data\":{\"timer\":\"persist\",\"deadline\":5.000," },
	{ { .kind  = TARN_EVENT_TCP_TIMER,
	    .timer = { "persist", TARN_TIMER_CANCELLED, 0 } },
	  "timer:cancelled" },
	{ { .kind      = TARN_EVENT_NEIGHBOUR,
	    .neighbour = { .mac  = { 2, 0x54, 10, 9, 0, 255 },
	                   .from = "STALE",
	                   .to   = "PROBE" } },
	  "\"mac\":\"02:54:0a:09:00:ff\",\"old\":\"STALE\","
	  "\"new\":\"PROBE\"" },
	{ { .kind = TARN_EVENT_CALL, .call = { "recv", 3, -11, "4096" } },
	  "\"name\":\"socket:call\",\"end\":\"A\",\"data\":{\"call\":\"recv\","
	  "\"fd\":3,\"args\":\"4096\",\"result\":-11,\"errno\":\"EAGAIN\"," },
	{ { .kind = TARN_EVENT_READY, .ready = { 4, 0, TARN_POLLIN } },
	  "\"fd\":4,\"old\":\"none\",\"events\":\"in\"" },
	{ { .kind    = TARN_EVENT_TCP_BUFFERS,
	    .buffers = { 1, 2, 3, 4, 1, { { 5, 6 } } } },
	  "\"snd_used\":1,\"snd_size\":2,\"rcv_used\":3,\"rcv_size\":4,"
	  "\"out_of_order_count\":1,\"out_of_order\":[[5,6]]" },
	{ { .kind       = TARN_EVENT_TCP_SCOREBOARD,
	    .scoreboard = { .sacked_count = 1,
	                    .lost_count   = 2,
	                    .sacked       = { { 7, 9 } },
	                    .lost         = { { 1, 3 }, { 5, 7 } } } },
	  "\"sacked\":[[7,9]],\"lost\":[[1,3],[5,7]],\"again\":[]" },
	{ { .kind  = TARN_EVENT_QUEUE,
	    .queue = { .name  = "ARP",
	               .count = 2,
	               .limit = 3,
	               .who   = { .ip.version = TARN_IP4 } } },
	  "\"name\":\"arp:queue\"" },
	{ { .kind = TARN_EVENT_TCP_DECISION, .why = WHY_ACK_HOLE },
	  "\"name\":\"tcp:decision\"" },
	{ { .kind = TARN_EVENT_REASSEMBLY }, "\"name\":\"ip:reassembly\"" },
	{ { .kind = TARN_EVENT_DROP, .drop = DROP_TCP_PORT },
	  "\"drop\":\"TCP_PORT\",\"caused_by_frame\":false},"
	  "\"why\":\"port 0 is no endpoint\"" },
};

START_TEST(event_is_a_line)
{
	open_with(NULL);
	write_event(&events[_i].event);
	close_and_read();
	ck_assert_msg(strstr(text, events[_i].line) != NULL, "%s", text);
}
END_TEST

START_TEST(text_is_escaped_or_replaced)
{
	open_with("\"quoted\" \\ \n\x01 S\xc3\xa4tze \xe2\x86\x92 "
	          "\xf0\x9f\x8f\x94 \xc0\xaf \xff \xe2\x86");
	close_and_read();
	ck_assert_ptr_nonnull(
	        strstr(text, "\"\\\"quoted\\\" \\\\ \\u000a\\u0001 "
	                     "S\xc3\xa4tze \xe2\x86\x92 \xf0\x9f\x8f\x94 "
	                     "?? ? ??\""));
}
END_TEST

START_TEST(longest_texts_keep_the_line_whole)
{
	char comment[2000];

	memset(comment, 1, sizeof(comment) - 1);
	comment[sizeof(comment) - 1] = '\0';
	open_with(comment);
	close_and_read();
	ck_assert_ptr_nonnull(strstr(text, "\"time_unit\":\"ms\"}}\n"));
}
END_TEST

START_TEST(full_disk_is_returned)
{
	const int saved               = dup(STDERR_FILENO);
	const struct test_frame frame = tcp_frame(true, ".", 1, 1, 0);
	const struct tarn_note note   = { .why = WHY_DATA };

	snprintf(path, sizeof(path), "/dev/full");
	open_with(NULL);
	fflush(stderr);
	ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
	for (unsigned i = 0; i < 500; i++)
		write_frame(&frame, false, DROP_NONE, &note);
	ck_assert_int_eq(jsonlog_close(jsonlog), -ENOSPC);
	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	(void)close(saved);
	ck_assert_int_eq(jsonlog_close(NULL), 0);
}
END_TEST

/* Is every line JSON? Without a python3 nobody can say. */
static void ask_python(void)
{
	static const char program[] = "import sys, json\n"
	                              "for line in sys.stdin.buffer: "
	                              "json.loads(line.decode('utf-8'))";
	const pid_t pid             = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	rewind(file);
	if (pid == 0) {
		(void)lseek(fileno(file), 0, SEEK_SET);
		(void)dup2(fileno(file), STDIN_FILENO);
		execlp("python3", "python3", "-c", program, (char *)NULL);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(python_reads_every_line)
{
	const struct test_frame frames[] = { arp_frame(), udp_frame(false, 9),
		                             icmp_frame(false),
		                             tcp_frame(true, "S", 0, 0, 0),
		                             tcp_frame(false, "", 0, 0, 9) };
	const struct tarn_note note      = { .why          = WHY_DATA,
		                             .has_conn     = true,
		                             .state_before = TCPS_LISTEN };

	open_with("\"quoted\" \\ \n\x01 S\xc3\xa4tze \xc0\xaf \xff");
	for (unsigned i = 0; i < ARRAY_LEN(frames); i++) {
		write_frame(&frames[i], false, DROP_NONE, &note);
		write_frame(&frames[i], true, DROP_TCP_PORT, &note);
	}
	for (unsigned i = 0; i < ARRAY_LEN(events); i++)
		write_event(&events[i].event);
	close_and_read();
	ask_python();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("jsonlog");
	TCase *t = tcase_create("jsonlog");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60); /* python3 may start slowly */
	tcase_add_test(t, first_line_says_who_wrote_it);
	tcase_add_test(t, sent_segment_tells_state_metrics_and_reason);
	tcase_add_test(t, dropped_segment_tells_the_reason_and_the_check);
	tcase_add_loop_test(t, other_frames_have_names_too, 0,
	                    ARRAY_LEN(names));
	tcase_add_loop_test(t, event_is_a_line, 0, ARRAY_LEN(events));
	tcase_add_test(t, python_reads_every_line);
	tcase_add_test(t, text_is_escaped_or_replaced);
	tcase_add_test(t, longest_texts_keep_the_line_whole);
	tcase_add_test(t, full_disk_is_returned);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
