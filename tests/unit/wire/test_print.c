/* SPDX-License-Identifier: MIT */
/* test_print.c - one line for every frame; segments in test_print_tcp.c */
#include "base/bytes.h"
#include "base/random.h"
#include "tests/unit/lib/test.h"
#include "wire/arp.h"
#include "wire/icmp.h"
#include "wire/ip4.h"
#include "wire/print.h"
#include "wire/udp.h"
#include <stdio.h>

#define FRAME_MAX 200

static uint8_t frame[FRAME_MAX];
static char line[PRINT_LINE_LEN];
static const uint8_t mac[2][6] = { { 2, 0x54, 10, 9, 0, 1 },
	                           { 2, 0x54, 10, 9, 0, 2 } };

static void put_eth(uint16_t type)
{
	struct eth_hdr eth = { .type = type };

	memcpy(eth.src, mac[0], 6);
	memcpy(eth.dst, mac[1], 6);
	eth_hdr_write(frame, &eth);
}

/* An IPv4 packet with @len octets of payload. Return: where that goes */
static uint8_t *put_ip4(uint8_t proto, size_t len)
{
	const struct ip4_hdr ip = {
		.total_len = (uint16_t)(IP4_HDR_LEN + len),
		.id        = 7,
		.ttl       = 64,
		.proto     = proto,
		.src       = tarn_ip4(10, 9, 0, 1),
		.dst       = tarn_ip4(10, 9, 0, 2),
	};

	memset(frame, 0, sizeof(frame));
	put_eth(ETH_TYPE_IP4);
	ip4_hdr_write(frame + ETH_HDR_LEN, &ip);
	return frame + ETH_HDR_LEN + IP4_HDR_LEN;
}

static const char *print(size_t len)
{
	uint8_t *buf = guard_alloc(frame, len);

	print_frame(line, sizeof(line), buf, len, NULL);
	guard_free(buf, len);

	return line;
}

#define IP_LEN (ETH_HDR_LEN + IP4_HDR_LEN)

/* ---- below TCP ---------------------------------------------------------- */

START_TEST(arp_is_told_as_tcpdump_does)
{
	struct arp_hdr arp = { .operation = ARP_REQUEST,
		               .sender_ip = tarn_ip4(10, 9, 0, 1),
		               .target_ip = tarn_ip4(10, 9, 0, 2) };

	put_eth(ETH_TYPE_ARP);
	memcpy(arp.sender_mac, mac[0], 6);
	arp_hdr_write(frame + ETH_HDR_LEN, &arp);
	ck_assert_str_eq(print(42), "ARP who-has 10.9.0.2 tell 10.9.0.1");
	arp.operation = ARP_REPLY;
	arp_hdr_write(frame + ETH_HDR_LEN, &arp);
	ck_assert_str_eq(print(42), "ARP reply 10.9.0.1 is-at "
	                            "02:54:0a:09:00:01");
	arp.operation = 9;
	arp_hdr_write(frame + ETH_HDR_LEN, &arp);
	ck_assert_str_eq(print(42), "ARP operation 9");
}
END_TEST

START_TEST(udp_has_ports_and_length)
{
	const struct udp_hdr udp = { 40000, 53, UDP_HDR_LEN + 5, 0 };

	udp_hdr_write(put_ip4(IP_PROTO_UDP, UDP_HDR_LEN + 5), &udp);
	ck_assert_str_eq(print(IP_LEN + 13),
	                 "10.9.0.1:40000 > 10.9.0.2:53 udp (5)");
}
END_TEST

START_TEST(nothing_behind_a_header_is_no_fault)
{
	const struct udp_hdr udp = { 1, 2, UDP_HDR_LEN, 0 };

	udp_hdr_write(put_ip4(IP_PROTO_UDP, UDP_HDR_LEN), &udp);
	ck_assert_str_eq(print(IP_LEN + 8), "10.9.0.1:1 > 10.9.0.2:2 udp (0)");
	put_ip4(IP_PROTO_ICMP, ICMP_HDR_LEN)[0] = 11;
	ck_assert_str_eq(print(IP_LEN + 8),
	                 "10.9.0.1 > 10.9.0.2 icmp time exceeded (0)");
	put_eth(ETH_TYPE_IP6);
	ck_assert_str_eq(print(14), "02:54:0a:09:00:01 > 02:54:0a:09:00:02 "
	                            "type 0x86dd (0)");
}
END_TEST

