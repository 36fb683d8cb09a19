/* SPDX-License-Identifier: MIT */
/* arena.c - blocks in a chain, the newest first; a large wish gets its own */
#include "tools/drill/arena.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_LEN (16u << 10)

struct block {
	struct block *next;
	size_t size, used; /* octets of @octets */
	alignas(max_align_t) char octets[];
};

struct drill_arena {
	struct block *first;
};

struct drill_arena *arena_create(void)
{
	return calloc(1, sizeof(struct drill_arena));
}

void arena_destroy(struct drill_arena *arena)
{
	if (!arena)
		return;

	while (arena->first) {
		struct block *next = arena->first->next;

		free(arena->first);
		arena->first = next;
	}
	free(arena);
}

static struct block *add_block(struct drill_arena *arena, size_t at_least)
{
	const size_t size   = at_least > BLOCK_LEN ? at_least : BLOCK_LEN;
	struct block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		return NULL;

	block->next  = arena->first;
	block->size  = size;
	arena->first = block;
	return block;
}

void *arena_take(struct drill_arena *arena, size_t size)
{
	const size_t align  = alignof(max_align_t);
	struct block *block = arena->first;
	void *octets;

	if (size > SIZE_MAX / 2)
		return NULL;

	size = (size + align - 1) / align * align;
	if (!block || block->size - block->used < size)
		block = add_block(arena, size);
	if (!block)
		return NULL;

	octets = block->octets + block->used;
	block->used += size;
	return octets;
}

char *arena_copy(struct drill_arena *arena, const char *text, size_t len)
{
	char *copy = arena_take(arena, len + 1);

	if (copy && len)
		memcpy(copy, text, len);

	return copy;
}
