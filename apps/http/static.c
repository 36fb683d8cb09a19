/* SPDX-License-Identifier: MIT */
/* static.c - see static.h */
#include "apps/http/static.h"
#include "apps/http/beneath.h"
#include "apps/http/date.h"
#include "apps/http/limits.h"
#include "apps/http/path.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INDEX "index.html"

static const struct http_extra no_extra;

/** struct lookup - one request on its way to a file */
struct lookup {
	const struct http_site *site;
	const struct http_exchange *exchange;
	struct http_reply *reply;
	struct http_path path;
	char file_name[HTTP_PATH_BYTES_MAX + sizeof("/" INDEX)]; /* or index */
};

static void page(const struct lookup *lookup, int status, const char *sentence)
{
	http_reply_page(lookup->reply, lookup->exchange, status, sentence,
	                no_extra);
}

/* Whether a file is missing or leads out of the root is nobody's business. */
static void answer_error(const struct lookup *lookup, int error)
{
	switch (-error) {
	case EACCES:
	case EPERM:
		page(lookup, 403, "This file may not be read");
		break;
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case EXDEV:
	case ENXIO:
	case ENAMETOOLONG:
		page(lookup, 404, "There is no such file");
		break;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		http_reply_page(lookup->reply, lookup->exchange, 503,
		                "Too much is going on; try again later",
		                (struct http_extra){ "Retry-After", "5" });
		break;
	default:
		page(lookup, 500, "The file could not be read");
		break;
	}
}

static bool is_head(const struct lookup *lookup)
{
	return lookup->exchange->request->method == HTTP_METHOD_HEAD;
}

/* The head for a file of so many octets. */
static void write_head(const struct lookup *lookup, const struct stat *st)
{
	struct http_reply *reply = lookup->reply;
	const char *name =
	        lookup->path.is_directory ? INDEX : lookup->path.name;
	char date[HTTP_DATE_LEN];

	http_reply_begin(reply, lookup->exchange, 200);
	http_write_field(&reply->out, "Content-Type",
	                 http_mime_type(lookup->site->mime, name));
	http_write_field(&reply->out, "X-Content-Type-Options", "nosniff");
	http_write_field(&reply->out, "Last-Modified",
	                 http_date(st->st_mtime, date));
	http_reply_end(reply, lookup->exchange, (uint64_t)st->st_size);
}

/* Head and body in one piece. */
static void answer_kept(const struct lookup *lookup,
                        const struct cached_file *file)
{
	write_head(lookup, &file->st);
	if (!is_head(lookup))
		http_out_bytes(&lookup->reply->out, file->data, file->len);
}

/* @fd, taken, is a regular file, called @name beneath the root. */
static void answer_file(const struct lookup *lookup, int fd,
                        const struct stat *st, const char *name)
{
	struct file_cache *cache       = lookup->site->cache;
	const struct cached_file *kept = NULL;

	if (cache)
		kept = file_cache_keep(cache, name, fd, st,
		                       lookup->exchange->unix_s);
	if (kept)
		answer_kept(lookup, kept);
	else
		write_head(lookup, st);

	if (kept || is_head(lookup) || st->st_size == 0) {
		close(fd);
		return;
	}
	lookup->reply->file_fd   = fd;
	lookup->reply->file_left = (uint64_t)st->st_size;
}

/*
 * The Location is made from the name that was found, not from what was sent,
 * and begins with one slash: "//host" would lead to another server.
 */
static void answer_redirect(const struct lookup *lookup)
{
	const struct http_request *request = lookup->exchange->request;
	const bool is_root = strcmp(lookup->path.name, ".") == 0;
	char location[3 * HTTP_PATH_BYTES_MAX + HTTP_TARGET_BYTES_MAX + 4] =
	        "/";
	int len = 0;

	if (!is_root)
		len = http_path_encode(lookup->path.name, location + 1,
		                       3 * HTTP_PATH_BYTES_MAX + 1);
	if (len < 0) {
		page(lookup, 500, "The file's name is too long");
		return;
	}
	len++;
	if (!is_root)
		location[len++] = '/';
	if (request->has_query) {
		location[len++] = '?';
		memcpy(location + len,
		       lookup->exchange->buf + request->query.at,
		       request->query.len);
		len += (int)request->query.len;
	}
	location[len] = '\0';

	http_reply_page(lookup->reply, lookup->exchange, 301,
	                "This is a directory; its name ends in a slash",
	                (struct http_extra){ "Location", location });
}

