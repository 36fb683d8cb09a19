/* SPDX-License-Identifier: MIT */
/*
 * test_packet.c - script, octets and text are three forms of one packet
 *
 * What is built for the peer is read as if the stack had sent it, over a flow
 * with the two sides exchanged: then all that the script says must come back.
 */
#include "base/checksum.h"
#include "tests/unit/drill/built.h"

static struct drill_mismatch mismatch;

/* ---- building ----------------------------------------------------------- */

START_TEST(a_syn_is_built_octet_by_octet)
{
	/* clang-format off */
	static const uint8_t expected[] = {
		0x45, 2,    0, 60,  0, 0, 0, 0,  255, 6, 0xd8, 0x0b,
		192, 0, 2, 1,  192, 168, 0, 1,
		0x9c, 0x40, 0x1f, 0x90, 0, 0, 0, 0,  0, 0, 0, 0,
		0xa0, 0xc2, 0x80, 0x18, 0x00, 0x00, 0, 0,
		2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 100, 0, 0, 0, 0, 1, 3, 3, 8,
	};
	/* clang-format on */
	const size_t len = built("< [ect0] SEW 0:0(0) win 32792 "
	                         "<mss 1460,sackOK,TS val 100 ecr 0,nop,"
	                         "wscale 8>");

	ck_assert_uint_eq(len, sizeof(expected));
	octets[10] = expected[10];
	octets[11] = expected[11];
	octets[36] = 0;
	octets[37] = 0;
	ck_assert_mem_eq(octets, expected, len);
}
END_TEST

START_TEST(numbers_become_those_of_the_live_connection)
{
	flow.remote_isn_live = 1000000;
	flow.local_diff      = 5000;
	flow_sends(&flow, packet("< S 0:0(0) win 1"));
	built("< P. 1:11(10) ack 21 win 9 <nop,nop,sack 31:41>");
	ck_assert_uint_eq(get_be32(octets + 24), 1000001);
	ck_assert_uint_eq(get_be32(octets + 28), 5021);
	ck_assert_uint_eq(get_be32(octets + 44), 5031);
	ck_assert_uint_eq(get_be32(octets + 48), 5041);
	ck_assert_uint_eq(octets[52], drill_octet(1));
	ck_assert_uint_eq(octets[61], drill_octet(10));
}
END_TEST

START_TEST(a_live_number_stays_as_it_is)
{
	flow.remote_isn_live = 1000000;
	flow_sends(&flow, packet("< S 0:0(0) win 1"));
	built("< R 77!:77!(0) win 0");
	ck_assert_uint_eq(get_be32(octets + 24), 77);
}
END_TEST

START_TEST(a_tsecr_is_what_the_stack_said)
{
	flow.tsval[0]    = (struct drill_tsval){ 100, 4711 };
	flow.tsval[1]    = (struct drill_tsval){ 100, 4712 };
	flow.tsval_count = 2;
	flow.tsval_next  = 2;
	built("< . 1:1(0) ack 1 win 1 <nop,nop,TS val 7 ecr 100>");
	ck_assert_uint_eq(get_be32(octets + 44), 7);
	ck_assert_uint_eq(get_be32(octets + 48), 4712);
	built("< . 1:1(0) ack 1 win 1 <nop,nop,TS val 7 ecr 99>");
	ck_assert_uint_eq(get_be32(octets + 48), 99);
	built("< . 1:1(0) ack 1 win 1 <nop,nop,TS val 7 ecr 100!>");
	ck_assert_uint_eq(get_be32(octets + 48), 100);
}
END_TEST

START_TEST(a_window_that_is_not_written_is_as_large_as_can_be)
{
	built("< . 1:1(0) ack 1");
	ck_assert_uint_eq(get_be16(octets + 34), 65535);
}
END_TEST

START_TEST(lies_are_told)
{
	const size_t len = built("< [iplen 30,ihl 6,doff 9] . 1:1(0) ack 1");

	ck_assert_uint_eq(len, 40);
	ck_assert_uint_eq(octets[0], 0x46);
	ck_assert_uint_eq(get_be16(octets + 2), 30);
	ck_assert_uint_eq(octets[32], 0x90);
	ck_assert_uint_eq(checksum_fold(checksum_add(0, octets, 20)), 0);
	built("< [badipsum] . 1:1(0) ack 1");
	ck_assert_uint_ne(checksum_fold(checksum_add(0, octets, 20)), 0);
}
END_TEST

START_TEST(options_may_lie_and_are_filled_up)
{
	built("< S 0:0(0) <kind 8 len 3,kind 2 len 4 0x05,kind 1>");
	ck_assert_uint_eq(octets[32], 7 << 4);
	ck_assert_mem_eq(octets + 40, "\x08\x03\x02\x04\x05\x01\0", 8);
}
END_TEST

