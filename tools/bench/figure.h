/* SPDX-License-Identifier: MIT */
/*
 * figure.h - what every measuring program here says: one figure, one line
 *
 *	{"name":"client/send","unit":"Gbit/s","value":61.2}
 *
 * The driver (tools/bench/__main__.py) reads lines that begin with a brace and
 * ignores the others, so a program may also talk to people.
 */
#ifndef BENCH_FIGURE_H
#define BENCH_FIGURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NSEC_PER_SEC 1000000000u

/** now_ns() - The monotonic clock */
static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

/** figure() - Print one, at once: the reader may be waiting */
static inline void figure(const char *name, const char *unit, double value)
{
	printf("{\"name\":\"%s\",\"unit\":\"%s\",\"value\":%.6g}\n", name, unit,
	       value);
	fflush(stdout);
}

static inline int figure_compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/** figure_median() - Of @count values, which are sorted by it */
static inline double figure_median(double *value, unsigned count)
{
	qsort(value, count, sizeof(*value), figure_compare);

	return value[count / 2];
}

#endif
