/* SPDX-License-Identifier: MIT */
/* test_env.c - telling the observer, counting drops */
#include "base/env.h"
#include "tests/unit/lib/test.h"

static struct env env;
static struct tarn_event seen;
static unsigned seen_count;

static void observe(void *observer, const struct tarn_event *event)
{
	ck_assert_ptr_eq(observer, &env);
	seen = *event;
	seen_count++;
}

static void setup(void)
{
	env        = (struct env){ .now_us = 4711 };
	seen       = (struct tarn_event){ 0 };
	seen_count = 0;
}

static void let_observe(void)
{
	env.config.observe  = observe;
	env.config.observer = &env;
}

START_TEST(an_event_is_stamped_with_now)
{
	struct tarn_event event = { .kind   = TARN_EVENT_TCP_TIMER,
		                    .now_us = 1,
		                    .why    = WHY_ACK_DELAYED };

	let_observe();
	ck_assert(env_is_observed(&env));
	env_emit(&env, &event);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert_uint_eq(seen.now_us, 4711);
	ck_assert_int_eq(seen.kind, TARN_EVENT_TCP_TIMER);
	ck_assert_int_eq(seen.why, WHY_ACK_DELAYED);
}
END_TEST

START_TEST(the_frame_in_hand_is_counted_and_not_told)
{
	let_observe();
	ck_assert_int_eq(env_count_drop(&env, DROP_IP4_TTL), DROP_IP4_TTL);
	ck_assert_uint_eq(env.drops[DROP_IP4_TTL], 1);
	ck_assert_uint_eq(seen_count, 0);
}
END_TEST

START_TEST(another_loss_is_counted_and_told)
{
	let_observe();
	ck_assert_int_eq(env_drop(&env, DROP_ARP_FAILED), DROP_ARP_FAILED);
	ck_assert_uint_eq(env.drops[DROP_ARP_FAILED], 1);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert_int_eq(seen.kind, TARN_EVENT_DROP);
	ck_assert_int_eq(seen.drop, DROP_ARP_FAILED);
	ck_assert_uint_eq(seen.now_us, 4711);
}
END_TEST

START_TEST(without_an_observer_losses_are_only_counted)
{
	ck_assert(!env_is_observed(&env));
	env_drop(&env, DROP_ARP_FAILED);
	env_drop(&env, DROP_ARP_FAILED);
	ck_assert_uint_eq(env.drops[DROP_ARP_FAILED], 2);
}
END_TEST

START_TEST(no_drop_is_neither_counted_nor_told)
{
	let_observe();
	ck_assert_int_eq(env_drop(&env, DROP_NONE), DROP_NONE);
	ck_assert_int_eq(env_count_drop(&env, DROP_NONE), DROP_NONE);
	ck_assert_uint_eq(env.drops[DROP_NONE], 0);
	ck_assert_uint_eq(seen_count, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/env");
	TCase *tc = tcase_create("env");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, an_event_is_stamped_with_now);
	tcase_add_test(tc, the_frame_in_hand_is_counted_and_not_told);
	tcase_add_test(tc, another_loss_is_counted_and_told);
	tcase_add_test(tc, without_an_observer_losses_are_only_counted);
	tcase_add_test(tc, no_drop_is_neither_counted_nor_told);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
