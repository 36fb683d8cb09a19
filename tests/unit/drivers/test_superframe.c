/* SPDX-License-Identifier: MIT */
/* test_superframe.c - what a super-frame stands for, segment by segment */
#include "base/bytes.h"
#include "base/checksum.h"
#include "drivers/superframe.h"
#include "tests/unit/lib/test.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/tcp.h"

#define SEQ  0xfffffff0u /* the numbers wrap inside */
#define TEXT 2500
#define GSO  1000

static uint8_t frame[ETH_HDR_LEN + IP4_HDR_LEN + TCP_HDR_LEN_MAX + TEXT];
static uint8_t buf[sizeof(frame)];
static size_t frame_len;
static struct tarn_offload offload;

/* A super-frame of TEXT octets that count, with a sum that is not complete. */
static void build(const struct tcp_hdr *tcp, bool dont_fragment)
{
	const struct eth_hdr eth = { .type = ETH_TYPE_IP4 };
	struct ip4_hdr ip        = {
		       .ttl           = 64,
		       .proto         = IP_PROTO_TCP,
		       .id            = 0xffff,
		       .dont_fragment = dont_fragment,
		       .src           = tarn_ip4(10, 9, 0, 1),
		       .dst           = tarn_ip4(10, 9, 0, 2),
	};
	uint8_t *at = frame + ETH_HDR_LEN + IP4_HDR_LEN;
	size_t tcp_len;

	eth_hdr_write(frame, &eth);
	tcp_len = tcp_hdr_write(at, tcp);
	for (unsigned i = 0; i < TEXT; i++)
		at[tcp_len + i] = (uint8_t)(i * 7);
	ip.total_len = (uint16_t)(IP4_HDR_LEN + tcp_len + TEXT);
	ip4_hdr_write(frame + ETH_HDR_LEN, &ip);
	put_be16(at + TCP_SUM_OFFSET,
	         (uint16_t)~checksum_fold(ip4_pseudo_sum(
	                 &ip.src, &ip.dst, IP_PROTO_TCP, tcp_len + TEXT)));
	frame_len = (size_t)ETH_HDR_LEN + ip.total_len;
	offload   = (struct tarn_offload){
		  .flags      = TARN_OFFLOAD_NEEDS_SUM,
		  .gso_size   = GSO,
		  .hdr_len    = (uint16_t)(frame_len - TEXT),
		  .sum_start  = ETH_HDR_LEN + IP4_HDR_LEN,
		  .sum_offset = TCP_SUM_OFFSET,
	};
}

static size_t segment(uint32_t index)
{
	return superframe_segment(frame, frame_len, &offload, index, buf);
}

/* The frame in buf is sound in all its layers. */
static void read_segment(size_t len, struct ip4_hdr *ip, struct tcp_hdr *tcp)
{
	const uint8_t *packet = buf + ETH_HDR_LEN;
	uint64_t sum;

	ck_assert_int_eq(ip4_hdr_read(packet, len - ETH_HDR_LEN, ip),
	                 DROP_NONE);
	ck_assert_uint_eq(ip->total_len, len - ETH_HDR_LEN);
	sum = ip4_pseudo_sum(&ip->src, &ip->dst, IP_PROTO_TCP,
	                     ip->total_len - IP4_HDR_LEN);
	sum = checksum_add(sum, packet + IP4_HDR_LEN,
	                   ip->total_len - IP4_HDR_LEN);
	ck_assert_uint_eq(checksum_fold(sum), 0);
	ck_assert_int_eq(tcp_hdr_read(packet + IP4_HDR_LEN,
	                              ip->total_len - IP4_HDR_LEN, tcp),
	                 DROP_NONE);
}

START_TEST(each_segment_has_its_own_number_text_and_sums)
{
	const struct tcp_hdr hdr = {
		.seq     = SEQ,
		.ack     = 77,
		.ack_bit = true,
		.window  = 500,
		.opt     = { .has_timestamps = true, .tsval = 1, .tsecr = 2 },
	};

	build(&hdr, true);
	for (uint32_t i = 0; i < 3; i++) {
		const size_t text_len = i < 2 ? GSO : TEXT - 2 * GSO;
		const size_t len      = segment(i);
		struct ip4_hdr ip;
		struct tcp_hdr tcp;

		ck_assert_uint_eq(len, offload.hdr_len + text_len);
		read_segment(len, &ip, &tcp);
		ck_assert_uint_eq(ip.id, 0xffff); /* DF: it says nothing */
		ck_assert_uint_eq(tcp.seq, SEQ + i * GSO);
		ck_assert_uint_eq(tcp.ack, 77);
		ck_assert_uint_eq(tcp.opt.tsval, 1);
		ck_assert_mem_eq(buf + offload.hdr_len,
		                 frame + offload.hdr_len + i * GSO, text_len);
	}
	ck_assert_uint_eq(segment(3), 0);
	ck_assert_uint_eq(segment(UINT32_MAX), 0);
}
END_TEST

START_TEST(flags_stand_where_they_belong)
{
	const struct tcp_hdr hdr = { .seq     = SEQ,
		                     .fin     = true,
		                     .psh     = true,
		                     .cwr     = true,
		                     .ack_bit = true };

	build(&hdr, false);
	for (uint32_t i = 0; i < 3; i++) {
		struct ip4_hdr ip;
		struct tcp_hdr tcp;

		read_segment(segment(i), &ip, &tcp);
		ck_assert_uint_eq(ip.id, (uint16_t)(0xffff + i));
		ck_assert(tcp.ack_bit);
		ck_assert_int_eq(tcp.fin, i == 2);
		ck_assert_int_eq(tcp.psh, i == 2);
		ck_assert_int_eq(tcp.cwr, i == 0);
	}
}
END_TEST

START_TEST(a_plain_frame_gets_its_sum)
{
	const struct tcp_hdr hdr = { .seq = SEQ };
	struct ip4_hdr ip;
	struct tcp_hdr tcp;

	build(&hdr, true);
	offload.gso_size = 0;
	ck_assert_uint_eq(segment(0), frame_len);
	read_segment(frame_len, &ip, &tcp);
	ck_assert_uint_eq(segment(1), 0);
}
END_TEST

START_TEST(a_sum_beyond_the_frame_is_left_alone)
{
	const struct tcp_hdr hdr = { .seq = SEQ };

	build(&hdr, true);
	offload.gso_size  = 0;
	offload.sum_start = (uint16_t)(frame_len - TCP_SUM_OFFSET - 1);
	ck_assert_uint_eq(segment(0), frame_len);
	ck_assert_mem_eq(buf, frame, frame_len);
}
END_TEST

START_TEST(what_is_no_tcp_is_its_own_only_segment)
{
	const struct tcp_hdr hdr = { .seq = SEQ };

	build(&hdr, true);
	offload.flags = 0;
	put_be16(frame + 12, ETH_TYPE_ARP);
	ck_assert_uint_eq(segment(0), frame_len);
	ck_assert_mem_eq(buf, frame, frame_len);
	ck_assert_uint_eq(segment(1), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("superframe");
	TCase *t = tcase_create("superframe");

	tcase_add_test(t, each_segment_has_its_own_number_text_and_sums);
	tcase_add_test(t, flags_stand_where_they_belong);
	tcase_add_test(t, a_plain_frame_gets_its_sum);
	tcase_add_test(t, a_sum_beyond_the_frame_is_left_alone);
	tcase_add_test(t, what_is_no_tcp_is_its_own_only_segment);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
