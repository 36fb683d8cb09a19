/* SPDX-License-Identifier: MIT */
/* judge.c - see judge.h */
#include "tools/lab/judge.h"
#include "base/bytes.h"
#include "tools/lab/draw.h"
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

/* ---- Comparing ---------------------------------------------------------- */

static bool compare(uint64_t seen, enum expect_op op, uint64_t value)
{
	switch (op) {
	case OP_EQ:
		return seen == value;
	case OP_NE:
		return seen != value;
	case OP_LE:
		return seen <= value;
	case OP_GE:
		return seen >= value;
	case OP_LT:
		return seen < value;
	case OP_GT:
		return seen > value;
	}

	return false;
}

static bool judge_number(const struct expect *expect, uint64_t seen,
                         char ret[JUDGE_TEXT_LEN])
{
	snprintf(ret, JUDGE_TEXT_LEN, "%" PRIu64, seen);

	return compare(seen, expect->op, expect->value);
}

static void put_time(uint64_t time_us, const char *what,
                     char ret[JUDGE_TEXT_LEN])
{
	snprintf(ret, JUDGE_TEXT_LEN, "%s at %" PRIu64 ".%06" PRIu64 " s", what,
	         time_us / 1000000, time_us % 1000000);
}

/* ---- Frames ------------------------------------------------------------- */

bool judge_is(const struct happening *row, enum lab_end end,
              enum expect_verb verb)
{
	if (verb == VERB_LOST)
		return row->kind == STAGE_LOST && row->end == end;
	if (row->kind == STAGE_FORGED)
		return false;
	if (verb == VERB_DROPPED)
		return row->end == end && row->drop != DROP_NONE &&
		       row->kind == STAGE_STORY;
	if (!row->is_frame || row->end != end)
		return false;
	if (verb == VERB_SENT)
		return !row->is_rx;

	return row->is_rx && row->drop == DROP_NONE;
}

bool judge_matches(const struct happening *row, const struct filter *filter)
{
	const struct tcp_hdr *tcp = &row->glance.tcp;

	switch (filter->kind) {
	case FILTER_PROTOCOL:
		return row->is_frame &&
		       fault_selects(filter->selector, &row->glance);
	case FILTER_AGAIN:
		return row->is_again;
	case FILTER_FORGED:
		return row->kind == STAGE_FORGED;
	case FILTER_WHY:
		return strcmp(why_symbol(row->why), filter->text) == 0;
	case FILTER_DROP:
		return strcmp(drop_symbol(row->drop), filter->text) == 0;
	case FILTER_LEN:
		return row->glance.kind == GLANCE_TCP &&
		       compare(row->glance.text_len, filter->op, filter->value);
	case FILTER_WINDOW:
		return row->glance.kind == GLANCE_TCP &&
		       compare(tcp->window, filter->op, filter->value);
	case FILTER_SACK:
		return row->glance.kind == GLANCE_TCP &&
		       compare(tcp->opt.sack_count, filter->op, filter->value);
	}

	return false;
}

static bool matches_all(const struct happening *row,
                        const struct expect *expect)
{
	for (unsigned i = 0; i < expect->filter_count; i++)
		if (!judge_matches(row, &expect->filter[i]))
			return false;

	return true;
}

/* A lost frame's kind is that of the row in which it was sent. */
static const struct happening *sent_row(const struct chronicle *chronicle,
                                        const struct happening *lost)
{
	for (size_t i = 0; i < chronicle->count; i++) {
		const struct happening *row = &chronicle->row[i];

		if (row->packet == lost->packet && row->is_frame && !row->is_rx)
			return row;
	}

	return lost;
}

/* The frame that the expectation is about, if it is this row. */
static bool is_meant(const struct chronicle *chronicle,
                     const struct expect *expect, const struct happening *row)
{
	if (!judge_is(row, expect->end, expect->verb))
		return false;

	return matches_all(expect->verb == VERB_LOST ? sent_row(chronicle, row)
	                                             : row,
	                   expect);
}

static bool judge_count(const struct chronicle *chronicle,
                        const struct expect *expect, char ret[JUDGE_TEXT_LEN])
{
	uint64_t count = 0;

	for (size_t i = 0; i < chronicle->count; i++)
		count += is_meant(chronicle, expect, &chronicle->row[i]);

	return judge_number(expect, count, ret);
}

