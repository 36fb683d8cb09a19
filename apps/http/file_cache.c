/* SPDX-License-Identifier: MIT */
/*
 * file_cache.c - see file_cache.h
 *
 * The name was opened beneath the root once (beneath.h). The stat() that compares
 * does not guard the way again: should a link lead out of the root meanwhile, the
 * file at its end is the same one, with the same octets, or it does not compare.
 */
#include "apps/http/file_cache.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GRAIN_S 2 /* younger changes may not show in a file's times */

/* FNV-1a. Whoever finds names that collide evicts files from memory, no more. */
static struct cached_file *slot_of(struct file_cache *cache, const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;

	return &cache->slot[(hash ^ hash >> 16) % HTTP_CACHE_FILES_MAX];
}

static void forget(struct cached_file *file)
{
	free(file->name);
	free(file->data);
	*file = (struct cached_file){ 0 };
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_size == b->st_size && a->st_mode == b->st_mode &&
	       is_same_time(&a->st_mtim, &b->st_mtim) &&
	       is_same_time(&a->st_ctim, &b->st_ctim);
}

const struct cached_file *file_cache_find(struct file_cache *cache, int root_fd,
                                          const char *name)
{
	struct cached_file *file = slot_of(cache, name);
	struct stat now;

	if (!file->name || strcmp(file->name, name) != 0)
		return NULL;
	if (file->step == cache->step)
		return file;
	if (fstatat(root_fd, name, &now, 0) < 0 || !is_same(&now, &file->st)) {
		forget(file);
		return NULL;
	}
	file->step = cache->step;

	return file;
}

static bool may_be_kept(const struct stat *st, int64_t unix_s)
{
	const int64_t changed_s = st->st_mtim.tv_sec > st->st_ctim.tv_sec
	                                  ? st->st_mtim.tv_sec
	                                  : st->st_ctim.tv_sec;

	return st->st_size > 0 && st->st_size <= HTTP_CACHE_FILE_BYTES_MAX &&
	       changed_s + GRAIN_S < unix_s;
}

/* Return: the whole of the file, or NULL */
static uint8_t *read_whole(int fd, size_t len)
{
	uint8_t *data = malloc(len);

	if (data && pread(fd, data, len, 0) != (ssize_t)len) {
		free(data);
		return NULL;
	}

	return data;
}

const struct cached_file *file_cache_keep(struct file_cache *cache,
                                          const char *name, int fd,
                                          const struct stat *st, int64_t unix_s)
{
	struct cached_file *file = slot_of(cache, name);
	char *own_name;
	uint8_t *data;

	if (!may_be_kept(st, unix_s))
		return NULL;
	own_name = strdup(name);
	data     = read_whole(fd, (size_t)st->st_size);
	if (!own_name || !data) {
		free(own_name);
		free(data);
		return NULL;
	}

	forget(file);
	*file = (struct cached_file){
		.name = own_name,
		.data = data,
		.len  = (size_t)st->st_size,
		.st   = *st,
		.step = cache->step,
	};

	return file;
}

void file_cache_free(struct file_cache *cache)
{
	for (size_t i = 0; i < HTTP_CACHE_FILES_MAX; i++)
		forget(&cache->slot[i]);
}
