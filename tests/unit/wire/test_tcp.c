/* SPDX-License-Identifier: MIT */
/*
 * test_tcp.c - the TCP header; rows TH-01 to TH-03 of the hostile list. Its
 * options are in test_tcp_options.c.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "tests/unit/lib/tcp_equal.h"
#include "tests/unit/lib/test.h"
#include "wire/ip4.h"
#include "wire/tcp.h"

static const uint8_t octets[TCP_HDR_LEN] = {
	0x9c, 0x40, 0x00, 0x50, /* 40000 to 80 */
	0xff, 0xff, 0xff, 0x00, /* seq */
	0x12, 0x34, 0x56, 0x78, /* ack */
	0x50, 0x18, 0xfa, 0xf0, /* 20 octets, PSH and ACK, window */
	0xbe, 0xef, 0x00, 0x05, /* checksum, urgent pointer */
};

static struct tcp_hdr tcp;

/* Read against a guard page; what is refused leaves the result alone. */
static enum drop read_segment(const uint8_t *segment, size_t len)
{
	uint8_t *buf = guard_alloc(segment, len);
	struct tcp_hdr untouched;
	enum drop drop;

	memset(&tcp, 0xaa, sizeof(tcp));
	memcpy(&untouched, &tcp, sizeof(tcp));
	drop = tcp_hdr_read(buf, len, &tcp);
	if (drop != DROP_NONE)
		ck_assert_mem_eq(&tcp, &untouched, sizeof(tcp));
	guard_free(buf, len);

	return drop;
}

START_TEST(fields_are_read_at_their_offsets)
{
	ck_assert_int_eq(read_segment(octets, sizeof(octets)), DROP_NONE);
	ck_assert_uint_eq(tcp.src_port, 40000);
	ck_assert_uint_eq(tcp.dst_port, 80);
	ck_assert_uint_eq(tcp.seq, 0xffffff00);
	ck_assert_uint_eq(tcp.ack, 0x12345678);
	ck_assert_uint_eq(tcp.hdr_len, 20);
	ck_assert(tcp.psh && tcp.ack_bit);
	ck_assert_uint_eq(tcp.window, 0xfaf0);
	ck_assert_uint_eq(tcp.checksum, 0xbeef);
	ck_assert_uint_eq(tcp.urgent, 5);
}
END_TEST

/* RFC 9293 figure 1 and RFC 3168: CWR ECE URG ACK PSH RST SYN FIN. */
START_TEST(each_flag_is_its_bit)
{
	const bool *flag[] = { &tcp.fin,     &tcp.syn, &tcp.rst, &tcp.psh,
		               &tcp.ack_bit, &tcp.urg, &tcp.ece, &tcp.cwr };
	uint8_t buf[TCP_HDR_LEN];

	memcpy(buf, octets, sizeof(buf));
	for (unsigned flags = 0; flags < 256; flags++) {
		buf[13] = (uint8_t)flags;
		ck_assert_int_eq(tcp_hdr_read(buf, sizeof(buf), &tcp),
		                 DROP_NONE);
		for (unsigned i = 0; i < 8; i++)
			EXPECT_EQ(*flag[i], flags >> i & 1);
	}
}
END_TEST

START_TEST(what_is_read_is_written_back_with_every_flag)
{
	uint8_t *out = guard_alloc(NULL, TCP_HDR_LEN);
	uint8_t in[TCP_HDR_LEN];

	memcpy(in, octets, sizeof(in));
	for (unsigned flags = 0; flags < 256; flags++) {
		in[13] = (uint8_t)flags;
		ck_assert_int_eq(tcp_hdr_read(in, sizeof(in), &tcp), DROP_NONE);
		ck_assert_uint_eq(tcp_hdr_write(out, &tcp), TCP_HDR_LEN);
		ck_assert_mem_eq(out, in, sizeof(in));
	}
	guard_free(out, TCP_HDR_LEN);
}
END_TEST

/* "must be zero in generated segments and must be ignored in received" */
START_TEST(reserved_bits_are_ignored_and_written_as_zero)
{
	uint8_t in[TCP_HDR_LEN], out[TCP_HDR_LEN_MAX];

	memcpy(in, octets, sizeof(in));
	in[12] |= 0x0f;
	ck_assert_int_eq(read_segment(in, sizeof(in)), DROP_NONE);
	ck_assert_uint_eq(tcp_hdr_write(out, &tcp), TCP_HDR_LEN);
	ck_assert_mem_eq(out, octets, TCP_HDR_LEN);
}
END_TEST

