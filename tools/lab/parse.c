/* SPDX-License-Identifier: MIT */
/*
 * parse.c - the sections of a lesson; words.c reads the words
 *
 * A table says which function reads which first word. Everything is checked
 * here, so whoever plays a lesson finds no surprise in it.
 */
#include "base/bytes.h"
#include "tools/lab/words.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define LIMIT_US_DEFAULT (3600ull * 1000000)
#define MTU_DEFAULT      1500

static int text_of(struct reader *reader, const char **field)
{
	const int rc = reader_text(reader, "the text", field);

	return rc ? rc : reader_end(reader);
}

static int parse_title(struct reader *reader)
{
	return text_of(reader, &reader->lesson->title);
}

static int parse_question(struct reader *reader)
{
	return text_of(reader, &reader->lesson->question);
}

static int parse_shows(struct reader *reader)
{
	return text_of(reader, &reader->lesson->shows);
}

static int parse_rfc(struct reader *reader)
{
	return text_of(reader, &reader->lesson->rfc);
}

static int parse_seed(struct reader *reader)
{
	const int rc = reader_number(reader, "the seed", UINT64_MAX,
	                             &reader->lesson->seed);

	return rc ? rc : reader_end(reader);
}

static int parse_limit(struct reader *reader)
{
	const int rc =
	        reader_time(reader, "the limit", &reader->lesson->limit_us);

	return rc ? rc : reader_end(reader);
}

static int parse_ladder(struct reader *reader)
{
	static const struct {
		const char *word;
		enum ladder_with with;
	} things[] = { { "rtt", WITH_RTT },           { "cwnd", WITH_CWND },
		       { "timers", WITH_TIMERS },     { "calls", WITH_CALLS },
		       { "absolute", WITH_ABSOLUTE }, { "arp", WITH_ARP } };
	struct lesson *lesson = reader->lesson;

	if (reader_take(reader, "from") &&
	    reader_time(reader, "the time", &lesson->ladder_from_us))
		return -EINVAL;
	if (!reader_take(reader, "with"))
		return reader_end(reader);
	for (size_t i = 0; i < ARRAY_LEN(things); i++)
		while (reader_take(reader, things[i].word)) {
			lesson->ladder_with |= things[i].with;
			i = 0;
		}
	if (reader_peek(reader))
		return reader_fail(reader,
		                   "a ladder comes with rtt, cwnd, timers, "
		                   "calls, absolute and arp");

	return 0;
}

/* "plot A every 40ms": its congestion window over time, in place of a ladder */
static int parse_plot(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;
	uint8_t end;

	if (reader_end_name(reader, &end) || end > LAB_B ||
	    !reader_take(reader, "every") ||
	    reader_time(reader, "the time between two lines",
	                &lesson->plot_every_us) ||
	    lesson->plot_every_us == 0)
		return reader_fail(reader, "write: plot A every 40ms");
	lesson->plot_end = (enum lab_end)end;

	return reader_end(reader);
}

/* ---- fault, kernel, without, try ---- */

/* "fault A drop data#3": the rule as in drivers/fault.h, without direction. */
static int parse_fault(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;
	uint8_t end;

	if (reader_end_name(reader, &end) || end > LAB_B)
		return reader_fail(reader,
		                   "who sends what the fault is for: A or B?");
	if (lesson->fault_count[end] == LAB_FAULTS_MAX)
		return reader_fail(reader, "more than %d faults",
		                   LAB_FAULTS_MAX);

	return parse_rule(reader,
	                  lesson->fault[end][lesson->fault_count[end]++]);
}

static int parse_kernel(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;

	if (reader_take(reader, "no"))
		return text_of(reader, &lesson->no_kernel);
	if (reader_text(reader, "A or B", &lesson->kernel) ||
	    (strcmp(lesson->kernel, "A") != 0 &&
	     strcmp(lesson->kernel, "B") != 0))
		return reader_fail(reader,
		                   "write: kernel B, or: kernel no \"why\"");

	return reader_end(reader);
}

static int parse_without(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;
	struct lab_break *found;

	if (lesson->break_count == LAB_BREAKS_MAX)
		return reader_fail(reader, "more than %d rules to leave out",
		                   LAB_BREAKS_MAX);
	reader->break_at = (int)lesson->break_count;
	found            = &lesson->breaks[lesson->break_count++];
	found->line      = reader->line;
	if (reader_text(reader, "the rule", &found->rule) ||
	    reader_text(reader, "what happens without it", &found->text))
		return -EINVAL;

	return reader_end(reader);
}