START_TEST(cookies_and_digests_are_built)
{
	built("< S 0:0(0) <FO 0102,md5 any,FOEXP 0304>");
	ck_assert_mem_eq(octets + 40, "\x22\x04\x01\x02\x13\x12", 6);
	ck_assert_mem_eq(octets + 62, "\xfe\x06\xf9\x89\x03\x04", 6);
}
END_TEST

START_TEST(an_icmp_error_quotes_what_the_stack_sent)
{
	flow.local_diff = 5000;
	ck_assert_uint_eq(built("< 10.0.0.1 > 192.168.0.1: icmp unreachable "
	                        "frag_needed mtu 1200 [1:1001(1000)]"),
	                  56);
	ck_assert_uint_eq(octets[9], 1);
	ck_assert_uint_eq(get_be32(octets + 12), 0x0a000001);
	ck_assert_uint_eq(octets[20], 3);
	ck_assert_uint_eq(octets[21], 4);
	ck_assert_uint_eq(get_be32(octets + 24), 1200);
	ck_assert_uint_eq(get_be16(octets + 30), 1040);
	ck_assert_uint_eq(get_be32(octets + 40), LOCAL_IP);
	ck_assert_uint_eq(get_be32(octets + 44), REMOTE_IP);
	ck_assert_uint_eq(get_be16(octets + 48), 8080);
	ck_assert_uint_eq(get_be16(octets + 50), 40000);
	ck_assert_uint_eq(get_be32(octets + 52), 5001);
	ck_assert_uint_eq(checksum_fold(checksum_add(0, octets + 20, 36)), 0);
}
END_TEST

START_TEST(what_is_too_large_is_not_built)
{
	ck_assert_int_eq(packet_build(packet("< . 1:1981(1980) ack 1"), &flow,
	                              octets, sizeof(octets)),
	                 -EMSGSIZE);
	ck_assert_int_eq(packet_build(packet("< . 1:65537(65536) ack 1"), &flow,
	                              octets, SIZE_MAX),
	                 -EMSGSIZE);
}
END_TEST

/* ---- reading back ------------------------------------------------------- */

static const char *const both_ways[] = {
	"< S 0:0(0) win 1000 <mss 1460,sackOK,TS val 5 ecr 6,nop,wscale 8>",
	"< [ect0] SEW 0:0(0) win 1000",
	"< [ce] . 1:1(0) ack 1 win 257",
	"< [tos 16,ttl 3,id 77,df] P. 1:11(10) ack 4294967295 win 0",
	"< FP. 4294967290:4(10) ack 1 win 65535 urg 3",
	"< P.U 1:2(1) ack 1 win 1 urg 1",
	"< - 1:1(0) win 1",
	"< R 5:5(0) win 0",
	"< R. 5:5(0) ack 6 win 0",
	"< .EA 1:1(0) ack 1 win 1",
	"< . 1:1(0) ack 1 win 1 <nop,nop,sack 11:21 31:41 51:61>",
	"< . 1:1(0) ack 1 win 1 <nop,nop,TS val 1 ecr 2,eol,eol,eol,eol>",
	"< S 0:0(0) win 1 <FO 3021b9d889017eeb,nop,nop>",
	"< S 0:0(0) win 1 <FO,nop,nop>",
	"< S 0:0(0) win 1 <FOEXP 3021b9d8>",
	"< . 1:1(0) ack 1 win 1 <md5 000102030405060708090a0b0c0d0e0f,nop,nop>",
	"< S 0:0(0) win 1 <kind 253 len 6 0x01020304,nop,nop>",
	"< P. 1:6(5) ack 1 win 1 \"he\\x00l\\x22\"",
	"< 192.0.2.1:5 > 192.168.0.1:6 S 0:0(0) win 1",
	"< 5 > 6 S 0:0(0) win 1",
	"< udp (3) \"abc\"",
	"< 53 > 1024 udp (300)",
	"< icmp unreachable frag_needed mtu 1200 [1:1001(1000)]",
	"< icmp unreachable port_unreachable [udp (100)]",
	"< icmp echo_request id 7 seq 1 (56)",
	"< icmp 200 7 (4)",
};

/* The same flow as the other side would see it. */
static struct drill_flow mirrored(void)
{
	struct drill_flow other = flow;

	other.local_ip    = flow.remote_ip;
	other.remote_ip   = flow.local_ip;
	other.local_diff  = flow.remote_diff;
	other.remote_diff = flow.local_diff;
	return other;
}

