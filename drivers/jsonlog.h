/* SPDX-License-Identifier: MIT */
/*
 * jsonlog.h - everything that happened, one JSON object a line, in a file
 *
 * The lines are those of jsonrow.h. The first, log:start, says who wrote it,
 * what it is about and who the ends are. Several stacks may write into one
 * log, each through a struct jsonlog_end of its own.
 */
#ifndef DRIVERS_JSONLOG_H
#define DRIVERS_JSONLOG_H

#include "drivers/capture.h"
#include "drivers/jsonrow.h"

struct jsonlog;

/** struct jsonlog_end - one stack's way into a log: the listener of a story */
struct jsonlog_end {
	struct jsonlog *log;
	const char *end; /* "A", "B" */
};

/** jsonlog_open() - Create @path ("-": standard output, flushed per line)
 * Return: as capture_open()
 */
int jsonlog_open(const char *path, const struct capture_info *info,
                 struct jsonlog **ret, char error[LINK_ERROR_LEN]);

/** jsonlog_start() - The first line, for who has no file
 * Return: its length, 0: it did not fit (JSONROW_LEN_MAX is enough)
 */
size_t jsonlog_start(char *line, size_t size, const struct capture_info *info);

/** jsonlog_row() - Append a line of end "A"; a story's tell function, @jsonlog
 * its listener */
void jsonlog_row(void *jsonlog, const struct story_row *row);
/** jsonlog_end_row() - The same with a struct jsonlog_end as the listener */
void jsonlog_end_row(void *end, const struct story_row *row);
/** jsonlog_line() - Append a line that was made elsewhere, newline included */
void jsonlog_line(struct jsonlog *jsonlog, const char *line, size_t len);

/** jsonlog_close() - Flush and close; NULL is fine
 * Return: 0, or -errno of the first write that failed
 */
int jsonlog_close(struct jsonlog *jsonlog);

#endif
