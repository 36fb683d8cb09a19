/* SPDX-License-Identifier: MIT */
/*
 * mime.h - which media type a file's name stands for
 *
 * A built-in table for what web pages are made of, the same on every machine,
 * and behind it what a file in the form of /etc/mime.types adds.
 */
#ifndef APPS_HTTP_MIME_H
#define APPS_HTTP_MIME_H

#define HTTP_MIME_DEFAULT "application/octet-stream"

struct http_mime; /* what a file added; NULL is valid and adds nothing */

/** http_mime_load() - Read "TYPE EXTENSION..." lines
 *
 * Return: 0, -errno; lines that make no sense are skipped
 */
int http_mime_load(const char *file, struct http_mime **ret);
void http_mime_free(struct http_mime *mime);

/** http_mime_type() - By the extension of @name, in either case
 *
 * Text types carry charset=utf-8.
 *
 * Return: a string that lives as long as @mime
 */
const char *http_mime_type(const struct http_mime *mime, const char *name);

#endif
