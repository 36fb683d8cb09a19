/* SPDX-License-Identifier: MIT */
/* test_tcp_options.c - TCP options; row TH-04 of the hostile list */
#include "base/bytes.h"
#include "base/random.h"
#include "tests/unit/lib/tcp_equal.h"
#include "tests/unit/lib/test.h"
#include "wire/tcp_options.h"
#include <errno.h>

static struct tcp_options opt;

/* Read an option area that ends at a guard page. */
static bool read_area(const uint8_t *area, size_t len)
{
	uint8_t *buf              = guard_alloc(area, len);
	const bool is_well_formed = tcp_options_read(buf, buf + len, &opt);

	guard_free(buf, len);
	return is_well_formed;
}

static void check_area(const struct tcp_options *from, const uint8_t *expected,
                       size_t len)
{
	uint8_t *buf = guard_alloc(NULL, len);

	ck_assert_uint_eq(tcp_hdr_len(from), TCP_HDR_LEN + len);
	ck_assert_uint_eq(tcp_options_write(buf, from), len);
	ck_assert_mem_eq(buf, expected, len);
	guard_free(buf, len);
	ck_assert(read_area(expected, len));
	ck_assert(tcp_options_equal(&opt, from));
}

#define AREA(...)                                                              \
	(const uint8_t[]){ __VA_ARGS__ },                                      \
	        sizeof((const uint8_t[]){ __VA_ARGS__ })

/* ---- writing ------------------------------------------------------------ */

static const struct tcp_options syn = {
	.has_mss        = true,
	.mss            = 1460,
	.sack_permitted = true,
	.has_timestamps = true,
	.tsval          = 0x01020304,
	.tsecr          = 0x05060708,
	.has_wscale     = true,
	.wscale         = 7,
};

START_TEST(a_syn_has_the_options_in_the_order_of_linux)
{
	check_area(&syn, AREA(2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6,
	                      7, 8, 1, 3, 3, 7));
}
END_TEST

START_TEST(without_timestamps_sack_permitted_is_padded)
{
	struct tcp_options o = syn;

	o.has_timestamps = false;
	o.tsval          = 0;
	o.tsecr          = 0;
	check_area(&o, AREA(2, 4, 0x05, 0xb4, 1, 1, 4, 2, 1, 3, 3, 7));
}
END_TEST

START_TEST(without_sack_timestamps_are_padded)
{
	struct tcp_options o = syn;

	o.sack_permitted = false;
	check_area(&o, AREA(2, 4, 0x05, 0xb4, 1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7,
	                    8, 1, 3, 3, 7));
}
END_TEST

START_TEST(mss_and_window_scale_stand_alone)
{
	const struct tcp_options o = {
		.has_mss = true, .mss = 1460, .has_wscale = true, .wscale = 14
	};

	check_area(&o, AREA(2, 4, 0x05, 0xb4, 1, 3, 3, 14));
}
END_TEST

/* MUST-69 */
START_TEST(data_has_padded_timestamps_and_sack)
{
	const struct tcp_options o = { .has_timestamps = true,
		                       .tsval          = 1,
		                       .tsecr          = 2,
		                       .sack_count     = 1,
		                       .sack           = { { 3, 4 } } };

	check_area(&o, AREA(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 5, 10, 0,
	                    0, 0, 3, 0, 0, 0, 4));
}
END_TEST

START_TEST(no_options_take_no_room)
{
	const struct tcp_options none = { 0 };

	ck_assert_uint_eq(tcp_hdr_len(&none), TCP_HDR_LEN);
	check_area(&none, (const uint8_t *)"", 0);
}
END_TEST

