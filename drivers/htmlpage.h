/* SPDX-License-Identifier: MIT */
/*
 * htmlpage.h - a run as one HTML file that needs nothing else
 *
 * The page is drivers/page/: a template, a style sheet and scripts, carried
 * inside the program (drivers/embedded.h). A saved page holds them and the
 * lines of a JSON log (drivers/jsonlog.h); it loads nothing from anywhere. A
 * live page is the same one without lines: it asks the server that sent it for
 * them.
 */
#ifndef DRIVERS_HTMLPAGE_H
#define DRIVERS_HTMLPAGE_H

#include "drivers/link.h"
#include <stddef.h>

struct htmlpage;

/** htmlpage_open() - Create @path and write all that stands before the lines
 * @path:	"-" is standard output
 *
 * Return: 0, or -errno and @error says what and what to do
 */
int htmlpage_open(const char *path, struct htmlpage **ret,
                  char error[LINK_ERROR_LEN]);

/** htmlpage_lines() - Append a part of the log
 * @text:	borrowed; any number of octets, which may end within a line
 *
 * A write that fails is told once and returned by htmlpage_close().
 */
void htmlpage_lines(struct htmlpage *page, const char *text, size_t len);

/** htmlpage_close() - Write the rest and close; NULL is fine
 * Return: 0, or -errno of the first write that failed
 */
int htmlpage_close(struct htmlpage *page);

/** htmlpage_live() - The page that listens to an event stream
 * @events:	path of the stream on the same server: "/_tarn/events"
 * @ret_len:	its length in octets
 *
 * Return: the page, for free(), or NULL: out of memory
 */
char *htmlpage_live(const char *events, size_t *ret_len);

#endif
