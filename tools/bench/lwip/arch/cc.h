/* SPDX-License-Identifier: MIT */
/* cc.h - what lwIP asks of a compiler and of a system: very little */
#ifndef BENCH_LWIP_CC_H
#define BENCH_LWIP_CC_H

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#define LWIP_TIMEVAL_PRIVATE 0
#define LWIP_RAND()          ((u32_t)rand())

#define LWIP_PLATFORM_DIAG(message)                                            \
	do {                                                                   \
		printf message;                                                \
	} while (0)
#define LWIP_PLATFORM_ASSERT(message)                                          \
	do {                                                                   \
		fprintf(stderr, "lwip: %s\n", message);                        \
		abort();                                                       \
	} while (0)

unsigned short sum_wide(const void *data, int len); /* port.c */

#endif
