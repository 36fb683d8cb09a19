/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what every fuzz target needs
 *
 * A target looks at one input and stops the process when its oracle is
 * contradicted. Reading out of bounds is left to the sanitizers, so inputs
 * that a target changes go into a block of their exact length.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/** REQUIRE() - The oracle: what must hold for every input */
#define REQUIRE(cond) require(cond, #cond, __FILE__, __LINE__)

static inline void require(bool holds, const char *condition, const char *file,
                           int line)
{
	if (holds)
		return;

	(void)fprintf(stderr, "%s:%d: REQUIRE(%s)\n", file, line, condition);
	abort();
}

/** fuzz_copy() - @len octets in a block of that length; free() it */
static inline uint8_t *fuzz_copy(const uint8_t *data, size_t len)
{
	uint8_t *copy = calloc(1, len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, data, len);

	return copy;
}

#endif
