/* SPDX-License-Identifier: MIT */
/*
 * test_table.c - the hash table against an array, with and without memory
 */
#include "base/bytes.h"
#include "base/table.h"
#include "tests/unit/lib/dies.h"
#include "tests/unit/lib/hook.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

#define ENTRIES 1000

struct entry {
	struct table_node node;
	uint32_t beside; /* between node and key: must not count */
	uint32_t key;
	bool is_in;
};

static struct hook hook;
static struct memory memory;
static struct random chance;
static struct table table;
static struct entry entries[ENTRIES];

static void init(const uint64_t seed[2])
{
	random_init(&chance, seed);
	table_init(&table, &memory, random_key_draw(&chance),
	           offsetof(struct entry, key) - offsetof(struct entry, node),
	           sizeof(uint32_t));
}

static void setup(void)
{
	hook = (struct hook){ .refuse_from = HOOK_NEVER };
	memory_init(&memory, &(struct tarn_memory){ hook_resize, &hook },
	            SIZE_MAX);
	init((uint64_t[]){ 11, 12 });
	for (uint32_t i = 0; i < ENTRIES; i++)
		entries[i] = (struct entry){ .beside = i * i, .key = 3 * i };
}

static void teardown(void)
{
	table_free(&table);
	ck_assert_uint_eq(memory.used, 0);
	ck_assert_uint_eq(hook.blocks, 0);
}

static void insert(uint32_t i)
{
	ck_assert_int_eq(table_insert(&table, &entries[i].node), 0);
	entries[i].is_in = true;
}

static void take_out(uint32_t i)
{
	table_remove(&table, &entries[i].node);
	entries[i].is_in = false;
}

static void check_all(void)
{
	for (uint32_t i = 0; i < ENTRIES; i++) {
		struct table_node *found = table_find(&table, &entries[i].key);

		ck_assert_ptr_eq(found,
		                 entries[i].is_in ? &entries[i].node : NULL);
	}
}

/* Every node once, and sorted by hash, which no history can change. */
static void check_walk(void)
{
	const struct table_node *last = NULL;
	uint32_t count                = 0;

	for (struct table_node *at = table_next(&table, NULL); at;
	     at                    = table_next(&table, at)) {
		if (last)
			ck_assert_uint_lt(last->hash, at->hash);
		last = at;
		count++;
	}
	ck_assert_uint_eq(count, table.node_count);
}

START_TEST(an_empty_table_holds_no_memory)
{
	const uint32_t key = 1;

	ck_assert_ptr_null(table_find(&table, &key));
	ck_assert_ptr_null(table_next(&table, NULL));
	ck_assert_uint_eq(memory.used, 0);
	insert(0);
	take_out(0);
	ck_assert_uint_eq(memory.used, 0);
	ck_assert_ptr_null(table_find(&table, &key));
}
END_TEST

START_TEST(every_key_is_found_while_the_table_grows)
{
	for (uint32_t i = 0; i < ENTRIES; i++) {
		insert(i);
		ck_assert_uint_le(table.node_count, table.bucket_count);
		if (i % 100 == 0)
			check_all();
	}
	check_all();
	check_walk();
}
END_TEST

/* The longest of 1000 chains with 1000 nodes; by chance it is 5 to 8. */
START_TEST(the_chains_stay_short)
{
	uint32_t longest = 0, len = 0;

	for (uint32_t i = 0; i < ENTRIES; i++)
		insert(i);
	for (struct table_node *at = table_next(&table, NULL); at;
	     at                    = table_next(&table, at)) {
		len++;
		longest = MAX(longest, len);
		if (!at->next)
			len = 0;
	}
	ck_assert_uint_le(longest, 12);
}
END_TEST

/* So the longest pause is that of one chain and, now and then, one block. */
START_TEST(an_insert_adds_one_bucket_at_most)
{
	insert(0);
	for (uint32_t i = 1; i < ENTRIES; i++) {
		const uint32_t before  = table.bucket_count;
		const uint32_t calls   = hook.calls;
		const uint32_t at_most = before + 1;

		insert(i);
		ck_assert_uint_le(table.bucket_count, at_most);
		ck_assert_uint_le(hook.calls, calls + 1);
	}
	ck_assert_uint_eq(table.bucket_count, ENTRIES);
}
END_TEST

START_TEST(a_key_that_was_never_inserted_is_not_found)
{
	for (uint32_t i = 0; i < ENTRIES; i++)
		insert(i);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		const uint32_t other = 3 * i + 1;

		ck_assert_ptr_null(table_find(&table, &other));
	}
}
END_TEST

