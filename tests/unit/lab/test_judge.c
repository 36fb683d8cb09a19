/* SPDX-License-Identifier: MIT */
/* test_judge.c - every kind of expectation, once held and once broken */
#include "tests/unit/lab/staged.h"
#include <stdio.h>

/* 100 octets there and back, then B closes; 10 ms each way. */
#define DIALOGUE                                                               \
	"title t\n"                                                            \
	"link delay 10ms\n"                                                    \
	"stack both timestamps off\n"                                          \
	"app server on B\n"                                                    \
	"    listen 80\n"                                                      \
	"    accept\n"                                                         \
	"    receive 100\n"                                                    \
	"    send 100\n"                                                       \
	"    close\n"                                                          \
	"app client on A\n"                                                    \
	"    connect B:80\n"                                                   \
	"    send 100\n"                                                       \
	"    receive all\n"                                                    \
	"app unlucky on A\n"                                                   \
	"    connect B:81\n"                                                   \
	"app patient on A\n"                                                   \
	"    connect B:80\n"                                                   \
	"    receive 1\n"

static const struct {
	const char *expect;
	bool holds;
} claims[] = {
	{ "A sent syn = 3", true },
	{ "A sent syn != 3", false },
	{ "A sent syn", true },
	{ "A sent syn >= 4", false },
	{ "A sent syn < 4", true },
	{ "A sent syn > 3", false },
	{ "A sent syn <= 2", false },
	{ "not A sent syn", false },
	{ "A sent data len = 100 = 1", true },
	{ "A sent data len < 100", false },
	{ "A sent syn win = 65535 = 3", true },
	{ "B sent rst why=RST_CLOSED = 1", true },
	{ "A dropped rst", true },
	{ "A dropped drop=TCP_CHECKSUM", false },
	{ "A lost tcp", false },
	{ "A sent again", false },
	{ "A sent forged", false },
	{ "A state ESTABLISHED at 20ms", true },
	{ "A state ESTABLISHED by 19ms", false },
	{ "A state ESTABLISHED after 20ms", true },
	{ "A state FIN-WAIT-1", false },
	{ "not A state FIN-WAIT-1", true },
	{ "B path SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2", true },
	{ "B path FIN-WAIT-1 ESTABLISHED CLOSING", false },
	{ "A srtt first = 20000", true },
	{ "A srtt max > 20000", false },
	{ "A cwnd min = 14600", true },
	{ "A rto last = 220000", true },
	{ "A timer retransmission fired = 0", true },
	{ "A timer retransmission fired", false },
	{ "client calls connect = 3", true },
	{ "client finished at 40ms", true },
	{ "client finished by 39ms", false },
	{ "patient finished", false },
	{ "patient unfinished", true },
	{ "client got all of server", true },
	{ "client got = 100", true },
	{ "client got = 99", false },
	{ "server got all of unlucky", false },
	{ "unlucky failed ECONNREFUSED", true },
	{ "unlucky failed EPIPE", false },
	{ "client failed EPIPE", false },
	{ "time >= 40ms", true },
	{ "time < 40ms", false },
};

START_TEST(each_kind_holds_or_does_not)
{
	char text[1024];

	snprintf(text, sizeof(text), "%sexpect %s\n", DIALOGUE,
	         claims[_i].expect);
	staged(text);
	ck_assert_msg(staged_holds(0) == claims[_i].holds, "%s",
	              claims[_i].expect);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("judge");
	TCase *t = tcase_create("expectations");

	tcase_add_checked_fixture(t, NULL, staged_clear);
	tcase_add_loop_test(t, each_kind_holds_or_does_not, 0,
	                    sizeof(claims) / sizeof(claims[0]));
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
