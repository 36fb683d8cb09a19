/* SPDX-License-Identifier: MIT */
/*
 * parse_expect.c - what a lesson claims (expect) and asks (predict)
 *
 *	expect A sent data again = 1		how many frames
 *	expect B dropped drop=TCP_PAWS >= 1
 *	expect A sent data#2 at 50ms		the second; without #2 any of them
 *	expect A state ESTABLISHED at 100ms	when
 *	expect A path SYN-SENT ESTABLISHED	through which states
 *	expect A cwnd max >= 20000		a variable
 *	expect A timer "delayed ACK" fired = 1
 *	expect client finished by 2s
 *	expect server got all of client		octet by octet
 *	expect client failed ETIMEDOUT
 *	expect time <= 70s			nothing happened after that
 *
 * "not" in front turns any of them round.
 */
#include "base/bytes.h"
#include "base/drop.h"
#include "base/why.h"
#include "tools/lab/words.h"
#include <errno.h>
#include <limits.h>

/* ---- Conditions on frames ----------------------------------------------- */

static bool is_why(const char *symbol)
{
	for (unsigned why = 1; why < WHY_COUNT; why++)
		if (strcmp(why_symbol((enum why)why), symbol) == 0)
			return true;

	return false;
}

static bool is_drop(const char *symbol)
{
	for (unsigned drop = 1; drop < DROP_COUNT; drop++)
		if (strcmp(drop_symbol((enum drop)drop), symbol) == 0)
			return true;

	return false;
}

static int symbol_filter(struct reader *reader, const char *word,
                         struct filter *ret)
{
	ret->kind = strncmp(word, "why=", 4) == 0 ? FILTER_WHY : FILTER_DROP;
	ret->text = strchr(word, '=') + 1;
	if (ret->kind == FILTER_WHY ? is_why(ret->text) : is_drop(ret->text))
		return 1;

	return reader_fail(reader, "there is no reason \"%s\" in %s", ret->text,
	                   ret->kind == FILTER_WHY ? "stack/base/why.def"
	                                           : "stack/base/drop.def");
}

static int measured_filter(struct reader *reader, enum filter_kind kind,
                           struct filter *ret)
{
	ret->kind = kind;
	if (!reader_op(reader, &ret->op))
		return reader_fail(reader, "= < <= > >= or != is missing");

	return reader_value(reader, &ret->value) ? -EINVAL : 1;
}

static const struct {
	const char *word;
	enum filter_kind kind;
} measured[] = { { "len", FILTER_LEN },
	         { "win", FILTER_WINDOW },
	         { "sack", FILTER_SACK } };

int parse_filter(struct reader *reader, struct filter *ret,
                 uint32_t *ret_ordinal)
{
	const char *word = reader_peek(reader);

	*ret         = (struct filter){ .kind = FILTER_PROTOCOL };
	*ret_ordinal = 0;
	if (!word)
		return 0;
	if (parse_selector(word, &ret->selector, ret_ordinal)) {
		reader->next++;
		return 1;
	}
	if (strncmp(word, "why=", 4) == 0 || strncmp(word, "drop=", 5) == 0) {
		reader->next++;
		return symbol_filter(reader, word, ret);
	}
	if (reader_take(reader, "again"))
		ret->kind = FILTER_AGAIN;
	else if (reader_take(reader, "forged"))
		ret->kind = FILTER_FORGED;
	else {
		for (size_t i = 0; i < ARRAY_LEN(measured); i++)
			if (reader_take(reader, measured[i].word))
				return measured_filter(reader, measured[i].kind,
				                       ret);
		return 0;
	}

	return 1;
}

/* ---- One expectation ---------------------------------------------------- */

/* OP VALUE; none is ">= 1": at least one. */
static int read_amount(struct reader *reader, struct expect *expect)
{
	expect->op    = OP_GE;
	expect->value = 1;
	if (!reader_op(reader, &expect->op))
		return 0;

	return reader_value(reader, &expect->value);
}

/* at T, by T, after T; nothing: at any time. Return: 1 a time, 0 none */
static int read_time(struct reader *reader, struct expect *expect)
{
	expect->op    = OP_GE;
	expect->value = 0;
	if (reader_take(reader, "at"))
		expect->op = OP_EQ;
	else if (reader_take(reader, "by"))
		expect->op = OP_LE;
	else if (!reader_take(reader, "after"))
		return 0;

	return reader_time(reader, "the time", &expect->value) ? -EINVAL : 1;
}

