/* SPDX-License-Identifier: MIT */
/*
 * peer_memory.c - a memory hook that counts, poisons and refuses; see peer.h
 *
 * Every change of size moves the block and overwrites the old one, so a pointer
 * that was kept for too long is seen at once (by ASan, or by what it reads).
 */
#include "tests/unit/lib/peer.h"
#include <string.h>

static struct {
	size_t held;
	unsigned long requests, refuse_at;
	bool refuse_all_after;
} memory;

static bool is_refused(void)
{
	memory.requests++;
	if (!memory.refuse_at || memory.requests < memory.refuse_at)
		return false;

	return memory.refuse_all_after || memory.requests == memory.refuse_at;
}

static void *resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
	void *moved = NULL;

	(void)context;
	ck_assert_uint_ge(memory.held, ptr ? old_size : 0);
	if (new_size > old_size && is_refused())
		return NULL;
	if (new_size > 0) {
		moved = malloc(new_size);
		ck_assert_ptr_nonnull(moved);
		memset(moved, 0xa5, new_size);
		memory.held += new_size;
	}
	if (ptr) {
		if (moved)
			memcpy(moved, ptr,
			       old_size < new_size ? old_size : new_size);
		memset(ptr, 0xdd, old_size);
		free(ptr);
		memory.held -= old_size;
	}

	return moved;
}

void memory_begin(struct tarn_config *config)
{
	memset(&memory, 0, sizeof(memory));
	config->memory.resize = resize;
}

size_t memory_held(void)
{
	return memory.held;
}

unsigned long memory_requests(void)
{
	return memory.requests;
}

void memory_refuse(unsigned long at, bool all_after)
{
	memory.refuse_at        = at ? memory.requests + at : 0;
	memory.refuse_all_after = all_after;
}