/* Blocks that find no room stay away; the header is never too long. */
START_TEST(sack_takes_the_room_that_is_left)
{
	const uint8_t expected[2][5] = { { 0, 1, 2, 3, 4 }, { 0, 1, 2, 3, 3 } };
	struct tcp_options o         = {
		        .sack = { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 } }
	};
	uint8_t *buf = guard_alloc(NULL, TCP_OPTIONS_LEN_MAX);

	for (unsigned ts = 0; ts < 2; ts++)
		for (unsigned count = 0; count < 5; count++) {
			o.has_timestamps = ts;
			o.sack_count     = (uint8_t)count;

			const size_t len = tcp_options_write(buf, &o);

			ck_assert(tcp_options_read(buf, buf + len, &opt));
			ck_assert_uint_eq(opt.sack_count, expected[ts][count]);
		}
	o.sack_count = UINT8_MAX;
	ck_assert_uint_eq(tcp_options_write(buf, &o), 12 + 4 + 24);

	o            = syn;
	o.sack_count = 4;
	ck_assert_uint_eq(tcp_options_write(buf, &o), 20 + 4 + 16);
	guard_free(buf, TCP_OPTIONS_LEN_MAX);
}
END_TEST

static struct tcp_options combination(unsigned bits)
{
	struct tcp_options o = {
		.has_mss        = bits & 1,
		.sack_permitted = bits & 2,
		.has_timestamps = bits & 4,
		.has_wscale     = bits & 8,
		.sack_count     = (uint8_t)(bits >> 4),
	};

	if (o.has_mss)
		o.mss = 65535;
	if (o.has_wscale)
		o.wscale = 255;
	if (o.has_timestamps) {
		o.tsval = UINT32_MAX;
		o.tsecr = 0x80000000;
	}
	for (unsigned i = 0; i < o.sack_count; i++)
		o.sack[i] = (struct tcp_sack_block){ 100 * i, UINT32_MAX - i };

	return o;
}

/* MUST-69, MUST-68 */
START_TEST(every_combination_that_fits_is_read_as_it_was_written)
{
	const struct tcp_options o = combination((unsigned)_i);
	const size_t word          = 4;
	const size_t alone =
	        o.has_mss * word + o.has_wscale * word +
	        (o.has_timestamps ? 3 * word : o.sack_permitted * word);
	const size_t whole = alone + (o.sack_count ? 4 : 0) + 8u * o.sack_count;
	uint8_t *buf       = guard_alloc(NULL, TCP_OPTIONS_LEN_MAX);
	const size_t len   = tcp_options_write(buf, &o);

	ck_assert_uint_eq(len % 4, 0);
	ck_assert_uint_le(len, TCP_OPTIONS_LEN_MAX);
	ck_assert(read_area(buf, len));
	if (whole <= TCP_OPTIONS_LEN_MAX) {
		ck_assert_uint_eq(len, whole);
		ck_assert(tcp_options_equal(&opt, &o));
	}
	guard_free(buf, TCP_OPTIONS_LEN_MAX);
}
END_TEST

/* ---- reading ------------------------------------------------------------ */

/* An option of @kind and @len amid NOPs: is the area well-formed? */
static bool verdict(unsigned kind, unsigned len, size_t rest)
{
	if (kind == TCP_OPT_EOL)
		return true;

	return rest >= 2 && len >= 2 && len <= rest;
}

/* And does the option then mean something? */
static bool is_known(unsigned kind, unsigned len)
{
	return (kind == TCP_OPT_MSS && len == 4) ||
	       (kind == TCP_OPT_WSCALE && len == 3) ||
	       (kind == TCP_OPT_SACK_PERMITTED && len == 2) ||
	       (kind == TCP_OPT_TIMESTAMPS && len == 10) ||
	       (kind == TCP_OPT_SACK &&
	        (len == 10 || len == 18 || len == 26 || len == 34));
}

static bool means_something(const struct tcp_options *o)
{
	return o->has_mss || o->has_wscale || o->sack_permitted ||
	       o->has_timestamps || o->sack_count;
}

static void try_option(unsigned kind, size_t len, size_t rest, uint8_t *area)
{
	uint8_t *option   = area + TCP_OPTIONS_LEN_MAX - rest;
	const bool passes = verdict(kind, (uint8_t)len, rest);

	memset(area, TCP_OPT_NOP, TCP_OPTIONS_LEN_MAX);
	option[0] = (uint8_t)kind;
	if (rest > 1)
		option[1] = (uint8_t)len;
	EXPECT_EQ(tcp_options_read(area, area + TCP_OPTIONS_LEN_MAX, &opt),
	          passes);
	EXPECT_EQ(means_something(&opt),
	          passes && is_known(kind, (uint8_t)len));
}

