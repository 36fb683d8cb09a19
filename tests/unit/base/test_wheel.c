/* SPDX-License-Identifier: MIT */
/*
 * test_wheel.c - the timer wheel against a sorted list
 *
 * The model keeps every timer that is set in an array and finds the next one
 * by looking at all of them: the smallest deadline, and among equal ones the
 * one that was set first. A deadline that had passed counts as the time at
 * which it was set, and is not due before the next advance.
 */
#include "base/random.h"
#include "base/wheel.h"
#include "tarn.h"
#include "tests/unit/lib/test.h"

#define TIMERS 200

struct model {
	struct timer timer;
	bool is_set;
	uint64_t due_us; /* max(deadline, when it was set) */
	uint64_t order;  /* of being set */
};

static struct wheel wheel;
static struct random chance;
static struct model model[TIMERS];
static uint64_t orders;

static void start(uint64_t now_us, uint64_t seed)
{
	random_init(&chance, (uint64_t[]){ seed, 1 });
	wheel_init(&wheel, now_us);
	orders = 0;
	for (int i = 0; i < TIMERS; i++) {
		model[i] = (struct model){ 0 };
		timer_init(&model[i].timer);
	}
}

static void setup(void)
{
	start(1000, 1);
}

static void set(int i, uint64_t deadline_us)
{
	timer_set(&wheel, &model[i].timer, deadline_us);
	model[i].is_set = true;
	model[i].due_us = MAX(deadline_us, wheel.now_us);
	model[i].order  = orders++;
}

static void cancel(int i)
{
	timer_cancel(&wheel, &model[i].timer);
	model[i].is_set = false;
}

/* The next timer of the model, or NULL. */
static struct model *next(void)
{
	struct model *best = NULL;

	for (int i = 0; i < TIMERS; i++) {
		struct model *m = &model[i];

		if (!m->is_set)
			continue;
		if (!best || m->due_us < best->due_us ||
		    (m->due_us == best->due_us && m->order < best->order))
			best = m;
	}

	return best;
}

/* Advance; everything that is due, and nothing else, comes in order. */
static void advance(uint64_t now_us)
{
	struct timer *fired;

	wheel_advance(&wheel, now_us);
	ck_assert_uint_eq(wheel.now_us, now_us);
	while ((fired = wheel_take(&wheel))) {
		struct model *expected = next();

		ck_assert_ptr_nonnull(expected);
		ck_assert_ptr_eq(fired, &expected->timer);
		ck_assert_uint_le(expected->due_us, now_us);
		ck_assert(!timer_is_set(fired));
		expected->is_set = false;
	}
	ck_assert(!next() || next()->due_us > now_us);
}

static void check_deadline(void)
{
	const struct model *first  = next();
	const uint64_t deadline_us = wheel_deadline(&wheel);

	if (!first) {
		ck_assert_uint_eq(deadline_us, TARN_NEVER);
		return;
	}
	ck_assert_uint_le(deadline_us, first->due_us);
	ck_assert_uint_ge(deadline_us, wheel.now_us);
	if (first->due_us > wheel.now_us)
		ck_assert_uint_gt(deadline_us, wheel.now_us);
}

START_TEST(an_empty_wheel_has_no_deadline)
{
	ck_assert_uint_eq(wheel_deadline(&wheel), TARN_NEVER);
	advance(1u << 31);
	ck_assert_uint_eq(wheel_deadline(&wheel), TARN_NEVER);
	ck_assert_uint_eq(wheel.count, 0);
}
END_TEST

START_TEST(a_timer_fires_at_its_microsecond_and_not_before)
{
	const uint64_t distance[] = { 1,          2,         63,      64,
		                      65,         4095,      4096,    4097,
		                      40000,      200000,    1000000, 60000000,
		                      7200000000, 1ull << 47 };

	for (size_t i = 0; i < ARRAY_LEN(distance); i++) {
		const uint64_t at_us = wheel.now_us + distance[i];

		set(0, at_us);
		advance(at_us - 1);
		ck_assert(model[0].is_set);
		advance(at_us);
		ck_assert(!model[0].is_set);
	}
}
END_TEST

START_TEST(equal_deadlines_fire_in_the_order_of_setting)
{
	for (int i = 0; i < 50; i++) {
		set(i, 1000000);
		advance(wheel.now_us + 17000);
	}
	advance(1000000);
	ck_assert_uint_eq(wheel.count, 0);
}
END_TEST

START_TEST(a_passed_deadline_waits_for_the_next_advance)
{
	set(0, 1000);
	set(1, 0);
	ck_assert_ptr_null(wheel_take(&wheel));
	ck_assert_uint_eq(wheel_deadline(&wheel), 1000);
	advance(1000);
	ck_assert_uint_eq(wheel.count, 0);
}
END_TEST

/* Otherwise a handler that says "at once" would never let go of the stack. */
START_TEST(a_handler_that_arms_for_now_is_not_called_in_the_same_round)
{
	set(0, 2000);
	wheel_advance(&wheel, 2000);
	ck_assert_ptr_eq(wheel_take(&wheel), &model[0].timer);
	set(0, 2000);
	ck_assert_ptr_null(wheel_take(&wheel));
	advance(2000);
	ck_assert(!model[0].is_set);
}
END_TEST

START_TEST(a_timer_that_is_set_again_moves)
{
	set(0, 2000);
	set(0, 5000);
	ck_assert_uint_eq(wheel.count, 1);
	advance(4999);
	ck_assert(model[0].is_set);
	set(0, 4999 + 1);
	advance(5000);
	ck_assert(!model[0].is_set);
}
END_TEST