START_TEST(every_truncation_is_refused_by_name)
{
	const size_t hdr_len = TCP_HDR_LEN + 4 * (size_t)_i;
	uint8_t buf[TCP_HDR_LEN_MAX];

	memcpy(buf, octets, sizeof(octets));
	memset(buf + TCP_HDR_LEN, TCP_OPT_NOP, sizeof(buf) - TCP_HDR_LEN);
	buf[12] = (uint8_t)(hdr_len / 4 << 4);
	for (size_t len = 0; len < hdr_len; len++)
		ck_assert_int_eq(read_segment(buf, len),
		                 len < TCP_HDR_LEN ? DROP_TCP_SHORT
		                                   : DROP_TCP_OFFSET);
	ck_assert_int_eq(read_segment(buf, hdr_len), DROP_NONE);
	ck_assert_uint_eq(tcp.hdr_len, hdr_len);
}
END_TEST

/* Row TH-02: all sixteen offsets on segments of every length. */
START_TEST(every_data_offset_is_accepted_within_5_words_and_the_segment)
{
	uint8_t buf[TCP_HDR_LEN_MAX + 4];

	memcpy(buf, octets, sizeof(octets));
	memset(buf + TCP_HDR_LEN, TCP_OPT_NOP, sizeof(buf) - TCP_HDR_LEN);
	for (unsigned words = 0; words < 16; words++) {
		buf[12] = (uint8_t)(words << 4);
		for (size_t len = TCP_HDR_LEN; len <= sizeof(buf); len++)
			ck_assert_int_eq(read_segment(buf, len),
			                 words >= 5 && 4 * words <= len
			                         ? DROP_NONE
			                         : DROP_TCP_OFFSET);
	}
}
END_TEST

/* MUST-3
 * Row TH-03, as tcp/ does it: pseudo-header, header and text sum to zero. */
START_TEST(every_single_bit_error_in_the_segment_is_seen)
{
	const struct tarn_ip src = tarn_ip4(10, 9, 0, 1);
	const struct tarn_ip dst = tarn_ip4(10, 9, 0, 2);
	uint8_t buf[TCP_HDR_LEN + 11];
	uint64_t pseudo = ip4_pseudo_sum(&src, &dst, IP_PROTO_TCP, sizeof(buf));

	memcpy(buf, octets, sizeof(octets));
	memset(buf + TCP_HDR_LEN, 'x', 11);
	put_be16(buf + 16, 0);
	put_be16(buf + 16,
	         checksum_fold(checksum_add(pseudo, buf, sizeof(buf))));
	ck_assert_uint_eq(checksum_fold(checksum_add(pseudo, buf, sizeof(buf))),
	                  0);
	for (size_t bit = 0; bit < 8 * sizeof(buf); bit++) {
		buf[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		ck_assert_uint_ne(
		        checksum_fold(checksum_add(pseudo, buf, sizeof(buf))),
		        0);
		buf[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
	}
}
END_TEST

START_TEST(options_are_part_of_the_header)
{
	const struct tcp_hdr syn = {
		.syn    = true,
		.window = 65535,
		.opt    = { .has_mss = true, .mss = 1460 },
	};
	uint8_t *buf = guard_alloc(NULL, 24);

	ck_assert_uint_eq(tcp_hdr_len(&syn.opt), 24);
	ck_assert_uint_eq(tcp_hdr_write(buf, &syn), 24);
	ck_assert_int_eq(read_segment(buf, 24), DROP_NONE);
	ck_assert_uint_eq(tcp.hdr_len, 24);
	ck_assert(tcp_fixed_equal(&tcp, &syn));
	ck_assert(tcp_options_equal(&tcp.opt, &syn.opt));
	guard_free(buf, 24);
}
END_TEST

START_TEST(a_malformed_option_refuses_the_segment)
{
	uint8_t buf[TCP_HDR_LEN + 4];

	memcpy(buf, octets, sizeof(octets));
	memcpy(buf + TCP_HDR_LEN, (const uint8_t[]){ 2, 5, 0, 0 }, 4);
	buf[12] = 0x60;
	ck_assert_int_eq(read_segment(buf, sizeof(buf)), DROP_TCP_OPTION);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("wire/tcp");
	TCase *tc = tcase_create("header");

	tcase_add_test(tc, fields_are_read_at_their_offsets);
	tcase_add_test(tc, each_flag_is_its_bit);
	tcase_add_test(tc, what_is_read_is_written_back_with_every_flag);
	tcase_add_test(tc, reserved_bits_are_ignored_and_written_as_zero);
	tcase_add_loop_test(tc, every_truncation_is_refused_by_name, 0, 11);
	tcase_add_test(
	        tc,
	        every_data_offset_is_accepted_within_5_words_and_the_segment);
	tcase_add_test(tc, every_single_bit_error_in_the_segment_is_seen);
	tcase_add_test(tc, options_are_part_of_the_header);
	tcase_add_test(tc, a_malformed_option_refuses_the_segment);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
