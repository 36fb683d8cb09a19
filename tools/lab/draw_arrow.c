/* SPDX-License-Identifier: MIT */
/*
 * draw_arrow.c - see draw_arrow.h
 *
 * An arrow is five pieces, written from left to right: an end, a shaft, the
 * text, a shaft, an end. Who speaks to the left has them mirrored.
 */
#include "tools/lab/draw_arrow.h"
#include <stdarg.h>

#define SHAFT_SHORT 1u
#define TEXT_MAX    300 /* octets of the text in an arrow */
/* With its shaft a short arrow is a little longer than half the way. */
#define LONG_COLUMNS (LADDER_MIDDLE_COLUMNS / 2 + 6)

struct arrow {
	size_t len;
	char *text;
};

__attribute__((format(printf, 2, 3))) static void put(struct arrow *arrow,
                                                      const char *format, ...)
{
	const size_t room = LADDER_MIDDLE_LEN - arrow->len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(arrow->text + arrow->len, room, format, args);
	va_end(args);
	if (len > 0)
		arrow->len += (size_t)len < room ? (size_t)len : room - 1;
}

static void repeat(struct arrow *arrow, const char *piece, size_t count)
{
	while (count-- > 0)
		put(arrow, "%s", piece);
}

/* What an arrow is made of; ASCII for terminals without UTF-8. */
struct pieces {
	const char *shaft, *fading, *coming, *cross, *head, *tail;
};

static const struct pieces pieces_utf8 = { "─", "╴", "╶", "✗", "▶", "◀" };
static const struct pieces pieces_ascii = { "-", ".", ".", "X", ">", "<" };

static void leave(struct arrow *arrow, const struct pieces *piece,
                  const char *text, size_t shaft, bool is_a)
{
	if (is_a) {
		repeat(arrow, piece->shaft, 2);
		put(arrow, " %.*s ", TEXT_MAX, text);
		repeat(arrow, piece->shaft, shaft);
		repeat(arrow, piece->fading, 3);
	} else {
		repeat(arrow, piece->coming, 3);
		repeat(arrow, piece->shaft, shaft);
		put(arrow, " %.*s ", TEXT_MAX, text);
		repeat(arrow, piece->shaft, 2);
	}
}

static void die(struct arrow *arrow, const struct pieces *piece,
                const char *text, const char *died, bool is_a)
{
	if (is_a) {
		repeat(arrow, piece->shaft, 2);
		put(arrow, " %.*s ", TEXT_MAX, text);
		repeat(arrow, piece->shaft, 3);
		put(arrow, "%s %s", piece->cross, died);
	} else {
		put(arrow, "%s %s", died, piece->cross);
		repeat(arrow, piece->shaft, 3);
		put(arrow, " %.*s ", TEXT_MAX, text);
		repeat(arrow, piece->shaft, 2);
	}
}

static void arrive(struct arrow *arrow, const struct pieces *piece,
                   const char *text, size_t shaft, bool is_a)
{
	if (is_a) {
		put(arrow, "%s%s %.*s ", piece->tail, piece->shaft, TEXT_MAX,
		    text);
		repeat(arrow, piece->shaft, shaft);
		repeat(arrow, piece->fading, 3);
	} else {
		repeat(arrow, piece->coming, 3);
		repeat(arrow, piece->shaft, shaft);
		put(arrow, " %.*s ", TEXT_MAX, text);
		put(arrow, "%s%s", piece->shaft, piece->head);
	}
}

void draw_arrow(const struct ladder_pen *pen, const struct happening *row,
                const char *text, const char *died, char ret[LADDER_MIDDLE_LEN])
{
	const struct pieces *piece = pen->ascii ? &pieces_ascii : &pieces_utf8;
	const size_t columns       = ladder_columns(text);
	const size_t shaft         = columns + SHAFT_SHORT < LONG_COLUMNS
	                                     ? LONG_COLUMNS - columns
	                                     : SHAFT_SHORT;
	const bool is_a            = row->end == LAB_A;
	char body[LADDER_MIDDLE_LEN] = "";
	struct arrow arrow           = { 0, body };
	size_t used;

	if (died)
		die(&arrow, piece, text, died, is_a);
	else if (row->is_rx)
		arrive(&arrow, piece, text, shaft, is_a);
	else
		leave(&arrow, piece, text, shaft, is_a);

	arrow = (struct arrow){ 0, ret };
	used  = ladder_columns(body);
	if (!is_a && used < LADDER_MIDDLE_COLUMNS)
		repeat(&arrow, " ", LADDER_MIDDLE_COLUMNS - used);
	put(&arrow, "%s", body);
}
