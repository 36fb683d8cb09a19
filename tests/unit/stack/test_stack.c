/* SPDX-License-Identifier: MIT */
/* test_stack.c - the composition root: what tarn_create() refuses */
#include "base/rule.h"
#include "tarn.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

static ssize_t receive(void *link, uint8_t *frame, size_t size)
{
	(void)link;
	(void)frame;
	(void)size;

	return 0;
}

static int transmit(void *link, const struct tarn_slice *part, unsigned count)
{
	(void)link;
	(void)part;
	(void)count;

	return 0;
}

static const struct tarn_link_ops ops = { .receive  = receive,
	                                  .transmit = transmit };

static struct tarn_config possible_config(void)
{
	struct tarn_config config;

	tarn_config_init(&config);
	config.ops     = &ops;
	config.ip      = tarn_ip4(10, 9, 0, 2);
	config.seed[0] = 1;

	return config;
}

/* Only the lab build can break a rule, and this is not it. */
START_TEST(a_rule_cannot_be_broken)
{
	struct tarn_config config = possible_config();
	struct tarn *t            = NULL;

	for (unsigned rule = 0; rule < 32; rule++) {
		config.without = UINT32_C(1) << rule;
		ck_assert_int_eq(tarn_create(&config, 0, &t), -EOPNOTSUPP);
		ck_assert_ptr_null(t);
	}
	config.without = 0;
	ck_assert_int_eq(tarn_create(&config, 0, &t), 0);
	tarn_destroy(t);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("stack/stack");
	TCase *tc = tcase_create("create");

	tcase_add_test(tc, a_rule_cannot_be_broken);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
