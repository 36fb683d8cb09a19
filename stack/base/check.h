/* SPDX-License-Identifier: MIT */
/*
 * check.h - CHECK(): a programmer's error, never wire data or a user's argument
 *
 * A failed CHECK means that a data structure of ours is broken in a way that
 * no single connection contains, so it stops the process, on in every build.
 * What one connection contains is checked by tcb_check() (tcp/check.c), which
 * ends that connection in a release and the process in a test build.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include <assert.h> /* static_assert; assert() itself is not used */

#define CHECK(cond)                                                            \
	do {                                                                   \
		if (__builtin_expect(!(cond), 0))                              \
			check_failed(#cond, __FILE__, __LINE__);               \
	} while (0)

/** check_failed() - Say what failed (test builds) and stop */
_Noreturn void check_failed(const char *condition, const char *file, int line);

#endif
