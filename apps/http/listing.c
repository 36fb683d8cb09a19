/* SPDX-License-Identifier: MIT */
/* listing.c - a directory as a page; see static.h */
#include "apps/http/limits.h"
#include "apps/http/path.h"
#include "apps/http/static.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct names {
	char **name; /* with a slash behind directories */
	size_t count;
	bool is_cut;
};

static int by_name(const void *a, const void *b)
{
	char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

static bool add(struct names *names, const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);
	char *name       = malloc(len + 2);

	if (!name)
		return false;
	memcpy(name, entry->d_name, len);
	memcpy(name + len, entry->d_type == DT_DIR ? "/" : "",
	       entry->d_type == DT_DIR ? 2 : 1);
	names->name[names->count++] = name;

	return true;
}

static bool read_names(struct names *names, DIR *dir)
{
	const struct dirent *entry;

	names->name = calloc(HTTP_LISTING_ENTRIES_MAX, sizeof(char *));
	if (!names->name)
		return false;
	/* cppcheck-suppress readdirCalled ; the stream is this function's own */
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		names->is_cut = names->count == HTTP_LISTING_ENTRIES_MAX;
		if (names->is_cut)
			break;
		if (!add(names, entry))
			return false;
	}
	qsort(names->name, names->count, sizeof(char *), by_name);

	return true;
}

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->name[i]);
	free(names->name);
}

static void write_names(struct http_out *out, const struct names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		char href[3 * (NAME_MAX + 1) + 1];

		if (http_path_encode(names->name[i], href, sizeof(href)) < 0)
			continue;
		http_out_text(out, "<li><a href=\"./");
		http_out_text(out, href);
		http_out_text(out, "\">");
		http_out_html(out, names->name[i]);
		http_out_text(out, "</a>\n");
	}
}

int http_listing_write(struct http_out *out, int dir_fd, const char *title)
{
	DIR *dir           = fdopendir(dir_fd);
	struct names names = { 0 };
	bool is_read;

	if (!dir) {
		const int error = -errno;

		close(dir_fd);
		return error;
	}
	is_read = read_names(&names, dir);
	closedir(dir);

	http_out_text(out, "<!DOCTYPE html>\n<meta charset=utf-8>\n<title>");
	http_out_html(out, title);
	http_out_text(out, "</title>\n<h1>");
	http_out_html(out, title);
	http_out_text(out, "</h1>\n<ul>\n");
	write_names(out, &names);
	http_out_text(out, "</ul>\n");
	if (names.is_cut)
		http_out_text(out, "<p>There are more.</p>\n");
	free_names(&names);

	return is_read ? out->error : -ENOMEM;
}
