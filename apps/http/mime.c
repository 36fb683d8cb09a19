/* SPDX-License-Identifier: MIT */
/* mime.c - see mime.h */
#include "apps/http/mime.h"
#include "apps/http/octet.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ENTRIES_MAX 4096 /* what lies beyond is not read */

static const struct {
	const char *extension, *type;
} built_in[] = {
	{ "css", "text/css; charset=utf-8" },
	{ "csv", "text/csv; charset=utf-8" },
	{ "gif", "image/gif" },
	{ "gz", "application/gzip" },
	{ "htm", "text/html; charset=utf-8" },
	{ "html", "text/html; charset=utf-8" },
	{ "ico", "image/x-icon" },
	{ "jpeg", "image/jpeg" },
	{ "jpg", "image/jpeg" },
	{ "js", "text/javascript; charset=utf-8" },
	{ "json", "application/json" },
	{ "md", "text/markdown; charset=utf-8" },
	{ "mjs", "text/javascript; charset=utf-8" },
	{ "mp3", "audio/mpeg" },
	{ "mp4", "video/mp4" },
	{ "pdf", "application/pdf" },
	{ "png", "image/png" },
	{ "svg", "image/svg+xml" },
	{ "txt", "text/plain; charset=utf-8" },
	{ "wasm", "application/wasm" },
	{ "webm", "video/webm" },
	{ "webp", "image/webp" },
	{ "woff2", "font/woff2" },
	{ "xml", "application/xml" },
	{ "zip", "application/zip" },
};

struct entry {
	char *extension, *type;
};

struct http_mime {
	unsigned count;
	struct entry entry[ENTRIES_MAX]; /* sorted by extension */
};

static int by_extension(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return strcasecmp(left->extension, right->extension);
}

static int to_extension(const void *extension, const void *entry)
{
	return strcasecmp(extension, ((const struct entry *)entry)->extension);
}

static void add(struct http_mime *mime, const char *type, const char *extension)
{
	struct entry *entry = &mime->entry[mime->count];
	const bool is_text  = strncmp(type, "text/", 5) == 0;
	int len;

	if (mime->count == ENTRIES_MAX)
		return;
	entry->extension = strdup(extension);
	len              = asprintf(&entry->type, "%s%s", type,
                       is_text ? "; charset=utf-8" : "");
	if (len >= 0 && entry->extension) {
		mime->count++;
		return;
	}
	if (len >= 0)
		free(entry->type);
	free(entry->extension);
}

static bool is_type(const char *text)
{
	const char *slash = strchr(text, '/');

	for (const char *p = text; *p; p++)
		if (p != slash && !octet_is_token((uint8_t)*p))
			return false;

	return slash && slash != text && slash[1] != '\0';
}

static void read_line(struct http_mime *mime, char *line)
{
	char *rest       = NULL;
	const char *type = strtok_r(line, " \t\r\n", &rest);
	const char *extension;

	if (!type || *type == '#' || !is_type(type))
		return;
	while ((extension = strtok_r(NULL, " \t\r\n", &rest)) != NULL)
		add(mime, type, extension);
}

int http_mime_load(const char *file, struct http_mime **ret)
{
	struct http_mime *mime;
	char *line  = NULL;
	size_t size = 0;
	FILE *stream;

	stream = fopen(file, "re");
	if (!stream)
		return -errno;
	mime = calloc(1, sizeof(*mime));
	if (!mime) {
		fclose(stream);
		return -ENOMEM;
	}

	while (getline(&line, &size, stream) >= 0)
		read_line(mime, line);
	free(line);
	fclose(stream);
	qsort(mime->entry, mime->count, sizeof(mime->entry[0]), by_extension);
	*ret = mime;

	return 0;
}

void http_mime_free(struct http_mime *mime)
{
	if (!mime)
		return;
	for (unsigned i = 0; i < mime->count; i++) {
		free(mime->entry[i].extension);
		free(mime->entry[i].type);
	}
	free(mime);
}

/* What follows the last dot of the last name, unless that dot begins it. */
static const char *extension_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base  = slash ? slash + 1 : name;
	const char *dot   = strrchr(base, '.');

	return dot && dot != base ? dot + 1 : "";
}

const char *http_mime_type(const struct http_mime *mime, const char *name)
{
	const char *extension = extension_of(name);
	const struct entry *found;

	for (unsigned i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++)
		if (strcasecmp(built_in[i].extension, extension) == 0)
			return built_in[i].type;
	if (!mime || *extension == '\0')
		return HTTP_MIME_DEFAULT;

	found = bsearch(extension, mime->entry, mime->count,
	                sizeof(mime->entry[0]), to_extension);

	return found ? found->type : HTTP_MIME_DEFAULT;
}
