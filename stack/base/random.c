/* SPDX-License-Identifier: MIT */
/*
 * random.c - SipHash-2-4, and a generator that hashes a counter
 *
 * "SipHash: a fast short-input PRF", Aumasson and Bernstein 2012. Octets are
 * taken in little-endian order on every machine, and so is the counter.
 */
#include "base/random.h"
#include "base/bytes.h"
#include "base/check.h"

static uint32_t get_le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[1] << 8 | p[0];
}

static uint64_t get_le64(const uint8_t *p)
{
	return (uint64_t)get_le32(p + 4) << 32 | get_le32(p);
}

static void put_le64(uint8_t *p, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t rotate_left(uint64_t value, int bits)
{
	return value << bits | value >> (64 - bits);
}

/* SipRound, figure 2.1 of the paper. Inline, or the state would go to memory
 * and back each time: 37 ns for a hash of 12 octets instead of 18. */
static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate_left(v[1], 13) ^ v[0];
	v[3] = rotate_left(v[3], 16) ^ v[2];
	v[0] = rotate_left(v[0], 32);

	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate_left(v[1], 17) ^ v[2];
	v[3] = rotate_left(v[3], 21) ^ v[0];
	v[2] = rotate_left(v[2], 32);
}

static inline void compress(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

uint64_t siphash(const struct random_key *key, const void *data, size_t len)
{
	uint64_t v[4] = {
		key->half[0] ^ 0x736f6d6570736575,
		key->half[1] ^ 0x646f72616e646f6d,
		key->half[0] ^ 0x6c7967656e657261,
		key->half[1] ^ 0x7465646279746573,
	};
	const uint8_t *p = data;
	uint64_t last    = (uint64_t)len << 56;
	size_t left      = len;

	for (; left >= 8; p += 8, left -= 8)
		compress(v, get_le64(p));
	for (size_t i = 0; i < left; i++)
		last |= (uint64_t)p[i] << 8 * i;
	compress(v, last);

	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);

	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void random_init(struct random *random, const uint64_t seed[2])
{
	*random = (struct random){ .key.half = { seed[0], seed[1] } };
}

struct random_key random_key_draw(struct random *random)
{
	struct random_key key;

	key.half[0] = random_u64(random);
	key.half[1] = random_u64(random);

	return key;
}

uint64_t random_u64(struct random *random)
{
	uint8_t counter[8];

	put_le64(counter, random->count++);
	return siphash(&random->key, counter, sizeof(counter));
}

/* A draw's upper 32 bits times @bound: the product's upper half is the result,
 * its lower half tells whether the draw lies in the uneven rest (Lemire 2019,
 * "Fast random integer generation in an interval"). */
uint32_t random_below(struct random *random, uint32_t bound)
{
	uint64_t product;
	uint32_t rest;

	CHECK(bound > 0);
	rest = (0u - bound) % bound;
	do
		product = (random_u64(random) >> 32) * bound;
	while ((uint32_t)product < rest);

	return (uint32_t)(product >> 32);
}