START_TEST(a_cancelled_timer_does_not_fire)
{
	set(0, 2000);
	set(1, 2000);
	cancel(0);
	cancel(0);
	advance(3000);
	ck_assert(!timer_is_set(&model[0].timer));
	ck_assert_uint_eq(wheel.count, 0);
}
END_TEST

START_TEST(a_timer_that_is_due_can_still_be_cancelled_or_moved)
{
	for (int i = 0; i < 3; i++)
		set(i, 2000);
	wheel_advance(&wheel, 2000);
	ck_assert_uint_eq(wheel_deadline(&wheel), 2000);
	cancel(0);
	set(1, 3000);
	ck_assert_ptr_eq(wheel_take(&wheel), &model[2].timer);
	model[2].is_set = false;
	ck_assert_ptr_null(wheel_take(&wheel));
	ck_assert_uint_eq(wheel_deadline(&wheel) <= 3000, 1);
	advance(3000);
	ck_assert_uint_eq(wheel.count, 0);
}
END_TEST

START_TEST(setting_to_never_cancels)
{
	set(0, 2000);
	timer_set(&wheel, &model[0].timer, TARN_NEVER);
	model[0].is_set = false;
	ck_assert(!timer_is_set(&model[0].timer));
	ck_assert_uint_eq(wheel_deadline(&wheel), TARN_NEVER);
	advance(3000);
}
END_TEST

START_TEST(time_does_not_go_back)
{
	set(0, 900);
	wheel_advance(&wheel, 500);
	ck_assert_uint_eq(wheel.now_us, 1000);
	ck_assert_ptr_eq(wheel_take(&wheel), &model[0].timer);
}
END_TEST

/* The loop that drives a stack: sleep until the deadline, again and again. */
START_TEST(following_the_deadline_meets_every_timer_exactly)
{
	unsigned steps = 0;

	for (int i = 0; i < TIMERS; i++)
		set(i, 1000 + random_below(&chance, 100000000));
	while (wheel.count) {
		const uint64_t due_us = next()->due_us;

		advance(MIN(wheel_deadline(&wheel), due_us));
		steps++;
	}
	ck_assert_uint_lt(steps, TIMERS * WHEEL_LEVELS);
}
END_TEST

START_TEST(a_deadline_beyond_the_wheel_is_met)
{
	const uint64_t far_us = 5ull << 48;

	set(0, far_us + 3);
	set(1, UINT64_MAX - 1);
	set(2, wheel.now_us + (1ull << 48));
	while (model[0].is_set)
		advance(wheel_deadline(&wheel));
	ck_assert_uint_eq(wheel.now_us, far_us + 3);
	ck_assert(model[1].is_set && !model[2].is_set);
	cancel(1);
	ck_assert_uint_eq(wheel_deadline(&wheel), TARN_NEVER);
}
END_TEST

static void act(int i, uint64_t span)
{
	/* Few distinct deadlines, so that equal ones are common. */
	const uint64_t step     = MAX(1, span / 32);
	const uint64_t ahead_us = step * random_below(&chance, 34);

	switch (random_below(&chance, 8)) {
	case 0:
		cancel(i);
		break;
	case 1:
		set(i, wheel.now_us - MIN(wheel.now_us, ahead_us));
		break;
	case 2:
		advance(wheel.now_us + random_u64(&chance) % (span + 1));
		break;
	case 3:
		advance(MAX(wheel.now_us,
		            MIN(wheel_deadline(&wheel), wheel.now_us + span)));
		break;
	default:
		set(i, (wheel.now_us / step) * step + ahead_us);
	}
}

static void play(uint64_t now_us, uint64_t seed)
{
	start(now_us, seed);
	for (int round = 0; round < 4000; round++) {
		const uint64_t span = 1ull << random_below(&chance, 36);

		act((int)random_below(&chance, TIMERS), span);
		check_deadline();
	}
	while (next())
		advance(next()->due_us);
	check_deadline();
	ck_assert_uint_eq(wheel.count, 0);
}

static const uint64_t births[] = {
	0,
	63,
	(1ull << 30) - 5,
	(1ull << 48) - 100000,   /* the last level's circle closes */
	1760000000ull * 1000000, /* as a wall clock counts */
};

START_TEST(random_operations_equal_the_model)
{
	for (uint64_t seed = 0; seed < 4; seed++)
		play(births[_i], seed);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/wheel");
	TCase *tc = tcase_create("wheel");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_empty_wheel_has_no_deadline);
	tcase_add_test(tc, a_timer_fires_at_its_microsecond_and_not_before);
	tcase_add_test(tc, equal_deadlines_fire_in_the_order_of_setting);
	tcase_add_test(tc, a_passed_deadline_waits_for_the_next_advance);
	tcase_add_test(
	        tc,
	        a_handler_that_arms_for_now_is_not_called_in_the_same_round);
	tcase_add_test(tc, a_timer_that_is_set_again_moves);
	tcase_add_test(tc, a_cancelled_timer_does_not_fire);
	tcase_add_test(tc, a_timer_that_is_due_can_still_be_cancelled_or_moved);
	tcase_add_test(tc, setting_to_never_cancels);
	tcase_add_test(tc, time_does_not_go_back);
	tcase_add_test(tc, following_the_deadline_meets_every_timer_exactly);
	tcase_add_test(tc, a_deadline_beyond_the_wheel_is_met);
	tcase_add_loop_test(tc, random_operations_equal_the_model, 0,
	                    ARRAY_LEN(births));
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
