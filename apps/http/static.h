/* SPDX-License-Identifier: MIT */
/*
 * static.h - the handler that answers with files beneath a root
 *
 *	target ----path.h----> name ----beneath.h----> descriptor ----> reply
 *
 * GET and HEAD of regular files; a directory without its slash is redirected,
 * with it shows index.html, or a listing if that is allowed. Names that begin
 * with a dot are not there. Everything else is refused with Allow.
 */
#ifndef APPS_HTTP_STATIC_H
#define APPS_HTTP_STATIC_H

#include "apps/http/file_cache.h"
#include "apps/http/mime.h"
#include "apps/http/reply.h"

#define HTTP_STATIC_ALLOW "GET, HEAD, OPTIONS"

/** struct http_site - what is served */
struct http_site {
	int root_fd; /* borrowed; -1: nothing is there */
	const struct http_mime *mime;
	bool lists_directories;
	struct file_cache *cache; /* borrowed; NULL: nothing is kept */
};

/** http_static_allows() - Would a request with this method be served? */
bool http_static_allows(enum http_method method);

/** http_static_answer() - Answer a complete request
 * @reply:	initialised; afterwards its out.error may be set
 */
void http_static_answer(const struct http_site *site,
                        const struct http_exchange *exchange,
                        struct http_reply *reply);

/** http_listing_write() - A page with the names in a directory, sorted
 * @dir_fd:	taken
 * @title:	the directory's name as text, escaped here
 *
 * Return: 0 or -errno
 */
int http_listing_write(struct http_out *out, int dir_fd, const char *title);

#endif
