/* SPDX-License-Identifier: MIT */
/*
 * challenge-ack, paws, checksum: what somebody else, somebody old and the path
 * itself put into a connection
 */
#include "tests/rules/rules.h"

/* ---- challenge-ack: a reset whose number is somewhere in the window ---- */

SCENARIO(without_challenges_any_reset_in_the_window_counts)
{
	int fd;

	without(RULE_CHALLENGE_ACK);
	fd = peer_connects("mss 1000");
	peer_sends("R 40000:40000(0)");
	stack_drops("TCP_RST");
	state_is(TCPS_CLOSED);
	app_gets_error(fd, ECONNRESET);
}

SCENARIO(with_challenges_it_must_be_exact)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("R 40000:40000(0)");
	stack_drops("TCP_RST_CHALLENGED");
	stack_sends(". 1:1(0) ack 1");
	state_is(TCPS_ESTABLISHED);
	app_receives_nothing(fd);
}

/* Blind data: half of all acknowledgment numbers are old enough for RFC 793. */
SCENARIO(without_challenges_any_old_acknowledgment_will_do)
{
	int fd;

	without(RULE_CHALLENGE_ACK);
	fd = peer_connects("mss 1000");
	peer_sends_octets('x', "P. 1:11(10) ack -1000000000");
	stack_sends(". 1:1(0) ack 11");
	app_receives_octets(fd, 10, 'x');
}

SCENARIO(with_challenges_it_must_be_of_a_window_of_ours)
{
	const int fd = peer_connects("mss 1000");

	peer_sends_octets('x', "P. 1:11(10) ack -1000000000");
	stack_drops("TCP_ACK_OLD");
	stack_sends(". 1:1(0) ack 1");
	app_receives_nothing(fd);
}

/* ---- paws: the numbers have wrapped, and an old segment fits again ---- */

static int timestamps_are_at(uint32_t tsval)
{
	peer_tsval(tsval);

	return peer_connects("mss 1000,sackOK,TS val 5000 ecr 0");
}

SCENARIO(without_paws_an_old_segment_is_data)
{
	int fd;

	without(RULE_PAWS);
	fd = timestamps_are_at(5000);
	peer_tsval(1000); /* four seconds and four billion octets ago */
	peer_sends_octets('o', "P. 1001:2001(1000) ack 1");
	stack_sends(". 1:1(0) ack 1");
	peer_tsval(5000);
	peer_sends_octets('n', ". 1:1001(1000) ack 1");
	stack_sends(". 1:1(0) ack 2001");
	app_receives_octets(fd, 1000, 'n');
	app_receives_octets(fd, 1000, 'o');
}

SCENARIO(with_paws_it_is_dropped)
{
	const int fd = timestamps_are_at(5000);

	peer_tsval(1000);
	peer_sends_octets('o', "P. 1001:2001(1000) ack 1");
	stack_drops("TCP_PAWS");
	stack_sends(". 1:1(0) ack 1");
	peer_tsval(5000);
	peer_sends_octets('n', ". 1:1001(1000) ack 1");
	stack_sends(". 1:1(0) ack 1001");
	app_receives_octets(fd, 1000, 'n');
	app_receives_nothing(fd);
}

/* ---- checksum: the path has turned a bit ---- */

static void damaged_text_arrives(void)
{
	uint8_t frame[SEGMENT_FRAME_MAX];
	const size_t len = peer_frame(frame, "P. 1:11(10) ack 1");

	frame[SEGMENT_HEADERS_LEN + 4] ^= 0x20;
	peer_injects(frame, len);
	settle();
}

SCENARIO(without_the_checksum_it_is_delivered)
{
	uint8_t got[10];
	int fd;

	without(RULE_CHECKSUM);
	fd = peer_connects("mss 1000");
	damaged_text_arrives();
	stack_sends(". 1:1(0) ack 11");
	ck_assert_int_eq(tarn_recv(stack(), fd, got, sizeof(got), 0), 10);
	for (unsigned i = 0; i < 10; i++)
		ck_assert_uint_eq(got[i], stream_octet(true, 1 + i) ^
		                                  (i == 4 ? 0x20 : 0));
}

SCENARIO(with_the_checksum_it_is_dropped)
{
	const int fd = peer_connects("mss 1000");

	damaged_text_arrives();
	stack_drops("TCP_CHECKSUM");
	stack_sends_nothing();
	app_receives_nothing(fd);
}

SCENARIO_MAIN("rules/strangers",
              without_challenges_any_reset_in_the_window_counts,
              with_challenges_it_must_be_exact,
              without_challenges_any_old_acknowledgment_will_do,
              with_challenges_it_must_be_of_a_window_of_ours,
              without_paws_an_old_segment_is_data, with_paws_it_is_dropped,
              without_the_checksum_it_is_delivered,
              with_the_checksum_it_is_dropped)
