/* SPDX-License-Identifier: MIT */
/*
 * memory.h - every octet the stack takes, through one hook and one budget
 *
 * An allocation may fail at any time, because the hook says no or because the
 * budget is spent; whoever asks must go on without. Sizes are given back by
 * the caller, so nothing is stored beside a block.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "tarn.h"

struct memory {
	struct tarn_memory hook;
	size_t used, used_max, budget; /* octets */
};

/** memory_init() - @hook without a function means the C library's realloc */
void memory_init(struct memory *memory, const struct tarn_memory *hook,
                 size_t budget);

/** memory_take() - @size > 0 octets, zeroed; NULL: none to be had */
void *memory_take(struct memory *memory, size_t size);

/** memory_resize() - As realloc(); new octets are not zeroed; NULL leaves @ptr valid */
void *memory_resize(struct memory *memory, void *ptr, size_t old_size,
                    size_t new_size);

/** memory_is_tight() - More than half of the budget is in use: promise no more */
bool memory_is_tight(const struct memory *memory);

/** memory_give() - Give back what memory_take() gave; NULL is fine */
void memory_give(struct memory *memory, void *ptr, size_t size);

#endif
