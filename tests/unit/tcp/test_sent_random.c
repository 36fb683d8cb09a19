/* SPDX-License-Identifier: MIT */
/* test_sent_random.c - the table of what was sent, against a table of octets */
#include "base/random.h"
#include "tests/unit/tcp/sent_table.h"
#include "wire/seq.h"

#define MODEL_LEN 3000

static uint8_t model[MODEL_LEN]; /* flags of each octet in flight */

static void agrees_with_model(uint32_t una)
{
	uint32_t octets = 0;

	holds();
	for (uint32_t i = 0; i < sent.count; i++) {
		const struct sent_range *range = sent_at(&sent, i);

		for (uint32_t seq = range->start; seq != range->end; seq++)
			EXPECT_EQ(range->flags,
			          model[(seq - BASE) % MODEL_LEN]);
		octets += range->end - range->start;
	}
	EXPECT_EQ(octets, nxt - una);
}

static void set_model(uint32_t start, uint32_t end, uint8_t flags)
{
	for (uint32_t seq = start; seq != end; seq++)
		model[(seq - BASE) % MODEL_LEN] = flags;
}

static void mark_somewhere(struct random *random, uint32_t una)
{
	static const uint8_t flags[] = { SENT_SACKED, SENT_LOST,
		                         SENT_LOST | SENT_AGAIN | SENT_TWICE,
		                         0 };
	const uint32_t flight        = nxt - una;
	const uint32_t left          = una + random_below(random, flight);
	const uint32_t len           = 1 + random_below(random, nxt - left);
	const uint8_t now            = flags[random_below(random, 4)];
	uint32_t i;

	if (!sent_cut(&sent, &memory, left) ||
	    !sent_cut(&sent, &memory, left + len))
		return;
	for (i = sent_find(&sent, left); i < sent.count; i++) {
		if (!seq_lt(sent_at(&sent, i)->start, left + len))
			break;
		sent_mark(&sent, i, now);
	}
	set_model(left, left + len, now);
	for (i = 0; i < sent.count;)
		if (!sent_join(&sent, i))
			i++;
}

START_TEST(whatever_happens_it_agrees_with_a_table_of_octets)
{
	const uint64_t seed[2] = { (uint64_t)_i, 7 };
	struct random random;
	uint32_t una = BASE;

	random_init(&random, seed);
	for (unsigned step = 0; step < 2000; step++) {
		const uint32_t room = MODEL_LEN - (nxt - una);
		const uint32_t len  = 1 + random_below(&random, 200);

		switch (random_below(&random, 4)) {
		case 0:
		case 1:
			if (len > room)
				break;
			set_model(nxt, nxt + len, 0);
			sends(len, step);
			break;
		case 2:
			if (nxt == una)
				break;
			una += random_below(&random, MIN(nxt - una, 400) + 1);
			sent_advance(&sent, una);
			break;
		case 3:
			if (nxt != una)
				mark_somewhere(&random, una);
			break;
		}
		agrees_with_model(una);
	}
}
END_TEST
static Suite *suite(void)
{
	Suite *s = suite_create("sent_random");
	TCase *t = tcase_create("random");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(
	        t, whatever_happens_it_agrees_with_a_table_of_octets, 0, 20);
	suite_add_tcase(s, t);

	return s;
}

TEST_MAIN(suite)
