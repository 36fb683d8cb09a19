/* SPDX-License-Identifier: MIT */
/*
 * verbose.h - the lines of `tarn -v`: what changed, what was dropped, and why
 *
 *	0.000412 10.9.0.1:40000 SYN-RECEIVED -> ESTABLISHED: our SYN is
 *		 acknowledged (RFC 9293 3.10.7.4 fifth)
 *
 * (on one line) for state changes, drops, neighbours, our own address, and
 * the beginning and end of TIME-WAIT. Frames that went well are not told.
 */
#ifndef DRIVERS_VERBOSE_H
#define DRIVERS_VERBOSE_H

#include "drivers/story.h"
#include <stdio.h>

struct verbose;

/** verbose_open() - @out is borrowed; times are told from the first row on
 * Return: 0, -ENOMEM
 */
int verbose_open(FILE *out, struct verbose **ret);

/** verbose_row() - A story's tell function, @verbose its listener */
void verbose_row(void *verbose, const struct story_row *row);

/** verbose_close() - NULL is fine */
void verbose_close(struct verbose *verbose);

#endif