static int read_when(struct reader *reader, struct expect *expect)
{
	return MIN(read_time(reader, expect), 0);
}

static int read_frames(struct reader *reader, struct expect *expect,
                       enum expect_verb verb)
{
	uint32_t ordinal;
	int rc = 1;

	expect->kind = EXPECT_COUNT;
	expect->verb = verb;
	while (rc > 0 && expect->filter_count < LAB_FILTERS_MAX) {
		rc = parse_filter(reader, &expect->filter[expect->filter_count],
		                  &ordinal);
		expect->filter_count += rc > 0;
		expect->ordinal = MAX(expect->ordinal, ordinal);
	}
	if (rc == 0)
		rc = read_time(reader, expect);
	if (rc > 0)
		expect->kind = EXPECT_FRAME;
	else if (rc == 0 && expect->ordinal)
		rc = reader_fail(reader, "one frame has a time: write at, by "
		                         "or after TIME");

	return rc ? MIN(rc, 0) : read_amount(reader, expect);
}

static int read_state(struct reader *reader, struct expect *expect)
{
	expect->kind = EXPECT_STATE;
	if (reader_state(reader, &expect->state[0]))
		return -EINVAL;

	return read_when(reader, expect);
}

static int read_path(struct reader *reader, struct expect *expect)
{
	expect->kind = EXPECT_PATH;
	while (reader_peek(reader)) {
		if (expect->state_count == LAB_PATH_MAX)
			return reader_fail(reader, "more than %d states",
			                   LAB_PATH_MAX);
		if (reader_state(reader, &expect->state[expect->state_count++]))
			return -EINVAL;
	}

	return 0;
}

static int read_timer(struct reader *reader, struct expect *expect)
{
	expect->kind = EXPECT_TIMER;
	if (reader_text(reader, "the timer's name", &expect->text))
		return -EINVAL;
	if (!reader_take(reader, "fired"))
		return reader_fail(reader,
		                   "write: expect A timer NAME fired = 1");

	return read_amount(reader, expect);
}

static int read_metric(struct reader *reader, struct expect *expect,
                       const char *metric)
{
	static const char *const metrics[] = {
		"cwnd", "ssthresh", "flight",  "srtt",
		"rto",  "snd_wnd",  "rcv_wnd",
	};
	static const char *const whichs[] = { "first", "last", "min", "max" };

	expect->kind = EXPECT_VALUE;
	for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
		if (strcmp(metrics[i], metric) == 0)
			expect->text = metrics[i];
	for (size_t i = 0; i < ARRAY_LEN(whichs); i++)
		if (reader_take(reader, whichs[i]))
			expect->which = whichs[i];
	if (!expect->text || !expect->which)
		return reader_fail(reader,
		                   "write: sent, received, dropped, lost, "
		                   "state, path, timer, or one of cwnd "
		                   "ssthresh flight srtt rto snd_wnd rcv_wnd "
		                   "with first, last, min or max");

	return read_amount(reader, expect);
}

static int read_of_end(struct reader *reader, struct expect *expect)
{
	const char *word = reader_next(reader);

	if (!word)
		return reader_fail(reader, "what is expected of it?");
	if (strcmp(word, "sent") == 0)
		return read_frames(reader, expect, VERB_SENT);
	if (strcmp(word, "received") == 0)
		return read_frames(reader, expect, VERB_RECEIVED);
	if (strcmp(word, "dropped") == 0)
		return read_frames(reader, expect, VERB_DROPPED);
	if (strcmp(word, "lost") == 0)
		return read_frames(reader, expect, VERB_LOST);
	if (strcmp(word, "state") == 0)
		return read_state(reader, expect);
	if (strcmp(word, "path") == 0)
		return read_path(reader, expect);
	if (strcmp(word, "timer") == 0)
		return read_timer(reader, expect);

	return read_metric(reader, expect, word);
}

static int find_app(struct reader *reader, const char *name, unsigned *ret)
{
	const struct lesson *lesson = reader->lesson;

	for (*ret = 0; name && *ret < lesson->app_count; ++*ret)
		if (strcmp(lesson->app[*ret].name, name) == 0)
			return 0;

	return reader_fail(reader,
	                   "\"%s\" is neither A, B, time nor an app that "
	                   "stands above",
	                   name ? name : "");
}

