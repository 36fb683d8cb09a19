/* SPDX-License-Identifier: MIT */
/*
 * parse_step.c - the lines of an app: what it does, one call after the other
 *
 * A table says which function reads which word. A step that names an error
 * ("fails ECONNREFUSED") expects it, "nowait" goes on before it is done, and
 * "retry 1s" tries again what failed.
 */
#include "base/bytes.h"
#include "tools/lab/words.h"
#include <errno.h>
#include <stdio.h>

#define BACKLOG_DEFAULT 16
#define OCTETS_MAX      (64u << 20)

/* ---- Sockets ------------------------------------------------------------ */

static int read_listen(struct reader *reader, struct step *step)
{
	uint64_t port;

	step->count = BACKLOG_DEFAULT;
	if (reader_number(reader, "the port", UINT16_MAX, &port))
		return -EINVAL;
	step->port = (uint16_t)port;
	if (reader_take(reader, "backlog"))
		return reader_number(reader, "the backlog", 4096, &step->count);

	return 0;
}

static int read_nothing(struct reader *reader, struct step *step)
{
	(void)reader;
	(void)step;

	return 0;
}

static int read_connect(struct reader *reader, struct step *step)
{
	uint64_t port;

	if (reader_peer(reader, &step->peer, &step->port))
		return -EINVAL;
	if (reader_take(reader, "from")) {
		if (reader_number(reader, "the port", UINT16_MAX, &port))
			return -EINVAL;
		step->local_port = (uint16_t)port;
	}

	return 0;
}

/* 1000, or "text"; what a word is, its first octet says. */
static int read_what(struct reader *reader, struct step *step)
{
	const char *word = reader_peek(reader);

	if (word && words_number(word, OCTETS_MAX, &step->count)) {
		reader->next++;
		return 0;
	}
	if (reader_text(reader, "a number of octets or a text", &step->text))
		return -EINVAL;
	step->text_len = strlen(step->text);

	return 0;
}

static int read_send(struct reader *reader, struct step *step)
{
	if (read_what(reader, step))
		return -EINVAL;
	if (reader_take(reader, "more"))
		step->flags = TARN_MSG_MORE;
	else if (reader_take(reader, "urgent"))
		step->flags = TARN_MSG_OOB;

	return 0;
}

static int read_count(struct reader *reader, struct step *step)
{
	return reader_number(reader, "a number of octets", OCTETS_MAX,
	                     &step->count);
}

static int read_receive(struct reader *reader, struct step *step)
{
	step->count = UINT64_MAX;
	if (reader_take(reader, "all"))
		return 0;

	return read_count(reader, step);
}

static int read_shutdown(struct reader *reader, struct step *step)
{
	if (reader_take(reader, "write"))
		step->count = TARN_SHUT_WR;
	else if (reader_take(reader, "read"))
		step->count = TARN_SHUT_RD;
	else if (reader_take(reader, "both"))
		step->count = TARN_SHUT_RDWR;
	else
		return reader_fail(reader, "shutdown write, read or both?");

	return 0;
}

static int read_set(struct reader *reader, struct step *step)
{
	const char *value;

	if (reader_text(reader, "the option's name", &step->text) ||
	    reader_text(reader, "its value", &value))
		return -EINVAL;
	step->word[0]    = value;
	step->word_count = 1;
	if (!words_number(value, INT32_MAX, &step->count))
		step->count = UINT64_MAX;

	return 0;
}

static int read_udp(struct reader *reader, struct step *step)
{
	const char *word = reader_peek(reader);
	uint64_t port;

	if (!word || !words_number(word, UINT16_MAX, &port))
		return 0;
	reader->next++;
	step->port = (uint16_t)port;

	return 0;
}

static int read_sendto(struct reader *reader, struct step *step)
{
	if (reader_peer(reader, &step->peer, &step->port))
		return -EINVAL;

	return read_what(reader, step);
}

static int read_recvfrom(struct reader *reader, struct step *step)
{
	const char *word = reader_peek(reader);

	step->count = 65535;
	if (!word || !words_number(word, 65535, &step->count))
		return 0;
	reader->next++;

	return 0;
}

static int read_ping(struct reader *reader, struct step *step)
{
	const char *word;

	if (reader_end_name(reader, &step->peer) || step->peer > LAB_B)
		return reader_fail(reader, "ping A or B?");
	step->count = 56;
	word        = reader_peek(reader);
	if (word && words_number(word, 65507, &step->count))
		reader->next++;

	return 0;
}

