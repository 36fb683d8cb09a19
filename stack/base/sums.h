/* SPDX-License-Identifier: MIT */
/*
 * sums.h - the Internet checksum of many octets, as fast as this machine can
 *
 * Each processor has its own best way; which one it is, is found out once when
 * a stack is created and held in its env. Headers of twenty octets are not
 * worth the question: checksum_add() does them.
 */
#ifndef BASE_SUMS_H
#define BASE_SUMS_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct sums - one way to compute sums; all ways give the same ones
 * @add:	as checksum_add()
 * @copy:	the same, and copy the octets on the way; @to and @from do not
 *		overlap
 */
struct sums {
	const char *name;
	uint64_t (*add)(uint64_t sum, const void *data, size_t len);
	uint64_t (*copy)(uint64_t sum, void *to, const void *from, size_t len);
};

/** sums_portable - with 64-bit words: every machine can */
extern const struct sums sums_portable;

/** sums_avx2() - with vectors of 256 bits; NULL: this machine has none */
const struct sums *sums_avx2(void);

/** sums_best() - The fastest that works here; never NULL */
const struct sums *sums_best(void);

#endif
