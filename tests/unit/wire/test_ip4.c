/* SPDX-License-Identifier: MIT */
/*
 * test_ip4.c - the IPv4 header; rows IP4-01 to IP4-07 and IP4-16 of the hostile
 * list. Its options are in test_ip4_options.c.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "tests/unit/lib/test.h"
#include "wire/ip4.h"
#include <errno.h>

#define DATA_LEN    12
#define OPTIONS_MAX 40

static uint8_t packet[IP4_HDR_LEN_MAX + DATA_LEN];
static struct ip4_hdr ip;

static void fix_checksum(uint8_t *buf, size_t hdr_len)
{
	put_be16(buf + 10, 0);
	put_be16(buf + 10, checksum_fold(checksum_add(0, buf, hdr_len)));
}

/* A good packet whose options are all NOPs, so that any length is good. */
static size_t build(size_t options_len)
{
	const size_t hdr_len = IP4_HDR_LEN + options_len;
	const size_t len     = hdr_len + DATA_LEN;

	memset(packet, 0, sizeof(packet));
	packet[0] = (uint8_t)(0x40 | hdr_len / 4);
	packet[1] = 0x12;
	put_be16(packet + 2, (uint16_t)len);
	put_be16(packet + 4, 0x3456);
	packet[8] = 64;
	packet[9] = IP_PROTO_TCP;
	put_be32(packet + 12, 0x0a090001);
	put_be32(packet + 16, 0x0a090002);
	memset(packet + IP4_HDR_LEN, 1, options_len);
	fix_checksum(packet, hdr_len);

	return len;
}

/* Read against a guard page; what is refused leaves the result alone. */
static enum drop read_packet(size_t len)
{
	uint8_t *buf = guard_alloc(packet, len);
	struct ip4_hdr untouched;
	enum drop drop;

	memset(&ip, 0xaa, sizeof(ip));
	untouched = ip;
	drop      = ip4_hdr_read(buf, len, &ip);
	if (drop != DROP_NONE)
		ck_assert_mem_eq(&ip, &untouched, sizeof(ip));
	guard_free(buf, len);

	return drop;
}

START_TEST(fields_are_read_at_their_offsets)
{
	const struct tarn_ip src = tarn_ip4(10, 9, 0, 1);
	const struct tarn_ip dst = tarn_ip4(10, 9, 0, 2);
	const size_t len         = build(0);

	put_be16(packet + 6, 0x2000 | 185);
	fix_checksum(packet, IP4_HDR_LEN);
	ck_assert_int_eq(read_packet(len), DROP_NONE);
	ck_assert_uint_eq(ip.hdr_len, 20);
	ck_assert_uint_eq(ip.tos, 0x12);
	ck_assert_uint_eq(ip.total_len, len);
	ck_assert_uint_eq(ip.id, 0x3456);
	ck_assert(!ip.dont_fragment);
	ck_assert(ip.more_fragments);
	ck_assert_uint_eq(ip.offset, 1480);
	ck_assert_uint_eq(ip.ttl, 64);
	ck_assert_uint_eq(ip.proto, IP_PROTO_TCP);
	ck_assert_uint_eq(ip.checksum, get_be16(packet + 10));
	ck_assert(ip_equal(&ip.src, &src));
	ck_assert(ip_equal(&ip.dst, &dst));
}
END_TEST

/* Every flag and offset that may be, without options: the very same octets. */
START_TEST(what_is_read_is_written_back)
{
	const size_t len = build(0);
	uint8_t *buf     = guard_alloc(NULL, IP4_HDR_LEN);

	for (unsigned fragment = 0; fragment <= 0x4000; fragment++) {
		put_be16(packet + 6, (uint16_t)fragment);
		fix_checksum(packet, IP4_HDR_LEN);
		EXPECT_EQ(ip4_hdr_read(packet, len, &ip), DROP_NONE);
		ip4_hdr_write(buf, &ip);
		EXPECT_EQ(memcmp(buf, packet, IP4_HDR_LEN), 0);
	}
	guard_free(buf, IP4_HDR_LEN);
}
END_TEST

