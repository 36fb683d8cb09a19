/* SPDX-License-Identifier: MIT */
/* test_path_mtu.c - the table of paths that are narrower than our link */
#include "tests/unit/net/world.h"

static struct world w;

static struct tarn_ip host(unsigned i)
{
	return tarn_ip4(192, 0, (uint8_t)(i >> 8), (uint8_t)i);
}

static uint16_t known(unsigned i)
{
	const struct tarn_ip dst = host(i);
	uint64_t until_us;

	return net_path_mtu(w.net, &dst, &until_us);
}

static void lower(unsigned i, uint16_t mtu)
{
	const struct tarn_ip dst = host(i);

	net_path_mtu_lower(w.net, &dst, mtu);
}

START_TEST(unknown_path_is_as_wide_as_the_link)
{
	const struct tarn_ip dst = host(1);
	uint64_t until_us        = 0;

	world_open(&w);
	ck_assert_uint_eq(net_path_mtu(w.net, &dst, &until_us), 1500);
	ck_assert_uint_eq(until_us, TARN_NEVER);
	world_close(&w);
}
END_TEST

START_TEST(narrow_path_is_known_for_ten_minutes)
{
	const struct tarn_ip dst = host(1);
	uint64_t until_us;

	world_open(&w);
	lower(1, 1280);
	ck_assert_uint_eq(net_path_mtu(w.net, &dst, &until_us), 1280);
	ck_assert_uint_eq(until_us, w.env.now_us + PATH_MTU_AGE_US);
	ck_assert_uint_eq(known(2), 1500);
	w.env.now_us += PATH_MTU_AGE_US - 1;
	ck_assert_uint_eq(known(1), 1280);
	w.env.now_us += 1;
	ck_assert_uint_eq(known(1), 1500);
	world_close(&w);
}
END_TEST

START_TEST(only_a_lower_one_replaces_it)
{
	world_open(&w);
	lower(1, 1280);
	w.env.now_us += PATH_MTU_AGE_US / 2;
	lower(1, 1400);
	ck_assert_uint_eq(known(1), 1280);
	lower(1, 1000);
	ck_assert_uint_eq(known(1), 1000);
	w.env.now_us += PATH_MTU_AGE_US / 2;
	ck_assert_uint_eq(known(1), 1000); /* its time began anew */
	world_close(&w);
}
END_TEST

START_TEST(full_table_forgets_the_oldest)
{
	world_open(&w);
	for (unsigned i = 0; i < PATH_MTU_ENTRIES_MAX; i++) {
		lower(i, 1280);
		w.env.now_us += 1;
	}
	for (unsigned i = 0; i < PATH_MTU_ENTRIES_MAX; i++)
		ck_assert_uint_eq(known(i), 1280);
	lower(PATH_MTU_ENTRIES_MAX, 1280);
	ck_assert_uint_eq(known(0), 1500);
	ck_assert_uint_eq(known(1), 1280);
	ck_assert_uint_eq(known(PATH_MTU_ENTRIES_MAX), 1280);
	world_close(&w);
}
END_TEST

START_TEST(wider_than_the_link_is_the_link)
{
	world_open(&w);
	lower(1, 9000);
	ck_assert_uint_eq(known(1), 1500);
	world_close(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("path MTU");
	TCase *t = tcase_create("table");

	tcase_add_test(t, unknown_path_is_as_wide_as_the_link);
	tcase_add_test(t, narrow_path_is_known_for_ten_minutes);
	tcase_add_test(t, only_a_lower_one_replaces_it);
	tcase_add_test(t, full_table_forgets_the_oldest);
	tcase_add_test(t, wider_than_the_link_is_the_link);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
