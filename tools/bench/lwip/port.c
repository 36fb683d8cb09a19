/* SPDX-License-Identifier: MIT */
/*
 * port.c - what lwIP without a system asks of a port: the time, and a fast sum
 *
 * Its own sums of 16 or 32 bits take half of the time of its loopback, so it
 * gets a wide one, which is what a port for such a processor would do.
 */
#include <lwip/arch.h>
#include <lwip/sys.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

u32_t sys_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return (u32_t)(ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

/* Halves of words in two sums that never overflow: nothing waits for a carry. */
u16_t sum_wide(const void *data, int len)
{
	const unsigned char *p = data;
	uint64_t low = 0, high = 0, word;

	for (; len >= 8; len -= 8, p += 8) {
		memcpy(&word, p, 8);
		low += word & 0xffffffff;
		high += word >> 32;
	}
	word = 0;
	memcpy(&word, p, (size_t)len);
	low += (word & 0xffffffff) + (word >> 32) + high;
	low = (low & 0xffffffff) + (low >> 32);
	low = (low & 0xffff) + (low >> 16);
	low = (low & 0xffff) + (low >> 16);

	return (u16_t)((low & 0xffff) + (low >> 16));
}
