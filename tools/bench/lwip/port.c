/* SPDX-License-Identifier: MIT */
/* clock.c - the one thing that lwIP without a system asks of one: the time */
#include <lwip/sys.h>
#include <time.h>

u32_t sys_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return (u32_t)(ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}