START_TEST(every_truncation_is_refused_by_name)
{
	const size_t options_len = 4 * (size_t)_i;
	const size_t whole       = build(options_len);
	const size_t hdr_len     = IP4_HDR_LEN + options_len;

	for (size_t len = 0; len < whole; len++) {
		const enum drop expected = len < IP4_HDR_LEN ? DROP_IP4_SHORT
		                           : len < hdr_len   ? DROP_IP4_IHL
		                                             : DROP_IP4_LENGTH;

		ck_assert_int_eq(read_packet(len), expected);
	}
	ck_assert_int_eq(read_packet(whole), DROP_NONE);
	ck_assert_uint_eq(ip.hdr_len, hdr_len);
}
END_TEST

START_TEST(what_is_longer_than_the_packet_is_the_links_padding)
{
	const size_t len = build(0);

	put_be16(packet + 2, IP4_HDR_LEN);
	fix_checksum(packet, IP4_HDR_LEN);
	ck_assert_int_eq(read_packet(len), DROP_NONE);
	ck_assert_uint_eq(ip.total_len, IP4_HDR_LEN);
}
END_TEST

START_TEST(every_version_but_four_is_refused)
{
	for (unsigned version = 0; version < 16; version++) {
		const size_t len = build(0);

		packet[0] = (uint8_t)(version << 4 | 5);
		fix_checksum(packet, IP4_HDR_LEN);
		ck_assert_int_eq(read_packet(len),
		                 version == 4 ? DROP_NONE : DROP_IP4_VERSION);
	}
}
END_TEST

START_TEST(a_header_length_below_five_words_is_refused)
{
	for (unsigned words = 0; words < 5; words++) {
		const size_t len = build(0);

		packet[0] = (uint8_t)(0x40 | words);
		fix_checksum(packet, 4 * words);
		ck_assert_int_eq(read_packet(len), DROP_IP4_IHL);
	}
}
END_TEST

START_TEST(every_total_length_is_accepted_within_header_and_frame)
{
	const size_t options_len = _i ? OPTIONS_MAX : 0;
	const size_t len         = build(options_len);
	const size_t hdr_len     = IP4_HDR_LEN + options_len;

	for (unsigned total = 0; total <= UINT16_MAX; total++) {
		const bool fits = total >= hdr_len && total <= len;

		put_be16(packet + 2, (uint16_t)total);
		fix_checksum(packet, hdr_len);
		EXPECT_EQ(ip4_hdr_read(packet, len, &ip),
		          fits ? DROP_NONE : DROP_IP4_LENGTH);
	}
}
END_TEST

