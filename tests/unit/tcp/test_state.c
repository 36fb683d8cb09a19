/* SPDX-License-Identifier: MIT */
/* test_state.c - the diagram of RFC 9293 figure 5, arrow by arrow */
#include "tests/unit/lib/dies.h"
#include "tests/unit/lib/tcb.h"

/* From the figure and the text of 3.10, written down apart from state.c:
 * a row is where from, a column where to, x an arrow. */
static const char *const figure[TCPS_COUNT] = {
	/*		    CLSD LSTN SS SR ES F1 F2 CW CG LA TW */
	[TCPS_CLOSED] = ".xxx.......",      [TCPS_LISTEN] = "x.xx.......",
	[TCPS_SYN_SENT] = "x..xx......",    [TCPS_SYN_RECEIVED] = "xx..xx.....",
	[TCPS_ESTABLISHED] = "x....x.x...", [TCPS_FIN_WAIT_1] = "x.....x.x.x",
	[TCPS_FIN_WAIT_2] = "x.........x",  [TCPS_CLOSE_WAIT] = "x........x.",
	[TCPS_CLOSING] = "x.........x",     [TCPS_LAST_ACK] = "x..........",
	[TCPS_TIME_WAIT] = "x..........",
};

START_TEST(arrows_are_those_of_the_figure)
{
	for (unsigned from = 0; from < TCPS_COUNT; from++)
		for (unsigned to = 0; to < TCPS_COUNT; to++)
			ck_assert_msg(tcp_arrow_exists(from, to) ==
			                      (figure[from][to] == 'x'),
			              "%s -> %s", tarn_tcp_state_name(from),
			              tarn_tcp_state_name(to));
}
END_TEST

static unsigned seen_count;
static struct tarn_event seen;

static void observe(void *observer, const struct tarn_event *event)
{
	(void)observer;
	if (event->kind != TARN_EVENT_TCP_STATE)
		return;
	seen = *event;
	seen_count++;
}

START_TEST(every_change_is_told_with_its_reason)
{
	struct env *env = tcb_layer_open();
	struct tcb *tcb = tcb_in(TCPS_ESTABLISHED);

	env->config.observe = observe;
	tcb->rcv.fin        = true;
	tcp_set_state(tcb, TCPS_CLOSE_WAIT, WHY_GOT_FIN);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert_uint_eq(seen.why, WHY_GOT_FIN);
	ck_assert_uint_eq(seen.note.state_before, TCPS_ESTABLISHED);
	ck_assert_uint_eq(seen.note.state, TCPS_CLOSE_WAIT);
	ck_assert_uint_eq(seen.tcp.local.port, 80);
	env->config.observe = NULL;
	tcb_layer_close();
}
END_TEST

START_TEST(sets_of_states_agree_with_the_rfc)
{
	struct tcb tcb       = { 0 };
	unsigned may_receive = 0, may_send = 0;

	for (tcb.state = 0; tcb.state < TCPS_COUNT; tcb.state++) {
		may_receive += tcp_in(&tcb, TCPS_MAY_RECEIVE);
		may_send += tcp_in(&tcb, TCPS_MAY_SEND);
	}
	ck_assert_uint_eq(may_receive, 3);
	ck_assert_uint_eq(may_send, 2);
}
END_TEST

static Suite *state_suite(void)
{
	Suite *suite = suite_create("state");
	TCase *tcase = tcase_create("state");

	tcase_add_test(tcase, arrows_are_those_of_the_figure);
	tcase_add_test(tcase, every_change_is_told_with_its_reason);
	tcase_add_test(tcase, sets_of_states_agree_with_the_rfc);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(state_suite)
