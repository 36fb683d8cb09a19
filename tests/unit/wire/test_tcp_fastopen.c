/* SPDX-License-Identifier: MIT */
/* test_tcp_fastopen.c - the option of RFC 7413, of both kinds */
#include "tests/unit/lib/test.h"
#include "wire/tcp_options.h"

static struct tcp_options opt;

static const struct tcp_options syn = {
	.has_mss        = true,
	.mss            = 1460,
	.sack_permitted = true,
	.has_timestamps = true,
	.has_wscale     = true,
	.wscale         = 7,
};

static bool read_area(const uint8_t *area, size_t len)
{
	uint8_t *buf              = guard_alloc(area, len);
	const bool is_well_formed = tcp_options_read(buf, buf + len, &opt);

	guard_free(buf, len);
	return is_well_formed;
}

/* Write a SYN with this cookie and read it again. */
static size_t round_trip(bool is_experiment, uint8_t len)
{
	struct tcp_options from = syn;
	uint8_t area[TCP_OPTIONS_LEN_MAX];
	size_t written;

	from.fastopen = (struct tcp_fastopen){ .is_there      = true,
		                               .is_experiment = is_experiment,
		                               .len           = len };
	for (uint8_t i = 0; i < len; i++)
		from.fastopen.cookie[i] = (uint8_t)(0xa0 + i);
	written = tcp_options_write(area, &from);
	ck_assert_uint_eq(written % 4, 0);
	ck_assert_uint_eq(tcp_hdr_len(&from), TCP_HDR_LEN + written);
	ck_assert(read_area(area, written));
	ck_assert(opt.fastopen.is_there);
	ck_assert_int_eq(opt.fastopen.is_experiment, is_experiment);
	ck_assert_uint_eq(opt.fastopen.len, len);
	ck_assert_mem_eq(opt.fastopen.cookie, from.fastopen.cookie, len);
	ck_assert(opt.has_mss && opt.sack_permitted && opt.has_timestamps);

	return written;
}

START_TEST(every_length_of_cookie_survives_the_way)
{
	ck_assert_uint_eq(round_trip(false, 0), 24);
	ck_assert_uint_eq(round_trip(true, 0), 24);
	for (uint8_t len = 4; len <= 16; len += 2) {
		ck_assert_uint_eq(round_trip(false, len),
		                  20u + (len + 2u + 3u) / 4 * 4);
		ck_assert_uint_eq(round_trip(true, len),
		                  20u + (len + 4u + 3u) / 4 * 4);
	}
}
END_TEST

START_TEST(two_nops_fill_the_last_word)
{
	struct tcp_options from = { .fastopen = { .is_there = true } };
	const uint8_t wish[]    = { 34, 2, 1, 1 };
	uint8_t area[TCP_OPTIONS_LEN_MAX];

	ck_assert_uint_eq(tcp_options_write(area, &from), sizeof(wish));
	ck_assert_mem_eq(area, wish, sizeof(wish));
}
END_TEST

START_TEST(every_other_length_is_no_cookie)
{
	uint8_t area[TCP_OPTIONS_LEN_MAX] = { 0 };

	for (uint8_t len = 0; len <= 36; len++) {
		const bool is_good =
		        len == 0 || (len >= 4 && len <= 16 && len % 2 == 0);

		area[0] = 34;
		area[1] = (uint8_t)(len + 2);
		ck_assert(read_area(area, len + 2u));
		ck_assert_int_eq(opt.fastopen.is_there, is_good);

		area[0] = 254;
		area[1] = (uint8_t)(len + 4);
		area[2] = 0xf9;
		area[3] = 0x89;
		ck_assert(read_area(area, len + 4u));
		ck_assert_int_eq(opt.fastopen.is_there, is_good);
		area[2] = area[3] = 0;
	}
}
END_TEST

START_TEST(other_experiments_are_not_ours)
{
	const uint8_t other[] = { 254, 4, 0xf9, 0x88 };
	const uint8_t bare[]  = { 254, 2, 0xf9, 0x89 };
	const uint8_t half[]  = { 254, 3, 0xf9, 0 };

	ck_assert(read_area(other, sizeof(other)) && !opt.fastopen.is_there);
	(void)read_area(bare, sizeof(bare));
	ck_assert(!opt.fastopen.is_there);
	(void)read_area(half, sizeof(half));
	ck_assert(!opt.fastopen.is_there);
}
END_TEST

START_TEST(the_first_of_two_counts)
{
	const uint8_t two[] = { 34, 6, 1, 2, 3, 4, 34, 6, 5, 6, 7, 8 };

	ck_assert(read_area(two, sizeof(two)));
	ck_assert_uint_eq(opt.fastopen.cookie[0], 1);
}
END_TEST

START_TEST(sack_blocks_give_way_to_a_cookie)
{
	struct tcp_options from = {
		.sack_count = 4, .fastopen = { .is_there = true, .len = 16 }
	};
	uint8_t area[TCP_OPTIONS_LEN_MAX];

	ck_assert_uint_le(tcp_options_write(area, &from), sizeof(area));
	from.has_mss = from.has_timestamps = from.has_wscale = true;
	from.sack_permitted                                  = true;
	ck_assert_uint_eq(tcp_options_write(area, &from), sizeof(area));
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("wire/tcp Fast Open");
	TCase *tc = tcase_create("option");

	tcase_add_test(tc, every_length_of_cookie_survives_the_way);
	tcase_add_test(tc, two_nops_fill_the_last_word);
	tcase_add_test(tc, every_other_length_is_no_cookie);
	tcase_add_test(tc, other_experiments_are_not_ours);
	tcase_add_test(tc, the_first_of_two_counts);
	tcase_add_test(tc, sack_blocks_give_way_to_a_cookie);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
