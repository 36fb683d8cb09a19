/* SPDX-License-Identifier: MIT */
/* test_print_tcp.c - a segment in packetdrill's notation */
#include "base/bytes.h"
#include "tests/unit/lib/test.h"
#include "wire/print_tcp.h"

static char line[PRINT_LINE_LEN];

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

static const char *print_segment(const struct tcp_hdr *hdr, size_t text_len)
{
	return print_tcp(line, sizeof(line), hdr, text_len, NULL);
}

START_TEST(a_syn_is_told_in_packetdrills_notation)
{
	const struct print_base base = { .seq = 1000, .ack = 500 };

	ck_assert_str_eq(print_tcp(line, sizeof(line), &syn_ack, 0, &base),
	                 "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,"
	                 "TS val 100 ecr 200,nop,wscale 7>");
	ck_assert_str_eq(print_segment(&syn_ack, 0),
	                 "S. 1000:1000(0) ack 501 win 65535 <mss 1460,sackOK,"
	                 "TS val 100 ecr 200,nop,wscale 7>");
}
END_TEST

START_TEST(numbers_are_relative_across_the_wrap)
{
	const struct print_base base = { .seq = 0xfffffff0, .ack = 0xffffffff };
	const struct tcp_hdr hdr     = {
		    .seq = 5, .ack = 9, .ack_bit = true, .psh = true
	};

	ck_assert_str_eq(print_tcp(line, sizeof(line), &hdr, 10, &base),
	                 "P. 21:31(10) ack 10 win 0");
}
END_TEST

START_TEST(an_old_segment_has_negative_numbers_if_wanted)
{
	struct print_base base   = { .seq = 1000, .ack = 5 };
	const struct tcp_hdr hdr = { .seq = 990, .ack = 4, .ack_bit = true };

	base.is_signed = true;
	ck_assert_str_eq(print_tcp(line, sizeof(line), &hdr, 20, &base),
	                 ". -10:10(20) ack -1 win 0");
	base.is_signed = false;
	ck_assert_str_eq(print_tcp(line, sizeof(line), &hdr, 20, &base),
	                 ". 4294967286:10(20) ack 4294967295 win 0");
}
END_TEST

START_TEST(each_flag_has_its_letter)
{
	const struct tcp_hdr all  = { .fin     = true,
		                      .syn     = true,
		                      .rst     = true,
		                      .psh     = true,
		                      .ack_bit = true,
		                      .urg     = true,
		                      .ece     = true,
		                      .cwr     = true,
		                      .urgent  = 7 };
	const struct tcp_hdr none = { 0 };
	const struct tcp_hdr rst  = { .rst = true, .seq = 3, .ack = 9 };

	ck_assert_str_eq(print_segment(&all, 0),
	                 "FSRP.UEW 0:0(0) ack 0 win 0 urg 7");
	ck_assert_str_eq(print_segment(&none, 1), "- 0:1(1) win 0");
	ck_assert_str_eq(print_segment(&rst, 0), "R 3:3(0) win 0");
}
END_TEST

START_TEST(sack_blocks_are_relative_to_what_is_acknowledged)
{
	const struct print_base base = { .seq = 7, .ack = 1000 };
	const struct tcp_hdr hdr     = {
		    .seq     = 8,
		    .ack     = 1001,
		    .ack_bit = true,
		    .opt     = { .sack_count = 2,
		                 .sack       = { { 2001, 3001 }, { 4001, 5001 } } },
	};

	ck_assert_str_eq(print_tcp(line, sizeof(line), &hdr, 0, &base),
	                 ". 1:1(0) ack 1 win 0 "
	                 "<nop,nop,sack 1001:2001 3001:4001>");
}
END_TEST

/* Of somebody else's segment: order, padding, junk and all. */
static const struct {
	uint8_t octet[13];
	uint8_t len;
	const char *text;
} foreign[] = {
	{ { 0 }, 0, "" },
	{ { 1, 1, 1, 1 }, 4, " <nop,nop,nop,nop>" },
	{ { 0, 0, 0, 0 }, 4, " <eol>" },
	{ { 1, 0, 99, 1 }, 4, " <nop,eol>" },
	{ { 2, 4, 2, 24, 1, 0, 0, 0 }, 8, " <mss 536,nop,eol>" },
	{ { 3, 3, 255, 1 }, 4, " <wscale 255,nop>" },
	{ { 254, 4, 9, 9 }, 4, " <kind 254 len 4>" },
	{ { 34, 2, 1, 1 }, 4, " <FO,nop,nop>" },
	{ { 34, 4, 0xa, 0xf0 }, 4, " <FO 0af0>" },
	{ { 5, 2, 4, 2 }, 4, " <kind 5 len 2,sackOK>" },
	{ { 2, 3, 0, 3, 2, 4, 3, 0, 1, 1, 1, 1 },
	  12,
	  " <kind 2 len 3,kind 3 len 2,kind 4 len 3,nop,nop,nop,nop>" },
	{ { 5, 9, 0, 0, 0, 0, 0, 0, 0, 8, 2, 1 },
	  12,
	  " <kind 5 len 9,kind 8 len 2,nop>" },
};

START_TEST(options_of_others_are_shown_as_they_stand)
{
	const uint8_t len = foreign[_i].len;
	uint8_t *buf      = guard_alloc(foreign[_i].octet, len);
	struct text text;

	text_init(&text, line, sizeof(line));
	print_tcp_options(&text, buf, buf + len, NULL);
	ck_assert_str_eq(line, foreign[_i].text);
	guard_free(buf, len);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("wire/print_tcp");
	TCase *tc = tcase_create("segments");

	tcase_add_test(tc, a_syn_is_told_in_packetdrills_notation);
	tcase_add_test(tc, numbers_are_relative_across_the_wrap);
	tcase_add_test(tc, an_old_segment_has_negative_numbers_if_wanted);
	tcase_add_test(tc, each_flag_has_its_letter);
	tcase_add_test(tc, sack_blocks_are_relative_to_what_is_acknowledged);
	tcase_add_loop_test(tc, options_of_others_are_shown_as_they_stand, 0,
	                    ARRAY_LEN(foreign));
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
