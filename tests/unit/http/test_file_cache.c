/* SPDX-License-Identifier: MIT */
/* test_file_cache.c - small files in memory, never older than the file system's */
#include "apps/http/file_cache.h"
#include "tests/unit/lib/test.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LATER 10 /* seconds after a file was written it may be kept */

static struct file_cache *cache;
static char path[] = "/tmp/tarn-test-XXXXXX";
static int root_fd;

static void setup(void)
{
	memcpy(path + strlen(path) - 6, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(path));
	root_fd = open(path, O_RDONLY | O_DIRECTORY);
	ck_assert_int_ge(root_fd, 0);
	cache = calloc(1, sizeof(*cache));
	ck_assert_ptr_nonnull(cache);
	cache->step = 1;
}

static void teardown(void)
{
	file_cache_free(cache);
	free(cache);
	(void)unlinkat(root_fd, "a", 0);
	(void)unlinkat(root_fd, "b", 0);
	close(root_fd);
	ck_assert_int_eq(rmdir(path), 0);
}

static void write_file(const char *name, const char *text)
{
	const int fd =
	        openat(root_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* As the server does it, so many seconds after the last change. */
static const struct cached_file *keep(const char *name, int64_t later_s)
{
	const int fd = openat(root_fd, name, O_RDONLY);
	const struct cached_file *file;
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	file = file_cache_keep(cache, name, fd, &st,
	                       st.st_ctim.tv_sec + later_s);
	close(fd);

	return file;
}

static const struct cached_file *find(const char *name)
{
	return file_cache_find(cache, root_fd, name);
}

START_TEST(what_was_kept_is_found)
{
	write_file("a", "hello");
	ck_assert_ptr_null(find("a"));
	ck_assert_ptr_nonnull(keep("a", LATER));
	cache->step++;
	ck_assert_ptr_nonnull(find("a"));
	ck_assert_uint_eq(find("a")->len, 5);
	ck_assert_mem_eq(find("a")->data, "hello", 5);
	ck_assert_ptr_null(find("b"));
}
END_TEST

START_TEST(what_has_changed_is_not_found_in_the_next_step)
{
	static const struct timespec old[2] = { { 1, 0 }, { 1, 0 } };

	write_file("a", "hello");
	ck_assert_ptr_nonnull(keep("a", LATER));
	write_file("a", "HELLO");
	ck_assert_ptr_nonnull(find("a")); /* one step is one time */
	/* A change within the grain of the clock shows in the time that the
	 * file gets now; as if it had been another second. */
	ck_assert_int_eq(utimensat(root_fd, "a", old, 0), 0);
	cache->step++;
	ck_assert_ptr_null(find("a"));
	ck_assert_ptr_null(find("a"));
}
END_TEST

START_TEST(what_is_gone_or_replaced_is_not_found)
{
	write_file("a", "hello");
	ck_assert_ptr_nonnull(keep("a", LATER));
	write_file("b", "HELLO");
	ck_assert_int_eq(renameat(root_fd, "b", root_fd, "a"), 0);
	cache->step++;
	ck_assert_ptr_null(find("a"));

	ck_assert_ptr_nonnull(keep("a", LATER));
	ck_assert_int_eq(unlinkat(root_fd, "a", 0), 0);
	cache->step++;
	ck_assert_ptr_null(find("a"));
}
END_TEST

START_TEST(what_may_no_longer_be_read_is_not_found)
{
	write_file("a", "hello");
	ck_assert_ptr_nonnull(keep("a", LATER));
	ck_assert_int_eq(fchmodat(root_fd, "a", 0, 0), 0);
	cache->step++;
	ck_assert_ptr_null(find("a"));
}
END_TEST

/* Another change in the same grain of time would look the same. */
START_TEST(a_young_file_is_not_kept)
{
	write_file("a", "hello");
	ck_assert_ptr_null(keep("a", 0));
	ck_assert_ptr_null(keep("a", 2));
	ck_assert_ptr_null(find("a"));
	ck_assert_ptr_nonnull(keep("a", 3));
}
END_TEST

START_TEST(an_empty_file_and_a_large_one_are_not_kept)
{
	const int fd = openat(root_fd, "b", O_WRONLY | O_CREAT, 0600);

	ck_assert_int_eq(ftruncate(fd, HTTP_CACHE_FILE_BYTES_MAX + 1), 0);
	write_file("a", "");
	ck_assert_ptr_null(keep("a", LATER));
	ck_assert_ptr_null(keep("b", LATER));
	ck_assert_int_eq(ftruncate(fd, HTTP_CACHE_FILE_BYTES_MAX), 0);
	ck_assert_ptr_nonnull(keep("b", LATER));
	close(fd);
}
END_TEST

/* More names than slots: memory is bounded, and whoever is found is right. */
START_TEST(names_that_share_a_slot_take_turns)
{
	const struct cached_file *file;
	char name[16];
	unsigned found = 0;

	for (unsigned i = 0; i < 4 * HTTP_CACHE_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%u", i);
		write_file(name, name);
		ck_assert_ptr_nonnull(keep(name, LATER));
	}
	for (unsigned i = 0; i < 4 * HTTP_CACHE_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%u", i);
		file = find(name);
		found += file != NULL;
		if (file)
			ck_assert_mem_eq(file->data, name, file->len);
		ck_assert_int_eq(unlinkat(root_fd, name, 0), 0);
	}
	ck_assert_uint_gt(found, 0);
	ck_assert_uint_le(found, HTTP_CACHE_FILES_MAX);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("http file_cache");
	TCase *tc = tcase_create("file_cache");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_was_kept_is_found);
	tcase_add_test(tc, what_has_changed_is_not_found_in_the_next_step);
	tcase_add_test(tc, what_is_gone_or_replaced_is_not_found);
	tcase_add_test(tc, what_may_no_longer_be_read_is_not_found);
	tcase_add_test(tc, a_young_file_is_not_kept);
	tcase_add_test(tc, an_empty_file_and_a_large_one_are_not_kept);
	tcase_add_test(tc, names_that_share_a_slot_take_turns);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
