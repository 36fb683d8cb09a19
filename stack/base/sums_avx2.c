/* SPDX-License-Identifier: MIT */
/*
 * sums_avx2.c - sums with vectors of 256 bits, on x86-64 that has AVX2
 *
 * A vector is four words of 64 bits, high half and low half. One's complement
 * addition does not care about the width of what is added (RFC 1071 section 2),
 * so what is wanted is the sum of all halves. A lane that adds whole words
 * loses its carries; but the sum of the high halves alone, H, loses none, and
 * with it the other one is known as well:
 *
 *	all  = sum of words mod 2^64 = L + 2^32 H mod 2^64
 *	L    = all - 2^32 H mod 2^64		exact: L is far below 2^64
 *
 * So a vector costs a load, a shift and two additions. Two chains run side by
 * side, since each addition waits for the one before. When the octets are
 * copied as well, the stores use a port that is idle otherwise: the sum is
 * then as good as free (docs/design/0038).
 */
#include "base/checksum.h"
#include "base/sums.h"
#include "base/words.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2     __attribute__((target("avx2")))
#define STEP_LEN 64         /* octets that one turn takes */
#define LEN_MAX  (1u << 30) /* so long no lane can overflow */

/* A chain: the sum of whole words, and that of their high halves. */
struct chain {
	__m256i all, high;
};

AVX2 static inline struct chain chain_add(struct chain chain, __m256i vector)
{
	return (struct chain){
		_mm256_add_epi64(chain.all, vector),
		_mm256_add_epi64(chain.high, _mm256_srli_epi64(vector, 32)),
	};
}

/* L + H of both chains, below 2^64 in any case. */
AVX2 static inline uint64_t chains_sum(struct chain a, struct chain b)
{
	const __m256i all  = _mm256_add_epi64(a.all, b.all);
	const __m256i high = _mm256_add_epi64(a.high, b.high);
	const __m256i low  = _mm256_sub_epi64(all, _mm256_slli_epi64(high, 32));
	uint64_t lane[4];

	_mm256_storeu_si256((__m256i *)(void *)lane,
	                    _mm256_add_epi64(low, high));

	return lane[0] + lane[1] + lane[2] + lane[3];
}

AVX2 static inline __m256i load(const uint8_t *from)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

AVX2 static inline void store(uint8_t *to, __m256i vector)
{
	_mm256_storeu_si256((__m256i *)(void *)to, vector);
}

/* What is left behind the last whole turn. */
static inline uint64_t add_rest(uint64_t native, const uint8_t *from,
                                size_t len)
{
	for (; len >= 8; from += 8, len -= 8)
		native = add64(native, load64(from));

	return add64(native, load_tail(from, len));
}

AVX2 static uint64_t add(uint64_t sum, const void *data, size_t len)
{
	struct chain even   = { 0 };
	struct chain odd    = even;
	const uint8_t *from = data;

	if (len >= LEN_MAX)
		return checksum_add(sum, data, len);

	for (; len >= STEP_LEN; len -= STEP_LEN, from += STEP_LEN) {
		even = chain_add(even, load(from));
		odd  = chain_add(odd, load(from + STEP_LEN / 2));
	}

	return sum + from_native(add_rest(chains_sum(even, odd), from, len));
}

AVX2 static uint64_t copy(uint64_t sum, void *to, const void *from, size_t len)
{
	struct chain even     = { 0 };
	struct chain odd      = even;
	const uint8_t *source = from;
	uint8_t *target       = to;

	if (len >= LEN_MAX)
		return sums_portable.copy(sum, to, from, len);

	for (; len >= STEP_LEN; len -= STEP_LEN) {
		const __m256i first  = load(source);
		const __m256i second = load(source + STEP_LEN / 2);

		store(target, first);
		store(target + STEP_LEN / 2, second);
		even = chain_add(even, first);
		odd  = chain_add(odd, second);
		source += STEP_LEN;
		target += STEP_LEN;
	}
	memcpy(target, source, len);

	return sum + from_native(add_rest(chains_sum(even, odd), source, len));
}

const struct sums *sums_avx2(void)
{
	static const struct sums ways = { "AVX2", add, copy };

	return __builtin_cpu_supports("avx2") ? &ways : NULL;
}

#else

const struct sums *sums_avx2(void)
{
	return NULL;
}

#endif