START_TEST(what_is_built_is_read_as_it_was_written)
{
	const struct drill_packet *p;
	struct drill_packet back;
	struct drill_flow other;
	const char *flaw = "?";
	int len;

	flow.local_diff      = LOCAL_DIFF;
	flow.remote_isn_live = 77777;
	flow_sends(&flow, packet("< S 0:0(0) win 1"));
	p     = packet(both_ways[_i]);
	other = mirrored();
	len   = packet_build(p, &flow, octets, sizeof(octets));
	ck_assert_int_gt(len, 0);
	ck_assert_int_eq(packet_read(octets, (size_t)len, &other, &back, &flaw),
	                 0);
	ck_assert_msg(flaw == NULL, "%s", flaw);
	ck_assert_msg(packet_compare(p, &back, &other, &mismatch),
	              "%s differ\n%s\n%s", mismatch.differs, mismatch.expected,
	              mismatch.actual);
	ck_assert_str_eq(mismatch.expected, both_ways[_i]);
	ck_assert_str_eq(mismatch.actual, both_ways[_i]);
}
END_TEST

/* ---- only text ---------------------------------------------------------- */

static const char *const only_text[] = {
	"> S 0:0(0) <...>",
	"> S. 0:0(0) ack 1 <>",
	"> R. 0!:0!(0) ack 1",
	"> P. ...:...(10) ack 1 win *",
	"> [ect01] . 1:1(0) ack 1 <nop,nop,TS val ... ecr ...>",
	"> . 1:1(0) <nop,nop,TS val 1 ecr 0!>",
	"< [badsum,badipsum,iplen 40,ihl 4,doff 3] . 1:1(0)",
	"> S 0:0(0) <mss 1460,FO ...,...>",
	"> S 0:0(0) <kind 5,kind 8 len 1>",
};

START_TEST(text_is_printed_as_it_was_written)
{
	char text[DRILL_TEXT_LEN];

	packet_text(text, sizeof(text), packet(only_text[_i]));
	ck_assert_str_eq(text, only_text[_i]);
}
END_TEST

START_TEST(text_is_cut_where_the_buffer_ends)
{
	char text[12];

	packet_text(text, sizeof(text), packet("> . 1:1001(1000) ack 1"));
	ck_assert_str_eq(text, "> . 1:1001(");
}
END_TEST

/* ---- comparing ---------------------------------------------------------- */

static const char live[] = "< [ect0,ttl 64] P. 1:5(4) ack 7 win 99 "
                           "<nop,nop,TS val 1000 ecr 6> \"data\"";

static const struct {
	const char *expected, *differs;
} pairs[] = {
	{ "> P. 1:5(4) ack 7 win 99 <nop,nop,TS val 1 ecr 6>", "" },
	{ "> P. 1:5(4) ack 7 <...>", "" },
	{ "> P. 1:5(4) win * <nop,nop,TS val ... ecr ...>", "" },
	{ "> P. ...:...(4) ack 7 <...>", "" },
	{ "> [ect0] P. 1:5(4) ack 7 <...> \"data\"", "" },
	{ "> [ect01] P. 1:5(4) ack 7 <...>", "" },
	{ "> 40000 > 8080 P. 1:5(4) <...>", "" },
	{ "> . 1:5(4) ack 7 <...>", "flags" },
	{ "> P. 2:6(4) ack 7 <...>", "seq" },
	{ "> P. 1:6(5) ack 7 <...>", "length" },
	{ "> P. 1:5(4) ack 8 <...>", "ack" },
	{ "> P. 1:5(4) ack 7 win 98 <...>", "win" },
	{ "> P. 1:5(4) ack 7 urg 1 <...>", "urg" },
	{ "> P. 1:5(4) ack 7", "options" },
	{ "> P. 1:5(4) ack 7 <nop,nop,TS val 1 ecr 5>", "options" },
	{ "> P. 1:5(4) ack 7 <nop,nop,sackOK>", "options" },
	{ "> P. 1:5(4) ack 7 <...> \"dada\"", "payload" },
	{ "> [noecn] P. 1:5(4) <...>", "ECN" },
	{ "> [ce] P. 1:5(4) <...>", "ECN" },
	{ "> [tos 16] P. 1:5(4) <...>", "TOS" },
	{ "> [ttl 63] P. 1:5(4) <...>", "TTL" },
	{ "> [id 1] P. 1:5(4) <...>", "ID" },
	{ "> [df] P. 1:5(4) <...>", "DF" },
	{ "> 40000 > 81 P. 1:5(4) <...>", "ports" },
	{ "> 192.0.2.9 > 192.168.0.1: P. 1:5(4) <...>", "addresses" },
	{ "> R 2:2(0) win 0", "flags, seq, length, win, options" },
	{ "> udp (4)", "protocol" },
};

START_TEST(what_differs_is_named)
{
	const size_t len             = built(live);
	struct drill_packet expected = *packet(pairs[_i].expected);
	const bool is_equal =
	        packet_check(&expected, octets, len, &flow, &mismatch);

	ck_assert_str_eq(mismatch.differs, pairs[_i].differs);
	ck_assert(is_equal == (pairs[_i].differs[0] == '\0'));
}
END_TEST

