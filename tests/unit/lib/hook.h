/* SPDX-License-Identifier: MIT */
/*
 * hook.h - a memory hook that counts and can be told to refuse
 *
 *	struct hook hook = { .refuse_from = HOOK_NEVER };
 *	memory_init(&memory, &(struct tarn_memory){ hook_resize, &hook }, max);
 */
#ifndef TESTS_UNIT_LIB_HOOK_H
#define TESTS_UNIT_LIB_HOOK_H

#include "tarn.h"

#define HOOK_NEVER UINT32_MAX

struct hook {
	uint32_t calls;       /* that wanted memory, refused ones included */
	uint32_t refuse_from; /* the first that is refused, counted from 0 */
	uint32_t blocks;      /* not freed yet */
	size_t octets;        /* in them, as the caller says */
};

/** hook_resize() - For struct tarn_memory; @context is the struct hook */
void *hook_resize(void *context, void *ptr, size_t old_size, size_t new_size);

#endif
