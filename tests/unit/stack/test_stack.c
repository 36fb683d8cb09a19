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

/* ---- One field is wrong ---- */

static void ask_for_ip6(struct tarn_config *config)
{
	config->ip.version = TARN_IP6;
}

static void have_no_link(struct tarn_config *config)
{
	config->ops = NULL;
}

static void have_no_secret(struct tarn_config *config)
{
	config->seed[0] = config->seed[1] = 0;
}

static void name_no_congestion_control(struct tarn_config *config)
{
	config->congestion = "bbr";
}

static const struct {
	void (*spoil)(struct tarn_config *config);
	int error;
} refused[] = {
	{ ask_for_ip6, -EAFNOSUPPORT },
	{ have_no_link, -EINVAL },
	{ have_no_secret, -EINVAL },
	{ name_no_congestion_control, -EINVAL },
};

START_TEST(what_is_impossible_is_refused)
{
	struct tarn_config config = possible_config();
	struct tarn *t            = NULL;

	refused[_i].spoil(&config);
	ck_assert_int_eq(tarn_create(&config, 0, &t), refused[_i].error);
	ck_assert_ptr_null(t);
}
END_TEST

START_TEST(each_congestion_control_has_its_name)
{
	static const char *const names[] = { "cubic", "reno", NULL };
	struct tarn_config config        = possible_config();
	struct tarn *t                   = NULL;

	config.congestion = names[_i];
	ck_assert_int_eq(tarn_create(&config, 0, &t), 0);
	tarn_destroy(t);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("stack/stack");
	TCase *tc = tcase_create("create");

	tcase_add_test(tc, a_rule_cannot_be_broken);
	tcase_add_loop_test(tc, what_is_impossible_is_refused, 0,
	                    (int)(sizeof(refused) / sizeof(*refused)));
	tcase_add_loop_test(tc, each_congestion_control_has_its_name, 0, 3);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