/* "--drop 2 --drop 5"; what else there is, only the command line reads. */
static int take_drops(struct reader *reader, struct lab_try *try)
{
	static const char word[] = "--drop ";
	const char *at           = try->arguments;

	while ((at = strstr(at, word))) {
		char number[24];

		at += sizeof(word) - 1;
		snprintf(number, sizeof(number), "%.*s", (int)strcspn(at, " "),
		         at);
		if (try->drop_count == LAB_DROPS_MAX)
			return reader_fail(reader, "more than %d times --drop",
			                   LAB_DROPS_MAX);
		if (!words_number(number, UINT32_MAX,
		                  &try->drop[try->drop_count++]))
			return reader_fail(
			        reader, "\"%s\" is no frame's number", number);
	}

	return 0;
}

static int parse_try(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;
	struct lab_try *try;

	if (lesson->try_count == LAB_TRIES_MAX)
		return reader_fail(reader, "more than %d things to try",
		                   LAB_TRIES_MAX);
	reader->try_at = (int)lesson->try_count;
	try            = &lesson->tries[lesson->try_count++];
	if (reader_text(reader, "the arguments in quotes", &try->arguments) ||
	    reader_text(reader, "what for", &try->text) ||
	    take_drops(reader, try))
		return -EINVAL;

	return reader_end(reader);
}

/* ---- app ---------------------------------------------------------------- */

static int parse_app(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;
	const char *name;
	struct app *app;
	uint8_t end;

	if (lesson->app_count == LAB_APPS_MAX)
		return reader_fail(reader, "more than %d apps", LAB_APPS_MAX);
	app       = &lesson->app[lesson->app_count++];
	app->line = reader->line;
	if (reader_text(reader, "the app's name", &name))
		return -EINVAL;
	snprintf(app->name, sizeof(app->name), "%s", name);
	if (!reader_take(reader, "on") || reader_end_name(reader, &end))
		return reader_fail(reader, "write: app NAME on A [at TIME]");
	app->on = (enum lab_end)end;
	if (reader_take(reader, "at") &&
	    reader_time(reader, "the start", &app->start_us))
		return -EINVAL;

	return reader_end(reader);
}

/* ---- The whole ---------------------------------------------------------- */

enum inside { INSIDE_NOTHING, INSIDE_APP, INSIDE_PREDICT, INSIDE_EXPECTS };

static const struct section {
	const char *word;
	int (*parse)(struct reader *reader);
	enum inside inside;
} sections[] = {
	{ "title", parse_title, INSIDE_NOTHING },
	{ "question", parse_question, INSIDE_NOTHING },
	{ "shows", parse_shows, INSIDE_NOTHING },
	{ "rfc", parse_rfc, INSIDE_NOTHING },
	{ "seed", parse_seed, INSIDE_NOTHING },
	{ "limit", parse_limit, INSIDE_NOTHING },
	{ "ladder", parse_ladder, INSIDE_NOTHING },
	{ "plot", parse_plot, INSIDE_NOTHING },
	{ "link", parse_link, INSIDE_NOTHING },
	{ "router", parse_router, INSIDE_NOTHING },
	{ "arp", parse_arp, INSIDE_NOTHING },
	{ "stack", parse_stack, INSIDE_NOTHING },
	{ "fault", parse_fault, INSIDE_NOTHING },
	{ "kernel", parse_kernel, INSIDE_NOTHING },
	{ "app", parse_app, INSIDE_APP },
	{ "expect", parse_expect, INSIDE_NOTHING },
	{ "predict", parse_predict, INSIDE_PREDICT },
	{ "without", parse_without, INSIDE_EXPECTS },
	{ "try", parse_try, INSIDE_EXPECTS },
};

/* What comes without a rule, or when a frame is lost that should not be. */
static int parse_foretold(struct reader *reader)
{
	const struct lesson *lesson = reader->lesson;

	if (!reader_take(reader, "expect"))
		return reader_fail(reader, "only expect may stand here");
	if (reader->try_at >= 0 && !lesson->tries[reader->try_at].drop_count)
		return reader_fail(reader,
		                   "only a try with --drop can be foretold");

	return parse_expect(reader);
}