static void answer_listing(const struct lookup *lookup, int dir_fd)
{
	struct http_reply *reply = lookup->reply;
	struct http_out body;
	int error;

	http_out_init(&body, HTTP_REPLY_BUFFER_MAX / 2);
	error = http_listing_write(&body, dir_fd, lookup->path.name);
	if (error) {
		answer_error(lookup, error);
	} else {
		http_reply_begin(reply, lookup->exchange, 200);
		http_write_field(&reply->out, "Content-Type",
		                 "text/html; charset=utf-8");
		http_reply_end(reply, lookup->exchange, body.len);
		if (!is_head(lookup))
			http_out_bytes(&reply->out, body.data, body.len);
	}
	http_out_free(&body);
}

/* From the root again, so that index.html may be a link to what lies beneath
 * the root but not beneath this directory. */
static int open_index(const struct lookup *lookup, struct stat *ret)
{
	const int fd = beneath_open(lookup->site->root_fd, lookup->file_name);

	if (fd >= 0 && (fstat(fd, ret) < 0 || !S_ISREG(ret->st_mode))) {
		close(fd);
		return -EACCES;
	}

	return fd;
}

/* @dir_fd, taken, is a directory whose URL ended in a slash. */
static void answer_directory(const struct lookup *lookup, int dir_fd)
{
	struct stat st;
	const int fd = open_index(lookup, &st);

	if (fd == -ENOENT && lookup->site->lists_directories) {
		answer_listing(lookup, dir_fd);
		return;
	}

	close(dir_fd);
	if (fd >= 0)
		answer_file(lookup, fd, &st, lookup->file_name);
	else if (fd == -ENOENT)
		page(lookup, 403, "This directory has no " INDEX);
	else
		answer_error(lookup, fd);
}

static void answer_open(const struct lookup *lookup, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		const int error = -errno;

		close(fd);
		answer_error(lookup, error);
	} else if (S_ISDIR(st.st_mode) && lookup->path.is_directory) {
		answer_directory(lookup, fd);
	} else if (S_ISDIR(st.st_mode)) {
		close(fd);
		answer_redirect(lookup);
	} else if (S_ISREG(st.st_mode) && !lookup->path.is_directory) {
		answer_file(lookup, fd, &st, lookup->path.name);
	} else {
		close(fd);
		answer_error(lookup, S_ISREG(st.st_mode) ? -ENOENT : -EACCES);
	}
}

static const struct cached_file *find_kept(struct lookup *lookup)
{
	const struct http_site *site = lookup->site;

	snprintf(lookup->file_name, sizeof(lookup->file_name), "%s%s",
	         lookup->path.name, lookup->path.is_directory ? "/" INDEX : "");
	if (!site->cache || site->root_fd < 0)
		return NULL;

	return file_cache_find(site->cache, site->root_fd, lookup->file_name);
}

static void answer_get(struct lookup *lookup)
{
	const struct http_exchange *exchange = lookup->exchange;
	const enum http_fault fault          = http_path_read(
	                 exchange->buf, exchange->request->path, &lookup->path);
	const struct cached_file *kept;
	int fd;

	if (fault) {
		page(lookup, http_fault_status(fault), http_fault_text(fault));
		return;
	}

	kept = find_kept(lookup);
	if (kept) {
		answer_kept(lookup, kept);
		return;
	}
	fd = lookup->site->root_fd < 0
	             ? -ENOENT
	             : beneath_open(lookup->site->root_fd, lookup->path.name);
	if (fd < 0)
		answer_error(lookup, fd);
	else
		answer_open(lookup, fd);
}

bool http_static_allows(enum http_method method)
{
	return method == HTTP_METHOD_GET || method == HTTP_METHOD_HEAD ||
	       method == HTTP_METHOD_OPTIONS;
}

void http_static_answer(const struct http_site *site,
                        const struct http_exchange *exchange,
                        struct http_reply *reply)
{
	struct lookup lookup = { .site     = site,
		                 .exchange = exchange,
		                 .reply    = reply };

	switch (exchange->request->method) {
	case HTTP_METHOD_GET:
	case HTTP_METHOD_HEAD:
		answer_get(&lookup);
		break;
	case HTTP_METHOD_OPTIONS:
		http_reply_begin(reply, exchange, 204);
		http_write_field(&reply->out, "Allow", HTTP_STATIC_ALLOW);
		http_reply_end(reply, exchange, 0);
		break;
	case HTTP_METHOD_UNKNOWN:
		page(&lookup, 501, http_fault_text(HTTP_FAULT_METHOD_UNKNOWN));
		break;
	default:
		http_reply_page(
		        reply, exchange, 405, "Files here can only be read",
		        (struct http_extra){ "Allow", HTTP_STATIC_ALLOW });
		break;
	}
}