static bool judge_frame(const struct chronicle *chronicle,
                        const struct expect *expect, char ret[JUDGE_TEXT_LEN])
{
	uint32_t number = 0;

	snprintf(ret, JUDGE_TEXT_LEN, "never");
	for (size_t i = 0; i < chronicle->count; i++) {
		const struct happening *row = &chronicle->row[i];

		if (!is_meant(chronicle, expect, row) ||
		    (expect->ordinal && ++number != expect->ordinal))
			continue;
		put_time(row->now_us, "it", ret);
		if (compare(row->now_us, expect->op, expect->value))
			return true;
	}

	return false;
}

/* ---- States ------------------------------------------------------------- */

/* The states that an end walks through; LISTEN belongs to another socket. */
static bool next_state(const struct chronicle *chronicle, unsigned end,
                       size_t *at, uint8_t *ret)
{
	for (; *at < chronicle->count; ++*at) {
		const struct happening *row = &chronicle->row[*at];

		if (row->kind != STAGE_STORY || row->end != end ||
		    row->is_frame || row->event != TARN_EVENT_TCP_STATE)
			continue;
		*ret = row->note.state;
		++*at;
		return true;
	}

	return false;
}

static bool judge_state(const struct chronicle *chronicle,
                        const struct expect *expect, char ret[JUDGE_TEXT_LEN])
{
	uint8_t state;
	size_t at = 0;

	snprintf(ret, JUDGE_TEXT_LEN, "never");
	while (next_state(chronicle, expect->end, &at, &state)) {
		const uint64_t now_us = chronicle->row[at - 1].now_us;

		if (state != expect->state[0])
			continue;
		put_time(now_us, tarn_tcp_state_name(state), ret);
		if (compare(now_us, expect->op, expect->value))
			return true;
	}

	return false;
}

static bool judge_path(const struct chronicle *chronicle,
                       const struct expect *expect, char ret[JUDGE_TEXT_LEN])
{
	unsigned matched = 0;
	size_t at = 0, len = 0;
	uint8_t state;

	ret[0] = '\0';
	while (next_state(chronicle, expect->end, &at, &state)) {
		len += (size_t)snprintf(ret + MIN(len, JUDGE_TEXT_LEN - 1u),
		                        JUDGE_TEXT_LEN -
		                                MIN(len, JUDGE_TEXT_LEN - 1u),
		                        "%s ", tarn_tcp_state_name(state));
		if (matched < expect->state_count &&
		    state == expect->state[matched])
			matched++;
	}

	return matched == expect->state_count;
}

/* ---- Variables ---------------------------------------------------------- */

static uint64_t metric_of(const struct tarn_note *note, const char *name)
{
	if (strcmp(name, "cwnd") == 0)
		return note->now.cwnd;
	if (strcmp(name, "ssthresh") == 0)
		return note->now.ssthresh;
	if (strcmp(name, "flight") == 0)
		return note->now.flight;
	if (strcmp(name, "srtt") == 0)
		return note->now.srtt_us;
	if (strcmp(name, "rto") == 0)
		return note->now.rto_us;
	if (strcmp(name, "snd_wnd") == 0)
		return note->now.snd_wnd;

	return note->now.rcv_wnd;
}

static bool judge_value(const struct chronicle *chronicle,
                        const struct expect *expect, char ret[JUDGE_TEXT_LEN])
{
	bool has_value = false;
	uint64_t value = 0;

	for (size_t i = 0; i < chronicle->count; i++) {
		const struct happening *row = &chronicle->row[i];
		uint64_t now;

		if (row->kind != STAGE_STORY || row->end != expect->end ||
		    !row->note.has_conn || row->note.state < TCPS_ESTABLISHED ||
		    row->note.state == TCPS_TIME_WAIT)
			continue;
		now = metric_of(&row->note, expect->text);
		if (!has_value || strcmp(expect->which, "last") == 0)
			value = now;
		else if (strcmp(expect->which, "max") == 0)
			value = MAX(value, now);
		else if (strcmp(expect->which, "min") == 0)
			value = MIN(value, now);
		has_value = true;
	}
	if (!has_value) {
		snprintf(ret, JUDGE_TEXT_LEN, "no connection");
		return false;
	}

	return judge_number(expect, value, ret);
}

static bool judge_events(const struct chronicle *chronicle,
                         const struct expect *expect, bool is_timer,
                         char ret[JUDGE_TEXT_LEN])
{
	uint64_t count = 0;

	for (size_t i = 0; i < chronicle->count; i++) {
		const struct happening *row = &chronicle->row[i];

		if (row->kind != STAGE_STORY || row->is_frame ||
		    row->end != expect->end ||
		    strcmp(row->name, expect->text) != 0)
			continue;
		if (is_timer ? row->event == TARN_EVENT_TCP_TIMER &&
		                       row->act == TARN_TIMER_FIRED
		             : row->event == TARN_EVENT_CALL)
			count++;
	}

	return judge_number(expect, count, ret);
}

