/* SPDX-License-Identifier: MIT */
/*
 * parser.c - a script: settings, then events, each with its moment
 *
 *	script	= { "--name=value" | event | `command` }
 *	event	= moment ( packet | call | `command` | %{ code }% )
 *	moment	= [+]T | * | T~T | +T~+T, and before a call that blocks T...T
 *
 * Written by hand, top down, one function for each rule, so that it reads as
 * the grammar does; docs/design/0022-drill-parser.md says why not with tools.
 */
#include "tools/drill/parse.h"
#include <errno.h>
#include <string.h>

/* ---- settings ---------------------------------------------------------- */

static const char *parse_value(struct parse *parse)
{
	const char *start = parse->at;
	size_t len;

	if (*start == '"')
		return scan_string(parse, &len);

	parse->at += strcspn(start, " \t\r\n");
	return parse_copy(parse, start, (size_t)(parse->at - start));
}

/* Behind the "--". Names may have hyphens in them. */
static void parse_setting(struct parse *parse, struct drill_setting *setting)
{
	const char *start = parse->at;

	while (is_word_char(*parse->at) || *parse->at == '-')
		parse->at++;
	if (parse->at == start)
		parse_fail(parse, start, "no name stands behind --",
		           "one such as --tolerance_usecs=10000");

	setting->line  = parse_line(parse);
	setting->name  = parse_copy(parse, start, (size_t)(parse->at - start));
	setting->value = "";
	if (*parse->at == '=') {
		parse->at++;
		setting->value = parse_value(parse);
	}
}

/* ---- moments ----------------------------------------------------------- */

static void parse_range(struct parse *parse, struct drill_time *time,
                        const char *start)
{
	const bool is_relative = scan_take(parse, "+");

	if (is_relative != (time->when == DRILL_AFTER))
		parse_fail(parse, start, "one end is relative, the other not",
		           "1.0~2.0 or +1.0~+2.0");

	time->when     = is_relative ? DRILL_WITHIN_AFTER : DRILL_WITHIN;
	time->until_us = scan_seconds(parse);
	if (time->until_us < time->at_us)
		parse_fail(parse, start, "this range ends before it begins",
		           NULL);
}

static void parse_end(struct parse *parse, struct drill_time *time,
                      const char *start)
{
	(void)scan_take(parse, "+");
	time->blocks          = true;
	time->end_is_relative = time->when == DRILL_AFTER;
	time->end_us          = scan_seconds(parse);
	if (time->end_us < time->at_us)
		parse_fail(parse, start, "this call returns before it begins",
		           NULL);
}

static void parse_time(struct parse *parse, struct drill_time *time)
{
	const char *start = parse->at;

	if (scan_take(parse, "*")) {
		time->when = DRILL_WHENEVER;
		return;
	}
	time->when     = scan_take(parse, "+") ? DRILL_AFTER : DRILL_AT;
	time->at_us    = scan_seconds(parse);
	time->until_us = time->at_us;

	if (scan_take(parse, "~"))
		parse_range(parse, time, start);
	else if (scan_take(parse, "..."))
		parse_end(parse, time, start);
}

/* Only what the stack does may happen at a moment that nobody knows. */
static void check_time(struct parse *parse, const char *start,
                       const struct drill_event *event)
{
	const enum drill_when when = event->time.when;
	const bool is_outbound =
	        event->kind == DRILL_PACKET && !event->packet.is_inbound;

	if (when != DRILL_AT && when != DRILL_AFTER && !is_outbound)
		parse_fail(parse, start, "only outbound packets may have this",
		           "one moment, such as 1.5 or +.1");
	if (event->time.blocks && event->kind != DRILL_CALL)
		parse_fail(parse, start, "only a system call can block",
		           "one moment, such as 1.5 or +.1");
}

/* ---- events ------------------------------------------------------------ */

/* What stands in the script, with every run of blanks made one. The parser may
 * have looked beyond the blanks and comments behind it. */
static const char *one_line(struct parse *parse, const char *start)
{
	const char *end = parse->at == parse->behind ? parse->blank : parse->at;
	const size_t len = (size_t)(end - start);
	char *line       = parse_memory(parse, len + 1);
	size_t put       = 0;

	for (size_t i = 0; line && i < len; i++) {
		const bool is_blank = strchr(" \t\r\n", start[i]) != NULL;

		if (!is_blank)
			line[put++] = start[i];
		else if (put && line[put - 1] != ' ')
			line[put++] = ' ';
	}
	if (line && put && line[put - 1] == ' ')
		line[put - 1] = '\0';

	return line;
}

static void parse_action(struct parse *parse, struct drill_event *event)
{
	if (scan_is(parse, "<") || scan_is(parse, ">")) {
		event->kind = DRILL_PACKET;
		parse_packet(parse, &event->packet);
	} else if (scan_is(parse, "`")) {
		event->kind    = DRILL_COMMAND;
		event->command = scan_enclosed(parse, "`", "`");
	} else if (scan_is(parse, "%{")) {
		event->kind = DRILL_CODE;
		event->code = scan_enclosed(parse, "%{", "}%");
	} else {
		event->kind = DRILL_CALL;
		parse_call(parse, &event->call);
	}
}

static void parse_event(struct parse *parse, struct drill_event *event)
{
	const char *start = parse->at;

	parse->unsupported = NULL;
	event->line        = parse_line(parse);
	if (scan_is(parse, "`") || scan_is(parse, "%{"))
		event->time.when = DRILL_AFTER;
	else
		parse_time(parse, &event->time);
	parse_action(parse, event);

	if (!parse->rc) {
		check_time(parse, start, event);
		event->unsupported = parse->unsupported;
		event->source      = one_line(parse, start);
	}
}

static void parse_script(struct parse *parse, struct drill_script *script)
{
	struct drill_setting **setting = &script->settings;
	struct drill_event **event     = &script->events;

	for (scan_blanks(parse); *parse->at; scan_blanks(parse)) {
		if (scan_take(parse, "--")) {
			*setting = parse_memory(parse, sizeof(**setting));
			if (!*setting)
				return;
			parse_setting(parse, *setting);
			setting = &(*setting)->next;
			continue;
		}
		if (script->event_count++ == DRILL_EVENTS_MAX)
			parse_fail(parse, parse->at, "too many events",
			           "10000 at most");
		*event = parse_memory(parse, sizeof(**event));
		if (!*event)
			return;
		parse_event(parse, *event);
		event = &(*event)->next;
	}
}

int script_parse(const char *path, const char *text, const char *const *defines,
                 struct drill_script **ret, char error[DRILL_ERROR_LEN])
{
	struct drill_arena *arena = arena_create();
	struct drill_script *script =
	        arena ? arena_take(arena, sizeof(*script)) : NULL;
	struct parse parse = {
		.path = path, .line = 1, .arena = arena, .error = error
	};

	error[0] = '\0';
	if (!script) {
		arena_destroy(arena);
		return -ENOMEM;
	}
	parse.text    = text;
	parse.at      = text;
	parse.end     = text + strlen(text);
	text          = define_replace(&parse, text, defines);
	parse.text    = text;
	parse.line_at = text;
	parse.end     = text + strlen(text);
	parse.at      = parse.rc ? parse.end : text;

	script->arena = arena;
	script->path  = parse_copy(&parse, path, strlen(path));
	parse_script(&parse, script);
	if (parse.rc) {
		arena_destroy(arena);
		return parse.rc;
	}

	*ret = script;
	return 0;
}

void script_free(struct drill_script *script)
{
	if (script)
		arena_destroy(script->arena);
}
