/* SPDX-License-Identifier: MIT */
/*
 * test_cc_cubic.c - CUBIC's numbers and its ways (RFC 9438)
 *
 * The tables were computed apart from the code, with exact fractions:
 *
 *	K	floor(cbrt((W_max - cwnd) / (0.4 MSS)) * 1000) ms
 *	W_cubic	floor(0.4 MSS ((t - K) / 1000)^3 + W_max), at most 2^31 - 1
 */
#include "tests/unit/lib/tcb.h"

static struct env *env;
static struct tcb *tcb;

static void setup(void)
{
	env = tcb_layer_open();
	tcb = tcb_in(TCPS_ESTABLISHED);
}

/* clang-format off */
static const struct { uint32_t w_max, cwnd, mss, k_ms; } k_table[] = {
	{ 10000u, 7000u, 1000u, 1957u },
	{ 14600u, 10220u, 1460u, 1957u },
	{ 146000u, 102200u, 1460u, 4217u },
	{ 1460000u, 1022000u, 1460u, 9085u },
	{ 14600000u, 10220000u, 1460u, 19574u },
	{ 1073741824u, 751619276u, 1460u, 82010u },
	{ 1073741824u, 1u, 1u, 1389781u },
	{ 1001u, 1000u, 1000u, 135u },
	{ 5000u, 5000u, 1000u, 0u },
	{ 4000u, 5000u, 1000u, 0u },
	{ 2100000000u, 536u, 536u, 213959u },
	{ 65536000u, 45875200u, 65535u, 9085u },
};
static const struct { uint32_t w_max, cwnd, mss, t_ms, window; } w_table[] = {
	{ 100000u, 70000u, 1000u, 0u, 70003u },
	{ 100000u, 70000u, 1000u, 1054u, 87342u },
	{ 100000u, 70000u, 1000u, 2108u, 96247u },
	{ 100000u, 70000u, 1000u, 3795u, 99969u },
	{ 100000u, 70000u, 1000u, 4217u, 100000u },
	{ 100000u, 70000u, 1000u, 4638u, 100029u },
	{ 100000u, 70000u, 1000u, 6325u, 103746u },
	{ 100000u, 70000u, 1000u, 8434u, 129996u },
	{ 100000u, 70000u, 1000u, 12651u, 339972u },
	{ 1460000u, 1022000u, 1460u, 0u, 1022087u },
	{ 1460000u, 1022000u, 1460u, 2271u, 1275235u },
	{ 1460000u, 1022000u, 1460u, 4542u, 1405242u },
	{ 1460000u, 1022000u, 1460u, 8176u, 1459561u },
	{ 1460000u, 1022000u, 1460u, 9085u, 1460000u },
	{ 1460000u, 1022000u, 1460u, 9993u, 1460437u },
	{ 1460000u, 1022000u, 1460u, 13627u, 1514721u },
	{ 1460000u, 1022000u, 1460u, 18170u, 1897912u },
	{ 1460000u, 1022000u, 1460u, 27255u, 4963302u },
	{ 1073741824u, 751619276u, 1460u, 0u, 751625093u },
	{ 1073741824u, 751619276u, 1460u, 20502u, 937845514u },
	{ 1073741824u, 751619276u, 1460u, 41005u, 1033477232u },
	{ 1073741824u, 751619276u, 1460u, 73809u, 1073419707u },
	{ 1073741824u, 751619276u, 1460u, 82010u, 1073741824u },
	{ 1073741824u, 751619276u, 1460u, 90211u, 1074063940u },
	{ 1073741824u, 751619276u, 1460u, 123015u, 1114006415u },
	{ 1073741824u, 751619276u, 1460u, 164020u, 1395858554u },
	{ 1073741824u, 751619276u, 1460u, 246030u, 2147483647u },
};
/* clang-format on */

START_TEST(k_is_the_cube_root)
{
	EXPECT_EQ(cubic_k_ms(k_table[_i].w_max, k_table[_i].cwnd,
	                     k_table[_i].mss),
	          k_table[_i].k_ms);
}
END_TEST

/* RFC9438-2, MAY-18 */
START_TEST(window_is_on_the_cubic_curve)
{
	const uint32_t mss       = w_table[_i].mss;
	const struct cubic cubic = {
		.w_max = w_table[_i].w_max,
		.k_ms  = cubic_k_ms(w_table[_i].w_max, w_table[_i].cwnd, mss),
	};
	const uint32_t window =
	        cubic_window(&cubic, w_table[_i].t_ms * USEC_PER_MSEC, mss);

	ck_assert_uint_le(window, w_table[_i].window + 2);
	ck_assert_uint_ge(window, w_table[_i].window - 2);
}
END_TEST