/* Row TH-04: every kind x length at every offset, flush with a guard page. */
START_TEST(every_kind_and_length_at_every_offset_gets_its_verdict)
{
	const size_t rest = TCP_OPTIONS_LEN_MAX - (size_t)_i;
	uint8_t *area     = guard_alloc(NULL, TCP_OPTIONS_LEN_MAX);

	for (unsigned kind = 0; kind < 256; kind++)
		for (unsigned len = 0; len < 256; len++)
			if (kind != TCP_OPT_NOP)
				try_option(kind, len, rest, area);
	guard_free(area, TCP_OPTIONS_LEN_MAX);
}
END_TEST

START_TEST(the_end_of_options_ends_them_wherever_it_stands)
{
	const size_t at = (size_t)_i;
	uint8_t area[TCP_OPTIONS_LEN_MAX];

	memset(area, 0xff, sizeof(area)); /* malformed, were it looked at */
	memset(area, TCP_OPT_NOP, at);
	area[at] = TCP_OPT_EOL;
	ck_assert(read_area(area, sizeof(area)));
	ck_assert(!means_something(&opt));
}
END_TEST

/* MUST-4 */
START_TEST(nops_alone_and_an_area_without_end_are_fine)
{
	uint8_t area[TCP_OPTIONS_LEN_MAX];

	memset(area, TCP_OPT_NOP, sizeof(area));
	ck_assert(read_area(area, sizeof(area)));
	ck_assert(!means_something(&opt));
	ck_assert(read_area(AREA(2, 4, 0x05, 0xb4)));
	ck_assert_uint_eq(opt.mss, 1460);
}
END_TEST

/* MUST-6, MUST-68 */
START_TEST(unknown_options_are_skipped_by_their_length)
{
	ck_assert(read_area(AREA(254, 6, 2, 4, 0, 1, 2, 4, 0x05, 0xb4, 30, 2)));
	ck_assert_uint_eq(opt.mss, 1460);
}
END_TEST

START_TEST(of_an_option_that_occurs_twice_the_first_counts)
{
	ck_assert(read_area(AREA(2, 4, 0, 1, 2, 4, 0, 2)));
	ck_assert_uint_eq(opt.mss, 1);
	ck_assert(read_area(AREA(3, 3, 1, 3, 3, 2)));
	ck_assert_uint_eq(opt.wscale, 1);
	ck_assert(read_area(AREA(8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 8, 10, 0, 0, 0,
	                         3, 0, 0, 0, 4)));
	ck_assert_uint_eq(opt.tsval, 1);
	ck_assert_uint_eq(opt.tsecr, 2);
	ck_assert(read_area(AREA(5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 5, 18, 0, 0, 0,
	                         3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6)));
	ck_assert_uint_eq(opt.sack_count, 1);
	ck_assert_uint_eq(opt.sack[0].left, 1);
	ck_assert(read_area(AREA(4, 2, 4, 2)));
	ck_assert(opt.sack_permitted);
}
END_TEST

/* A wrong length of a known kind does not use up its turn. */
START_TEST(a_known_option_of_wrong_length_is_as_if_it_were_not_there)
{
	ck_assert(read_area(AREA(2, 3, 9, 2, 4, 0, 2, 3, 4, 9, 9)));
	ck_assert_uint_eq(opt.mss, 2);
	ck_assert(!opt.has_wscale);
}
END_TEST

START_TEST(four_sack_blocks_are_read)
{
	uint8_t area[34] = { 5, 34 };

	for (size_t i = 2; i < sizeof(area); i++)
		area[i] = (uint8_t)i;
	ck_assert(read_area(area, sizeof(area)));
	ck_assert_uint_eq(opt.sack_count, 4);
	ck_assert_uint_eq(opt.sack[0].left, 0x02030405);
	ck_assert_uint_eq(opt.sack[3].right, 0x1e1f2021);
}
END_TEST

