/* SPDX-License-Identifier: MIT */
/*
 * lexer.c - blanks, words, signs; and how a mistake is told
 *
 * Comments are C's, C++'s and the shell's: they count as blanks. A newline is a
 * blank too: an event ends where its grammar does.
 */
#include "tools/drill/parse.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       is_digit(c);
}

/* ---- mistakes ---------------------------------------------------------- */

/* The line that @at is in, and below it a caret; tabs stay tabs. */
static void show_line(const struct parse *parse, const char *at, char *ret,
                      size_t size)
{
	const char *start = at, *end = at;
	int len, lead, put;

	while (start > parse->text && start[-1] != '\n' && at - start < 100)
		start--;
	while (*end && *end != '\n' && end - start < 140)
		end++;

	len  = (int)(end - start);
	lead = (int)(at - start);
	put  = snprintf(ret, size, "\n  %.*s\n  ", len, start);
	for (int i = 0; i < lead && put + 2 < (int)size; i++)
		ret[put++] = start[i] == '\t' ? '\t' : ' ';
	if (put + 2 < (int)size) {
		ret[put++] = '^';
		ret[put]   = '\0';
	}
}

static unsigned line_of(const struct parse *parse, const char *at)
{
	unsigned line = 1;

	for (const char *p = parse->text; p < at; p++)
		line += *p == '\n';

	return line;
}

void parse_fail(struct parse *parse, const char *at, const char *wrong,
                const char *expected)
{
	char shown[320] = "";

	if (parse->rc)
		return;

	show_line(parse, at, shown, sizeof(shown));
	(void)snprintf(parse->error, DRILL_ERROR_LEN,
	               "%.80s:%u: %.60s%s%.60s%s", parse->path,
	               line_of(parse, at), wrong, expected ? "; expected " : "",
	               expected ? expected : "", shown);
	parse->rc = -EINVAL;
	parse->at = parse->end;
}

void *parse_memory(struct parse *parse, size_t size)
{
	void *octets = arena_take(parse->arena, size);

	if (!octets) {
		parse_fail(parse, parse->at, "out of memory", NULL);
		parse->rc = -ENOMEM;
	}
	return octets;
}

char *parse_copy(struct parse *parse, const char *text, size_t len)
{
	char *copy = parse_memory(parse, len + 1);

	if (copy)
		memcpy(copy, text, len);

	return copy;
}

unsigned parse_line(struct parse *parse)
{
	for (; parse->line_at < parse->at; parse->line_at++)
		parse->line += *parse->line_at == '\n';

	return parse->line;
}

/* ---- blanks ------------------------------------------------------------ */

static bool skip_comment(struct parse *parse)
{
	const char *at = parse->at, *close;

	if (*at == '#' || (at[0] == '/' && at[1] == '/')) {
		close     = strchr(at, '\n');
		parse->at = close ? close : parse->end;
		return true;
	}
	if (at[0] != '/' || at[1] != '*')
		return false;

	close = strstr(at + 2, "*/");
	if (close)
		parse->at = close + 2;
	else
		parse_fail(parse, at, "this comment does not end", "*/");
	return true;
}

void scan_blanks(struct parse *parse)
{
	if (parse->at != parse->behind)
		parse->blank = parse->at;
	do
		parse->at += strspn(parse->at, " \t\r\n\f\v");
	while (skip_comment(parse));
	parse->behind = parse->at;
}

/* ---- signs and words --------------------------------------------------- */

bool scan_is(struct parse *parse, const char *sign)
{
	scan_blanks(parse);
	return strncmp(parse->at, sign, strlen(sign)) == 0;
}

bool scan_take(struct parse *parse, const char *sign)
{
	if (!scan_is(parse, sign))
		return false;

	parse->at += strlen(sign);
	return true;
}

void scan_need(struct parse *parse, const char *sign, const char *where)
{
	char expected[60];

	if (scan_take(parse, sign))
		return;

	(void)snprintf(expected, sizeof(expected), "'%s' %s", sign, where);
	parse_fail(parse, parse->at,
	           *parse->at ? "something else stands here"
	                      : "the script ends here",
	           expected);
}

bool scan_is_word(struct parse *parse, const char *word)
{
	return scan_is(parse, word) && !is_word_char(parse->at[strlen(word)]);
}

bool scan_take_word(struct parse *parse, const char *word)
{
	if (!scan_is_word(parse, word))
		return false;

	parse->at += strlen(word);
	return true;
}

bool scan_at_word(struct parse *parse)
{
	scan_blanks(parse);
	return is_word_char(*parse->at) && !is_digit(*parse->at);
}

bool scan_at_digit(struct parse *parse)
{
	scan_blanks(parse);
	return is_digit(*parse->at);
}

const char *scan_word(struct parse *parse, const char *what)
{
	const char *start;

	if (!scan_at_word(parse)) {
		parse_fail(parse, parse->at, "no word stands here", what);
		return NULL;
	}
	start = parse->at;
	while (is_word_char(*parse->at))
		parse->at++;

	return parse_copy(parse, start, (size_t)(parse->at - start));
}
