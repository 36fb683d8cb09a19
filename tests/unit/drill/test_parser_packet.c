/* SPDX-License-Identifier: MIT */
/* test_parser_packet.c - what a packet may say of itself */
#include "tests/unit/drill/parsed.h"

static const struct drill_packet *packet(const char *text)
{
	struct drill_event *event = parsed(text);

	ck_assert_int_eq(event->kind, DRILL_PACKET);
	return &event->packet;
}

START_TEST(a_full_segment_is_read)
{
	const struct drill_packet *p = packet("+0 < FP. 1001:2001(1000) ack 5 "
	                                      "win 257 urg 7 <nop,nop,sackOK>");

	ck_assert(p->is_inbound && p->fin && p->psh && p->ack_bit);
	ck_assert(!p->syn && !p->rst && !p->urg && !p->ece && !p->cwr);
	ck_assert_int_eq(p->protocol, DRILL_TCP);
	ck_assert_uint_eq(p->seq, 1001);
	ck_assert_uint_eq(p->seq_end, 2001);
	ck_assert_uint_eq(p->payload_len, 1000);
	ck_assert(p->has_ack && p->has_win && p->has_urg_ptr && p->has_options);
	ck_assert_uint_eq(p->ack, 5);
	ck_assert_uint_eq(p->win, 257);
	ck_assert_uint_eq(p->urg_ptr, 7);
	ck_assert_uint_eq(p->option_count, 3);
}
END_TEST

START_TEST(what_is_not_written_is_not_there)
{
	const struct drill_packet *p = packet("+0 > R 1:1(0)");

	ck_assert(!p->is_inbound && p->rst && !p->ack_bit);
	ck_assert(!p->has_ack && !p->has_win && !p->win_any);
	ck_assert(!p->has_urg_ptr && !p->has_options && !p->has_ports);
	ck_assert_int_eq(p->ecn, DRILL_ECN_ANY);
	ck_assert_int_eq(p->tos, -1);
	ck_assert_int_eq(p->ttl, -1);
}
END_TEST

START_TEST(flags_of_all_dialects_are_read)
{
	const struct drill_packet *p = packet("+0 < FSRPUEWA. 0:0(0)\n"
	                                      "+0 < - 0:0(0)\n+0 < .5 0:0(0)\n"
	                                      "+0 < SEW 0:0(0)\n+0 < 2 0:0(0)");
	const struct drill_event *e  = script->events;

	ck_assert(p->fin && p->syn && p->rst && p->psh && p->urg && p->ece);
	ck_assert(p->cwr && p->ae && p->ack_bit);
	p = &(e = e->next)->packet;
	ck_assert(!p->fin && !p->syn && !p->rst && !p->psh && !p->ack_bit);
	p = &(e = e->next)->packet;
	ck_assert(p->ack_bit && p->ae && !p->cwr && p->ece);
	p = &(e = e->next)->packet;
	ck_assert(p->syn && p->ece && p->cwr && !p->ae);
	p = &e->next->packet;
	ck_assert(!p->ack_bit && !p->ae && p->cwr && !p->ece);
}
END_TEST

START_TEST(words_for_the_ip_header_are_read)
{
	const struct drill_packet *p = packet(
	        "+0 > [ect0] . 1:1(0)\n+0 > [noecn,ttl 64,tos 0x10] . 1:1(0)\n"
	        "+0 < [ce] . 1:1(0)\n+0 > [ect01 id 0x1234 df] . 1:1(0)\n"
	        "+0 < [badsum,badipsum,iplen 30,ihl 4,doff 9] . 1:1(0)");
	const struct drill_event *e = script->events;

	ck_assert_int_eq(p->ecn, DRILL_ECT0);
	p = &(e = e->next)->packet;
	ck_assert_int_eq(p->ecn, DRILL_NOECN);
	ck_assert_int_eq(p->ttl, 64);
	ck_assert_int_eq(p->tos, 16);
	p = &(e = e->next)->packet;
	ck_assert_int_eq(p->ecn, DRILL_CE);
	p = &(e = e->next)->packet;
	ck_assert_int_eq(p->ecn, DRILL_ECT01);
	ck_assert(p->has_ip_id && p->has_df && p->df);
	ck_assert_uint_eq(p->ip_id, 0x1234);
	p = &e->next->packet;
	ck_assert(p->bad_checksum && p->bad_ip_checksum);
	ck_assert_int_eq(p->lie_total_len, 30);
	ck_assert_int_eq(p->lie_ihl, 4);
	ck_assert_int_eq(p->lie_doff, 9);
}
END_TEST

