/* SPDX-License-Identifier: MIT */
/* test_vnet.c - the virtio-net header, both ways */
#include "drivers/vnet.h"
#include "tests/unit/lib/test.h"
#include <string.h>

static const struct tarn_offload super = {
	.flags      = TARN_OFFLOAD_NEEDS_SUM,
	.gso_size   = 1448,
	.hdr_len    = 66,
	.sum_start  = 34,
	.sum_offset = 16,
};

/* As a capture of the kernel's has it. */
static const uint8_t super_hdr[VNET_HDR_LEN] = { 1, 1,  66, 0,  0xa8,
	                                         5, 34, 0,  16, 0 };

static void ck_assert_offload(const struct tarn_offload *got,
                              const struct tarn_offload *wanted)
{
	ck_assert_uint_eq(got->flags, wanted->flags);
	ck_assert_uint_eq(got->gso_size, wanted->gso_size);
	ck_assert_uint_eq(got->hdr_len, wanted->hdr_len);
	ck_assert_uint_eq(got->sum_start, wanted->sum_start);
	ck_assert_uint_eq(got->sum_offset, wanted->sum_offset);
}

START_TEST(a_super_frame_is_written_as_virtio_says)
{
	uint8_t hdr[VNET_HDR_LEN];

	memset(hdr, 0xee, sizeof(hdr));
	vnet_hdr_write(hdr, &super);
	ck_assert_mem_eq(hdr, super_hdr, sizeof(hdr));
}
END_TEST

START_TEST(what_is_written_reads_back)
{
	struct tarn_offload got;

	vnet_hdr_read(super_hdr, &got);
	ck_assert_offload(&got, &super);
}
END_TEST

START_TEST(a_plain_frame_is_all_zeroes)
{
	static const uint8_t zeroes[VNET_HDR_LEN];
	const struct tarn_offload none = { .flags = 0 };
	uint8_t hdr[VNET_HDR_LEN];
	struct tarn_offload got = super;

	memset(hdr, 0xee, sizeof(hdr));
	vnet_hdr_write(hdr, &none);
	ck_assert_mem_eq(hdr, zeroes, sizeof(hdr));
	vnet_hdr_read(zeroes, &got);
	ck_assert_offload(&got, &none);
}
END_TEST

START_TEST(a_checked_sum_is_told)
{
	const uint8_t hdr[VNET_HDR_LEN] = { 2 };
	struct tarn_offload got;

	vnet_hdr_read(hdr, &got);
	ck_assert_uint_eq(got.flags, TARN_OFFLOAD_SUM_VALID);
	ck_assert_uint_eq(got.gso_size, 0);
}
END_TEST

/* The bit beside the type: one of the segments says CWR. */
START_TEST(the_ecn_bit_does_not_hide_the_type)
{
	uint8_t hdr[VNET_HDR_LEN];
	struct tarn_offload got;

	memcpy(hdr, super_hdr, sizeof(hdr));
	hdr[1] |= 0x80;
	vnet_hdr_read(hdr, &got);
	ck_assert_uint_eq(got.gso_size, 1448);
}
END_TEST

START_TEST(super_frames_of_other_kinds_are_none)
{
	static const uint8_t types[] = { 2, 3, 4, 5, 0x7f };
	uint8_t hdr[VNET_HDR_LEN];
	struct tarn_offload got;

	for (unsigned i = 0; i < sizeof(types); i++) {
		memcpy(hdr, super_hdr, sizeof(hdr));
		hdr[1] = types[i];
		vnet_hdr_read(hdr, &got);
		ck_assert_uint_eq(got.gso_size, 0);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("vnet");
	TCase *t = tcase_create("vnet");

	tcase_add_test(t, a_super_frame_is_written_as_virtio_says);
	tcase_add_test(t, what_is_written_reads_back);
	tcase_add_test(t, a_plain_frame_is_all_zeroes);
	tcase_add_test(t, a_checked_sum_is_told);
	tcase_add_test(t, the_ecn_bit_does_not_hide_the_type);
	tcase_add_test(t, super_frames_of_other_kinds_are_none);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
