/* SPDX-License-Identifier: MIT */
/*
 * feed.h - lines of the log that wait to be told, as server-sent events
 *
 * Lines are kept in a ring of fixed size; readers, each with a place of its
 * own, follow. Whoever is too slow finds that lines are gone, and is told how
 * many. A reader is given a batch at most ten times a second:
 *
 *	retry: 1000
 *	event: hello
 *	data: {"own_conn":7}
 *
 *	id: 12
 *	data: {"time":...}
 *	data: {"time":...}
 *
 *	event: drops
 *	data: {"dropped":500}
 *
 *	: keep-alive
 *
 * That is the format of the HTML standard, section 9.2.6.
 */
#ifndef APPS_TARN_FEED_H
#define APPS_TARN_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FEED_OCTETS     (4u << 20)
#define FEED_LINES_MAX  16384
#define FEED_LINE_MAX   8192u /* octets of one line; longer ones are dropped */
#define FEED_BATCH_US   100000ull   /* between two batches of a reader */
#define FEED_SILENCE_US 15000000ull /* then a comment, so that it stays open */
#define FEED_READ_MIN   (4 * FEED_LINE_MAX) /* room that feed_read() wants */

struct feed;

/** feed_open() - NULL: no memory */
struct feed *feed_open(void);
void feed_close(struct feed *feed);

/** feed_start() - The line that every new reader gets first */
void feed_start(struct feed *feed, const char *line, size_t len);
/** feed_line() - One more; @len without its LF, or with it */
void feed_line(struct feed *feed, const char *line, size_t len);

/** struct feed_reader - one who follows; feed_join() begins it */
struct feed_reader {
	uint64_t next;    /* number of the line that it gets next, from 1 */
	uint64_t dropped; /* lines that were gone before it got them */
	uint64_t told_dropped;
	uint64_t sent_us; /* when it last got something; 0: never */
	uint32_t own_conn;
	bool has_start;
};

/** feed_join() - Begin to follow
 * @last_id:	the id that it got last from this feed, before its connection
 *		broke; 0: none, so it gets all that is kept
 */
void feed_join(const struct feed *feed, struct feed_reader *reader,
               uint32_t own_conn, uint64_t last_id);

/** feed_has_news() - Is there a line that @reader has not got? */
bool feed_has_news(const struct feed *feed, const struct feed_reader *reader);

/** feed_due() - When feed_read() will have something */
uint64_t feed_due(const struct feed *feed, const struct feed_reader *reader);

/**
 * feed_read() - The next batch, if it is time for one
 * @extra:	a line that goes with it, to this reader only; NULL: none
 * @size:	at least FEED_READ_MIN
 *
 * Return: octets written; 0: not yet
 */
size_t feed_read(const struct feed *feed, struct feed_reader *reader,
                 const char *extra, char *buf, size_t size, uint64_t now_us);

#endif