START_TEST(ports_and_addresses_are_read)
{
	const struct drill_packet *p =
	        packet("+0 < 192.0.2.1:8080 > 192.168.0.1:1234 S 0:0(0) win 1\n"
	               "+0 > 80 > 40000 S. 0:0(0) ack 1\n"
	               "+0 < 10.0.0.1 > 10.0.0.2: . 1:1(0) win 1");
	const struct drill_event *e = script->events;

	ck_assert(p->has_ports && p->syn);
	ck_assert_uint_eq(p->src_ip, 0xc0000201);
	ck_assert_uint_eq(p->dst_ip, 0xc0a80001);
	ck_assert_uint_eq(p->src_port, 8080);
	ck_assert_uint_eq(p->dst_port, 1234);
	p = &(e = e->next)->packet;
	ck_assert(p->has_ports);
	ck_assert_uint_eq(p->src_ip, 0);
	ck_assert_uint_eq(p->dst_port, 40000);
	p = &e->next->packet;
	ck_assert_uint_eq(p->dst_ip, 0x0a000002);
	ck_assert(!p->has_ports && p->ack_bit);
}
END_TEST

START_TEST(sequence_numbers_of_all_dialects_are_read)
{
	const struct drill_packet *p =
	        packet("+0 > R. 0!:0!(0) ack 1\n+0 > P. ...:...(5) ack 1\n"
	               "+0 < . 4294967295:9(10) ack 1 win 1\n"
	               "+0 > . 1:1(0) ack 1 win *");
	const struct drill_event *e = script->events;

	ck_assert(p->seq_is_live);
	p = &(e = e->next)->packet;
	ck_assert(p->seq_any);
	ck_assert_uint_eq(p->payload_len, 5);
	p = &(e = e->next)->packet;
	ck_assert_uint_eq(p->seq, UINT32_MAX);
	ck_assert_uint_eq(p->seq_end, 9);
	p = &e->next->packet;
	ck_assert(p->win_any && !p->has_win);
}
END_TEST

START_TEST(a_payload_may_be_written)
{
	const struct drill_packet *p =
	        packet("+0 < P. 1:6(5) ack 1 win 1 \"he\\0l\\x6c\"\n"
	               "+0 < udp (3) \"abc\"\n+0 > udp 53 > 1024 (100)");
	const struct drill_event *e = script->events;

	ck_assert_mem_eq(p->payload, "he\0ll", 5);
	p = &(e = e->next)->packet;
	ck_assert_int_eq(p->protocol, DRILL_UDP);
	ck_assert_mem_eq(p->payload, "abc", 3);
	p = &e->next->packet;
	ck_assert_ptr_null(p->payload);
	ck_assert_uint_eq(p->payload_len, 100);
	ck_assert_uint_eq(p->src_port, 53);
}
END_TEST

/* ---- what Tarn has not ------------------------------------------------- */

