/* SPDX-License-Identifier: MIT */
/*
 * memory.c - one hook, one budget; see memory.h
 *
 * The budget counts what callers asked for, not what the allocator spends on
 * it, so the same run meets the limit at the same place on every machine.
 */
#include "base/memory.h"
#include "base/check.h"
#include "base/limits.h"
#include <stdlib.h>
#include <string.h>

static void *libc_resize(void *context, void *ptr, size_t old_size,
                         size_t new_size)
{
	(void)context;
	(void)old_size;
	if (new_size)
		return realloc(ptr, new_size);

	free(ptr);
	return NULL;
}

void memory_init(struct memory *memory, const struct tarn_memory *hook,
                 size_t budget)
{
	*memory =
	        (struct memory){ .hook.resize = libc_resize, .budget = budget };
	if (hook && hook->resize)
		memory->hook = *hook;
}

void *memory_take(struct memory *memory, size_t size)
{
	void *ptr = memory_resize(memory, NULL, 0, size);

	if (ptr)
		memset(ptr, 0, size);

	return ptr;
}

void *memory_resize(struct memory *memory, void *ptr, size_t old_size,
                    size_t new_size)
{
	void *moved;

	CHECK(new_size > 0);
	CHECK(old_size <= memory->used);
	if (new_size > old_size &&
	    new_size - old_size > memory->budget - memory->used)
		return NULL;

	moved = memory->hook.resize(memory->hook.context, ptr, old_size,
	                            new_size);
	if (!moved)
		return NULL;

	memory->used = memory->used - old_size + new_size;
	if (memory->used > memory->used_max)
		memory->used_max = memory->used;

	return moved;
}

bool memory_is_tight(const struct memory *memory)
{
	return memory->used > memory->budget / MEMORY_TIGHT_PART;
}

void memory_give(struct memory *memory, void *ptr, size_t size)
{
	if (!ptr)
		return;

	CHECK(size <= memory->used);
	memory->used -= size;
	memory->hook.resize(memory->hook.context, ptr, size, 0);
}
