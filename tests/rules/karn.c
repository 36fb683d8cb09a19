/* SPDX-License-Identifier: MIT */
/*
 * karn: which copy was acknowledged?
 *
 * The path becomes longer, from 40 to 400 ms. The timer expires before the ACK
 * of the first copy comes, which comes soon after the second one has left: taken
 * for a round trip, that says the path is short. So every timeout is too early.
 */
#include "base/bytes.h"
#include "base/rule.h"
#include "tests/netsim/lib/pair.h"
#include "tests/unit/lib/test.h"

#define SEGMENTS 20
#define SECOND   1000000u

static void tweak_with(struct tarn_config *config, unsigned end)
{
	(void)end;
	config->no_timestamps = true; /* they would tell which copy it was */
}

static void tweak_without(struct tarn_config *config, unsigned end)
{
	tweak_with(config, end);
	config->without = BIT(RULE_KARN);
}

/* Nothing is lost. Return: how many segments of twenty were sent again */
static uint64_t spurious(void (*tweak)(struct tarn_config *, unsigned))
{
	const struct wire_path path = { .delay_us = 20000 };
	struct tarn_tcp_info info;
	struct pair pair;

	pair_open(&pair, &path, tweak);
	for (unsigned i = 0; i < 2 * SEGMENTS; i++) {
		if (i == SEGMENTS)
			for (unsigned end = 0; end < 2; end++)
				wire_path(lab_wire(pair.lab), end)->delay_us =
				        200000;
		ck_assert_uint_eq(pair_send(&pair, 0, 1000), 1000);
		pair_run(&pair, SECOND);
		ck_assert_uint_eq(pair_receive(&pair, 1, 2000), 1000);
	}
	info = pair_info(&pair, 0);
	pair_close(&pair);

	return info.retransmits;
}

START_TEST(without_it_every_segment_is_sent_twice)
{
	ck_assert_uint_ge(spurious(tweak_without), SEGMENTS - 1);
}
END_TEST

START_TEST(with_it_the_timer_learns)
{
	ck_assert_uint_le(spurious(tweak_with), 3);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("rules/karn");
	TCase *tc = tcase_create("karn");

	tcase_add_test(tc, without_it_every_segment_is_sent_twice);
	tcase_add_test(tc, with_it_the_timer_learns);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
