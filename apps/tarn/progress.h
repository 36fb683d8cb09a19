/* SPDX-License-Identifier: MIT */
/*
 * progress.h - how far a transfer is, as one line that is written over
 *
 *	 42% [=========>              ]  12.3 MiB  1.2 MiB/s  0:14
 */
#ifndef APPS_TARN_PROGRESS_H
#define APPS_TARN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_LINE_LEN 120

/** struct progress - one transfer */
struct progress {
	uint64_t begin_us, shown_us;
	uint64_t total; /* octets, or 0: not known */
};

/** progress_line() - The line for @octets at @now_us; returns @ret */
char *progress_line(const struct progress *progress, uint64_t octets,
                    uint64_t now_us, char ret[PROGRESS_LINE_LEN]);

/** progress_is_due() - Has the line been the same for long enough? Notes @now_us */
bool progress_is_due(struct progress *progress, uint64_t now_us);

#endif