START_TEST(random_areas_are_read_within_their_bounds)
{
	uint8_t *buf       = guard_alloc(NULL, TCP_OPTIONS_LEN_MAX);
	const uint8_t *end = buf + TCP_OPTIONS_LEN_MAX;
	struct random chance;

	random_init(&chance, (uint64_t[]){ 41, 42 });
	for (int round = 0; round < 50000; round++) {
		const size_t len = random_below(&chance, 41);

		for (size_t i = 0; i < TCP_OPTIONS_LEN_MAX; i++)
			buf[i] = (uint8_t)(random_u64(&chance) %
			                   (round % 4 ? 12 : 256));
		tcp_options_read(end - len, end, &opt);
		EXPECT_EQ(opt.sack_count <= TCP_SACK_BLOCKS_MAX, true);
	}
	guard_free(buf, TCP_OPTIONS_LEN_MAX);
}
END_TEST

START_TEST(the_iterator_tells_options_end_and_fault_apart)
{
	const uint8_t area[] = { 1, 2, 4, 5, 180, 1, 1, 4, 2, 3, 9, 7 };
	const uint8_t *at    = area;
	const uint8_t *end   = area + sizeof(area);
	struct tcp_option option;

	ck_assert_int_eq(tcp_option_next(&at, end, &option), 1);
	ck_assert_uint_eq(option.kind, TCP_OPT_MSS);
	ck_assert_uint_eq(option.len, 2);
	ck_assert_ptr_eq(option.data, area + 3);
	ck_assert_int_eq(tcp_option_next(&at, end, &option), 1);
	ck_assert_uint_eq(option.kind, TCP_OPT_SACK_PERMITTED);
	ck_assert_uint_eq(option.len, 0);
	ck_assert_int_eq(tcp_option_next(&at, end, &option), -EBADMSG);
	ck_assert_ptr_eq(at, area + 9);
	ck_assert_int_eq(tcp_option_next(&at, area + 9, &option), 0);
}
END_TEST

static TCase *writing(void)
{
	TCase *tc = tcase_create("writing");

	tcase_add_test(tc, a_syn_has_the_options_in_the_order_of_linux);
	tcase_add_test(tc, without_timestamps_sack_permitted_is_padded);
	tcase_add_test(tc, without_sack_timestamps_are_padded);
	tcase_add_test(tc, mss_and_window_scale_stand_alone);
	tcase_add_test(tc, data_has_padded_timestamps_and_sack);
	tcase_add_test(tc, no_options_take_no_room);
	tcase_add_test(tc, sack_takes_the_room_that_is_left);
	tcase_add_loop_test(
	        tc, every_combination_that_fits_is_read_as_it_was_written, 0,
	        5 << 4);

	return tc;
}

static TCase *reading(void)
{
	TCase *tc = tcase_create("reading");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
	        tc, every_kind_and_length_at_every_offset_gets_its_verdict, 0,
	        TCP_OPTIONS_LEN_MAX);
	tcase_add_loop_test(tc, the_end_of_options_ends_them_wherever_it_stands,
	                    0, TCP_OPTIONS_LEN_MAX);
	tcase_add_test(tc, nops_alone_and_an_area_without_end_are_fine);
	tcase_add_test(tc, unknown_options_are_skipped_by_their_length);
	tcase_add_test(tc, of_an_option_that_occurs_twice_the_first_counts);
	tcase_add_test(
	        tc, a_known_option_of_wrong_length_is_as_if_it_were_not_there);
	tcase_add_test(tc, four_sack_blocks_are_read);
	tcase_add_test(tc, random_areas_are_read_within_their_bounds);
	tcase_add_test(tc, the_iterator_tells_options_end_and_fault_apart);

	return tc;
}

static Suite *suite(void)
{
	Suite *s = suite_create("wire/tcp options");

	suite_add_tcase(s, writing());
	suite_add_tcase(s, reading());

	return s;
}

TEST_MAIN(suite)
