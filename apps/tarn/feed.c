/* SPDX-License-Identifier: MIT */
/*
 * feed.c - see feed.h
 *
 * A line lies in one piece: where it would not fit before the end of the
 * octets, the rest of them is left empty and it goes to the beginning. So the
 * kept lines are an interval of numbers, and in the octets an interval that may
 * wrap, and the oldest make room for the newest in both.
 */
#include "apps/tarn/feed.h"
#include "base/bytes.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct line {
	uint32_t at, len; /* in the octets; without LF */
};

struct feed {
	uint64_t first, end; /* numbers of those that are kept: first..end-1 */
	uint32_t free_at;    /* where the next line goes */
	char start[FEED_LINE_MAX];
	size_t start_len;
	struct line line[FEED_LINES_MAX]; /* by number, modulo */
	char octets[FEED_OCTETS];
};

struct feed *feed_open(void)
{
	struct feed *feed = calloc(1, sizeof(*feed));

	if (feed)
		feed->first = feed->end = 1;

	return feed;
}

void feed_close(struct feed *feed)
{
	free(feed);
}

static size_t without_lf(const char *line, size_t len)
{
	return len > 0 && line[len - 1] == '\n' ? len - 1 : len;
}

void feed_start(struct feed *feed, const char *line, size_t len)
{
	len = without_lf(line, len);
	if (len > sizeof(feed->start))
		return;
	memcpy(feed->start, line, len);
	feed->start_len = len;
}

static struct line *line_of(struct feed *feed, uint64_t number)
{
	return &feed->line[number % FEED_LINES_MAX];
}

static const struct line *kept_line(const struct feed *feed, uint64_t number)
{
	return &feed->line[number % FEED_LINES_MAX];
}

/* Does the oldest line lie in what the next one, at @at, will take? */
static bool is_in_the_way(struct feed *feed, uint32_t at, size_t len)
{
	const struct line *oldest;

	if (feed->first == feed->end)
		return false;
	if (feed->end - feed->first == FEED_LINES_MAX)
		return true;
	oldest = line_of(feed, feed->first);

	return oldest->at < at + len && at < oldest->at + oldest->len;
}

void feed_line(struct feed *feed, const char *line, size_t len)
{
	uint32_t at = feed->free_at;

	len = without_lf(line, len);
	if (len == 0 || len > FEED_LINE_MAX)
		return;
	if (at + len > FEED_OCTETS) {
		/* What lies in the rest is older than what comes after it. */
		while (is_in_the_way(feed, at, FEED_OCTETS - at))
			feed->first++;
		at = 0;
	}
	while (is_in_the_way(feed, at, len))
		feed->first++;
	memcpy(feed->octets + at, line, len);
	*line_of(feed, feed->end++) = (struct line){ at, (uint32_t)len };
	feed->free_at               = at + (uint32_t)len;
}

/* ---- readers ---- */

void feed_join(const struct feed *feed, struct feed_reader *reader,
               uint32_t own_conn, uint64_t last_id)
{
	const bool is_known = last_id > 0 && last_id < feed->end;

	*reader = (struct feed_reader){
		.next      = is_known ? last_id + 1 : feed->first,
		.own_conn  = own_conn,
		.has_start = is_known,
	};
}

bool feed_has_news(const struct feed *feed, const struct feed_reader *reader)
{
	return reader->next < feed->end;
}

uint64_t feed_due(const struct feed *feed, const struct feed_reader *reader)
{
	if (reader->sent_us == 0)
		return 0;
	if (feed_has_news(feed, reader))
		return reader->sent_us + FEED_BATCH_US;

	return reader->sent_us + FEED_SILENCE_US;
}

/** struct batch - text that is being put together, never too much */
struct batch {
	char *buf;
	size_t size, len;
};

static bool has_room(const struct batch *batch, size_t more)
{
	return batch->size - batch->len > more + 64;
}

static void put(struct batch *batch, const char *text, size_t len)
{
	memcpy(batch->buf + batch->len, text, len);
	batch->len += len;
}

static void put_data(struct batch *batch, const char *line, size_t len)
{
	put(batch, "data: ", 6);
	put(batch, line, len);
	put(batch, "\n", 1);
}

__attribute__((format(printf, 2, 3))) static void
put_text(struct batch *batch, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(batch->buf + batch->len, batch->size - batch->len,
	                format, args);
	va_end(args);
	batch->len += (size_t)len;
}

static void put_drops(const struct feed *feed, struct feed_reader *reader,
                      struct batch *batch)
{
	if (reader->next < feed->first) {
		reader->dropped += feed->first - reader->next;
		reader->next = feed->first;
	}
	if (reader->dropped == reader->told_dropped)
		return;
	put_text(batch, "event: drops\ndata: {\"dropped\":%" PRIu64 "}\n\n",
	         reader->dropped);
	reader->told_dropped = reader->dropped;
}

static void put_lines(const struct feed *feed, struct feed_reader *reader,
                      const char *extra, struct batch *batch)
{
	const size_t extra_len = extra ? without_lf(extra, strlen(extra)) : 0;
	const struct line *line;

	if (!reader->has_start && feed->start_len > 0)
		put_data(batch, feed->start, feed->start_len);
	reader->has_start = true;
	while (feed_has_news(feed, reader)) {
		line = kept_line(feed, reader->next);
		if (!has_room(batch, line->len + extra_len + 16))
			break;
		put_data(batch, feed->octets + line->at, line->len);
		reader->next++;
	}
	if (extra_len > 0)
		put_data(batch, extra, extra_len);
	put_text(batch, "id: %" PRIu64 "\n\n", reader->next - 1);
}

size_t feed_read(const struct feed *feed, struct feed_reader *reader,
                 const char *extra, char *buf, size_t size, uint64_t now_us)
{
	struct batch batch = { .buf = buf, .size = size };

	if (now_us < feed_due(feed, reader))
		return 0;
	if (reader->sent_us == 0)
		put_text(&batch,
		         "retry: 1000\nevent: hello\n"
		         "data: {\"own_conn\":%" PRIu32 "}\n\n",
		         reader->own_conn);
	put_drops(feed, reader, &batch);
	if (feed_has_news(feed, reader) || !reader->has_start || extra)
		put_lines(feed, reader, extra, &batch);
	else
		put(&batch, ": keep-alive\n\n", 14);
	reader->sent_us = now_us;

	return batch.len;
}
