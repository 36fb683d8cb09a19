/* SPDX-License-Identifier: MIT */
/*
 * random.h - secrets: SipHash-2-4 and a generator built on it
 *
 * One primitive for all that an outsider must not guess: hash keys, initial
 * sequence numbers (RFC 6528), ephemeral ports (RFC 6056), timestamp offsets,
 * IP identifiers. The generator is SipHash of a counter, so one seed gives the
 * same numbers on every machine; the seed comes from outside.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random_key {
	uint64_t half[2];
};

struct random {
	struct random_key key;
	uint64_t count; /* numbers drawn so far */
};

/** siphash() - SipHash-2-4 of @len octets (Aumasson, Bernstein 2012) */
uint64_t siphash(const struct random_key *key, const void *data, size_t len);

void random_init(struct random *random, const uint64_t seed[2]);

/** random_key_draw() - A key of its own for one purpose */
struct random_key random_key_draw(struct random *random);

uint64_t random_u64(struct random *random);

/** random_below() - Even in 0 ... @bound-1; @bound > 0 */
uint32_t random_below(struct random *random, uint32_t bound);

#endif
