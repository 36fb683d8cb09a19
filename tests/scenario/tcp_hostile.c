/* SPDX-License-Identifier: MIT */
/*
 * Malformed and hostile segments: hostile-input TH-01 to TH-11, IP4-09 and
 * IP4-10; RFC 9293 MUST-3, MUST-7, MUST-50, MUST-57, MUST-63
 *
 * Each row has its twin: what is refused with one field wrong is accepted when
 * the field is right.
 */
#include "tests/unit/lib/peer.h"
#include <string.h>

enum { IP_AT = 14, TCP_AT = 34 };

static uint8_t frame[SEGMENT_FRAME_MAX];
static size_t frame_len;

static void make_syn(void)
{
	frame_len = peer_frame(frame, "S 0:0(0) <mss 1000>");
}

static void inject(void)
{
	peer_injects(frame, frame_len);
	settle();
}

/* The twin: the same SYN, unchanged, opens a connection. */
static void a_right_syn_is_answered(void)
{
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("R 1:1(0)");
}

/* ---- The header ---- */

/* MUST-3 */
SCENARIO(wrong_checksums_are_dropped)
{
	the_listener();
	make_syn();
	for (unsigned bit = 0; bit < 16; bit++) {
		frame[TCP_AT + 16 + bit / 8] ^= (uint8_t)(1 << bit % 8);
		inject();
		stack_drops("TCP_CHECKSUM");
		frame[TCP_AT + 16 + bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	stack_sends_nothing();
	a_right_syn_is_answered();
}

SCENARIO(checksum_of_zero_is_wrong)
{
	the_listener();
	make_syn();
	frame[TCP_AT + 16] = frame[TCP_AT + 17] = 0;
	inject();
	stack_drops("TCP_CHECKSUM");
	stack_sends_nothing();
	a_right_syn_is_answered();
}

/* Text with one bit changed on its way, and the same once more, unchanged. */
static void a_bad_then_a_good_one(unsigned seq)
{
	frame_len = peer_frame(frame, "P. %u:%u(100) ack 1", seq, seq + 100);
	frame[TCP_AT + 20 + 50] ^= 0x10;
	inject();
	stack_drops("TCP_CHECKSUM");
	stack_sends_nothing();
	peer_sends("P. %u:%u(100) ack 1", seq, seq + 100);
}

SCENARIO(corrupt_text_is_not_acknowledged)
{
	const int fd = peer_connects("mss 1000");

	a_bad_then_a_good_one(1);
	stack_sends(". 1:1(0) ack 101");
	app_receives(fd, 100);

	/* Right behind it comes what is expected, if it were not corrupt. */
	a_bad_then_a_good_one(101);
	stack_sends(". 1:1(0) ack 201");
	app_receives(fd, 100);
}

SCENARIO(truncated_headers_are_dropped)
{
	the_listener();
	for (size_t len = 0; len < 20; len++) {
		make_syn();
		frame_len        = TCP_AT + len;
		frame[IP_AT + 3] = (uint8_t)(20 + len);
		segment_reseal_ip(frame);
		inject();
		stack_drops("TCP_SHORT");
	}
	stack_sends_nothing();
	a_right_syn_is_answered();
}

SCENARIO(impossible_data_offsets_are_dropped)
{
	the_listener();
	for (unsigned offset = 0; offset < 16; offset++) {
		if (offset == 5 || offset == 6)
			continue; /* right ones for these 24 octets */
		make_syn();
		frame[TCP_AT + 12] = (uint8_t)(offset << 4);
		segment_reseal(frame, frame_len);
		inject();
		stack_drops("TCP_OFFSET");
	}
	stack_sends_nothing();
	a_right_syn_is_answered();
}

SCENARIO(reserved_bits_are_ignored)
{
	the_listener();
	make_syn();
	frame[TCP_AT + 12] |= 0x0f;
	segment_reseal(frame, frame_len);
	inject();
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("R 1:1(0)");
}

/* ---- Options ---- */

/* A SYN whose options are @octets; what becomes of it is bounded. */
static void syn_with_options(const uint8_t octets[40])
{
	struct segment answer;

	frame_len =
	        peer_frame(frame, "S 0:0(0) <nop,nop,nop,nop,nop,nop,nop,nop,"
	                          "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,"
	                          "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,"
	                          "nop,nop,nop,nop,nop,nop,nop,nop,nop,nop>");
	memcpy(frame + TCP_AT + 20, octets, 40);
	segment_reseal(frame, frame_len);
	inject();
	if (!next_segment(&answer)) {
		stack_drops("TCP_OPTION");
		return;
	}
	ck_assert_uint_eq(answer.flags, SEG_SYN | SEG_ACK);
	peer_sends("R 1:1(0)");
	stack_sends_nothing();
}

/* MUST-68 */
SCENARIO(every_kind_and_length_of_option_is_survived)
{
	/* TH-04: MUST-7. World 0 alone: the numbers do not matter here. */
	static const uint8_t lengths[] = {
		0, 1, 2, 3, 4, 5, 9, 10, 11, 34, 255
	};

	the_listener();
	for (unsigned kind = 0; kind < 256; kind++) {
		for (unsigned i = 0; i < sizeof(lengths); i++) {
			for (unsigned at = 0; at < 40; at += 13) {
				uint8_t octets[40];

				memset(octets, 1, 40);
				octets[at] = (uint8_t)kind;
				if (at + 1 < 40)
					octets[at + 1] = lengths[i];
				syn_with_options(octets);
			}
		}
	}
	a_right_syn_is_answered();
}

/* MUST-7 */
SCENARIO(option_length_below_two_drops_the_segment)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1000,raw 05:00:00:00>");
	stack_drops("TCP_OPTION");
	peer_sends("S 0:0(0) <mss 1000,raw 05:01:00:00>");
	stack_drops("TCP_OPTION");
	stack_sends_nothing();
	a_right_syn_is_answered();
}

SCENARIO(option_beyond_the_header_drops_the_segment)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1000,raw 01:01:fd:03>");
	stack_drops("TCP_OPTION");
	peer_sends("S 0:0(0) <mss 1000,raw 01:01:01:08>");
	stack_drops("TCP_OPTION");
	stack_sends_nothing();
	a_right_syn_is_answered();
}

