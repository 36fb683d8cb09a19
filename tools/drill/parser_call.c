/* SPDX-License-Identifier: MIT */
/*
 * parser_call.c - system calls and what they return
 *
 *	connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
 *	fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)
 *	read(4, ..., 1000) = ?
 */
#include "tools/drill/parse.h"
#include <string.h>

/* "(flags O_RDWR)": for people only. */
static const char *parse_note(struct parse *parse)
{
	if (!scan_is(parse, "("))
		return NULL;

	return scan_enclosed(parse, "(", ")");
}

/* "= ?" and "= ..." accept any result. */
static struct drill_expr *parse_result(struct parse *parse)
{
	if (scan_take(parse, "?") || scan_take(parse, "..."))
		return NULL;

	return parse_expr(parse, false);
}

void parse_call(struct parse *parse, struct drill_call *call)
{
	call->name = scan_word(parse, "'<', '>', a system call, '`' or '%{'");
	scan_need(parse, "(", "to begin the arguments of a call");
	call->arg_count = parse_fields(parse, ")", &call->args);

	scan_need(parse, "=", "and what the call returns");
	call->result = parse_result(parse);
	if (scan_at_word(parse))
		call->error = scan_word(parse, "a name such as EAGAIN");
	call->note = parse_note(parse);
}
