/* SPDX-License-Identifier: MIT */
/* library.c - lessons that are built in, and those in files */
#include "base/bytes.h"
#include "drivers/embedded.h"
#include "tools/lab/lesson.h"
#include <errno.h>
#include <stdlib.h>

static size_t stem_len(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? (size_t)(dot - name) : strlen(name);
}

static const struct embedded *find(const char *name)
{
	for (const struct embedded *file = lesson_files; file->name; file++)
		if (strlen(name) == stem_len(file->name) &&
		    strncmp(file->name, name, strlen(name)) == 0)
			return file;

	return NULL;
}

static int read_file(const char *path, char **ret, size_t *ret_len,
                     char error[LAB_ERROR_LEN])
{
	FILE *file = fopen(path, "r");
	char *text;

	if (!file) {
		const int rc = -errno;

		snprintf(error, LAB_ERROR_LEN,
		         "there is no lesson '%s' and no such file; `tarn lab` "
		         "lists the lessons",
		         path);
		return rc;
	}
	text = malloc(LAB_FILE_LEN_MAX + 1);
	if (text)
		*ret_len = fread(text, 1, LAB_FILE_LEN_MAX + 1, file);
	fclose(file);
	*ret = text;
	if (!text)
		snprintf(error, LAB_ERROR_LEN, "out of memory");

	return text ? 0 : -ENOMEM;
}

int lesson_open(const char *name, struct lesson **ret,
                char error[LAB_ERROR_LEN])
{
	const struct embedded *file = find(name);
	char *text                  = NULL;
	size_t len                  = 0;
	int rc;

	*ret = NULL;
	if (file)
		return lesson_parse(file->name, file->data, file->len, ret,
		                    error);
	rc = read_file(name, &text, &len, error);
	if (rc == 0) {
		rc = lesson_parse(name, text, len, ret, error);
		free(text);
	}

	return rc;
}

const char *lesson_name(unsigned at)
{
	static char name[LAB_NAME_LEN];

	for (const struct embedded *file = lesson_files; file->name; file++)
		if (at-- == 0) {
			snprintf(name, sizeof(name), "%.*s",
			         (int)stem_len(file->name), file->name);
			return name;
		}

	return NULL;
}

void lesson_list(FILE *out)
{
	const char *name;

	for (unsigned i = 0; (name = lesson_name(i)); i++) {
		char error[LAB_ERROR_LEN];
		struct lesson *lesson;

		if (lesson_open(name, &lesson, error) < 0 || !lesson) {
			fprintf(out, "  %-20s %s\n", name, error);
			continue;
		}
		fprintf(out, "  %-20s %s\n", lesson->name, lesson->title);
		for (unsigned b = 0; b < lesson->break_count; b++)
			fprintf(out, "  %-20s   --without %s\n", "",
			        lesson->breaks[b].rule);
		lesson_free(lesson);
	}
}
