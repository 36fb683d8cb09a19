/* SPDX-License-Identifier: MIT */
/*
 * jsonrow.h - one row of a story as one line of JSON
 *
 *	{"time":50.000,"name":"tcp:segment_sent","end":"A","data":{...},
 *	 "why":"...","rfc":"...","src":"stack/tcp/output.c:253"}
 *
 * The lines of a file, of a page and of a live stream are these. Names are
 * qlog's where it has one, and metrics carry the names that qvis reads; "time"
 * and round trips are milliseconds, lengths octets. docs/man/tarn-log.7 lists
 * them all. A reader ignores what it does not know.
 */
#ifndef DRIVERS_JSONROW_H
#define DRIVERS_JSONROW_H

#include "drivers/json.h"
#include "drivers/story.h"

#define JSONROW_LEN_MAX    8192u /* of any line, NUL included */
#define JSONROW_OCTETS_MAX 128u  /* of a frame that are told */

/**
 * jsonrow_line() - Render @row
 * @line:	room for @size octets; JSONROW_LEN_MAX is enough for any row
 * @end:	whose view it is: "A", "B"; NULL: the line does not say
 *
 * Return: its length with the newline, without the NUL; 0: it did not fit
 */
size_t jsonrow_line(char *line, size_t size, const struct story_row *row,
                    const char *end);

/** jsonrow_lost() - wire:lost for a frame that is lost on its way (row->lost)
 *
 * Of one that leaves it follows the line that says so; one that was on its way
 * to us never arrives, so that jsonrow_line() is not for it.
 * Return: as jsonrow_line()
 */
size_t jsonrow_lost(char *line, size_t size, const struct story_row *row,
                    const char *end);

/** jsonrow_begin() - The head of a line of another kind; its data is open:
 * put it with json_*(), then call jsonrow_end() */
void jsonrow_begin(struct json *json, char *line, size_t size, uint64_t now_us,
                   const char *name, const char *end);
/** jsonrow_end() - Close data and line; @why, @rfc, @src may be NULL */
size_t jsonrow_end(struct json *json, const char *why, const char *rfc,
                   const char *src);

#endif
