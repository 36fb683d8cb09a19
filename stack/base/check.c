/* SPDX-License-Identifier: MIT */
/*
 * check.c - see check.h
 *
 * In a release the stack has nobody to talk to: it does no I/O, so it stops
 * with a trap, which a debugger or a core dump shows at the right line. Test
 * builds say which condition it was; this is the one place under stack/ that
 * uses stdio.
 */
#include "base/check.h"

#ifdef TARN_TEST_BUILD
#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: CHECK(%s) failed\n", file, line, condition);
	abort();
}
#else
void check_failed(const char *condition, const char *file, int line)
{
	(void)condition;
	(void)file;
	(void)line;
	__builtin_trap();
}
#endif