START_TEST(window_never_overflows)
{
	const uint64_t hours_us = 3600 * USEC_PER_SEC;
	const uint32_t sizes[]  = { 1, 1460, 1u << 20, 1u << 30 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct cubic cubic = { .w_max = sizes[i] };
		uint32_t last      = 0;

		cubic.k_ms = cubic_k_ms(sizes[i], 1, 1);
		for (uint64_t t_us = 0; t_us < 100 * hours_us;
		     t_us += hours_us / 10) {
			const uint32_t now = cubic_window(&cubic, t_us, 65535);

			ck_assert_uint_le(now, CC_CWND_MAX);
			ck_assert_uint_ge(now, last);
			last = now;
		}
		ck_assert_uint_eq(last, CC_CWND_MAX);
	}
}
END_TEST

/* ---- Growing ---- */

/* A round trip of @rtt_us in which every segment of cwnd is acknowledged. */
static void round_trip(uint32_t rtt_us)
{
	const uint32_t count = tcb->cc.cwnd / TCB_MSS;

	tcb->rtt.srtt_us = rtt_us;
	for (uint32_t i = 0; i < count; i++) {
		env->now_us += rtt_us / count;
		tcb->snd.una += 1; /* each is a round: all is limited */
		tcb->snd.nxt += 1;
		cc_acked(tcb, &(struct cc_ack){ .acked  = TCB_MSS,
		                                .flight = tcb->cc.cwnd });
	}
}

static void lose_at(uint32_t segments)
{
	tcb->cc.cwnd = segments * TCB_MSS;
	cc_reduce(tcb, tcb->cc.cwnd);
	tcb->cc.cwnd = tcb->cc.ssthresh;
}

/* RFC9438-1 */
START_TEST(a_loss_leaves_seven_tenths)
{
	lose_at(100);
	ck_assert_uint_eq(tcb->cc.ssthresh, 70 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cubic.w_max, 100 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cubic.cwnd_prior, 100 * TCB_MSS);
}
END_TEST

START_TEST(ssthresh_is_at_least_two_segments)
{
	tcb->cc.cwnd = TCB_MSS;
	cc_reduce(tcb, TCB_MSS);
	ck_assert_uint_eq(tcb->cc.ssthresh, 2 * TCB_MSS);
}
END_TEST

START_TEST(a_flight_that_is_small_by_chance_does_not_count)
{
	/* Forty were out in this round; now only one is. */
	tcb->cc.cwnd = 50 * TCB_MSS;
	cc_acked(tcb,
	         &(struct cc_ack){ .acked = TCB_MSS, .flight = 40 * TCB_MSS });
	cc_reduce(tcb, TCB_MSS);
	ck_assert_uint_eq(tcb->cc.ssthresh, 28 * TCB_MSS);
}
END_TEST

START_TEST(a_flight_beyond_the_window_counts_as_the_window)
{
	/* In recovery SND.NXT runs away from SND.UNA. */
	lose_at(100);
	cc_reduce(tcb, 300 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.ssthresh, 49 * TCB_MSS);
}
END_TEST

START_TEST(window_is_back_at_w_max_after_k)
{
	/* K for 1000 segments is 9.085 s (RFC 9438 figure 2). */
	const uint64_t k_us = 9085000;
	uint64_t began_us;

	lose_at(1000);
	round_trip(100000);
	began_us = env->now_us - 100000;
	while (env->now_us < began_us + k_us / 2)
		round_trip(100000);
	/* Half way of K, an eighth of the way is left. */
	ck_assert_uint_ge(tcb->cc.cwnd, 955 * TCB_MSS);
	ck_assert_uint_le(tcb->cc.cwnd, 967 * TCB_MSS);
	while (env->now_us < began_us + k_us)
		round_trip(100000);
	ck_assert_uint_ge(tcb->cc.cwnd, 997 * TCB_MSS);
	ck_assert_uint_le(tcb->cc.cwnd, 1003 * TCB_MSS);
	while (env->now_us < began_us + 2 * k_us)
		round_trip(100000);
	ck_assert_uint_ge(tcb->cc.cwnd, 1290 * TCB_MSS);
	ck_assert_uint_le(tcb->cc.cwnd, 1320 * TCB_MSS);
}
END_TEST