SCENARIO(octets_behind_the_end_of_options_are_not_read)
{
	the_listener();
	peer_sends("S 0:0(0) <mss 1000,eol,raw 05:00:ff>");
	stack_sends("S. 0:0(0) ack 1 <mss 1460>");
	peer_sends("R 1:1(0)");
}

/* MUST-5 */
SCENARIO(bad_options_on_text_change_nothing)
{
	const int fd = peer_connects("mss 1000");

	peer_sends("P. 1:11(10) ack 1 <raw 08:01:00:00>");
	stack_drops("TCP_OPTION");
	stack_sends_nothing();
	app_receives_nothing(fd);
	peer_sends("P. 1:11(10) ack 1 <raw 13:04:00:00>"); /* unknown: MUST-6 */
	stack_sends(". 1:1(0) ack 11");
	app_receives(fd, 10);
}

/* ---- Addresses ---- */

static void put_address(size_t at, uint32_t address)
{
	for (unsigned i = 0; i < 4; i++)
		frame[at + i] = (uint8_t)(address >> (24 - 8 * i));
}

static void syn_from(uint32_t address)
{
	make_syn();
	put_address(IP_AT + 12, address);
	segment_reseal(frame, frame_len);
	inject();
	stack_drops("IP4_MARTIAN");
	stack_sends_nothing();
}

/* MUST-63 */
SCENARIO(syn_from_our_own_address_is_dropped)
{
	/* LAND: from us to us, port to the same port */
	the_listener();
	make_syn();
	put_address(IP_AT + 12, 0x0a090002);
	frame[TCP_AT]     = 0;
	frame[TCP_AT + 1] = STACK_PORT;
	segment_reseal(frame, frame_len);
	inject();
	stack_drops("IP4_MARTIAN");
	stack_is_silent_for(SEC);
	a_right_syn_is_answered();
}

