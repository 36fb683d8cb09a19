/* SPDX-License-Identifier: MIT */
/*
 * response.c - what congestion control makes of losses and of reordering
 *
 *	100 Mbit/s, 50 ms of round trip, virtual time, three seeds each
 *
 * With random loss p a window of Reno's averages sqrt(3/2p) segments a round
 * trip, and CUBIC in its Reno-friendly region no less: RFC 9438 table 1 and 2
 * say 12 at 1 %. Against that, and against the same stack without SACK and RACK,
 * that is NewReno (RFC 6582), stand the bounds here.
 */
#include "base/bytes.h"
#include "tests/netsim/lib/bulk.h"
#include "tests/unit/lib/test.h"
#include <stdio.h>

#define RATE_BPS 100000000ull
#define ONE_WAY  25000u
#define RUN_US   (60ull * 1000000)
#define SEEDS    3
#define WINDOW_1 12u   /* segments a round trip at 1 %: RFC 9438 tables 1, 2 */
#define SEGMENT  1448u /* octets: 1500 without headers and timestamps */

/*
 * What losses in bursts, and reordering, may cost. One burst in a thousand
 * segments is one reduction in a thousand for either side, and figure 3 of RFC
 * 9438 gives both 39 segments a round trip. What SACK and RACK save is the round
 * trip per lost segment, and the time-outs.
 */
#define BURST_PERCENT   125 /* of NewReno's goodput */
#define REORDER_PERCENT 50  /* of the goodput without reordering */

static void as_newreno(struct tarn_config *config, unsigned end)
{
	(void)end;
	config->no_sack = config->no_rack = config->no_tlp = true;
	config->congestion                                 = "reno";
}

/* The sum over the seeds. */
static struct bulk_result run(struct bulk bulk)
{
	struct bulk_result sum = { 0 };

	bulk.path.rate_bps = RATE_BPS;
	bulk.path.delay_us = ONE_WAY;
	bulk.duration_us   = RUN_US;
	for (bulk.seed = 1; bulk.seed <= SEEDS; bulk.seed++) {
		struct bulk_result one;

		bulk_run(&bulk, &one);
		sum.goodput_kbps += one.goodput_kbps;
		sum.retransmits += one.retransmits;
		sum.timeouts += one.timeouts;
		sum.wire.lost += one.wire.lost;
		sum.wire.reordered += one.wire.reordered;
	}
	printf("%llu kbit/s, %llu sent again of %llu lost, %u timeouts\n",
	       (unsigned long long)sum.goodput_kbps / SEEDS,
	       (unsigned long long)sum.retransmits,
	       (unsigned long long)sum.wire.lost, sum.timeouts);

	return sum;
}

/* Only what A sends: the acknowledgments arrive. */
static void spare_acks(struct lab *lab)
{
	wire_path(lab_wire(lab), 1)->loss_ppm = 0;
}

START_TEST(one_percent_of_loss_leaves_twelve_segments_a_round_trip)
{
	const uint64_t response_kbps =
	        (uint64_t)WINDOW_1 * SEGMENT * 8 * 1000 / (2 * ONE_WAY);
	const struct bulk bulk = { .path.loss_ppm = 10000,
		                   .connected     = spare_acks };
	struct bulk newreno    = bulk;
	struct bulk_result ours, theirs;

	newreno.tweak = as_newreno;
	ours          = run(bulk);
	theirs        = run(newreno);
	ck_assert_uint_ge(ours.goodput_kbps * 10, response_kbps * SEEDS * 9);
	ck_assert_uint_ge(ours.goodput_kbps * 10, theirs.goodput_kbps * 11);
}
END_TEST

START_TEST(bursts_of_four_cost_less_than_they_cost_newreno)
{
	const struct bulk bulk = { .path.loss_ppm   = 1000,
		                   .path.loss_burst = 4,
		                   .connected       = spare_acks };
	struct bulk newreno    = bulk;
	struct bulk_result ours, theirs;

	newreno.tweak = as_newreno;
	ours          = run(bulk);
	theirs        = run(newreno);
	ck_assert_uint_eq(ours.timeouts, 0);
	ck_assert_uint_ge(ours.goodput_kbps * 100,
	                  theirs.goodput_kbps * BURST_PERCENT);
}
END_TEST

START_TEST(reordering_is_no_loss)
{
	/* A tenth of the segments is late by up to half a round trip. */
	const struct bulk straight = { .buffer = 512u << 10 };
	struct bulk bulk           = straight;
	struct bulk_result ours, calm;

	bulk.path.reorder_ppm = 100000;
	bulk.path.reorder_us  = ONE_WAY;
	calm                  = run(straight);
	ours                  = run(bulk);
	ck_assert_uint_gt(ours.wire.reordered, 0);
	ck_assert_uint_eq(ours.timeouts, 0);
	ck_assert_uint_ge(ours.goodput_kbps * 100,
	                  calm.goodput_kbps * REORDER_PERCENT);
}
END_TEST

static Suite *response_suite(void)
{
	Suite *suite = suite_create("response");
	TCase *tcase = tcase_create("response");

	tcase_set_timeout(tcase, 600);
	tcase_add_test(tcase,
	               one_percent_of_loss_leaves_twelve_segments_a_round_trip);
	tcase_add_test(tcase, bursts_of_four_cost_less_than_they_cost_newreno);
	tcase_add_test(tcase, reordering_is_no_loss);
	suite_add_tcase(suite, tcase);

	return suite;
}

TEST_MAIN(response_suite)
