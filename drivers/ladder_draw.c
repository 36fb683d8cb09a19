/* SPDX-License-Identifier: MIT */
/* ladder_draw.c - see ladder_draw.h */
#include "drivers/ladder_draw.h"
#include "base/bytes.h"
#include <stdlib.h>
#include <unistd.h>

#define TIME_COLUMNS       10
#define TAG_COLUMNS        4
#define STATE_COLUMNS      12
#define ARROW_ENDS_COLUMNS 5 /* "── " in front, a space and the head behind */

static const char *const colors[] = {
	[LADDER_PLAIN]    = "",
	[LADDER_SENT]     = "\033[32m",
	[LADDER_RECEIVED] = "\033[36m",
	[LADDER_LOST]     = "\033[31m",
	[LADDER_AGAIN]    = "\033[33m",
	[LADDER_DIM]      = "\033[2m",
	[LADDER_STRONG]   = "\033[1m",
};

void ladder_pen_init(struct ladder_pen *pen, FILE *out, bool ascii)
{
	const char *no_color = getenv("NO_COLOR");

	*pen = (struct ladder_pen){
		.out   = out,
		.ascii = ascii,
		.color = isatty(fileno(out)) && !(no_color && no_color[0]),
	};
}

size_t ladder_columns(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;

	return columns;
}

static void pad(const struct ladder_pen *pen, size_t have, size_t want)
{
	if (have < want)
		fprintf(pen->out, "%*s", (int)(want - have), "");
}

static void put_styled(const struct ladder_pen *pen, const char *text,
                       enum ladder_style style)
{
	const bool color = pen->color && style != LADDER_PLAIN && text[0];

	if (color)
		fputs(colors[style], pen->out);
	fputs(text, pen->out);
	if (color)
		fputs("\033[0m", pen->out);
}

void ladder_draw(const struct ladder_pen *pen, const struct ladder_line *line)
{
	const char *lifeline = pen->ascii ? "|" : "│";
	const char *time     = line->time ? line->time : "";
	const char *tag      = line->tag ? line->tag : "";
	const char *left     = line->left ? line->left : "";
	const char *middle   = line->middle ? line->middle : "";
	const char *right    = line->right ? line->right : "";

	fprintf(pen->out, "%*s%*s ", TIME_COLUMNS, time, TAG_COLUMNS, tag);
	pad(pen, ladder_columns(left), STATE_COLUMNS);
	put_styled(pen, left, line->left_style);
	fprintf(pen->out, " %s", lifeline);
	put_styled(pen, middle, line->middle_style);
	pad(pen, ladder_columns(middle), LADDER_MIDDLE_COLUMNS);
	fprintf(pen->out, "%s%s", lifeline, right[0] ? " " : "");
	put_styled(pen, right, line->right_style);
	fputc('\n', pen->out);
}

void ladder_arrow(const struct ladder_pen *pen, bool to_the_left, bool is_lost,
                  const char *text, char ret[LADDER_MIDDLE_LEN])
{
	const char *shaft = pen->ascii ? "-" : "─";
	const char *head  = pen->ascii ? (to_the_left ? "<" : ">")
	                               : (to_the_left ? "◀" : "▶");
	size_t columns    = ladder_columns(text) + ARROW_ENDS_COLUMNS;
	size_t len;

	if (is_lost)
		head = pen->ascii ? "X" : "✗";
	/* What follows the text must fit: its length in octets is bounded. */
	len = (size_t)snprintf(
	        ret, LADDER_MIDDLE_LEN - 4 * LADDER_MIDDLE_COLUMNS, "%s%s %s ",
	        to_the_left ? head : shaft, shaft, text);
	len = MIN(len, LADDER_MIDDLE_LEN - 4 * LADDER_MIDDLE_COLUMNS - 1u);
	for (; columns < LADDER_MIDDLE_COLUMNS; columns++)
		len += (size_t)snprintf(ret + len, LADDER_MIDDLE_LEN - len,
		                        "%s", shaft);
	snprintf(ret + len, LADDER_MIDDLE_LEN - len, "%s",
	         to_the_left ? shaft : head);
}

bool ladder_wrap(const char **at, size_t columns, char ret[LADDER_MIDDLE_LEN])
{
	const char *start = *at, *stop, *cut = NULL;
	size_t have = 0, len;

	while (*start == ' ')
		start++;
	if (!*start)
		return false;
	for (stop = start; *stop; stop++) {
		have += ((unsigned char)*stop & 0xc0) != 0x80;
		if (have > columns)
			break;
		if (*stop == ' ')
			cut = stop;
		else if (*stop == ',')
			cut = stop + 1;
	}
	if (*stop && *stop != ' ' && cut)
		stop = cut;

	len = MIN((size_t)(stop - start), (size_t)LADDER_MIDDLE_LEN - 1);
	memcpy(ret, start, len);
	ret[len] = '\0';
	*at      = start + len;

	return true;
}
