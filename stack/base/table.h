/* SPDX-License-Identifier: MIT */
/*
 * table.h - a keyed hash table of intrusive nodes
 *
 * The key is a byte string that lives in the user's struct; its hash is keyed
 * with a secret, so nobody outside can choose keys that collide. There are as
 * many buckets as there ever were nodes: an insert adds at most one, so that no
 * insert takes long, however many nodes there are. If memory for that is
 * refused, the chains just grow longer.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/memory.h"
#include "base/random.h"
#include <stdbool.h>

struct table_node {
	struct table_node *next;
	uint64_t hash;
};

/* Blocks of buckets: 16, 16, 32, 64 ... 2^24 buckets at most */
#define TABLE_BLOCKS 21

struct table {
	struct table_node **block[TABLE_BLOCKS]; /* NULL: not needed yet */
	uint32_t bucket_count;
	uint32_t node_count;
	uint16_t key_at; /* offset of the key from the node, see table_init() */
	uint16_t key_len;
	struct random_key secret;
	struct memory *memory;
};

/**
 * table_init() - An empty table
 * @key_at:	octets from the struct table_node to the key, in the user's
 *		struct: offsetof(type, key) - offsetof(type, node); the key
 *		must come after the node
 * @key_len:	octets of key; every octet counts, so no padding inside
 */
void table_init(struct table *table, struct memory *memory,
                struct random_key secret, size_t key_at, size_t key_len);
void table_free(struct table *table);

/** table_insert() - Add @node, whose key is not in the table
 *
 * Return: 0, or -ENOMEM when there is not even one bucket
 */
int table_insert(struct table *table, struct table_node *node);

/** table_find() - The node with this key, or NULL */
struct table_node *table_find(const struct table *table, const void *key);

/** table_remove() - Take @node, which is in the table, out of it */
void table_remove(struct table *table, struct table_node *node);

/** table_next() - Walk all nodes in an order that only secret and keys decide
 * @at:	NULL for the first; a node for the one after it
 */
struct table_node *table_next(const struct table *table,
                              const struct table_node *at);

#endif
