/* SPDX-License-Identifier: MIT */
/* test_event.c - names of states, as RFC 9293 section 3.3.2 writes them */
#include "base/bytes.h"
#include "base/event.h"
#include "tests/unit/lib/test.h"

static const struct {
	enum tcp_state state;
	const char *name;
} names[] = {
	{ TCPS_CLOSED, "CLOSED" },
	{ TCPS_LISTEN, "LISTEN" },
	{ TCPS_SYN_SENT, "SYN-SENT" },
	{ TCPS_SYN_RECEIVED, "SYN-RECEIVED" },
	{ TCPS_ESTABLISHED, "ESTABLISHED" },
	{ TCPS_FIN_WAIT_1, "FIN-WAIT-1" },
	{ TCPS_FIN_WAIT_2, "FIN-WAIT-2" },
	{ TCPS_CLOSE_WAIT, "CLOSE-WAIT" },
	{ TCPS_CLOSING, "CLOSING" },
	{ TCPS_LAST_ACK, "LAST-ACK" },
	{ TCPS_TIME_WAIT, "TIME-WAIT" },
};

START_TEST(each_state_has_the_name_of_the_rfc)
{
	ck_assert_str_eq(tarn_tcp_state_name(names[_i].state), names[_i].name);
}
END_TEST

START_TEST(a_number_beyond_the_states_has_none)
{
	ck_assert_str_eq(tarn_tcp_state_name(TCPS_COUNT), "?");
	ck_assert_str_eq(tarn_tcp_state_name(UINT32_MAX), "?");
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/event");
	TCase *tc = tcase_create("event");

	tcase_add_loop_test(tc, each_state_has_the_name_of_the_rfc, 0,
	                    ARRAY_LEN(names));
	tcase_add_test(tc, a_number_beyond_the_states_has_none);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
