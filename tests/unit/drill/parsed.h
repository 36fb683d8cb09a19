/* SPDX-License-Identifier: MIT */
/* parsed.h - one script for each test, and its first event */
#ifndef TESTS_UNIT_DRILL_PARSED_H
#define TESTS_UNIT_DRILL_PARSED_H

#include "base/bytes.h"
#include "tests/unit/lib/test.h"
#include "tools/drill/script.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct drill_script *script;
static char error[DRILL_ERROR_LEN];

/** parsed() - Parse what must be right. Return: its first event */
static inline struct drill_event *parsed(const char *text)
{
	const int rc = script_parse("t.pkt", text, NULL, &script, error);

	ck_assert_msg(rc == 0, "%s", error);
	return script->events;
}

/** refused() - Parse what must be wrong; the message must have @part in it */
static inline void refused(const char *text, const char *part)
{
	struct drill_script *untouched = NULL;
	const int rc = script_parse("t.pkt", text, NULL, &untouched, error);

	ck_assert_msg(rc == -EINVAL, "was accepted: %s", text);
	ck_assert_ptr_null(untouched);
	ck_assert_msg(strstr(error, part) != NULL, "\"%s\" is not in\n%s", part,
	              error);
}

static inline void forget(void)
{
	script_free(script);
	script = NULL;
}

static inline TCase *parsed_case(Suite *suite, const char *name)
{
	TCase *t = tcase_create(name);

	tcase_add_checked_fixture(t, NULL, forget);
	suite_add_tcase(suite, t);
	return t;
}

#endif