static const struct {
	struct icmp_hdr icmp;
	const char *text;
} icmp_lines[] = {
	{ { 8, 0, 0, 0x00050001 }, "echo request id 5 seq 1 (4)" },
	{ { 0, 0, 0, 0xffffffff }, "echo reply id 65535 seq 65535 (4)" },
	{ { 3, 0, 0, 0 }, "net unreachable (4)" },
	{ { 3, 1, 0, 0 }, "host unreachable (4)" },
	{ { 3, 2, 0, 0 }, "protocol unreachable (4)" },
	{ { 3, 3, 0, 0 }, "port unreachable (4)" },
	{ { 3, 4, 0, 0 }, "fragmentation needed (4)" },
	{ { 3, 5, 0, 0 }, "source route failed (4)" },
	{ { 3, 6, 0, 0 }, "unreachable (4)" },
	{ { 3, 255, 0, 0 }, "unreachable (4)" },
	{ { 4, 0, 0, 0 }, "source quench (4)" },
	{ { 5, 1, 0, 0 }, "redirect (4)" },
	{ { 11, 1, 0, 0 }, "time exceeded (4)" },
	{ { 12, 0, 0, 0 }, "parameter problem (4)" },
	{ { 1, 2, 0, 0 }, "type 1 code 2 (4)" },
	{ { 13, 0, 0, 0 }, "type 13 code 0 (4)" },
	{ { 255, 255, 0, 0 }, "type 255 code 255 (4)" },
};

START_TEST(icmp_has_the_names_of_rfc_792)
{
	char expected[100];

	(void)snprintf(expected, sizeof(expected),
	               "10.9.0.1 > 10.9.0.2 icmp %s", icmp_lines[_i].text);
	icmp_hdr_write(put_ip4(IP_PROTO_ICMP, 12), &icmp_lines[_i].icmp);
	ck_assert_str_eq(print(IP_LEN + 12), expected);
}
END_TEST

START_TEST(a_fragment_is_told_by_its_place)
{
	struct ip4_hdr ip = { .total_len      = IP4_HDR_LEN + 16,
		              .id             = 7,
		              .more_fragments = true,
		              .proto          = IP_PROTO_UDP,
		              .src            = tarn_ip4(10, 9, 0, 1),
		              .dst            = tarn_ip4(10, 9, 0, 2) };

	put_ip4(0, 16);
	ip4_hdr_write(frame + ETH_HDR_LEN, &ip);
	ck_assert_str_eq(print(IP_LEN + 16), "10.9.0.1 > 10.9.0.2 proto 17 "
	                                     "fragment 0:16+ id 7");
	ip.more_fragments = false;
	ip.offset         = 65528;
	ip4_hdr_write(frame + ETH_HDR_LEN, &ip);
	ck_assert_str_eq(print(IP_LEN + 16), "10.9.0.1 > 10.9.0.2 proto 17 "
	                                     "fragment 65528:65544 id 7");
}
END_TEST

START_TEST(other_protocols_and_frames_are_told_by_number)
{
	put_ip4(47, 9);
	ck_assert_str_eq(print(IP_LEN + 9), "10.9.0.1 > 10.9.0.2 proto 47 (9)");
	put_eth(ETH_TYPE_IP6);
	ck_assert_str_eq(print(20), "02:54:0a:09:00:01 > 02:54:0a:09:00:02 "
	                            "type 0x86dd (6)");
}
END_TEST

START_TEST(what_is_malformed_is_told_in_the_words_of_the_drop)
{
	const struct udp_hdr udp = { 1, 2, 7, 0 };

	ck_assert_str_eq(print(13), "Ethernet [malformed: frame is shorter "
	                            "than an Ethernet header]");
	put_ip4(IP_PROTO_ICMP, 7);
	ck_assert_str_eq(print(IP_LEN + 7),
	                 "10.9.0.1 > 10.9.0.2 icmp [malformed: message is "
	                 "shorter than an ICMP header]");
	ck_assert_str_eq(print(IP_LEN - 1), "IPv4 [malformed: packet is "
	                                    "shorter than an IPv4 header]");
	put_ip4(IP_PROTO_UDP, 7);
	ck_assert_str_eq(print(IP_LEN + 7),
	                 "10.9.0.1 > 10.9.0.2 udp [malformed: datagram is "
	                 "shorter than a UDP header]");
	udp_hdr_write(put_ip4(IP_PROTO_UDP, 8), &udp);
	ck_assert_str_eq(print(IP_LEN + 8),
	                 "10.9.0.1 > 10.9.0.2 udp [malformed: UDP length is "
	                 "below 8 or beyond the packet]");
	put_ip4(IP_PROTO_TCP, 20);
	ck_assert_str_eq(print(IP_LEN + 20),
	                 "10.9.0.1 > 10.9.0.2 tcp [malformed: data offset is "
	                 "below 5 words or beyond the segment]");
	put_eth(ETH_TYPE_ARP);
	ck_assert_str_eq(print(41),
	                 "ARP [malformed: ARP packet is shorter than 28 "
	                 "octets]");
	ck_assert_str_eq(print(42),
	                 "ARP [malformed: ARP packet is not for IPv4 over "
	                 "Ethernet]");
}
END_TEST

/* ---- TCP ---------------------------------------------------------------- */