SCENARIO(syn_from_no_single_host_is_dropped)
{
	the_listener(); /* MUST-63 */
	syn_from(0x00000000);
	syn_from(0x7f000001);
	syn_from(0xe0000001);
	syn_from(0xf0000001);
	syn_from(0xffffffff);
	syn_from(0x0a0900ff);
	a_right_syn_is_answered();
}

static void syn_to(uint32_t address, const char *mac)
{
	make_syn();
	memcpy(frame, mac, 6);
	put_address(IP_AT + 16, address);
	segment_reseal(frame, frame_len);
	inject();
	stack_sends_nothing();
}

SCENARIO(syn_to_more_than_one_host_is_never_answered)
{
	the_listener(); /* MUST-57 */
	syn_to(0x0a0900ff, "\xff\xff\xff\xff\xff\xff");
	stack_drops("TCP_BROADCAST");
	syn_to(0xffffffff, "\xff\xff\xff\xff\xff\xff");
	stack_drops("TCP_BROADCAST");
	syn_to(0xe0000001, "\x01\x00\x5e\x00\x00\x01");
	syn_to(0x0a090002, "\xff\xff\xff\xff\xff\xff");
	syn_to(0x0a0900ff, "\x02\x54\x0a\x09\x00\x02");
	a_right_syn_is_answered();
}

SCENARIO(nothing_to_more_than_one_host_is_reset)
{
	/* "applicable to all incoming segments, not just SYNs" */
	frame_len = peer_frame(frame, "P. 1:11(10) ack =1");
	memset(frame, 0xff, 6);
	put_address(IP_AT + 16, 0x0a0900ff);
	segment_reseal(frame, frame_len);
	inject();
	stack_drops("TCP_BROADCAST");
	stack_sends_nothing();
}

SCENARIO(ip_options_are_passed_over)
{
	/* MUST-50: a Record Route of three octets of room and EOL */
	the_listener();
	make_syn();
	memmove(frame + TCP_AT + 8, frame + TCP_AT, frame_len - TCP_AT);
	memcpy(frame + TCP_AT, "\x07\x07\x04\x00\x00\x00\x00\x00", 8);
	frame_len += 8;
	frame[IP_AT]      = 0x47;
	frame[IP_AT + 3]  = (uint8_t)(frame_len - IP_AT);
	frame[IP_AT + 10] = frame[IP_AT + 11] = 0;
	{
		uint32_t sum = 0;

		for (unsigned i = 0; i < 28; i += 2)
			sum += (uint32_t)(frame[IP_AT + i] << 8 |
			                  frame[IP_AT + i + 1]);
		sum               = (sum >> 16) + (sum & 0xffff);
		sum               = ~(sum + (sum >> 16));
		frame[IP_AT + 10] = (uint8_t)(sum >> 8);
		frame[IP_AT + 11] = (uint8_t)sum;
	}
	inject();
	stack_sends("S. 0:0(0) ack 1");
	peer_sends("R 1:1(0)");
}

SCENARIO_MAIN("tcp hostile", wrong_checksums_are_dropped,
              checksum_of_zero_is_wrong, corrupt_text_is_not_acknowledged,
              truncated_headers_are_dropped,
              impossible_data_offsets_are_dropped, reserved_bits_are_ignored,
              every_kind_and_length_of_option_is_survived,
              option_length_below_two_drops_the_segment,
              option_beyond_the_header_drops_the_segment,
              octets_behind_the_end_of_options_are_not_read,
              bad_options_on_text_change_nothing,
              syn_from_our_own_address_is_dropped,
              syn_from_no_single_host_is_dropped,
              syn_to_more_than_one_host_is_never_answered,
              nothing_to_more_than_one_host_is_reset,
              ip_options_are_passed_over)
