/* SPDX-License-Identifier: MIT */
/* test_datagram.c - the fragments of one datagram; row FR-02 of hostile input */
#include "base/bytes.h"
#include "base/limits.h"
#include "base/ranges.h"
#include "net/datagram.h"
#include "tests/unit/lib/test.h"

#define HDR_LEN 20
#define UNIT    8

#define MONOTONOUS 99 /* the story in which all octets are zero */

static struct memory memory;
static struct datagram datagram;

static void reset(void)
{
	if (memory.budget)
		datagram_empty(&datagram, &memory);
	memory_init(&memory, NULL, 1u << 20);
	datagram = (struct datagram){ .bytes = sizeof(datagram) };
}

/* Payload octets of @story: what stands at an offset depends on the story. */
static const uint8_t *packet_of(uint32_t start, uint32_t end, uint32_t story)
{
	static uint8_t packet[HDR_LEN + 65536];

	for (uint32_t i = start; i < end; i++)
		packet[HDR_LEN + i - start] =
		        story == MONOTONOUS ? 0 : (uint8_t)(i * 3 + story);

	return packet;
}

static enum drop add(uint32_t start, uint32_t end, bool is_last, uint32_t story)
{
	const struct fragment shape = { .start   = start,
		                        .end     = end,
		                        .hdr_len = HDR_LEN,
		                        .is_last = is_last };
	const uint8_t *packet       = packet_of(start, end, story);
	unsigned at                 = 0;
	enum drop drop = datagram_check(&datagram, &shape, packet, &at);

	if (drop == DROP_NONE)
		drop = datagram_insert(&datagram, &memory, at, &shape, packet);

	return drop;
}

/* The thirteen relations of Allen (1983), from two intervals' ends. */
enum allen {
	BEFORE,
	MEETS,
	OVERLAPS,
	STARTS,
	DURING,
	FINISHES,
	EQUALS,
	FINISHED_BY,
	CONTAINS,
	STARTED_BY,
	OVERLAPPED_BY,
	MET_BY,
	AFTER,
	ALLEN_COUNT,
};

