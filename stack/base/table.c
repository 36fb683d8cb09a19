/* SPDX-License-Identifier: MIT */
/*
 * table.c - a keyed hash table that is always in the order of its hashes
 *
 * The bucket is given by the upper bits of the hash and every chain is sorted
 * by hash. So the whole table, bucket after bucket, is sorted by hash whatever
 * the number of buckets: a walk sees an order that secret and keys alone
 * decide, and doubling splits each chain into two neighbours without sorting.
 *
 *	16 buckets	|0x0...|0x1...|	...	   upper 4 bits
 *	32 buckets	|00|08|10|18|	...	   upper 5 bits
 */
#include "base/table.h"
#include "base/bytes.h"
#include "base/check.h"
#include <errno.h>
#include <string.h>

#define BUCKETS_MIN 16u
#define BUCKETS_MAX (1u << 24)

/* For a power of two: the upper log2(bucket_count) bits of the hash. */
static uint32_t bucket_of(uint32_t bucket_count, uint64_t hash)
{
	return (uint32_t)((hash >> 32) * bucket_count >> 32);
}

static const void *key_of(const struct table *table,
                          const struct table_node *node)
{
	return (const char *)node + table->key_at;
}

static size_t buckets_size(uint32_t bucket_count)
{
	return bucket_count * sizeof(struct table_node *);
}

void table_init(struct table *table, struct memory *memory,
                struct random_key secret, size_t key_at, size_t key_len)
{
	CHECK(key_at >= sizeof(struct table_node) && key_at <= UINT16_MAX);
	CHECK(key_len > 0 && key_len <= UINT16_MAX);
	*table = (struct table){
		.key_at  = (uint16_t)key_at,
		.key_len = (uint16_t)key_len,
		.secret  = secret,
		.memory  = memory,
	};
}

void table_free(struct table *table)
{
	memory_give(table->memory, table->bucket,
	            buckets_size(table->bucket_count));
	table->bucket       = NULL;
	table->bucket_count = 0;
	table->node_count   = 0;
}

/* A sorted chain falls into two: what belongs to the lower bucket is first. */
static void split_chains(const struct table *table, struct table_node **bucket,
                         uint32_t bucket_count)
{
	for (uint32_t i = 0; i < table->bucket_count; i++) {
		struct table_node **link = &bucket[2 * i];

		*link = table->bucket[i];
		while (*link && bucket_of(bucket_count, (*link)->hash) == 2 * i)
			link = &(*link)->next;
		bucket[2 * i + 1] = *link;
		*link             = NULL;
	}
}

/* Refused memory is no error: the chains just become longer. */
static void grow(struct table *table)
{
	const uint32_t bucket_count = MAX(2 * table->bucket_count, BUCKETS_MIN);
	struct table_node **bucket;

	if (bucket_count > BUCKETS_MAX)
		return;

	bucket = memory_take(table->memory, buckets_size(bucket_count));
	if (!bucket)
		return;

	split_chains(table, bucket, bucket_count);
	memory_give(table->memory, table->bucket,
	            buckets_size(table->bucket_count));
	table->bucket       = bucket;
	table->bucket_count = bucket_count;
}

/* The link that points to the first node whose hash is not below @hash. */
static struct table_node **chain_at(const struct table *table, uint64_t hash)
{
	struct table_node **link =
	        &table->bucket[bucket_of(table->bucket_count, hash)];

	while (*link && (*link)->hash < hash)
		link = &(*link)->next;

	return link;
}

int table_insert(struct table *table, struct table_node *node)
{
	struct table_node **link;

	if (table->node_count >= table->bucket_count)
		grow(table);
	if (!table->bucket_count)
		return -ENOMEM;

	node->hash =
	        siphash(&table->secret, key_of(table, node), table->key_len);
	link       = chain_at(table, node->hash);
	node->next = *link;
	*link      = node;
	table->node_count++;

	return 0;
}

struct table_node *table_find(const struct table *table, const void *key)
{
	struct table_node *node;
	uint64_t hash;

	if (!table->node_count)
		return NULL;

	hash = siphash(&table->secret, key, table->key_len);
	for (node = *chain_at(table, hash); node && node->hash == hash;
	     node = node->next)
		if (!memcmp(key_of(table, node), key, table->key_len))
			return node;

	return NULL;
}

/* The last node to leave takes the buckets along: an empty table holds no
 * memory, so a stack at rest holds what it held at birth. */
void table_remove(struct table *table, struct table_node *node)
{
	struct table_node **link;

	CHECK(table->node_count > 0);
	link = chain_at(table, node->hash);
	while (*link != node) {
		CHECK(*link != NULL);
		link = &(*link)->next;
	}
	*link = node->next;
	if (--table->node_count == 0)
		table_free(table);
}

struct table_node *table_next(const struct table *table,
                              const struct table_node *at)
{
	uint32_t i = 0;

	if (at && at->next)
		return at->next;
	if (at)
		i = bucket_of(table->bucket_count, at->hash) + 1;
	for (; i < table->bucket_count; i++)
		if (table->bucket[i])
			return table->bucket[i];

	return NULL;
}