static const struct {
	const char *text, *reason;
} foreign[] = {
	{ "+0 < ipv4 192.0.2.1 > 192.168.0.1: S 0:0(0) win 1", "IP in IP" },
	{ "+0 > ipv6 2001:db8::1 > fd3d::2: gre: . 1:1(0)", "GRE" },
	{ "+0 > ipv6 2001:db8::1 > fd3d::2: . 1:1(0)", "IPv6" },
	{ "+0 < mpls (label 0, tc 0, ttl 64) [S]: . 1:1(0) win 1", "MPLS" },
	{ "+0 > gre flags[C],off 0,key 1: udp (10)", "GRE" },
	{ "+0 > tcp/udp(9899 > 9899): S 0:0(0)", "TCP in UDP" },
	{ "+0 < sctp: INIT[flgs=0, tag=1,\n a_rwnd=1500]", "SCTP" },
	{ "+0 < icmpv6 packet_too_big mtu 1280 [1:1001(1000)]", "IPv6" },
	{ "+0 > [flowlabel 0x12345] . 1:1(0)", "IPv6" },
	{ "+0 > [ect0] .5 1:1(0) ack 1", "AccECN (RFC 9768)" },
	{ "+0 < . 1:1(0) win 1 <ECN e1b 1 ceb 0 e0b 1,nop>",
	  "AccECN (RFC 9768)" },
	{ "+0 > S 0:0(0) <mss 1460,mpcapable v1 flags[flag_h] nokey>",
	  "MPTCP" },
	{ "+0 bind(3, {sa_family=AF_INET6, sin6_port=htons(1)}, 28) = 0",
	  "IPv6" },
};

START_TEST(what_tarn_has_not_is_named_and_reading_goes_on)
{
	char text[200];

	snprintf(text, sizeof(text), "%s\n+0 close(3) = 0", foreign[_i].text);

	const struct drill_event *e = parsed(text);

	ck_assert_ptr_nonnull(e->unsupported);
	ck_assert_str_eq(e->unsupported, foreign[_i].reason);
	ck_assert_ptr_null(e->next->unsupported);
	ck_assert_str_eq(e->next->call.name, "close");
}
END_TEST

START_TEST(an_accecn_syn_from_the_peer_is_no_reason_to_skip)
{
	ck_assert_ptr_null(parsed("+0 < SEWA 0:0(0) win 1")->unsupported);
}
END_TEST

/* ---- mistakes ----------------------------------------------------------- */

static const struct {
	const char *text, *part;
} mistakes[] = {
	{ "+0 < S 0:1(0) win 1", "disagree; expected 0:0(0)" },
	{ "+0 < P. 1:11(9)", "disagree; expected 1:10(9)" },
	{ "+0 < X 0:0(0)", "not a flag of TCP; expected F S R P . U E W A" },
	{ "+0 <", "the packet ends here; expected flags" },
	{ "+0 < S 0(0)", "expected ':' as in 1:11(10)" },
	{ "+0 < S 4294967296:0(0)", "this number is not possible" },
	{ "+0 < S 0:0(0) win 65536", "expected win 0 to 65535" },
	{ "+0 < [foo] . 0:0(0)", "not a word for IP" },
	{ "+0 < [ttl 256] . 0:0(0)", "expected ttl 0 to 255" },
	{ "+0 < 1.2.3.4 . 0:0(0)", "'>' between two addresses" },
	{ "+0 < 1.2.3.4 > x . 0:0(0)", "no address stands here" },
	{ "+0 < . 0:3(3) \"ab\"", "has not the length written" },
	{ "+0 < . 0:3(3) \"abc", "this string does not end" },
	{ "+0 < udp 5", "and a length, as in udp (100)" },
	{ "+0 > ipv4 1.2.3.4", "behind a tunnel's header" },
};

START_TEST(mistake_is_named)
{
	refused(mistakes[_i].text, mistakes[_i].part);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("parser_packet");
	TCase *t = parsed_case(s, "parser_packet");

	tcase_add_test(t, a_full_segment_is_read);
	tcase_add_test(t, what_is_not_written_is_not_there);
	tcase_add_test(t, flags_of_all_dialects_are_read);
	tcase_add_test(t, words_for_the_ip_header_are_read);
	tcase_add_test(t, ports_and_addresses_are_read);
	tcase_add_test(t, sequence_numbers_of_all_dialects_are_read);
	tcase_add_test(t, a_payload_may_be_written);
	tcase_add_loop_test(t, what_tarn_has_not_is_named_and_reading_goes_on,
	                    0, ARRAY_LEN(foreign));
	tcase_add_test(t, an_accecn_syn_from_the_peer_is_no_reason_to_skip);
	tcase_add_loop_test(t, mistake_is_named, 0, ARRAY_LEN(mistakes));

	return s;
}

TEST_MAIN(suite)
