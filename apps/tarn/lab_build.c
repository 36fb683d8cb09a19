/* SPDX-License-Identifier: MIT */
/*
 * lab_build.c - handing over to tarn-lab, see lab_build.h
 *
 * tarn and tarn-lab are made of the same objects, except for the stack: only
 * in tarn-lab can it break rules (docs/design/0026). They lie side by side, in
 * the build tree and where they are installed.
 */
#include "apps/tarn/lab_build.h"
#include "apps/tarn/command.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME     "tarn-lab"
#define ARGS_MAX 256   /* of a command line; a longer one is not handed over */
#define LINE_LEN 32768 /* octets of it */

/* Where tarn-lab should be: beside our own program. */
static bool find_sibling(char path[PATH_MAX])
{
	const ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	if (len < 0)
		return false;
	path[len] = '\0';
	slash     = strrchr(path, '/');
	if (!slash || slash + sizeof("/" NAME) > path + PATH_MAX)
		return false;
	memcpy(slash, "/" NAME, sizeof("/" NAME));

	return true;
}

/* Our whole command line, with the options in front of the sub-command. */
static size_t read_line(char line[LINE_LEN])
{
	FILE *file = fopen("/proc/self/cmdline", "r");
	size_t len;

	if (!file)
		return 0;
	len = fread(line, 1, LINE_LEN, file);
	fclose(file);

	return len;
}

/* Return: do all words of the line fit into @args? */
static bool take_words(char *line, size_t len, char *args[ARGS_MAX])
{
	size_t count = 0;

	if (len == 0 || len == LINE_LEN)
		return false;
	for (char *at = line; at < line + len; at += strlen(at) + 1) {
		if (count == ARGS_MAX - 1)
			return false;
		args[count++] = at;
	}
	args[count] = NULL;

	return true;
}

static int complain(const char *path)
{
	fprintf(stderr,
	        "tarn: %s: %s; rules are broken only there: `make` builds it, "
	        "and it must lie beside tarn\n",
	        path, strerror(errno));

	return EXIT_FAILURE;
}

int lab_build_exec(void)
{
	char path[PATH_MAX], *args[ARGS_MAX];
	static char line[LINE_LEN];

	if (!find_sibling(path))
		return complain(NAME);
	if (!take_words(line, read_line(line), args)) {
		fprintf(stderr, "tarn: the command line is too long\n");
		return EXIT_USAGE;
	}

	args[0] = path;
	execv(path, args);

	return complain(path);
}
