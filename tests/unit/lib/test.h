/* SPDX-License-Identifier: MIT */
/*
 * test.h - what every unit test needs: main, guard pages, an environment
 *
 * A test file includes this, defines its tests with Check and ends with
 * TEST_MAIN(suite), where suite() returns the Suite.
 */
#ifndef TESTS_UNIT_LIB_TEST_H
#define TESTS_UNIT_LIB_TEST_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/** test_run() - Run a suite; Return: what main() returns */
int test_run(Suite *suite);

#define TEST_MAIN(suite)                                                       \
	int main(void)                                                         \
	{                                                                      \
		return test_run(suite());                                      \
	}

/** EXPECT_EQ() - ck_assert_int_eq() for loops of millions: silent while it holds
 *
 * Check writes a message for each assertion, which costs microseconds.
 */
#define EXPECT_EQ(got, expected)                                               \
	expect_eq((intmax_t)(got), (intmax_t)(expected), #got, __LINE__)

/** expect_eq() - Not for tests: EXPECT_EQ() calls it */
static inline void expect_eq(intmax_t got, intmax_t expected, const char *what,
                             int line)
{
	if (got != expected)
		ck_abort_msg("line %d: %s is %jd, not %jd", line, what, got,
		             expected);
}

/**
 * guard_alloc() - A buffer whose end touches a page that cannot be read
 * @data:	copied in; NULL: zeroes
 *
 * One octet read or written beyond @len stops the test with SIGSEGV.
 */
uint8_t *guard_alloc(const void *data, size_t len);
void guard_free(uint8_t *buf, size_t len);

#endif
