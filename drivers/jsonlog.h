/* SPDX-License-Identifier: MIT */
/*
 * jsonlog.h - everything that happened, one JSON object a line
 *
 *	{"time":50.000,"name":"tcp:segment_sent","data":{...},"why":"...","rfc":"..."}
 *
 * Names are qlog's where it has one (tcp:segment_sent, tcp:segment_received,
 * tcp:segment_dropped, tcp:state_updated, recovery:metrics_updated,
 * timer:armed, timer:fired, timer:cancelled, socket:call), "time" and round
 * trips are milliseconds, lengths are octets, and the metrics carry the names
 * that qvis reads. The first line, log:start, says who wrote it.
 */
#ifndef DRIVERS_JSONLOG_H
#define DRIVERS_JSONLOG_H

#include "drivers/capture.h"

struct jsonlog;

/** jsonlog_open() - Create @path ("-": standard output, flushed per line)
 * Return: as capture_open()
 */
int jsonlog_open(const char *path, const struct capture_info *info,
                 struct jsonlog **ret, char error[LINK_ERROR_LEN]);

/** jsonlog_row() - Append one line; a story's tell function, @jsonlog its listener */
void jsonlog_row(void *jsonlog, const struct story_row *row);

/** jsonlog_close() - Flush and close; NULL is fine
 * Return: 0, or -errno of the first write that failed
 */
int jsonlog_close(struct jsonlog *jsonlog);

#endif
