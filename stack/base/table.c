/* SPDX-License-Identifier: MIT */
/*
 * table.c - a keyed hash table that grows by one bucket at a time
 *
 * Linear hashing: each insert that finds as many nodes as buckets splits one
 * bucket, the next in turn, and nothing else. So no insert waits while a whole
 * table is rehashed; the longest one moves the nodes of one chain.
 *
 *	4 buckets	| 0   | 1   | 2   | 3   |
 *	5: 0 was split	| 0   | 1   | 2   | 3   | 4   |		4 from 0
 *	6: 1 was split	| 0   | 1   | 2   | 3   | 4   | 5   |	5 from 1
 *
 * Which bucket: the upper bits of the hash, read backwards. So one more bucket
 * looks at one more bit, and splitting divides a chain, which is sorted by
 * hash, into a lower and an upper half. The walk takes the upper bits forwards:
 * it is in the order of the hashes, which secret and keys alone decide, whatever
 * the number of buckets.
 *
 * The buckets lie in blocks, each as large as all before it together. A block
 * is not cleared when it is taken, for a bucket is written when it is split off;
 * and none is ever copied.
 */
#include "base/table.h"
#include "base/bytes.h"
#include "base/check.h"
#include <errno.h>
#include <string.h>

#define FIRST_BITS  4
#define FIRST_COUNT (1u << FIRST_BITS) /* buckets in block 0 */
#define BUCKETS_MAX (FIRST_COUNT << (TABLE_BLOCKS - 1))

static const void *key_of(const struct table *table,
                          const struct table_node *node)
{
	return (const char *)node + table->key_at;
}

/* ---- Blocks ---- */

/* floor(log2(@n)), @n > 0 */
static unsigned log2_of(uint32_t n)
{
	return 31u - (unsigned)__builtin_clz(n);
}

static uint32_t block_count(unsigned block)
{
	return block == 0 ? FIRST_COUNT : FIRST_COUNT << (block - 1);
}

static size_t block_size(unsigned block)
{
	return block_count(block) * sizeof(struct table_node *);
}

static struct table_node **bucket_at(const struct table *table, uint32_t i)
{
	const unsigned log = log2_of(i | (FIRST_COUNT - 1));

	if (i < FIRST_COUNT)
		return &table->block[0][i];

	return &table->block[log - FIRST_BITS + 1][i - (1u << log)];
}

/* ---- Which bucket ---- */

/* The upper 32 bits of the hash, the first one last. */
static uint32_t backwards(uint64_t hash)
{
	uint32_t n = (uint32_t)(hash >> 32);

	n = (n >> 1 & 0x55555555u) | (n & 0x55555555u) << 1;
	n = (n >> 2 & 0x33333333u) | (n & 0x33333333u) << 2;
	n = (n >> 4 & 0x0f0f0f0fu) | (n & 0x0f0f0f0fu) << 4;

	return __builtin_bswap32(n);
}

/* As many bits as the newest bucket has; one fewer where it is not split yet. */
static uint32_t bucket_of(const struct table *table, uint64_t hash)
{
	const uint32_t half = 1u << log2_of(table->bucket_count);
	const uint32_t i    = backwards(hash) & (2 * half - 1);

	return i < table->bucket_count ? i : i & (half - 1);
}

/* ---- Growing ---- */

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
	for (unsigned i = 0; i < TABLE_BLOCKS; i++) {
		memory_give(table->memory, table->block[i], block_size(i));
		table->block[i] = NULL;
	}
	table->bucket_count = 0;
	table->node_count   = 0;
}

/* Is there a block for bucket @i, the first that it does not have yet? */
static bool has_block(struct table *table, uint32_t i)
{
	const unsigned block =
	        i < FIRST_COUNT ? 0 : log2_of(i) - FIRST_BITS + 1;

	if (!table->block[block])
		table->block[block] = memory_resize(table->memory, NULL, 0,
		                                    block_size(block));

	return table->block[block] != NULL;
}

/* The nodes whose next bit is 1 come last in the chain: cut it there. */
static void split(struct table *table)
{
	const uint32_t new      = table->bucket_count;
	const uint32_t half     = 1u << log2_of(new);
	struct table_node **cut = bucket_at(table, new - half);

	while (*cut && (backwards((*cut)->hash) & half) == 0)
		cut = &(*cut)->next;
	*bucket_at(table, new) = *cut;
	*cut                   = NULL;
	table->bucket_count++;
}

/* Refused memory is no error: the chains just become longer. */
static void grow(struct table *table)
{
	if (table->bucket_count >= BUCKETS_MAX ||
	    !has_block(table, table->bucket_count))
		return;
	if (table->bucket_count > 0) {
		split(table);
		return;
	}

	memset(table->block[0], 0, block_size(0));
	table->bucket_count = FIRST_COUNT;
}

/* ---- Nodes ---- */

/* The link that points to the first node whose hash is not below @hash. */
static struct table_node **chain_at(const struct table *table, uint64_t hash)
{
	struct table_node **link = bucket_at(table, bucket_of(table, hash));

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

/* ---- The walk ---- */

/* The first hash behind all those that fall into the bucket of @hash: one more
 * in the upper bits that this bucket looks at. 0: there is none. */
static uint64_t behind_bucket(const struct table *table, uint64_t hash)
{
	const unsigned log  = log2_of(table->bucket_count);
	const uint32_t i    = backwards(hash) & ((2u << log) - 1);
	const bool is_split = i < table->bucket_count;
	const bool was_cut =
	        is_split && (i >> log || i + (1u << log) < table->bucket_count);
	const unsigned bits = log + was_cut;

	return ((hash >> (64 - bits)) + 1) << (64 - bits);
}

struct table_node *table_next(const struct table *table,
                              const struct table_node *at)
{
	uint64_t hash = 0;

	if (at && at->next)
		return at->next;
	if (at) {
		hash = behind_bucket(table, at->hash);
		if (hash == 0)
			return NULL;
	}
	if (table->node_count == 0)
		return NULL;

	do {
		struct table_node *first =
		        *bucket_at(table, bucket_of(table, hash));

		if (first)
			return first;
		hash = behind_bucket(table, hash);
	} while (hash != 0);

	return NULL;
}