/* ---- Apps --------------------------------------------------------------- */

static bool judge_finished(const struct expect *expect,
                           const struct stage_actor *actor,
                           char ret[JUDGE_TEXT_LEN])
{
	if (actor->is_finished) {
		put_time(actor->finished_us, "finished", ret);
		return compare(actor->finished_us, expect->op, expect->value);
	}
	snprintf(ret, JUDGE_TEXT_LEN, "%s in line %u",
	         actor->is_dead ? "died" : "stands", actor->line);

	return false;
}

static bool judge_all_of(const struct stage_actor *actor,
                         const struct stage_actor *of, char ret[JUDGE_TEXT_LEN])
{
	const size_t both = MIN(actor->got_len, of->sent_len);
	size_t same       = 0;

	while (same < both && actor->got[same] == of->sent[same])
		same++;
	if (same < both)
		snprintf(ret, JUDGE_TEXT_LEN,
		         "octet %zu is '%c' and was sent as '%c'", same,
		         actor->got[same], of->sent[same]);
	else
		snprintf(ret, JUDGE_TEXT_LEN, "%zu of %zu octets",
		         actor->got_len, of->sent_len);

	return same == of->sent_len && same == actor->got_len &&
	       !actor->is_cut && !of->is_cut;
}

static bool judge_app(const struct stage *stage, const struct expect *expect,
                      char ret[JUDGE_TEXT_LEN])
{
	struct stage_actor actor, of;

	stage_actor(stage, expect->app, &actor);
	switch (expect->kind) {
	case EXPECT_GOT:
		if (expect->of_app == UINT_MAX)
			return judge_number(expect, actor.got_len, ret);
		stage_actor(stage, expect->of_app, &of);
		return judge_all_of(&actor, &of, ret);
	case EXPECT_FAILED:
		snprintf(ret, JUDGE_TEXT_LEN, "%s",
		         actor.error ? tarn_strerror(-actor.error)
		                     : "no failure");
		return actor.error == expect->error;
	default:
		return judge_finished(expect, &actor, ret);
	}
}

/* When the last thing happened that the ladder shows: a cache that ages is no
 * event of the lesson. */
static bool judge_end_time(const struct lesson *lesson,
                           const struct chronicle *chronicle,
                           const struct expect *expect,
                           char ret[JUDGE_TEXT_LEN])
{
	static const struct draw_options plain;
	uint64_t last_us = 0;

	for (size_t i = chronicle->count; i-- > 0 && last_us == 0;)
		if (draw_shows(&plain, lesson, &chronicle->row[i]))
			last_us = chronicle->row[i].now_us;
	put_time(last_us, "over", ret);

	return compare(last_us, expect->op, expect->value);
}

static bool judge_plain(const struct stage *stage, const struct lesson *lesson,
                        const struct chronicle *chronicle,
                        const struct expect *expect, char ret[JUDGE_TEXT_LEN])
{
	switch (expect->kind) {
	case EXPECT_COUNT:
		return judge_count(chronicle, expect, ret);
	case EXPECT_FRAME:
		return judge_frame(chronicle, expect, ret);
	case EXPECT_STATE:
		return judge_state(chronicle, expect, ret);
	case EXPECT_PATH:
		return judge_path(chronicle, expect, ret);
	case EXPECT_VALUE:
		return judge_value(chronicle, expect, ret);
	case EXPECT_TIMER:
		return judge_events(chronicle, expect, true, ret);
	case EXPECT_CALLS:
		return judge_events(chronicle, expect, false, ret);
	case EXPECT_TIME:
		return judge_end_time(lesson, chronicle, expect, ret);
	default:
		return judge_app(stage, expect, ret);
	}
}

bool judge_expect(const struct stage *stage, const struct lesson *lesson,
                  const struct chronicle *chronicle,
                  const struct expect *expect, char ret_seen[JUDGE_TEXT_LEN])
{
	struct expect asked = *expect;

	if (asked.kind == EXPECT_CALLS)
		asked.end = lesson->app[asked.app].on;

	return judge_plain(stage, lesson, chronicle, &asked, ret_seen) !=
	       asked.is_not;
}