/* RFC9438-6 */
START_TEST(time_without_use_does_not_count)
{
	uint32_t cwnd;

	env->config.no_idle_restart = true;
	lose_at(1000);
	for (unsigned i = 0; i < 10; i++)
		round_trip(100000);
	cwnd = tcb->cc.cwnd;
	for (unsigned i = 0; i < 100; i++) {
		env->now_us += 100000;
		tcb->snd.una += 1; /* each is a round: none is limited */
		tcb->snd.nxt += 1;
		cc_acked(tcb, &(struct cc_ack){ .acked  = TCB_MSS,
		                                .flight = TCB_MSS });
	}
	cc_restart_if_idle(tcb); /* nothing is out: time stands still */
	env->now_us += 10 * USEC_PER_SEC;
	cc_restart_if_idle(tcb);
	ck_assert_uint_eq(tcb->cc.cwnd, cwnd);
	ck_assert_uint_le(tcb->cc.cubic.t_us, 1000000);
	round_trip(100000);
	ck_assert_uint_le(tcb->cc.cwnd, cwnd + cwnd / 20);
}
END_TEST

/* RFC9438-3 */
START_TEST(short_paths_grow_as_reno)
{
	/* alpha = 9/17 a round trip until cwnd_prior, then 1. */
	lose_at(20);
	ck_assert_uint_eq(tcb->cc.cwnd, 14 * TCB_MSS);
	for (unsigned i = 0; i < 10; i++)
		round_trip(1000);
	ck_assert_uint_ge(tcb->cc.cwnd, 14 * TCB_MSS + 5000);
	ck_assert_uint_le(tcb->cc.cwnd, 14 * TCB_MSS + 5294);
	for (unsigned i = 0; i < 2; i++)
		round_trip(1000);
	tcb->cc.cubic.w_est = 20 * TCB_MSS;
	tcb->cc.cwnd        = 20 * TCB_MSS;
	for (unsigned i = 0; i < 10; i++)
		round_trip(1000);
	ck_assert_uint_ge(tcb->cc.cwnd, 29 * TCB_MSS);
	ck_assert_uint_le(tcb->cc.cwnd, 30 * TCB_MSS);
}
END_TEST

START_TEST(acks_of_single_octets_grow_as_much_as_large_ones)
{
	uint32_t large;

	lose_at(1000);
	round_trip(100000);
	round_trip(100000);
	large = tcb->cc.cwnd;
	cc_undo(tcb);
	lose_at(1000);
	ck_assert_uint_eq(tcb->cc.cwnd, 700 * TCB_MSS);
	for (unsigned i = 0; i < 1400 * TCB_MSS; i++) {
		env->now_us += i % 7 == 0; /* 0.2 s in all */
		cc_acked(tcb, &(struct cc_ack){ .acked  = 1,
		                                .flight = tcb->cc.cwnd });
	}
	ck_assert_uint_ge(tcb->cc.cwnd, large - large / 1000);
	ck_assert_uint_le(tcb->cc.cwnd, large + large / 1000);
	ck_assert_uint_gt(large, 715 * TCB_MSS);
}
END_TEST

START_TEST(growth_is_at_most_half_a_window_a_round_trip)
{
	lose_at(10);
	round_trip(100000);
	env->now_us += 3600 * USEC_PER_SEC; /* an hour of being limited */
	for (unsigned i = 0; i < 20; i++) {
		const uint32_t before = tcb->cc.cwnd;

		round_trip(100000);
		ck_assert_uint_le(tcb->cc.cwnd, before + before / 2 + TCB_MSS);
	}
}
END_TEST

/* ---- Events ---- */

/* RFC9438-4 */
START_TEST(fast_convergence_gives_way)
{
	/* Lost again below W_max: somebody new is there. */
	lose_at(100);
	lose_at(80);
	ck_assert_uint_eq(tcb->cc.cubic.w_max, 68 * TCB_MSS); /* 80 * 1.7/2 */
	lose_at(90);
	ck_assert_uint_eq(tcb->cc.cubic.w_max, 90 * TCB_MSS);
}
END_TEST

/* RFC9438-5 */
START_TEST(after_a_timeout_the_curve_starts_where_slow_start_ends)
{
	lose_at(100);
	cc_timeout(tcb);
	ck_assert_uint_eq(tcb->cc.cwnd, TCB_MSS);
	while (tcb->cc.cwnd < tcb->cc.ssthresh)
		round_trip(100000);
	round_trip(100000);
	ck_assert_uint_eq(tcb->cc.cubic.k_ms, 0);
	ck_assert_uint_ge(tcb->cc.cubic.w_max, 70 * TCB_MSS);
	ck_assert_uint_le(tcb->cc.cubic.w_max, 71 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cubic.cwnd_prior, 100 * TCB_MSS);
}
END_TEST