START_TEST(the_report_has_the_same_fields_on_both_sides)
{
	const size_t len             = built(live);
	struct drill_packet expected = *packet("> P. 1:5(4) ack 9 <...>");

	ck_assert(!packet_check(&expected, octets, len, &flow, &mismatch));
	ck_assert_str_eq(mismatch.expected, "> P. 1:5(4) ack 9 <...>");
	ck_assert_str_eq(mismatch.actual, "> P. 1:5(4) ack 7 win 99 "
	                                  "<nop,nop,TS val 1000 ecr 6>");
}
END_TEST

START_TEST(a_wrong_checksum_is_a_mismatch)
{
	const size_t len             = built("< [badsum] . 1:1(0) ack 1");
	struct drill_packet expected = *packet("> . 1:1(0) ack 1");

	ck_assert(!packet_check(&expected, octets, len, &flow, &mismatch));
	ck_assert_str_eq(mismatch.differs, "TCP checksum is wrong");
	octets[8] = 3;
	ck_assert(!packet_check(&expected, octets, len, &flow, &mismatch));
	ck_assert_str_eq(mismatch.differs, "IPv4 header checksum is wrong");
	ck_assert_str_eq(mismatch.actual, "> a malformed packet: IPv4 header "
	                                  "checksum is wrong");
}
END_TEST

START_TEST(reserved_bits_and_a_stray_ack_number_are_mismatches)
{
	size_t len                   = built("< . 1:1(0) ack 1");
	struct drill_packet expected = *packet("> . 1:1(0) ack 1");

	octets[32] |= 2;
	octets[36] ^= 2;
	ck_assert(!packet_check(&expected, octets, len, &flow, &mismatch));
	len      = built("< R 1:1(0) ack 1");
	expected = *packet("> R 1:1(0)");
	ck_assert(!packet_check(&expected, octets, len, &flow, &mismatch));
	ck_assert_str_eq(mismatch.differs, "acknowledgment number without ACK");
}
END_TEST

START_TEST(options_may_be_compared_in_any_order)
{
	const size_t len = built("< S 0:0(0) <mss 1460,nop,nop,sackOK>");
	struct drill_packet want = *packet("> S 0:0(0) <mss 1460,sackOK,eol,"
	                                   "eol>");

	ck_assert(!packet_check(&want, octets, len, &flow, &mismatch));
	flow.any_option_order = true;
	ck_assert(packet_check(&want, octets, len, &flow, &mismatch));
	want = *packet("> S 0:0(0) <mss 1400,sackOK,eol,eol>");
	ck_assert(!packet_check(&want, octets, len, &flow, &mismatch));
	want = *packet("> S 0:0(0) <mss 1460>");
	ck_assert(!packet_check(&want, octets, len, &flow, &mismatch));
}
END_TEST

static void add_building(TCase *t)
{
	tcase_add_test(t, a_syn_is_built_octet_by_octet);
	tcase_add_test(t, numbers_become_those_of_the_live_connection);
	tcase_add_test(t, a_live_number_stays_as_it_is);
	tcase_add_test(t, a_tsecr_is_what_the_stack_said);
	tcase_add_test(t, a_window_that_is_not_written_is_as_large_as_can_be);
	tcase_add_test(t, lies_are_told);
	tcase_add_test(t, options_may_lie_and_are_filled_up);
	tcase_add_test(t, cookies_and_digests_are_built);
	tcase_add_test(t, an_icmp_error_quotes_what_the_stack_sent);
	tcase_add_test(t, what_is_too_large_is_not_built);
}

static Suite *suite(void)
{
	Suite *s = suite_create("packet");
	TCase *t = parsed_case(s, "packet");

	tcase_add_checked_fixture(t, set_up, NULL);
	add_building(t);
	tcase_add_loop_test(t, what_is_built_is_read_as_it_was_written, 0,
	                    ARRAY_LEN(both_ways));
	tcase_add_loop_test(t, text_is_printed_as_it_was_written, 0,
	                    ARRAY_LEN(only_text));
	tcase_add_test(t, text_is_cut_where_the_buffer_ends);
	tcase_add_loop_test(t, what_differs_is_named, 0, ARRAY_LEN(pairs));
	tcase_add_test(t, the_report_has_the_same_fields_on_both_sides);
	tcase_add_test(t, a_wrong_checksum_is_a_mismatch);
	tcase_add_test(t, reserved_bits_and_a_stray_ack_number_are_mismatches);
	tcase_add_test(t, options_may_be_compared_in_any_order);

	return s;
}

TEST_MAIN(suite)
