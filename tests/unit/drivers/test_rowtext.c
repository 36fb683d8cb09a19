/* SPDX-License-Identifier: MIT */
/* test_rowtext.c - every event has words and a name */
#include "base/bytes.h"
#include "drivers/rowtext.h"
#include "tests/unit/lib/test.h"

static char text[ROWTEXT_LEN];

START_TEST(reason_is_sentence_and_place)
{
	ck_assert_str_eq(rowtext_why(text, sizeof(text), WHY_ECHO_REPLY),
	                 "answers a ping (RFC 1122 3.2.2.6)");
	ck_assert_str_eq(rowtext_why(text, sizeof(text), WHY_NONE), "");
	ck_assert_str_eq(rowtext_why(text, sizeof(text), WHY_COUNT), "");
}
END_TEST

START_TEST(drop_is_symbol_sentence_and_place)
{
	ck_assert_str_eq(rowtext_drop(text, sizeof(text), DROP_TCP_PORT),
	                 "TCP_PORT: port 0 is no endpoint (RFC 6056)");
	ck_assert_str_eq(rowtext_drop(text, sizeof(text), DROP_NONE), "");
	ck_assert_str_eq(rowtext_drop(text, sizeof(text), DROP_COUNT), "");
}
END_TEST

static const struct {
	struct tarn_event event;
	const char *name, *text;
} cases[] = {
	{ { .kind = TARN_EVENT_DROP, .drop = DROP_TCP_PORT },
	  "link:dropped",
	  "dropped: TCP_PORT: port 0 is no endpoint (RFC 6056)" },
	{ { .kind = TARN_EVENT_TCP_STATE,
	    .why  = WHY_TIMEOUT_2MSL,
	    .note = { .state_before = TCPS_TIME_WAIT, .state = TCPS_CLOSED } },
	  "tcp:state_updated",
	  "TIME-WAIT -> CLOSED: 2MSL have passed (RFC 9293 3.10.8)" },
	{ { .kind = TARN_EVENT_TCP_TIMER, .timer = { "persist", 0, 7 } },
	  "timer:armed",
	  "the persist timer is armed" },
	{ { .kind  = TARN_EVENT_TCP_TIMER,
	    .timer = { "persist", TARN_TIMER_FIRED, 7 } },
	  "timer:fired",
	  "the persist timer fired" },
	{ { .kind  = TARN_EVENT_TCP_TIMER,
	    .timer = { "persist", TARN_TIMER_CANCELLED, 7 } },
	  "timer:cancelled",
	  "the persist timer is cancelled" },
	{ { .kind = TARN_EVENT_TCP_CC,
	    .why  = WHY_CC_TIMEOUT,
	    .note = { .now.cwnd = 1460, .now.ssthresh = 2920 } },
	  "recovery:metrics_updated",
	  "cwnd 1460, ssthresh 2920: RTO: back to one segment (RFC 5681 "
	  "3.1)" },
	{ { .kind = TARN_EVENT_TCP_RTT,
	    .note = { .now.srtt_us = 5, .now.rto_us = 6 },
	    .tcp  = { .sample_us = 4 } },
	  "recovery:metrics_updated",
	  "round trip 4 us: SRTT 5 us, RTO 6 us" },
	{ { .kind      = TARN_EVENT_ADDRESS,
	    .why       = WHY_ARP_ANNOUNCE,
	    .neighbour = { .ip   = { TARN_IP4, { 10, 9, 0, 1 } },
	                   .from = "probing",
	                   .to   = "ours" } },
	  "arp:address_updated",
	  "address 10.9.0.1: probing -> ours: the address is ours from now "
	  "on (RFC 5227 2.3)" },
	{ { .kind = TARN_EVENT_CALL,
	    .call = { .name = "recv", .fd = 3, .result = 100 } },
	  "socket:call",
	  "recv(3) = 100" },
	{ { .kind = TARN_EVENT_FRAME_TX }, "?", "" },
};

START_TEST(event_has_words_and_a_name)
{
	ck_assert_str_eq(rowtext_event(text, sizeof(text), &cases[_i].event),
	                 cases[_i].text);
	ck_assert_str_eq(rowtext_event_name(&cases[_i].event), cases[_i].name);
}
END_TEST

START_TEST(failed_call_tells_the_sentence)
{
	const struct tarn_event event = {
		.kind = TARN_EVENT_CALL,
		.call = { .name = "recv", .fd = 3, .result = -11 }
	};

	ck_assert_ptr_eq(strstr(rowtext_event(text, sizeof(text), &event),
	                        "recv(3) = -11: "),
	                 text);
	ck_assert_ptr_nonnull(strstr(text, tarn_strerror(-11)));
}
END_TEST

START_TEST(text_is_cut_to_any_size)
{
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t size = 1; size < 100; size++) {
			char *small = (char *)guard_alloc(NULL, size);

			rowtext_event(small, size, &cases[i].event);
			ck_assert_uint_lt(strlen(small), size);
			guard_free((uint8_t *)small, size);
		}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("rowtext");
	TCase *t = tcase_create("rowtext");

	tcase_add_test(t, reason_is_sentence_and_place);
	tcase_add_test(t, drop_is_symbol_sentence_and_place);
	tcase_add_loop_test(t, event_has_words_and_a_name, 0, ARRAY_LEN(cases));
	tcase_add_test(t, failed_call_tells_the_sentence);
	tcase_add_test(t, text_is_cut_to_any_size);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
