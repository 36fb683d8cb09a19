/* SPDX-License-Identifier: MIT */
/*
 * pack.c - memory, as its difference from what was expected
 *
 * Both are taken as words of eight octets and compared by exclusive or, so that
 * an octet as expected is 0. What remains is written as
 *
 *	| mask | the octets that are not 0, one for each bit of the mask |
 *	| 0    | how many more words that are 0 follow, 0 to 255 |
 *
 * which is what Cap'n Proto does with its messages. Nothing of it is ever seen
 * outside of this process, so it is in the order of this machine.
 */
#include "tcp/rest.h"

/* memcpy(), because nothing says that the words are aligned. */
static uint64_t word_at(const void *at, size_t i)
{
	uint64_t ret;

	memcpy(&ret, (const uint8_t *)at + 8 * i, sizeof(ret));

	return ret;
}

/* Return: octets written for one word, which is not 0 */
static size_t pack_word(uint64_t word, uint8_t *ret)
{
	size_t len = 1;

	ret[0] = 0;
	for (unsigned i = 0; i < 8; i++) {
		const uint8_t octet = (uint8_t)(word >> 8 * i);

		if (octet == 0)
			continue;
		ret[0] |= (uint8_t)(1u << i);
		ret[len++] = octet;
	}

	return len;
}

size_t pack_write(const void *data, const void *expected, size_t len,
                  uint8_t *ret)
{
	const size_t words = len / 8;
	size_t at          = 0;

	CHECK(len % 8 == 0);
	for (size_t i = 0; i < words; i++) {
		const uint64_t word = word_at(data, i) ^ word_at(expected, i);
		uint8_t more        = 0;

		if (word != 0) {
			at += pack_word(word, ret + at);
			continue;
		}
		while (more < UINT8_MAX && i + 1 < words &&
		       word_at(data, i + 1) == word_at(expected, i + 1)) {
			more++;
			i++;
		}
		ret[at++] = 0;
		ret[at++] = more;
	}

	return at;
}

size_t pack_read(const uint8_t *packed, void *data, size_t len)
{
	uint8_t *octet = data;
	size_t at      = 0;

	for (size_t i = 0; i < len; i += 8) {
		const uint8_t mask = packed[at++];
		uint64_t word      = word_at(data, i / 8);

		if (mask == 0)
			i += 8 * (size_t)packed[at++];
		for (unsigned k = 0; mask >> k; k++)
			if (mask >> k & 1)
				word ^= (uint64_t)packed[at++] << 8 * k;
		if (mask != 0)
			memcpy(octet + i, &word, sizeof(word));
	}

	return at;
}