/* ---- Time and flow ------------------------------------------------------ */

static int read_time(struct reader *reader, struct step *step)
{
	return reader_time(reader, "a time", &step->us);
}

static int read_repeat(struct reader *reader, struct step *step)
{
	return reader_number(reader, "how often", 1000000, &step->count);
}

static int read_say(struct reader *reader, struct step *step)
{
	return reader_text(reader, "the text", &step->text);
}

/* ---- The wire's --------------------------------------------------------- */

static int read_link(struct reader *reader, struct step *step)
{
	struct wire_path scratch = { 0 };

	step->peer = LAB_NOONE;
	if (reader_take(reader, "A"))
		step->peer = LAB_A;
	else if (reader_take(reader, "B"))
		step->peer = LAB_B;
	if (reader_text(reader, "delay, rate, queue, loss ...", &step->text))
		return -EINVAL;
	if (!link_set(&scratch, step->text, 1))
		return reader_fail(reader, "a link has no \"%s\"", step->text);

	return reader_value(reader, &step->count);
}

int parse_rule(struct reader *reader, char ret[LAB_RULE_LEN])
{
	char error[LINK_ERROR_LEN];
	struct fault_rule rule;
	const char *action, *selector, *count;

	if (reader_text(reader, "drop, dup, delay:T, corrupt or reorder",
	                &action) ||
	    reader_text(reader, "which frames: data#3, syn, every ...",
	                &selector))
		return -EINVAL;
	count = reader_next(reader);
	if (snprintf(ret, LAB_RULE_LEN, "%s out %s%s%s", action, selector,
	             count ? " " : "", count ? count : "") >= LAB_RULE_LEN)
		return reader_fail(reader, "the rule is too long");
	if (fault_parse(ret, &rule, error) < 0)
		return reader_fail(reader, "%.300s", error);

	return reader_end(reader);
}

static int read_fault(struct reader *reader, struct step *step)
{
	if (reader_end_name(reader, &step->peer) || step->peer > LAB_B)
		return reader_fail(reader, "who sends it: A or B?");

	return parse_rule(reader, step->rule);
}

static int read_router(struct reader *reader, struct step *step)
{
	if (!reader_take(reader, "mtu") ||
	    reader_number(reader, "the MTU", 65535, &step->count))
		return reader_fail(reader, "write: router mtu 1000 [silent]");
	step->is_silent = reader_take(reader, "silent");

	return 0;
}

bool parse_selector(const char *word, enum fault_selector *ret,
                    uint32_t *ret_ordinal)
{
	char text[LAB_RULE_LEN], error[LINK_ERROR_LEN];
	struct fault_rule rule;

	if (snprintf(text, sizeof(text), "drop out %s", word) >= LAB_RULE_LEN ||
	    fault_parse(text, &rule, error) < 0 ||
	    rule.selector == FAULT_CHANCE || rule.selector == FAULT_SEQ)
		return false;
	*ret         = rule.selector;
	*ret_ordinal = strchr(word, '#') ? rule.ordinal : 0;

	return true;
}

/* replay A data#2 [after 90s]: a copy that the network had kept */
static int read_replay(struct reader *reader, struct step *step)
{
	const char *word;
	uint32_t ordinal;

	if (reader_end_name(reader, &step->peer) || step->peer > LAB_B)
		return reader_fail(reader, "who had sent it: A or B?");
	word = reader_next(reader);
	if (!word || !parse_selector(word, &step->selector, &ordinal))
		return reader_fail(reader, "which one: data#2, fin ...?");
	step->count = ordinal ? ordinal : 1;

	return 0;
}

static int read_forge(struct reader *reader, struct step *step)
{
	if (!reader_peek(reader))
		return reader_fail(reader, "forge A->B FLAGS [KEY VALUE]...");
	while (reader_peek(reader))
		step->word[step->word_count++] = reader_next(reader);

	return 0;
}

static int read_flood(struct reader *reader, struct step *step)
{
	step->us = 1000;
	if (reader_peer(reader, &step->peer, &step->port) ||
	    reader_number(reader, "how many", 1000000, &step->count))
		return -EINVAL;
	if (reader_take(reader, "every"))
		return reader_time(reader, "the time between", &step->us);

	return 0;
}

/* ---- All ---------------------------------------------------------------- */