static int sign(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static enum allen relation(uint32_t a, uint32_t a_end, uint32_t b,
                           uint32_t b_end)
{
	static const enum allen by_ends[3][3] = {
		{ OVERLAPS, FINISHED_BY, CONTAINS },
		{ STARTS, EQUALS, STARTED_BY },
		{ DURING, FINISHES, OVERLAPPED_BY },
	};

	if (a_end <= b)
		return a_end < b ? BEFORE : MEETS;
	if (b_end <= a)
		return b_end < a ? AFTER : MET_BY;

	return by_ends[sign(a, b) + 1][sign(a_end, b_end) + 1];
}

static enum drop expected_of(enum allen relation, bool same_story)
{
	switch (relation) {
	case BEFORE:
	case MEETS:
	case MET_BY:
	case AFTER:
		return DROP_NONE;
	case EQUALS:
		return same_story ? DROP_FRAGMENT_DUPLICATE
		                  : DROP_FRAGMENT_OVERLAP;
	default:
		return DROP_FRAGMENT_OVERLAP;
	}
}

/* Two intervals of this content, one after the other. */
static void try_pair(struct range first, struct range second, uint32_t story,
                     enum drop expected)
{
	reset();
	ck_assert_int_eq(add(first.start, first.end, false, 0), DROP_NONE);
	ck_assert_int_eq(add(second.start, second.end, false, story), expected);
}

/* All intervals of up to 12 units, against one in the middle. */
static void for_all_relations(void (*try)(struct range, struct range,
                                          enum allen))
{
	const struct range a = { 4 * UNIT, 8 * UNIT };

	for (uint32_t start = 0; start < 12 * UNIT; start += UNIT) {
		for (uint32_t end = start + UNIT; end <= 12 * UNIT;
		     end += UNIT) {
			const struct range b = { start, end };

			try(a, b, relation(a.start, a.end, start, end));
		}
	}
	reset();
}

static unsigned seen[ALLEN_COUNT];

static void try_both_orders_and_contents(struct range a, struct range b,
                                         enum allen r)
{
	seen[r]++;
	for (uint32_t story = 0; story < 2; story++) {
		const enum drop expected = expected_of(r, story == 0);

		try_pair(a, b, story, expected);
		try_pair(b, a, story, expected);
	}
}

START_TEST(fr_02_all_13_relations_in_both_orders_with_both_contents)
{
	for_all_relations(try_both_orders_and_contents);
	for (unsigned r = 0; r < ALLEN_COUNT; r++)
		ck_assert_uint_gt(seen[r], 0);
}
END_TEST

static void try_monotonous(struct range a, struct range b, enum allen r)
{
	reset();
	ck_assert_int_eq(add(a.start, a.end, false, MONOTONOUS), DROP_NONE);
	ck_assert_int_eq(add(b.start, b.end, false, MONOTONOUS),
	                 expected_of(r, true));
}

START_TEST(fr_02_octets_that_agree_do_not_excuse_an_overlap)
{
	for_all_relations(try_monotonous);
}
END_TEST

/* ---- a model that is too slow and too plain to be wrong ---- */

struct model {
	struct model_fragment {
		uint32_t start, end;
		bool is_last;
		uint32_t story;
	} at[16];
	unsigned count;
};

/* What one fragment that is here says about another. */
static enum drop model_compare(const struct model_fragment *here,
                               const struct model_fragment *f)
{
	if (here->start == f->start && here->end == f->end) {
		if (here->story != f->story)
			return DROP_FRAGMENT_OVERLAP;
		return here->is_last == f->is_last ? DROP_FRAGMENT_DUPLICATE
		                                   : DROP_FRAGMENT_INCONSISTENT;
	}
	for (uint32_t octet = f->start; octet < f->end; octet++)
		if (here->start <= octet && octet < here->end)
			return DROP_FRAGMENT_OVERLAP;

	return DROP_NONE;
}

static bool model_ends_agree(const struct model_fragment *a,
                             const struct model_fragment *b)
{
	return !(a->is_last && b->is_last) &&
	       !(a->is_last && b->end > a->end) &&
	       !(b->is_last && a->end > b->end);
}

static enum drop model_check(const struct model *m,
                             const struct model_fragment *f)
{
	for (unsigned i = 0; i < m->count; i++) {
		const enum drop drop = model_compare(&m->at[i], f);

		if (drop != DROP_NONE)
			return drop;
	}
	for (unsigned i = 0; i < m->count; i++)
		if (!model_ends_agree(&m->at[i], f))
			return DROP_FRAGMENT_INCONSISTENT;

	return DROP_NONE;
}

static bool model_is_whole(const struct model *m)
{
	uint32_t sum = 0, total = 0;

	for (unsigned i = 0; i < m->count; i++) {
		sum += m->at[i].end - m->at[i].start;
		if (m->at[i].is_last)
			total = m->at[i].end;
	}

	return total && sum == total;
}

START_TEST(fr_02_random_sequences_agree_with_the_model)
{
	const uint64_t seed[2] = { 2, 2 };
	struct random random;
	unsigned whole = 0;

	random_init(&random, seed);
	for (unsigned run = 0; run < 200000; run++) {
		struct model m = { .count = 0 };

		reset();
		while (m.count < 6) {
			const uint32_t start = random_below(&random, 6);
			const struct model_fragment f = {
				.start = UNIT * start,
				.end   = UNIT *
				       (start + 1 + random_below(&random, 3)),
				.is_last = random_below(&random, 4) == 0,
				.story   = random_below(&random, 16) == 0,
			};
			const enum drop expected = model_check(&m, &f);

			if (add(f.start, f.end, f.is_last, f.story) != expected)
				ck_abort_msg("run %u differs", run);
			if (expected == DROP_FRAGMENT_DUPLICATE)
				continue;
			if (expected != DROP_NONE)
				break;
			m.at[m.count++] = f;
			if (datagram_is_whole(&datagram) != model_is_whole(&m))
				ck_abort_msg("run %u is whole or not", run);
			whole += model_is_whole(&m);
		}
	}
	ck_assert_uint_gt(whole, 1000);
	reset();
}
END_TEST

START_TEST(fr_08_ends_that_disagree)
{
	reset();
	ck_assert_int_eq(add(8, 16, true, 0), DROP_NONE);
	ck_assert_int_eq(add(16, 24, true, 0), DROP_FRAGMENT_INCONSISTENT);
	ck_assert_int_eq(add(0, 8, true, 0), DROP_FRAGMENT_INCONSISTENT);
	ck_assert_int_eq(add(24, 32, false, 0), DROP_FRAGMENT_INCONSISTENT);
	ck_assert_int_eq(add(8, 16, false, 0), DROP_FRAGMENT_INCONSISTENT);
	reset();
	ck_assert_int_eq(add(16, 24, false, 0), DROP_NONE);
	ck_assert_int_eq(add(8, 16, true, 0), DROP_FRAGMENT_INCONSISTENT);
	ck_assert_int_eq(add(24, 25, true, 0), DROP_NONE);
	reset();
}
END_TEST

START_TEST(any_order_gives_the_same_octets)
{
	const uint64_t seed[2] = { 3, 3 };
	static uint8_t whole[128 * UNIT];
	unsigned order[128];
	struct random random;

	random_init(&random, seed);
	for (unsigned run = 0; run < 50; run++) {
		reset();
		for (unsigned i = 0; i < 128; i++)
			order[i] = i;
		for (unsigned i = 127; i > 0; i--) {
			const unsigned j = random_below(&random, i + 1);
			const unsigned k = order[i];

			order[i] = order[j];
			order[j] = k;
		}
		for (unsigned i = 0; i < 128; i++) {
			ck_assert(!datagram_is_whole(&datagram));
			ck_assert_int_eq(add(UNIT * order[i],
			                     UNIT * (order[i] + 1),
			                     order[i] == 127, 0),
			                 DROP_NONE);
		}
		ck_assert(datagram_is_whole(&datagram));
		datagram_copy(&datagram, whole);
		ck_assert_mem_eq(whole, packet_of(0, 128 * UNIT, 0) + HDR_LEN,
		                 sizeof(whole));
	}
	reset();
}
END_TEST

START_TEST(one_fragment_more_than_128_is_too_many)
{
	reset();
	for (uint32_t i = 0; i < REASM_FRAGMENTS_MAX; i++)
		ck_assert_int_eq(add(16 * i, 16 * i + 8, false, 0), DROP_NONE);
	ck_assert_int_eq(add(8, 16, false, 0), DROP_FRAGMENT_COUNT);
	reset();
}
END_TEST

START_TEST(fr_16_true_octets_are_counted)
{
	reset();
	for (uint32_t i = 0; i < 100; i++) {
		const struct fragment shape = { .start   = 16 * i,
			                        .end     = 16 * i + 8,
			                        .hdr_len = HDR_LEN };
		const size_t cost           = datagram_cost(&datagram, &shape);
		const size_t before         = datagram.bytes;

		ck_assert_int_eq(add(16 * i, 16 * i + 8, false, 0), DROP_NONE);
		ck_assert_uint_eq(datagram.bytes, before + cost);
		ck_assert_uint_eq(datagram.bytes,
		                  sizeof(datagram) + memory.used);
	}
	datagram_empty(&datagram, &memory);
	ck_assert_uint_eq(memory.used, 0);
	ck_assert_uint_eq(datagram.bytes, sizeof(datagram));
}
END_TEST

START_TEST(no_memory_leaves_the_datagram_as_it_was)
{
	for (size_t budget = 0; budget < 400; budget++) {
		unsigned kept = 0;

		reset();
		memory.budget = budget;
		for (uint32_t i = 0; i < 8; i++)
			kept += add(16 * i, 16 * i + 8, false, 0) == DROP_NONE;
		ck_assert_uint_eq(kept, datagram.count);
		ck_assert_uint_eq(8 * kept, datagram.held_len);
		ck_assert_uint_eq(datagram.bytes,
		                  sizeof(datagram) + memory.used);
	}
	reset();
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("net/datagram");
	TCase *t = tcase_create("datagram");

	tcase_add_test(
	        t, fr_02_all_13_relations_in_both_orders_with_both_contents);
	tcase_add_test(t, fr_02_octets_that_agree_do_not_excuse_an_overlap);
	tcase_add_test(t, fr_02_random_sequences_agree_with_the_model);
	tcase_add_test(t, fr_08_ends_that_disagree);
	tcase_add_test(t, any_order_gives_the_same_octets);
	tcase_add_test(t, one_fragment_more_than_128_is_too_many);
	tcase_add_test(t, fr_16_true_octets_are_counted);
	tcase_add_test(t, no_memory_leaves_the_datagram_as_it_was);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
