/* SPDX-License-Identifier: MIT */
/* test_capture_read.c - what files of any kind become */
#include "tests/unit/drivers/capture_file.h"
#include <errno.h>

static const uint8_t ip4_packet[] = {
	0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 10, 9, 0, 1, 10, 9, 0, 2,
};

START_TEST(classic_file_is_read)
{
	static const uint32_t magics[] = { PCAP_MAGIC_US, PCAP_MAGIC_NS };
	const uint32_t magic           = magics[_i % 2];

	big_endian = _i / 2;
	pcap_header(magic, LINKTYPE_ETHERNET);
	pcap_record(3, 5, "abcdefghijklmnop", 15);
	pcap_record(4, 5, "abcdefghijklmnop", 16);
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(last.time_ns,
	                  4000000000u + (magic == PCAP_MAGIC_US ? 5000 : 5));
	ck_assert_uint_eq(last.len, 16);
	ck_assert_mem_eq(last_frame, "abcdefghijklmnop", 16);
}
END_TEST

static const struct {
	uint16_t linktype;
	size_t hdr_len, type_at;
} link_types[] = {
	{ 101, 0, 0 }, { 228, 0, 0 }, { 12, 0, 0 },    { 14, 0, 0 },
	{ 0, 4, 0 },   { 108, 4, 0 }, { 113, 16, 14 }, { 276, 20, 0 },
};

START_TEST(other_link_types_become_ethernet)
{
	uint8_t data[64] = { 0 };
	const size_t at  = link_types[_i].hdr_len;

	if (at > 4)
		put_be16(data + link_types[_i].type_at, ETH_TYPE_IP4);
	memcpy(data + at, ip4_packet, sizeof(ip4_packet));
	section();
	interface(link_types[_i].linktype, 9);
	packet(0, 0, data, at + sizeof(ip4_packet));
	packet(0, 0, data, at ? at - 1 : 0);
	packet(0, 0, data, at + sizeof(ip4_packet));
	ck_assert_int_eq(read_file(), 0);
	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(last.len, 34);
	ck_assert_uint_eq(get_be16(last_frame + 12), ETH_TYPE_IP4);
	ck_assert_mem_eq(last_frame + 14, ip4_packet, sizeof(ip4_packet));
}
END_TEST

/* A file whose one packet has this comment; the text as it was read. */
static const char *comment_read(const char *text, char ret[64])
{
	FILE *file;
	struct capture_reader *reader;
	struct capture_record record;

	section();
	interface(LINKTYPE_ETHERNET, 9);
	begin(PCAPNG_ENHANCED_PACKET);
	for (unsigned i = 0; i < 5; i++)
		put32(0);
	option(PCAPNG_OPT_COMMENT, text, strlen(text));
	option(PCAPNG_OPT_COMMENT, "next", 4);
	end();
	file = fmemopen(bytes, size, "rb");
	ck_assert_int_eq(capture_read_open(file, &reader, error), 0);
	ck_assert_int_eq(capture_read_next(reader, &record, error), 1);
	ck_assert_uint_eq(record.comment_count, 2);
	ck_assert_str_eq(record.comment[1], "next");
	snprintf(ret, 64, "%s", record.comment[0]);
	capture_read_close(reader);
	fclose(file);

	return ret;
}

START_TEST(comments_command_no_terminal)
{
	char text[64];

	ck_assert_str_eq(comment_read("\033[2Jbell\a\nnew", text),
	                 "?[2Jbell? new");
	setup();
	ck_assert_str_eq(comment_read("\xc2\x9b"
	                              "2J",
	                              text),
	                 "?\x9b"
	                 "2J");
	setup();
	ck_assert_str_eq(comment_read("S\xc3\xa4tze \xe2\x86\x92", text),
	                 "S\xc3\xa4tze \xe2\x86\x92");
}
END_TEST

START_TEST(link_type_of_another_world_is_refused)
{
	section();
	interface(127, 9);
	packet(0, 0, "abcd", 4);
	ck_assert_int_eq(read_file(), -EPROTONOSUPPORT);
	ck_assert_ptr_nonnull(strstr(error, "127"));
}
END_TEST

START_TEST(file_of_another_kind_is_refused)
{
	put_data("<html>", 6);
	ck_assert_int_eq(read_file(), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(error, "neither pcapng nor pcap"));
}
END_TEST

START_TEST(every_cut_of_a_classic_file_is_told)
{
	unsigned clean = 0;

	pcap_header(PCAP_MAGIC_US, LINKTYPE_ETHERNET);
	pcap_record(1, 2, "abcdefgh", 8);
	pcap_record(1, 2, "abcdefgh", 8);
	for (size_t len = 1; len < size; len++)
		clean += read_cut(len, &last, &count, last_frame) == 0;
	ck_assert_uint_eq(clean, 2);
}
END_TEST

static Suite *suite(void)
{
	Suite *s      = suite_create("capture_read");
	TCase *right  = tcase_create("right");
	TCase *broken = tcase_create("broken");

	tcase_add_checked_fixture(right, setup, NULL);
	tcase_add_loop_test(right, classic_file_is_read, 0, 4);
	tcase_add_loop_test(right, other_link_types_become_ethernet, 0,
	                    ARRAY_LEN(link_types));
	tcase_add_test(right, comments_command_no_terminal);
	suite_add_tcase(s, right);

	tcase_add_checked_fixture(broken, setup, NULL);
	tcase_add_test(broken, link_type_of_another_world_is_refused);
	tcase_add_test(broken, file_of_another_kind_is_refused);
	tcase_add_test(broken, every_cut_of_a_classic_file_is_told);
	suite_add_tcase(s, broken);

	return s;
}

TEST_MAIN(suite)