START_TEST(random_inserts_and_removals_equal_the_model)
{
	for (int round = 0; round < 20000; round++) {
		const uint32_t i = random_below(&chance, ENTRIES);

		if (entries[i].is_in)
			take_out(i);
		else
			insert(i);
		if (round % 1000 == 0) {
			check_all();
			check_walk();
		}
	}
}
END_TEST

START_TEST(the_walk_does_not_depend_on_history)
{
	static uint32_t order[ENTRIES];
	uint32_t count = 0;

	for (uint32_t i = 0; i < ENTRIES; i++)
		insert(i);
	for (struct table_node *at = table_next(&table, NULL); at;
	     at                    = table_next(&table, at))
                order[count++] = CONTAINER_OF(at, struct entry, node)->key;

	table_free(&table);
	init((uint64_t[]){ 11, 12 });
	hook.refuse_from = hook.calls + 3; /* and with other buckets */
	for (uint32_t i = ENTRIES; i-- > 0;)
		insert(i);
	count = 0;
	for (struct table_node *at = table_next(&table, NULL); at;
	     at                    = table_next(&table, at))
                ck_assert_uint_eq(CONTAINER_OF(at, struct entry, node)->key,
		                                     order[count++]);
	ck_assert_uint_eq(count, ENTRIES);
}
END_TEST

START_TEST(the_secret_decides_the_order)
{
	struct table_node *first;

	for (uint32_t i = 0; i < ENTRIES; i++)
		insert(i);
	first = table_next(&table, NULL);
	table_free(&table);
	init((uint64_t[]){ 13, 14 });
	for (uint32_t i = 0; i < ENTRIES; i++)
		insert(i);
	ck_assert_ptr_ne(table_next(&table, NULL), first);
}
END_TEST

START_TEST(without_a_single_bucket_inserting_fails)
{
	hook.refuse_from = 0;
	ck_assert_int_eq(table_insert(&table, &entries[0].node), -ENOMEM);
	ck_assert_uint_eq(table.node_count, 0);
	check_all();

	hook.refuse_from = HOOK_NEVER;
	insert(0);
	check_all();
}
END_TEST

START_TEST(without_memory_to_grow_the_chains_grow)
{
	hook.refuse_from = 1;
	for (uint32_t i = 0; i < 200; i++)
		insert(i);
	ck_assert_uint_lt(table.bucket_count, 200);
	check_all();
	check_walk();

	hook.refuse_from = HOOK_NEVER;
	for (uint32_t i = 200; i < ENTRIES; i++)
		insert(i);
	check_all();
	check_walk();
	for (uint32_t i = 0; i < ENTRIES; i++)
		take_out(i);
	check_all();
}
END_TEST

static void remove_stranger(void *arg)
{
	table_remove(&table, arg);
}

START_TEST(removing_a_stranger_is_a_programmers_error)
{
	ck_assert(dies(remove_stranger, &entries[1].node));
	insert(0);
	ck_assert(dies(remove_stranger, &entries[1].node));
}
END_TEST

struct key_place {
	size_t at, len;
};

static void init_with(void *arg)
{
	const struct key_place *key = arg;
	struct table other;

	table_init(&other, &memory, table.secret, key->at, key->len);
}

START_TEST(a_key_must_lie_behind_its_node_and_within_64_kib)
{
	const size_t behind = sizeof(struct table_node);
	const struct {
		struct key_place key;
		bool is_wrong;
	} places[] = {
		{ { behind, 1 }, false },
		{ { behind - 1, 1 }, true },
		{ { UINT16_MAX, UINT16_MAX }, false },
		{ { UINT16_MAX + 1, 1 }, true },
		{ { behind, 0 }, true },
		{ { behind, UINT16_MAX + 1 }, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct key_place key = places[i].key;

		ck_assert_int_eq(dies(init_with, &key), places[i].is_wrong);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("base/table");
	TCase *tc = tcase_create("table");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_empty_table_holds_no_memory);
	tcase_add_test(tc, every_key_is_found_while_the_table_grows);
	tcase_add_test(tc, the_chains_stay_short);
	tcase_add_test(tc, an_insert_adds_one_bucket_at_most);
	tcase_add_test(tc, a_key_that_was_never_inserted_is_not_found);
	tcase_add_test(tc, random_inserts_and_removals_equal_the_model);
	tcase_add_test(tc, the_walk_does_not_depend_on_history);
	tcase_add_test(tc, the_secret_decides_the_order);
	tcase_add_test(tc, without_a_single_bucket_inserting_fails);
	tcase_add_test(tc, without_memory_to_grow_the_chains_grow);
	tcase_add_test(tc, removing_a_stranger_is_a_programmers_error);
	tcase_add_test(tc, a_key_must_lie_behind_its_node_and_within_64_kib);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