static int read_got(struct reader *reader, struct expect *expect)
{
	expect->kind   = EXPECT_GOT;
	expect->of_app = UINT_MAX;
	if (!reader_take(reader, "all"))
		return read_amount(reader, expect);
	if (!reader_take(reader, "of"))
		return reader_fail(reader, "write: got all of APP");

	return find_app(reader, reader_next(reader), &expect->of_app);
}

static int read_of_app(struct reader *reader, struct expect *expect)
{
	if (reader_take(reader, "got"))
		return read_got(reader, expect);
	if (reader_take(reader, "failed")) {
		expect->kind = EXPECT_FAILED;
		return reader_errno(reader, &expect->error);
	}
	if (reader_take(reader, "calls")) {
		expect->kind = EXPECT_CALLS;
		if (reader_text(reader, "the call's name", &expect->text))
			return -EINVAL;
		return read_amount(reader, expect);
	}
	expect->kind = EXPECT_FINISHED;
	if (reader_take(reader, "unfinished"))
		expect->is_not = !expect->is_not;
	else if (!reader_take(reader, "finished"))
		return reader_fail(reader, "an app has finished, unfinished, "
		                           "got, failed and calls");

	return read_when(reader, expect);
}

int parse_expect(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;
	struct expect *expect;
	int rc;

	if (lesson->expect_count == LAB_EXPECTS_MAX)
		return reader_fail(reader, "more than %d expectations",
		                   LAB_EXPECTS_MAX);
	expect           = &lesson->expect[lesson->expect_count++];
	expect->line     = reader->line;
	expect->source   = reader->source;
	expect->with_out = reader->break_at;
	expect->of_try   = reader->try_at;
	expect->end      = LAB_NOONE;
	expect->is_not   = reader_take(reader, "not");
	if (reader_take(reader, "A"))
		expect->end = LAB_A;
	else if (reader_take(reader, "B"))
		expect->end = LAB_B;

	if (expect->end != LAB_NOONE) {
		rc = read_of_end(reader, expect);
	} else if (reader_take(reader, "time")) {
		expect->kind = EXPECT_TIME;
		rc           = read_amount(reader, expect);
	} else {
		rc = find_app(reader, reader_next(reader), &expect->app);
		rc = rc ? rc : read_of_app(reader, expect);
	}

	return rc ? rc : reader_end(reader);
}

/* ---- Questions ---------------------------------------------------------- */

/* predict B sent synack#1 "What does B send next?" */
int parse_predict(struct reader *reader)
{
	struct lesson *lesson = reader->lesson;
	struct predict *predict;
	uint8_t end;
	int rc;

	if (lesson->predict_count == LAB_PREDICTS_MAX)
		return reader_fail(reader, "more than %d questions",
		                   LAB_PREDICTS_MAX);
	predict       = &lesson->predict[lesson->predict_count++];
	predict->line = reader->line;
	if (reader_end_name(reader, &end) || end > LAB_B)
		return reader_fail(reader, "before what of A or B?");
	predict->end = (enum lab_end)end;
	if (reader_take(reader, "received"))
		predict->verb = VERB_RECEIVED;
	else if (reader_take(reader, "sent"))
		predict->verb = VERB_SENT;
	else
		return reader_fail(reader, "before it sent or received what?");
	rc = parse_filter(reader, &predict->filter, &predict->ordinal);
	if (rc <= 0)
		return reader_fail(reader, "before which frame? synack#1 ...");
	predict->ordinal = predict->ordinal ? predict->ordinal : 1;
	if (reader_text(reader, "the question", &predict->question))
		return -EINVAL;

	return reader_end(reader);
}

/* right|wrong "what may be answered" "why it is right or wrong" */
int parse_choice(struct reader *reader)
{
	struct lesson *lesson   = reader->lesson;
	struct predict *predict = &lesson->predict[lesson->predict_count - 1];
	struct choice *choice;

	if (predict->choice_count == LAB_CHOICES_MAX)
		return reader_fail(reader, "more than %d choices",
		                   LAB_CHOICES_MAX);
	choice           = &predict->choice[predict->choice_count++];
	choice->is_right = reader_take(reader, "right");
	if (!choice->is_right && !reader_take(reader, "wrong"))
		return reader_fail(reader, "right or wrong?");
	if (reader_text(reader, "the choice", &choice->text) ||
	    reader_text(reader, "why", &choice->answer))
		return -EINVAL;

	return reader_end(reader);
}
