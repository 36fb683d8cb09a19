/* SPDX-License-Identifier: MIT */
/* test_pcapng_read.c - blocks of both byte orders, and broken ones */
#include "tests/unit/drivers/capture_file.h"
#include <errno.h>

static const uint8_t ip4_packet[] = {
	0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 10, 9, 0, 1, 10, 9, 0, 2,
};

START_TEST(both_byte_orders_are_read)
{
	const struct test_frame frame = tcp_frame(true, "S", 0, 0, 0);

	big_endian = _i;
	section();
	interface(LINKTYPE_ETHERNET, 9);
	packet(0, 0x100000007u, frame.octets, frame.len);
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(last.time_ns, 0x100000007u);
	ck_assert_mem_eq(last_frame, frame.octets, frame.len);
	ck_assert(!last.has_direction);
}
END_TEST

START_TEST(section_may_change_the_byte_order)
{
	section();
	interface(LINKTYPE_ETHERNET, 9);
	big_endian = true;
	section();
	interface(101, 9);
	packet(0, 1, ip4_packet, sizeof(ip4_packet));
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(last.len, 34);
}
END_TEST

static const struct {
	uint8_t tsresol;
	uint64_t time, ns;
} resolutions[] = {
	{ 6, 5, 5000 },
	{ 3, 5, 5000000 },
	{ 0, 5, 5000000000 },
	{ 9, 5, 5 },
	{ 12, 5999, 5 },
	{ 127, UINT64_MAX, 0 },
	{ 0x80, 7, 7000000000 },
	{ 0x80 | 20, 3u << 19, 1500000000 },
	{ 0x80 | 40, 3ull << 39, 1500000000 },
};

START_TEST(time_units_of_all_kinds_become_nanoseconds)
{
	section();
	interface(LINKTYPE_ETHERNET, resolutions[_i].tsresol);
	packet(0, resolutions[_i].time, "x", 1);
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(last.time_ns, resolutions[_i].ns);
}
END_TEST

START_TEST(simple_packet_is_read)
{
	section();
	interface(101, 9);
	packet(0, 77, ip4_packet, sizeof(ip4_packet));
	begin(PCAPNG_SIMPLE_PACKET);
	put32(sizeof(ip4_packet));
	put_data(ip4_packet, sizeof(ip4_packet));
	end();
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(last.time_ns, 77);
	ck_assert_mem_eq(last_frame + 14, ip4_packet, sizeof(ip4_packet));
}
END_TEST

START_TEST(unknown_blocks_and_options_are_skipped)
{
	section();
	begin(0x0bad);
	size += 5000;
	end();
	interface(LINKTYPE_ETHERNET, 9);
	begin(PCAPNG_ENHANCED_PACKET);
	for (unsigned i = 0; i < 3; i++)
		put32(0);
	put32(4);
	put32(4);
	put_data("abcd", 4);
	option(99, "unknown", 7);
	for (unsigned i = 0; i < CAPTURE_COMMENTS_MAX + 2; i++)
		option(PCAPNG_OPT_COMMENT, "comment", 7);
	end();
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(last.comment_count, CAPTURE_COMMENTS_MAX);
}
END_TEST

/* What is wrong with a file that is right up to the block's end. */
static void expect_malformed(const char *what)
{
	ck_assert_int_eq(read_file(), -EBADMSG);
	ck_assert_msg(strstr(error, what) != NULL, "%s", error);
}

START_TEST(packet_longer_than_its_block_is_refused)
{
	section();
	interface(LINKTYPE_ETHERNET, 9);
	packet(0, 0, "abcd", 4);
	big_endian = false;
	size -= 4 + 4 + 4 + 4; /* to the captured length */
	put32(5);
	size += 4 + 4 + 4;
	expect_malformed("longer than its block");
}
END_TEST

START_TEST(packet_of_no_interface_is_refused)
{
	section();
	interface(LINKTYPE_ETHERNET, 9);
	packet(1, 0, "abcd", 4);
	expect_malformed("no interface");
}
END_TEST

START_TEST(lengths_that_differ_are_refused)
{
	section();
	bytes[size - 1] ^= 1;
	expect_malformed("two lengths differ");
}
END_TEST

START_TEST(block_length_that_is_no_multiple_of_four_is_refused)
{
	section();
	interface(LINKTYPE_ETHERNET, 9);
	bytes[28 + 4]++;
	expect_malformed("block length");
}
END_TEST

START_TEST(block_beyond_the_bound_is_refused)
{
	section();
	begin(PCAPNG_ENHANCED_PACKET);
	end();
	bytes[28 + 4 + 3] = 0x10; /* 256 MiB */
	expect_malformed("above 1 MiB");
}
END_TEST

START_TEST(too_many_interfaces_are_refused)
{
	section();
	for (unsigned i = 0; i <= CAPTURE_INTERFACES_MAX; i++)
		interface(LINKTYPE_ETHERNET, 9);
	expect_malformed("more than 64 interfaces");
}
END_TEST

START_TEST(option_beyond_its_block_is_refused)
{
	section();
	begin(PCAPNG_INTERFACE);
	put32(LINKTYPE_ETHERNET);
	put32(0);
	put16(PCAPNG_OPT_IF_TSRESOL);
	put16(5);
	put32(0);
	end();
	expect_malformed("interface option");
}
END_TEST

START_TEST(every_cut_is_told)
{
	unsigned whole, clean = 0;

	section();
	interface(LINKTYPE_ETHERNET, 9);
	packet(0, 0, "abcdefgh", 8);
	packet(0, 0, "abcdefgh", 7);
	ck_assert_int_eq(read_file(), 0);
	whole = count;
	for (size_t len = 1; len < size; len++) {
		if (read_cut(len, &last, &count, last_frame) == 0)
			clean++;
		else
			ck_assert_str_ne(error, "");
		ck_assert_uint_le(count, whole);
	}
	/* Only where one block ends and the next begins. */
	ck_assert_uint_eq(clean, 3);
}
END_TEST

static Suite *suite(void)
{
	Suite *s      = suite_create("pcapng_read");
	TCase *right  = tcase_create("right");
	TCase *broken = tcase_create("broken");

	tcase_add_checked_fixture(right, setup, NULL);
	tcase_add_loop_test(right, both_byte_orders_are_read, 0, 2);
	tcase_add_test(right, section_may_change_the_byte_order);
	tcase_add_loop_test(right, time_units_of_all_kinds_become_nanoseconds,
	                    0, ARRAY_LEN(resolutions));
	tcase_add_test(right, simple_packet_is_read);
	tcase_add_test(right, unknown_blocks_and_options_are_skipped);
	suite_add_tcase(s, right);

	tcase_add_checked_fixture(broken, setup, NULL);
	tcase_add_test(broken, packet_longer_than_its_block_is_refused);
	tcase_add_test(broken, packet_of_no_interface_is_refused);
	tcase_add_test(broken, lengths_that_differ_are_refused);
	tcase_add_test(broken,
	               block_length_that_is_no_multiple_of_four_is_refused);
	tcase_add_test(broken, block_beyond_the_bound_is_refused);
	tcase_add_test(broken, too_many_interfaces_are_refused);
	tcase_add_test(broken, option_beyond_its_block_is_refused);
	tcase_add_test(broken, every_cut_is_told);
	suite_add_tcase(s, broken);

	return s;
}

TEST_MAIN(suite)