static const struct tcp_hdr syn_ack = {
	.src_port = 40000,
	.dst_port = 80,
	.seq      = 1000,
	.ack      = 501,
	.syn      = true,
	.ack_bit  = true,
	.window   = 65535,
	.opt      = { .has_mss        = true,
	              .mss            = 1460,
	              .sack_permitted = true,
	              .has_timestamps = true,
	              .tsval          = 100,
	              .tsecr          = 200,
	              .has_wscale     = true,
	              .wscale         = 7 },
};

START_TEST(a_frame_shows_a_segment_between_its_ends)
{
	const struct print_base base = { .seq = 1000, .ack = 500 };
	const size_t hdr_len         = tcp_hdr_len(&syn_ack.opt);
	const size_t len             = IP_LEN + hdr_len + 3;

	tcp_hdr_write(put_ip4(IP_PROTO_TCP, hdr_len + 3), &syn_ack);
	print_frame(line, sizeof(line), frame, len, &base);
	ck_assert_str_eq(line, "10.9.0.1:40000 > 10.9.0.2:80 "
	                       "S. 0:3(3) ack 1 win 65535 <mss 1460,sackOK,"
	                       "TS val 100 ecr 200,nop,wscale 7>");
}
END_TEST

/* ---- bounds ------------------------------------------------------------- */

START_TEST(every_truncation_gives_a_line)
{
	const size_t hdr_len = tcp_hdr_len(&syn_ack.opt);

	tcp_hdr_write(put_ip4(IP_PROTO_TCP, hdr_len), &syn_ack);
	for (size_t len = 0; len <= IP_LEN + hdr_len; len++)
		ck_assert_uint_gt(strlen(print(len)), 10);
}
END_TEST

START_TEST(every_size_cuts_the_same_line)
{
	const size_t hdr_len = tcp_hdr_len(&syn_ack.opt);
	char whole[PRINT_LINE_LEN];

	tcp_hdr_write(put_ip4(IP_PROTO_TCP, hdr_len), &syn_ack);
	print(IP_LEN + hdr_len);
	memcpy(whole, line, sizeof(whole));
	for (size_t size = 1; size <= strlen(whole) + 1; size++) {
		char *text = (char *)guard_alloc(NULL, size);

		ck_assert_ptr_eq(
		        print_frame(text, size, frame, IP_LEN + hdr_len, NULL),
		        text);
		ck_assert_uint_eq(strlen(text), size - 1);
		ck_assert_mem_eq(text, whole, size - 1);
		guard_free((uint8_t *)text, size);
	}
}
END_TEST

/* All numbers at their longest, all options of ours: it must not be cut. */
START_TEST(the_longest_line_fits)
{
	struct tcp_hdr hdr = {
		.src_port = 65535,
		.dst_port = 65535,
		.seq      = UINT32_MAX,
		.ack      = UINT32_MAX,
		.ack_bit  = true,
		.urg      = true,
		.window   = 65535,
		.urgent   = 65535,
		.opt      = { .has_timestamps = true,
		              .tsval          = UINT32_MAX,
		              .tsecr          = UINT32_MAX,
		              .sack_count     = 3 },
	};
	size_t hdr_len;

	for (int i = 0; i < 3; i++)
		hdr.opt.sack[i] =
		        (struct tcp_sack_block){ UINT32_MAX, UINT32_MAX };
	hdr_len = tcp_hdr_len(&hdr.opt);
	tcp_hdr_write(put_ip4(IP_PROTO_TCP, hdr_len), &hdr);
	ck_assert_uint_lt(strlen(print(IP_LEN + hdr_len)), sizeof(line) - 1);
	ck_assert_int_eq(line[strlen(line) - 1], '>');
}
END_TEST

static TCase *below_tcp(void)
{
	TCase *tc = tcase_create("below TCP");

	tcase_add_test(tc, arp_is_told_as_tcpdump_does);
	tcase_add_test(tc, udp_has_ports_and_length);
	tcase_add_test(tc, nothing_behind_a_header_is_no_fault);
	tcase_add_loop_test(tc, icmp_has_the_names_of_rfc_792, 0,
	                    ARRAY_LEN(icmp_lines));
	tcase_add_test(tc, a_fragment_is_told_by_its_place);
	tcase_add_test(tc, other_protocols_and_frames_are_told_by_number);
	tcase_add_test(tc, what_is_malformed_is_told_in_the_words_of_the_drop);

	return tc;
}

static TCase *tcp_and_bounds(void)
{
	TCase *tc = tcase_create("TCP and bounds");

	tcase_add_test(tc, a_frame_shows_a_segment_between_its_ends);
	tcase_add_test(tc, every_truncation_gives_a_line);
	tcase_add_test(tc, every_size_cuts_the_same_line);
	tcase_add_test(tc, the_longest_line_fits);

	return tc;
}

static Suite *suite(void)
{
	Suite *s = suite_create("wire/print");

	suite_add_tcase(s, below_tcp());
	suite_add_tcase(s, tcp_and_bounds());

	return s;
}

TEST_MAIN(suite)