START_TEST(every_single_bit_error_in_the_header_is_seen)
{
	const size_t hdr_len = IP4_HDR_LEN + 4 * (size_t)_i;
	const size_t len     = build(hdr_len - IP4_HDR_LEN);

	for (size_t bit = 0; bit < 8 * hdr_len; bit++) {
		enum drop drop;

		packet[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		drop = read_packet(len);
		if (bit < 4)
			ck_assert_int_eq(drop, DROP_IP4_VERSION);
		else if (bit < 8)
			ck_assert(drop == DROP_IP4_IHL ||
			          drop == DROP_IP4_CHECKSUM);
		else
			ck_assert_int_eq(drop, DROP_IP4_CHECKSUM);
		packet[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
	}
}
END_TEST

START_TEST(every_wrong_checksum_is_refused)
{
	const size_t len     = build(0);
	const uint16_t right = get_be16(packet + 10);

	for (unsigned sum = 0; sum <= UINT16_MAX; sum++) {
		put_be16(packet + 10, (uint16_t)sum);
		EXPECT_EQ(ip4_hdr_read(packet, len, &ip),
		          sum == right ? DROP_NONE : DROP_IP4_CHECKSUM);
	}
}
END_TEST

/* One's complement has two zeroes (RFC 1624 section 3); both say the same. */
START_TEST(both_zeroes_are_a_right_checksum)
{
	const size_t len = build(0);

	put_be16(packet + 4, (uint16_t)(0x3456 + get_be16(packet + 10)));
	fix_checksum(packet, IP4_HDR_LEN);
	ck_assert_uint_eq(get_be16(packet + 10), 0);
	ck_assert_int_eq(read_packet(len), DROP_NONE);
	put_be16(packet + 10, 0xffff);
	ck_assert_int_eq(read_packet(len), DROP_NONE);
}
END_TEST

START_TEST(reserved_flag_and_df_on_a_fragment_are_refused)
{
	const size_t len = build(0);

	for (unsigned fragment = 0; fragment <= UINT16_MAX; fragment++) {
		const bool reserved = fragment & 0x8000;
		const bool df       = fragment & 0x4000;
		const bool is_part  = fragment & 0x3fff;

		put_be16(packet + 6, (uint16_t)fragment);
		fix_checksum(packet, IP4_HDR_LEN);
		EXPECT_EQ(ip4_hdr_read(packet, len, &ip),
		          reserved || (df && is_part) ? DROP_IP4_FLAGS
		                                      : DROP_NONE);
	}
}
END_TEST

/* All is wrong at first; each fault that is mended uncovers the next. */
START_TEST(faults_are_found_in_the_order_of_rfc_1122)
{
	const size_t len = build(4);

	packet[0] = 0x64;
	put_be16(packet + 2, 0);
	put_be16(packet + 6, 0xffff);
	packet[20] = 131;
	packet[21] = 1;
	ck_assert_int_eq(read_packet(19), DROP_IP4_SHORT);
	ck_assert_int_eq(read_packet(len), DROP_IP4_VERSION);
	packet[0] = 0x44;
	ck_assert_int_eq(read_packet(len), DROP_IP4_IHL);
	packet[0] = 0x46;
	ck_assert_int_eq(read_packet(len), DROP_IP4_CHECKSUM);
	fix_checksum(packet, 24);
	ck_assert_int_eq(read_packet(len), DROP_IP4_LENGTH);
	put_be16(packet + 2, (uint16_t)len);
	fix_checksum(packet, 24);
	ck_assert_int_eq(read_packet(len), DROP_IP4_FLAGS);
	put_be16(packet + 6, 0);
	fix_checksum(packet, 24);
	ck_assert_int_eq(read_packet(len), DROP_IP4_OPTION);
	packet[21] = 3;
	packet[22] = 4;
	fix_checksum(packet, 24);
	ck_assert_int_eq(read_packet(len), DROP_IP4_SOURCE_ROUTE);
	packet[20] = 7;
	fix_checksum(packet, 24);
	ck_assert_int_eq(read_packet(len), DROP_NONE);
}
END_TEST

/* ---- the quote in an ICMP error ----------------------------------------- */

START_TEST(a_quote_of_header_and_eight_octets_is_enough)
{
	const size_t options_len = 4 * (size_t)_i;
	const size_t hdr_len     = IP4_HDR_LEN + options_len;

	build(options_len);
	put_be16(packet + 2, 1500);  /* it was cut off */
	put_be16(packet + 10, 0x99); /* and its TTL had changed */
	for (size_t len = 0; len <= hdr_len + 8; len++) {
		uint8_t *buf = guard_alloc(packet, len);

		ck_assert_int_eq(ip4_quote_read(buf, len, &ip),
		                 len < hdr_len + 8 ? -EBADMSG : 8);
		guard_free(buf, len);
	}
	ck_assert_uint_eq(ip.hdr_len, hdr_len);
	ck_assert_uint_eq(ip.total_len, 1500);
}
END_TEST

START_TEST(a_quote_that_contradicts_itself_is_refused)
{
	size_t len = build(0);

	packet[0] = 0x65;
	ck_assert_int_eq(ip4_quote_read(packet, len, &ip), -EBADMSG);
	packet[0] = 0x44;
	ck_assert_int_eq(ip4_quote_read(packet, len, &ip), -EBADMSG);
	packet[0] = 0x45;
	ck_assert_int_eq(ip4_quote_read(packet, len, &ip), DATA_LEN);
	put_be16(packet + 2, IP4_HDR_LEN + 7);
	ck_assert_int_eq(ip4_quote_read(packet, len, &ip), -EBADMSG);
	put_be16(packet + 2, IP4_HDR_LEN + 8);
	ck_assert_int_eq(ip4_quote_read(packet, len, &ip), DATA_LEN);
}
END_TEST

/* ---- helpers ------------------------------------------------------------ */

START_TEST(the_pseudo_header_is_summed_as_if_it_were_octets)
{
	const uint8_t octets[] = { 10, 9, 0, 1, 10, 9, 0, 2, 0, 6, 0x05, 0xc8 };
	const struct tarn_ip src = tarn_ip4(10, 9, 0, 1);
	const struct tarn_ip dst = tarn_ip4(10, 9, 0, 2);

	ck_assert_uint_eq(
	        checksum_fold(ip4_pseudo_sum(&src, &dst, IP_PROTO_TCP, 0x5c8)),
	        checksum_fold(checksum_add(0, octets, sizeof(octets))));
}
END_TEST

START_TEST(an_address_is_a_number_and_back)
{
	const struct tarn_ip one = tarn_ip4(10, 0, 0, 1);
	const struct tarn_ip two = ip4_from_u32(0x0a000001);

	ck_assert_uint_eq(ip4_u32(&one), 0x0a000001);
	ck_assert_mem_eq(&one, &two, sizeof(one));
}
END_TEST

START_TEST(addresses_are_equal_in_family_and_octets_only)
{
	const struct tarn_ip one = tarn_ip4(10, 0, 0, 1);
	struct tarn_ip other     = one;

	ck_assert(ip_equal(&one, &other));
	other.version = TARN_IP6;
	ck_assert(!ip_equal(&one, &other));
	other = tarn_ip4(10, 0, 0, 2);
	ck_assert(!ip_equal(&one, &other));
}
END_TEST

static TCase *header(void)
{
	TCase *tc = tcase_create("header");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, fields_are_read_at_their_offsets);
	tcase_add_test(tc, what_is_read_is_written_back);
	tcase_add_loop_test(tc, every_truncation_is_refused_by_name, 0, 11);
	tcase_add_test(tc, what_is_longer_than_the_packet_is_the_links_padding);
	tcase_add_test(tc, every_version_but_four_is_refused);
	tcase_add_test(tc, a_header_length_below_five_words_is_refused);
	tcase_add_loop_test(
	        tc, every_total_length_is_accepted_within_header_and_frame, 0,
	        2);
	tcase_add_loop_test(tc, every_single_bit_error_in_the_header_is_seen, 0,
	                    11);
	tcase_add_test(tc, every_wrong_checksum_is_refused);
	tcase_add_test(tc, both_zeroes_are_a_right_checksum);
	tcase_add_test(tc, reserved_flag_and_df_on_a_fragment_are_refused);
	tcase_add_test(tc, faults_are_found_in_the_order_of_rfc_1122);

	return tc;
}

static TCase *quote_and_helpers(void)
{
	TCase *tc = tcase_create("quote and helpers");

	tcase_add_loop_test(tc, a_quote_of_header_and_eight_octets_is_enough, 0,
	                    11);
	tcase_add_test(tc, a_quote_that_contradicts_itself_is_refused);
	tcase_add_test(tc, the_pseudo_header_is_summed_as_if_it_were_octets);
	tcase_add_test(tc, an_address_is_a_number_and_back);
	tcase_add_test(tc, addresses_are_equal_in_family_and_octets_only);

	return tc;
}

static Suite *suite(void)
{
	Suite *s = suite_create("wire/ip4");

	suite_add_tcase(s, header());
	suite_add_tcase(s, quote_and_helpers());

	return s;
}

TEST_MAIN(suite)