enum who { ENDS = 1, WIRE = 2, ALL = 3 };

static const struct word_of_step {
	const char *word;
	enum step_kind kind;
	enum who who;
	int (*read)(struct reader *reader, struct step *step);
} words[] = {
	{ "listen", STEP_LISTEN, ENDS, read_listen },
	{ "accept", STEP_ACCEPT, ENDS, read_nothing },
	{ "connect", STEP_CONNECT, ENDS, read_connect },
	{ "send", STEP_SEND, ENDS, read_send },
	{ "read", STEP_READ, ENDS, read_count },
	{ "receive", STEP_RECEIVE, ENDS, read_receive },
	{ "shutdown", STEP_SHUTDOWN, ENDS, read_shutdown },
	{ "close", STEP_CLOSE, ENDS, read_nothing },
	{ "abort", STEP_ABORT, ENDS, read_nothing },
	{ "set", STEP_SET, ENDS, read_set },
	{ "udp", STEP_UDP, ENDS, read_udp },
	{ "sendto", STEP_SENDTO, ENDS, read_sendto },
	{ "recvfrom", STEP_RECVFROM, ENDS, read_recvfrom },
	{ "ping", STEP_PING, ENDS, read_ping },
	{ "crash", STEP_CRASH, ENDS, read_nothing },
	{ "wait", STEP_WAIT, ALL, read_time },
	{ "at", STEP_AT, ALL, read_time },
	{ "repeat", STEP_REPEAT, ALL, read_repeat },
	{ "end", STEP_END, ALL, read_nothing },
	{ "say", STEP_SAY, ALL, read_say },
	{ "link", STEP_LINK, WIRE, read_link },
	{ "fault", STEP_FAULT, WIRE, read_fault },
	{ "router", STEP_ROUTER, WIRE, read_router },
	{ "replay", STEP_REPLAY, WIRE, read_replay },
	{ "forge", STEP_FORGE, WIRE, read_forge },
	{ "flood", STEP_FLOOD, WIRE, read_flood },
};

static const struct word_of_step *find_word(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return &words[i];

	return NULL;
}

/* What may follow any step. */
static int parse_manner(struct reader *reader, struct step *step)
{
	for (;;) {
		if (reader_take(reader, "nowait"))
			step->no_wait = true;
		else if (reader_take(reader, "retry")) {
			if (reader_time(reader, "the time until then",
			                &step->retry_us))
				return -EINVAL;
		} else if (!reader_take(reader, "fails"))
			return reader_end(reader);
		else if (reader_errno(reader, &step->error))
			return -EINVAL;
	}
}

int parse_step(struct reader *reader, struct app *app)
{
	const char *word               = reader_next(reader);
	const struct word_of_step *how = find_word(word);
	struct step *step;

	if (!how)
		return reader_fail(reader,
		                   "an app does not know \"%s\"; `man "
		                   "tarn-lab` lists what it can do",
		                   word);
	if (!(how->who & (app->on == LAB_WIRE ? WIRE : ENDS)))
		return reader_fail(reader, "\"%s\" is for an app on %s", word,
		                   how->who == WIRE ? "the wire" : "A or B");
	if (app->step_count == LAB_STEPS_MAX)
		return reader_fail(reader, "more than %d steps in one app",
		                   LAB_STEPS_MAX);
	step       = &app->step[app->step_count++];
	step->kind = how->kind;
	step->line = reader->line;
	if (how->read(reader, step))
		return -EINVAL;

	return parse_manner(reader, step);
}

int parse_steps_end(struct reader *reader, struct app *app)
{
	unsigned open[LAB_DEPTH_MAX], depth = 0;

	for (unsigned i = 0; i < app->step_count; i++) {
		struct step *step = &app->step[i];

		if (step->kind == STEP_REPEAT) {
			if (depth == LAB_DEPTH_MAX)
				return reader_fail(reader,
				                   "repeat is nested deeper "
				                   "than %d",
				                   LAB_DEPTH_MAX);
			open[depth++] = i;
		} else if (step->kind == STEP_END) {
			if (depth == 0)
				return reader_fail(reader,
				                   "end without repeat in app "
				                   "%s",
				                   app->name);
			step->jump                 = open[--depth];
			app->step[step->jump].jump = i + 1;
		}
	}
	if (depth)
		return reader_fail(reader, "repeat without end in app %s",
		                   app->name);

	return 0;
}
