/* SPDX-License-Identifier: MIT */
/* played.h - a script as text, played to its end */
#ifndef TESTS_UNIT_DRILL_PLAYED_H
#define TESTS_UNIT_DRILL_PLAYED_H

#include "tests/unit/lib/test.h"
#include "tools/drill/run.h"
#include <string.h>

/* A listener and a connection to it, at 0.1 s. */
#define LISTENS                                                                \
	"0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"                        \
	"+0 bind(3, ..., ...) = 0\n"                                           \
	"+0 listen(3, 1) = 0\n"
#define CONNECTS                                                               \
	LISTENS "+0 < S 0:0(0) win 32792 <mss 1000,nop,wscale 7>\n"            \
	        "+0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale 8>\n"               \
	        "+.1 < . 1:1(0) ack 1 win 257\n"                               \
	        "+0 accept(3, ..., ...) = 4\n"

static struct run played;

static inline enum run_verdict play(const char *text)
{
	const struct run_options options = { .no_ladder = true };
	struct drill_script *script      = NULL;
	char error[DRILL_ERROR_LEN];

	ck_assert_msg(script_parse("t.pkt", text, NULL, &script, error) == 0,
	              "%s", error);
	run_script(&played, script, &options, NULL, NULL);
	script_free(script);

	return played.verdict;
}

static inline void passes(const char *text)
{
	ck_assert_msg(play(text) == RUN_PASSED, "line %u: %s",
	              played.fault_line, played.reason);
}

/** fails(), skips() - In this line, and @part is in the reason */
static inline void fails(const char *text, unsigned line, const char *part)
{
	ck_assert_msg(play(text) == RUN_FAILED, "did not fail: %s",
	              played.reason);
	ck_assert_msg(strstr(played.reason, part) != NULL,
	              "\"%s\" is not in\n%s", part, played.reason);
	ck_assert_uint_eq(played.fault_line, line);
}

static inline void skips(const char *text, const char *part)
{
	ck_assert_msg(play(text) == RUN_SKIPPED, "was not skipped: %s",
	              played.reason);
	ck_assert_msg(strstr(played.reason, part) != NULL,
	              "\"%s\" is not in\n%s", part, played.reason);
}

#endif
