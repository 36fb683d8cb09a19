/* SPDX-License-Identifier: MIT */
/* dies.c - see dies.h */
#include "tests/unit/lib/dies.h"
#include "tests/unit/lib/test.h"
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child says on its way out is no failure of the test: hide it. */
static _Noreturn void run_child(void (*body)(void *arg), void *arg)
{
	const struct rlimit no_core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &no_core);
	close(STDERR_FILENO);
	body(arg);
	_exit(EXIT_SUCCESS);
}

bool dies(void (*body)(void *arg), void *arg)
{
	const pid_t child = fork();
	int status        = 0;

	if (child == 0)
		run_child(body, arg);
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);

	return !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS;
}
