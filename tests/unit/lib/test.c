/* SPDX-License-Identifier: MIT */
/* test.c - see test.h */
#include "tests/unit/lib/test.h"
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int test_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);

	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static size_t mapped_len(size_t len)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (len + page - 1) / page * page + page;
}

uint8_t *guard_alloc(const void *data, size_t len)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t size = mapped_len(len);
	uint8_t *map, *buf;

	map = mmap(NULL, size, PROT_READ | PROT_WRITE,
	           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	ck_assert_int_eq(mprotect(map + size - page, page, PROT_NONE), 0);

	buf = map + size - page - len;
	if (data && len)
		memcpy(buf, data, len);

	return buf;
}

void guard_free(uint8_t *buf, size_t len)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t size = mapped_len(len);

	ck_assert_int_eq(munmap(buf + len + page - size, size), 0);
}
