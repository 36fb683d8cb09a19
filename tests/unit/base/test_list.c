/* SPDX-License-Identifier: MIT */
/* test_list.c - the intrusive list, and CONTAINER_OF() that it lives from */
#include "base/list.h"
#include "tests/unit/lib/test.h"

#define ITEMS 5

struct item {
	int number;
	struct list node;
};

static struct list head;
static struct item items[ITEMS];

static void setup(void)
{
	list_init(&head);
	for (int i = 0; i < ITEMS; i++) {
		items[i].number = i;
		list_init(&items[i].node);
		list_append(&head, &items[i].node);
	}
}

/* The numbers in the list, oldest first, as one decimal number. */
static int numbers(void)
{
	int all = 0;

	LIST_FOR_EACH(at, &head)
		all = 10 * all + CONTAINER_OF(at, struct item, node)->number;

	return all;
}

START_TEST(a_list_keeps_the_order_of_appending)
{
	ck_assert_int_eq(numbers(), 1234);
	ck_assert_ptr_eq(list_first(&head), &items[0].node);
}
END_TEST

START_TEST(taking_empties_it_oldest_first)
{
	for (int i = 0; i < ITEMS; i++)
		ck_assert_ptr_eq(list_take(&head), &items[i].node);
	ck_assert(list_is_empty(&head));
	ck_assert_ptr_null(list_take(&head));
	ck_assert_ptr_null(list_first(&head));
}
END_TEST

START_TEST(a_node_can_leave_from_anywhere_and_twice)
{
	list_remove(&items[2].node);
	list_remove(&items[2].node);
	ck_assert(!list_is_linked(&items[2].node));
	ck_assert(list_is_linked(&items[3].node));
	ck_assert_int_eq(numbers(), 134);
	list_remove(&items[0].node);
	list_remove(&items[4].node);
	ck_assert_int_eq(numbers(), 13);
}
END_TEST

START_TEST(the_safe_walk_lets_its_node_leave)
{
	LIST_FOR_EACH_SAFE(at, &head)
		if (CONTAINER_OF(at, struct item, node)->number % 2 == 0)
			list_remove(at);
	ck_assert_int_eq(numbers(), 13);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/list");
	TCase *tc = tcase_create("list");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_list_keeps_the_order_of_appending);
	tcase_add_test(tc, taking_empties_it_oldest_first);
	tcase_add_test(tc, a_node_can_leave_from_anywhere_and_twice);
	tcase_add_test(tc, the_safe_walk_lets_its_node_leave);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
