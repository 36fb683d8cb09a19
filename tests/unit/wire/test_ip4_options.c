/* SPDX-License-Identifier: MIT */
/*
 * test_ip4_options.c - IPv4 options; row IP4-12 of the hostile list
 *
 * The verdict on an option is known by construction: it stands in an area that
 * otherwise holds NOPs only. No payload follows, so that reading beyond the
 * options is reading beyond the buffer.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "tests/unit/lib/test.h"
#include "wire/ip4.h"

static uint8_t packet[IP4_HDR_LEN_MAX];
static struct ip4_hdr ip;

static void fix_checksum(uint8_t *buf, size_t hdr_len)
{
	put_be16(buf + 10, 0);
	put_be16(buf + 10, checksum_fold(checksum_add(0, buf, hdr_len)));
}

/* A header with NOPs only. Return: its length */
static size_t build(size_t options_len)
{
	const size_t hdr_len = IP4_HDR_LEN + options_len;

	memset(packet, 0, IP4_HDR_LEN);
	memset(packet + IP4_HDR_LEN, 1, options_len);
	packet[0] = (uint8_t)(0x40 | hdr_len / 4);
	packet[8] = 64;
	put_be16(packet + 2, (uint16_t)hdr_len);
	fix_checksum(packet, hdr_len);

	return hdr_len;
}

/* What one option at the front of @rest octets deserves; kind is not NOP. */
static enum drop verdict(unsigned kind, unsigned len, unsigned pointer,
                         size_t rest)
{
	const bool is_route      = kind == 131 || kind == 137;
	const unsigned first_len = kind == 68 ? 4 : 3;

	if (kind == 0)
		return DROP_NONE;
	if (rest < 2 || len < 2 || len > rest)
		return DROP_IP4_OPTION;
	if ((is_route || kind == 7 || kind == 68) &&
	    (len < first_len || pointer <= first_len))
		return DROP_IP4_OPTION;

	return is_route ? DROP_IP4_SOURCE_ROUTE : DROP_NONE;
}

static void try_option(uint8_t kind, uint8_t len, uint8_t pointer,
                       size_t options_len)
{
	const size_t at = IP4_HDR_LEN + options_len;

	for (size_t rest = 1; rest <= options_len; rest++) {
		const uint8_t option[3] = { kind, len, pointer };
		/* Behind an option of two octets the next one begins. */
		const size_t written = len == 2 ? 2 : 3;

		memset(packet + IP4_HDR_LEN, 1, options_len);
		memcpy(packet + at - rest, option, MIN(rest, written));
		fix_checksum(packet, at);
		EXPECT_EQ(ip4_hdr_read(packet, at, &ip),
		          verdict(kind, rest > 1 ? len : 0,
		                  rest > 2 ? pointer : 0, rest));
	}
}

/* Row IP4-12: kind x length x pointer at every place of every option area. */
START_TEST(every_kind_length_and_pointer_gets_its_verdict)
{
	const size_t options_len = 4 * (size_t)_i;

	build(options_len);
	for (unsigned kind = 0; kind < 256; kind++) {
		const size_t lens[] = { 0,           1,
			                2,           3,
			                4,           options_len - 1,
			                options_len, options_len + 1,
			                255 };

		if (kind == 1)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
			const size_t pointers[] = { 0,       3,           4,  5,
				                    lens[i], lens[i] + 1, 255 };

			for (size_t j = 0; j < ARRAY_LEN(pointers); j++)
				try_option((uint8_t)kind, (uint8_t)lens[i],
				           (uint8_t)pointers[j], options_len);
		}
	}
}
END_TEST

static enum drop read_options(const uint8_t *options, size_t options_len)
{
	const size_t len = build(options_len);
	enum drop drop;
	uint8_t *buf;

	memcpy(packet + IP4_HDR_LEN, options, options_len);
	fix_checksum(packet, IP4_HDR_LEN + options_len);
	buf  = guard_alloc(packet, len);
	drop = ip4_hdr_read(buf, len, &ip);
	guard_free(buf, len);

	return drop;
}

START_TEST(what_follows_the_end_of_options_is_not_looked_at)
{
	ck_assert_int_eq(read_options((const uint8_t[]){ 0, 131, 3, 4 }, 4),
	                 DROP_NONE);
	ck_assert_int_eq(read_options((const uint8_t[]){ 1, 0, 7, 0 }, 4),
	                 DROP_NONE);
}
END_TEST

START_TEST(a_source_route_is_found_behind_other_options)
{
	const uint8_t options[] = { 1,   148, 4, 0,  0, 7, 3, 4,
		                    137, 7,   4, 10, 9, 0, 9, 0 };

	ck_assert_int_eq(read_options(options, sizeof(options)),
	                 DROP_IP4_SOURCE_ROUTE);
}
END_TEST

START_TEST(well_formed_record_route_and_timestamp_are_ignored)
{
	const uint8_t route[]     = { 7, 7, 4, 0, 0, 0, 0, 0 };
	const uint8_t timestamp[] = { 68, 8, 5, 0, 0, 0, 0, 0 };
	const uint8_t full[]      = { 7, 7, 8, 1, 2, 3, 4, 0 };

	ck_assert_int_eq(read_options(route, 8), DROP_NONE);
	ck_assert_int_eq(read_options(timestamp, 8), DROP_NONE);
	ck_assert_int_eq(read_options(full, 8), DROP_NONE);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("wire/ip4 options");
	TCase *tc = tcase_create("options");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, every_kind_length_and_pointer_gets_its_verdict,
	                    1, 11);
	tcase_add_test(tc, what_follows_the_end_of_options_is_not_looked_at);
	tcase_add_test(tc, a_source_route_is_found_behind_other_options);
	tcase_add_test(tc, well_formed_record_route_and_timestamp_are_ignored);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