START_TEST(undo_brings_everything_back)
{
	struct cubic before;

	lose_at(100);
	for (unsigned i = 0; i < 10; i++)
		round_trip(100000);
	before = tcb->cc.cubic;
	lose_at(80);
	ck_assert_uint_ne(tcb->cc.cubic.w_max, before.w_max);
	cc_undo(tcb);
	ck_assert_uint_eq(tcb->cc.cwnd, 80 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cubic.w_max, before.w_max);
	ck_assert_uint_eq(tcb->cc.cubic.k_ms, before.k_ms);
	ck_assert_uint_eq(tcb->cc.cubic.t_us, before.t_us);
	ck_assert_uint_eq(tcb->cc.cubic.w_est, before.w_est);
}
END_TEST

START_TEST(undo_comes_too_late_when_cwnd_has_grown)
{
	lose_at(100);
	tcb->cc.cwnd = 120 * TCB_MSS;
	cc_undo(tcb);
	ck_assert_uint_eq(tcb->cc.cwnd, 120 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.cubic.w_max, 100 * TCB_MSS);
}
END_TEST

START_TEST(cubic_is_the_default_and_names_are_known)
{
	ck_assert_ptr_eq(tcb->cc.ops, &cc_cubic);
	ck_assert_ptr_eq(cc_find(NULL), &cc_cubic);
	ck_assert_ptr_eq(cc_find("cubic"), &cc_cubic);
	ck_assert_ptr_eq(cc_find("reno"), &cc_reno);
	ck_assert_ptr_null(cc_find("bbr"));
	ck_assert_ptr_null(cc_find(""));
}
END_TEST

START_TEST(switching_keeps_the_window)
{
	lose_at(100);
	round_trip(100000);
	tcb->cc.cwnd     = 77 * TCB_MSS;
	tcb->cc.ssthresh = 70 * TCB_MSS;
	cc_switch(tcb, &cc_reno);
	ck_assert_ptr_eq(tcb->cc.ops, &cc_reno);
	ck_assert_uint_eq(tcb->cc.cwnd, 77 * TCB_MSS);
	ck_assert_uint_eq(tcb->cc.ssthresh, 70 * TCB_MSS);
	cc_switch(tcb, &cc_cubic);
	ck_assert_uint_eq(tcb->cc.cubic.w_max, 0);
	round_trip(100000);
	ck_assert_uint_ge(tcb->cc.cubic.w_max, 77 * TCB_MSS);
}
END_TEST

static Suite *cc_suite(void)
{
	Suite *suite = suite_create("cc_cubic");
	TCase *tcase = tcase_create("cc_cubic");

	tcase_add_checked_fixture(tcase, setup, tcb_layer_close);
	tcase_add_loop_test(tcase, k_is_the_cube_root, 0, ARRAY_LEN(k_table));
	tcase_add_loop_test(tcase, window_is_on_the_cubic_curve, 0,
	                    ARRAY_LEN(w_table));
	tcase_add_test(tcase, window_never_overflows);
	tcase_add_test(tcase, a_loss_leaves_seven_tenths);
	tcase_add_test(tcase, ssthresh_is_at_least_two_segments);
	tcase_add_test(tcase, a_flight_that_is_small_by_chance_does_not_count);
	tcase_add_test(tcase, a_flight_beyond_the_window_counts_as_the_window);
	tcase_add_test(tcase, window_is_back_at_w_max_after_k);
	tcase_add_test(tcase, time_without_use_does_not_count);
	tcase_add_test(tcase, short_paths_grow_as_reno);
	tcase_add_test(tcase, acks_of_single_octets_grow_as_much_as_large_ones);
	tcase_add_test(tcase, growth_is_at_most_half_a_window_a_round_trip);
	tcase_add_test(tcase, fast_convergence_gives_way);
	tcase_add_test(tcase,
	               after_a_timeout_the_curve_starts_where_slow_start_ends);
	tcase_add_test(tcase, undo_brings_everything_back);
	tcase_add_test(tcase, undo_comes_too_late_when_cwnd_has_grown);
	tcase_add_test(tcase, cubic_is_the_default_and_names_are_known);
	tcase_add_test(tcase, switching_keeps_the_window);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(cc_suite)