static int parse_indented(struct reader *reader, enum inside inside)
{
	struct lesson *lesson = reader->lesson;

	switch (inside) {
	case INSIDE_APP:
		return parse_step(reader, &lesson->app[lesson->app_count - 1]);
	case INSIDE_PREDICT:
		return parse_choice(reader);
	case INSIDE_EXPECTS:
		return parse_foretold(reader);
	case INSIDE_NOTHING:
		break;
	}

	return reader_fail(reader, "an indented line belongs to app, "
	                           "predict, without or try; none is above");
}

static int close_app(struct reader *reader, enum inside inside)
{
	struct lesson *lesson = reader->lesson;

	if (inside != INSIDE_APP)
		return 0;

	return parse_steps_end(reader, &lesson->app[lesson->app_count - 1]);
}

static int parse_section(struct reader *reader, enum inside *inside)
{
	const char *word = reader_next(reader);
	int rc           = close_app(reader, *inside);

	if (rc)
		return rc;
	reader->break_at = -1;
	reader->try_at   = -1;
	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		if (strcmp(sections[i].word, word) == 0) {
			*inside = sections[i].inside;
			return sections[i].parse(reader);
		}

	return reader_fail(
	        reader,
	        "there is no section \"%s\"; there are title, "
	        "question, shows, rfc, seed, limit, ladder, plot, link, "
	        "router, arp, "
	        "stack, fault, kernel, app, expect, predict, "
	        "without and try",
	        word);
}

static int parse_lines(struct reader *reader)
{
	enum inside inside = INSIDE_NOTHING;
	int rc;

	while ((rc = reader_line(reader)) > 0) {
		rc = reader->is_indented ? parse_indented(reader, inside)
		                         : parse_section(reader, &inside);
		if (rc)
			return rc;
	}
	if (rc == 0)
		rc = close_app(reader, inside);
	if (rc == 0 && (!reader->lesson->title || !reader->lesson->app_count))
		rc = reader_fail(reader, "a lesson needs a title and an app");

	return rc;
}

static void take_name(struct lesson *lesson, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dot;

	snprintf(lesson->name, sizeof(lesson->name), "%s",
	         slash ? slash + 1 : path);
	dot = strstr(lesson->name, ".lab");
	if (dot && dot != lesson->name)
		*dot = '\0';
}

static struct lesson *lesson_create(const char *text, size_t len)
{
	struct lesson *lesson = calloc(1, sizeof(*lesson));

	if (!lesson)
		return NULL;
	lesson->text  = calloc(1, len + 1);
	lesson->lines = calloc(1, len + 1);
	if (!lesson->text || !lesson->lines) {
		lesson_free(lesson);
		return NULL;
	}
	/* Up to the first NUL: a lesson is text. */
	memcpy(lesson->text, text, len);
	memcpy(lesson->lines, text, len);
	lesson->limit_us = LIMIT_US_DEFAULT;
	lesson->mtu      = MTU_DEFAULT;
	lesson->seed     = 1;

	return lesson;
}

int lesson_parse(const char *name, const char *text, size_t len,
                 struct lesson **ret, char error[LAB_ERROR_LEN])
{
	struct reader reader = {
		.name = name, .error = error, .break_at = -1, .try_at = -1
	};
	int rc;

	if (len > LAB_FILE_LEN_MAX) {
		snprintf(error, LAB_ERROR_LEN,
		         "%s: a lesson has at most %d octets", name,
		         LAB_FILE_LEN_MAX);
		return -E2BIG;
	}
	reader.lesson = lesson_create(text, len);
	if (!reader.lesson) {
		snprintf(error, LAB_ERROR_LEN, "%s: out of memory", name);
		return -ENOMEM;
	}
	take_name(reader.lesson, name);
	reader.at      = reader.lesson->text;
	reader.line_at = reader.lesson->lines;
	rc             = parse_lines(&reader);
	if (rc) {
		lesson_free(reader.lesson);
		return rc;
	}
	*ret = reader.lesson;

	return 0;
}

void lesson_free(struct lesson *lesson)
{
	if (!lesson)
		return;
	free(lesson->text);
	free(lesson->lines);
	free(lesson);
}
