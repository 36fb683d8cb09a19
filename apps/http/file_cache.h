/* SPDX-License-Identifier: MIT */
/*
 * file_cache.h - small files that were asked for, as long as they are unchanged
 *
 * To serve a small file costs four system calls (open, fstat, read, close), twice
 * as many as its request and its answer on the link. Kept in memory it costs one:
 * a stat() that tells whether it is still the same, and this only once in a step
 * of the server's, for all that is answered in one step is answered at one time.
 *
 * "The same" is device, number, size, and both times. A file that has changed
 * within the last two seconds is not kept: times have a grain, and what changes
 * again within it would look the same.
 */
#ifndef APPS_HTTP_FILE_CACHE_H
#define APPS_HTTP_FILE_CACHE_H

#include "apps/http/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/** struct cached_file - one that is kept
 * @name:	beneath the root; NULL: the slot is empty
 * @st:		as it was when it was read
 * @step:	when it was last compared with what the file system has
 */
struct cached_file {
	char *name;
	uint8_t *data;
	size_t len;
	struct stat st;
	uint64_t step;
};

/** struct file_cache - a slot for each hash of a name; the later file wins */
struct file_cache {
	struct cached_file slot[HTTP_CACHE_FILES_MAX];
	uint64_t step; /* of the server's; counts up */
};

/** file_cache_find() - The file of this name, if it is here and unchanged
 *
 * Return: borrowed until the next call, or NULL
 */
const struct cached_file *file_cache_find(struct file_cache *cache, int root_fd,
                                          const char *name);

/**
 * file_cache_keep() - Read a file that was opened, and keep it
 * @fd:		borrowed
 * @st:		of @fd
 * @unix_s:	the time of day
 *
 * Return: as file_cache_find(); NULL: too large, too young, or not readable
 */
const struct cached_file *file_cache_keep(struct file_cache *cache,
                                          const char *name, int fd,
                                          const struct stat *st,
                                          int64_t unix_s);

void file_cache_free(struct file_cache *cache);

#endif
