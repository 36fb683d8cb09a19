/* SPDX-License-Identifier: MIT */
/* test_fault_running.c - rules for a link that runs, and who is told of them */
#include "drivers/fault.h"
#include "tests/unit/drivers/tape.h"
#include <errno.h>

static struct link link;
static struct fault *fault;
static char error[LINK_ERROR_LEN];

static void setup(void)
{
	struct link below = tape_open();

	ck_assert_int_eq(fault_open(&below, NULL, 0, 1, &link, error), 0);
	fault = link.state;
}

static void teardown(void)
{
	link_close(&link);
	ck_assert(tape.is_closed);
}

START_TEST(a_rule_counts_from_the_moment_it_is_added)
{
	tape_send_segment(&link, 1, 81);
	ck_assert_int_eq(fault_add(fault, "drop out data#2", error), 0);
	tape_send_segment(&link, 2, 81);
	tape_send_segment(&link, 3, 81);
	tape_send_segment(&link, 4, 81);
	ck_assert_str_eq(tape_sent(), "1 2 4");
}
END_TEST

START_TEST(a_wrong_rule_changes_nothing)
{
	ck_assert_int_eq(fault_add(fault, "drop it all", error), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "\"it\""));
	tape_send_segment(&link, 1, 81);
	ck_assert_str_eq(tape_sent(), "1");
}
END_TEST

START_TEST(rules_are_bounded_and_spent_ones_make_room)
{
	for (unsigned i = 0; i < FAULT_RULES_MAX; i++)
		ck_assert_int_eq(fault_add(fault, "dup out rst", error), 0);
	ck_assert_int_eq(fault_add(fault, "drop out data", error), -E2BIG);
	link_close(&link);
	setup();
	for (unsigned i = 0; i < FAULT_RULES_MAX; i++)
		ck_assert_int_eq(fault_add(fault, "drop out data", error), 0);
	tape_send_segment(&link, 1, 81); /* each acts, once */
	ck_assert_int_eq(fault_add(fault, "drop out data", error), 0);
	tape_send_segment(&link, 2, 81);
	tape_send_segment(&link, 3, 81);
	ck_assert_str_eq(tape_sent(), "3");
}
END_TEST

static bool is_page(void *context, const struct tarn_addr *local,
                    const struct tarn_addr *peer)
{
	ck_assert_ptr_eq(context, &tape);
	ck_assert_uint_eq(local->port, 40000);

	return peer->port == 80;
}

static char told[256];

static void tell(void *context, const uint8_t *frame, size_t len,
                 const char *rule)
{
	(void)context;
	(void)len;
	snprintf(told, sizeof(told), "%u: %s", tape_number(frame), rule);
}

START_TEST(who_is_spared_is_neither_hit_nor_counted)
{
	fault_spare(fault, is_page, &tape);
	ck_assert_int_eq(fault_add(fault, "drop both data#2", error), 0);
	tape_send_segment(&link, 1, 80);
	tape_send_segment(&link, 2, 80);
	tape_send_segment(&link, 3, 81);
	tape_arrives(tape_segment(false, 4, 80));
	tape_arrives(tape_segment(false, 5, 81));
	ck_assert_str_eq(tape_sent(), "1 2 3");
	ck_assert_str_eq(tape_received(&link), "4");
}
END_TEST

START_TEST(what_is_lost_on_its_way_in_is_told)
{
	told[0] = '\0';
	fault_tell_lost(fault, tell, NULL);
	ck_assert_int_eq(fault_add(fault, "drop in data#2", error), 0);
	tape_arrives(tape_segment(false, 1, 81));
	tape_arrives(tape_segment(false, 2, 81));
	ck_assert_str_eq(tape_received(&link), "1");
	ck_assert_str_eq(told, "2: drop in data#2");
}
END_TEST

static const char *foresee(uint32_t number)
{
	const struct test_frame frame = tape_segment(true, number, 81);
	const struct tarn_slice part  = { frame.octets, frame.len };

	return fault_foresee(fault, &part, 1);
}

START_TEST(what_will_be_lost_on_its_way_out_is_known_before)
{
	const char *rule;

	ck_assert_int_eq(fault_add(fault, "drop out data#2", error), 0);
	ck_assert_ptr_null(foresee(1));
	tape_send_segment(&link, 1, 81);
	rule = foresee(2);
	ck_assert_ptr_nonnull(rule);
	ck_assert_str_eq(rule, "drop out data#2");
	tape_send_segment(&link, 2, 81);
	ck_assert_ptr_null(foresee(3));
	tape_send_segment(&link, 3, 81);
	tape_send_segment(&link, 4, 81); /* nobody asked */
	ck_assert_str_eq(tape_sent(), "1 3 4");
	ck_assert_ptr_null(foresee(5)); /* and it is never sent */
}
END_TEST

static Suite *suite(void)
{
	Suite *s     = suite_create("fault_running");
	TCase *tcase = tcase_create("fault_running");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_rule_counts_from_the_moment_it_is_added);
	tcase_add_test(tcase, a_wrong_rule_changes_nothing);
	tcase_add_test(tcase, rules_are_bounded_and_spent_ones_make_room);
	tcase_add_test(tcase, who_is_spared_is_neither_hit_nor_counted);
	tcase_add_test(tcase, what_is_lost_on_its_way_in_is_told);
	tcase_add_test(tcase, what_will_be_lost_on_its_way_out_is_known_before);
	suite_add_tcase(s, tcase);

	return s;
}

TEST_MAIN(suite)
