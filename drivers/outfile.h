/* SPDX-License-Identifier: MIT */
/*
 * outfile.h - a file that is written row by row and may fail at any time
 *
 * A full disk or a reader that has gone must not stop the stack: the first
 * failure is told once on standard error, nothing is written after it, and
 * closing returns it.
 */
#ifndef DRIVERS_OUTFILE_H
#define DRIVERS_OUTFILE_H

#include "drivers/link.h"
#include <stdio.h>

struct outfile {
	FILE *file;
	const char *what; /* "capture", for messages */
	char path[128];   /* as given, cut; for messages */
	int error;        /* -errno of the first failure */
};

/** outfile_open() - Create @path; "-" is standard output
 * Return: 0, -errno, then @error says what and what to do
 */
int outfile_open(struct outfile *out, const char *path, const char *what,
                 char error[LINK_ERROR_LEN]);
void outfile_write(struct outfile *out, const void *data, size_t len);
/** outfile_row_done() - Standard output is flushed, for who watches live */
void outfile_row_done(struct outfile *out);
/** outfile_close() - Return: 0, or the first failure, as -errno */
int outfile_close(struct outfile *out);

#endif
