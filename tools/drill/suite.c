/* SPDX-License-Identifier: MIT */
/*
 * suite.c - one script, or a tree of them, by name; see drill.h
 *
 * Each script gets a stack of its own, so the order changes nothing; sorting
 * makes the output the same everywhere.
 */
#include "base/bytes.h"
#include "drivers/stop.h"
#include "tools/drill/drill.h"
#include "tools/drill/report.h"
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DIRS_OPEN_MAX 16 /* at a time, while a tree is walked */

/* ---- one script ---- */

/* The whole of @file, NUL-terminated; NULL and errno on failure. */
static char *read_all(FILE *file)
{
	char *text  = NULL;
	size_t size = 0, len = 0;

	do {
		char *larger;

		size   = size ? size * 2 : 16384;
		larger = realloc(text, size + 1);
		if (!larger || size > DRILL_SCRIPT_LEN_MAX * 4) {
			free(larger ? larger : text);
			errno = larger ? EFBIG : ENOMEM;
			return NULL;
		}
		text = larger;
		len += fread(text + len, 1, size - len, file);
	} while (len == size);
	if (ferror(file)) {
		free(text);
		return NULL;
	}
	text[len] = '\0';

	return text;
}

static char *read_path(const char *path)
{
	const bool is_stdin = strcmp(path, "-") == 0;
	FILE *file          = is_stdin ? stdin : fopen(path, "rbe");
	char *text          = file ? read_all(file) : NULL;
	const int error     = errno;

	if (file && !is_stdin)
		fclose(file);
	errno = error;

	return text;
}

static void count(const struct run *run, struct drill_sum *sum)
{
	sum->passed += run->verdict == RUN_PASSED;
	sum->failed += run->verdict == RUN_FAILED;
	sum->skipped += run->verdict == RUN_SKIPPED;
}

static void play(const struct drill_script *script,
                 const struct run_options *options, struct drill_sum *sum)
{
	/* Large, for it holds what flows have learned; one is for the ladder. */
	struct run *runs = calloc(2, sizeof(*runs));

	if (!runs) {
		printf("not ok %s: out of memory\n", script->path);
		sum->failed++;
		return;
	}
	run_script(&runs[0], script, options, NULL, NULL);
	runs[0].scratch = &runs[1];
	report_tell(&runs[0]);
	count(&runs[0], sum);
	free(runs);
}

static void play_text(const char *path, const char *text,
                      const struct drill_options *options,
                      struct drill_sum *sum)
{
	const struct run_options for_run = {
		.verbose   = options->verbose,
		.freebsd   = options->freebsd,
		.own       = options->own,
		.no_ladder = options->no_ladder,
		.overrides = options->override,
	};
	char error[DRILL_ERROR_LEN];
	struct drill_script *script;

	if (script_parse(path, text, options->define, &script, error) < 0) {
		printf("not ok %s\n", error);
		sum->failed++;
		return;
	}
	if (options->dry_run) {
		printf("ok %s\n", path);
		sum->passed++;
	} else {
		play(script, &for_run, sum);
	}
	script_free(script);
}

static void play_file(const char *path, const struct drill_options *options,
                      struct drill_sum *sum)
{
	char *text;

	if (options->list) {
		puts(path);
		return;
	}
	text = read_path(path);
	if (!text) {
		fflush(stdout);
		fprintf(stderr, "tarn: cannot read %s: %s\n", path,
		        strerror(errno));
		sum->unreadable++;
		return;
	}
	play_text(path, text, options, sum);
	free(text);
}

/* ---- a tree ---- */

/* ftw() hands nothing through to its callback. */
static struct {
	char **path;
	size_t count, size;
	bool is_full;
} found;

static bool is_script(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && strcmp(dot, ".pkt") == 0;
}

static int find(const char *path, const struct stat *stat, int type)
{
	(void)stat;
	if (type != FTW_F || !is_script(path))
		return 0;
	if (found.count == found.size) {
		const size_t size = found.size ? found.size * 2 : 64;
		char **larger     = realloc(found.path, size * sizeof(*larger));

		if (!larger)
			return -1;
		found.path = larger;
		found.size = size;
	}
	found.path[found.count] = strdup(path);

	return found.path[found.count] ? (int)(found.count++, 0) : -1;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool play_tree(const char *path, const struct drill_options *options,
                      struct drill_sum *sum)
{
	bool goes_on = true;

	memset(&found, 0, sizeof(found));
	if (ftw(path, find, DIRS_OPEN_MAX) != 0) {
		fprintf(stderr, "tarn: cannot walk %s: %s\n", path,
		        strerror(errno));
		sum->unreadable++;
	}
	if (found.count)
		qsort(found.path, found.count, sizeof(*found.path), by_name);
	for (size_t i = 0; i < found.count; i++) {
		goes_on = goes_on && !stop_is_asked();
		if (goes_on)
			play_file(found.path[i], options, sum);
		free(found.path[i]);
	}
	free(found.path);

	return goes_on;
}

bool drill_path(const char *path, const struct drill_options *options,
                struct drill_sum *sum)
{
	struct stat about;

	if (strcmp(path, "-") != 0 && stat(path, &about) == 0 &&
	    S_ISDIR(about.st_mode))
		return play_tree(path, options, sum);
	play_file(path, options, sum);

	return !stop_is_asked();
}
