/* SPDX-License-Identifier: MIT */
/* hook.c - see hook.h */
#include "tests/unit/lib/hook.h"
#include "tests/unit/lib/test.h"

void *hook_resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
	struct hook *hook = context;
	void *moved;

	ck_assert_uint_le(old_size, hook->octets);
	if (!new_size) {
		hook->blocks--;
		hook->octets -= old_size;
		free(ptr);
		return NULL;
	}

	if (hook->calls++ >= hook->refuse_from)
		return NULL;
	moved = realloc(ptr, new_size);
	ck_assert_ptr_nonnull(moved);
	hook->blocks += !ptr;
	hook->octets += new_size - old_size;

	return moved;
}
