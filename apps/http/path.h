/* SPDX-License-Identifier: MIT */
/*
 * path.h - from the path of a URL to the name of a file beneath a root
 *
 * Decoded once, dot segments removed, and nothing left that could mean another
 * place (RFC 3986 sections 5.2.4 and 7.3). What opens the file checks again:
 * see static.h.
 */
#ifndef APPS_HTTP_PATH_H
#define APPS_HTTP_PATH_H

#include "apps/http/fault.h"
#include "apps/http/limits.h"
#include "apps/http/octet.h"

/** struct http_path - the name of a file, relative to the root */
struct http_path {
	char name[HTTP_PATH_BYTES_MAX + 1]; /* "a/b"; "." is the root itself */
	uint32_t len;                       /* octets of name, without NUL */
	bool is_directory; /* the URL's path ended in a slash */
};

/**
 * http_path_read() - Decode a path
 * @path:	as it stands in the target, up to "?"; empty means "/"
 * @ret:	untouched on failure
 *
 * Return: HTTP_FAULT_NONE, or a PATH fault; its status is what to answer
 */
enum http_fault http_path_read(const uint8_t *buf, struct http_span path,
                               struct http_path *ret);

/** http_path_encode() - Percent-encode a name for a URL; slashes stay
 * @size:	of @ret; 3 * strlen(@name) + 1 is always enough
 *
 * Return: the length, or -1 if @ret is too small
 */
int http_path_encode(const char *name, char *ret, size_t size);

#endif
