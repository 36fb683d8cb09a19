/* SPDX-License-Identifier: MIT */
/*
 * seq.h - sequence number arithmetic (RFC 9293 section 3.4)
 *
 * The number space wraps at 2^32, so "less than" means "less than half the
 * space ahead". Adding and subtracting need no help; comparing goes through
 * these five and nothing else (tools/check-seq sees to it).
 *
 * Two numbers exactly 2^31 apart are neither before nor after each other, so
 * each comparison says no. A signed difference would say "before" both ways.
 */
#ifndef WIRE_SEQ_H
#define WIRE_SEQ_H

#include <stdbool.h>
#include <stdint.h>

#define SEQ_HALF 0x80000000u

/** seq_lt() - a < b */
static inline bool seq_lt(uint32_t a, uint32_t b)
{
	const uint32_t ahead = b - a;

	return ahead != 0 && ahead < SEQ_HALF;
}

/** seq_leq() - a =< b */
static inline bool seq_leq(uint32_t a, uint32_t b)
{
	return b - a < SEQ_HALF;
}

/** seq_gt() - a > b */
static inline bool seq_gt(uint32_t a, uint32_t b)
{
	return seq_lt(b, a);
}

/** seq_geq() - a >= b */
static inline bool seq_geq(uint32_t a, uint32_t b)
{
	return seq_leq(b, a);
}

/** seq_in() - start =< x < start + len */
static inline bool seq_in(uint32_t x, uint32_t start, uint32_t len)
{
	return x - start < len;
}

static inline uint32_t seq_max(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? b : a;
}

static inline uint32_t seq_min(uint32_t a, uint32_t b)
{
	return seq_lt(a, b) ? a : b;
}

#endif
