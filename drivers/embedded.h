/* SPDX-License-Identifier: MIT */
/*
 * embedded.h - files that are part of the program, see tools/embed
 *
 * A page or a lesson stands as a file of its own in the sources, where editors
 * and reviewers know what it is, and is found in the program wherever that runs.
 */
#ifndef DRIVERS_EMBEDDED_H
#define DRIVERS_EMBEDDED_H

#include <stddef.h>

/** struct embedded - one file; a table of them ends with a NULL name */
struct embedded {
	const char *name; /* without its directory */
	const char *data; /* a NUL follows, which @len does not count */
	size_t len;
};

extern const struct embedded page_files[];   /* drivers/page/ */
extern const struct embedded lesson_files[]; /* docs/lessons/NAME.lab */

#endif
