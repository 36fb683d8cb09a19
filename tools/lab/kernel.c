/* SPDX-License-Identifier: MIT */
/*
 * kernel.c - the same lesson with the Linux kernel at one end
 *
 * The lesson is played twice: two Tarns in virtual time, then one of them
 * against the kernel in real time. What each end put on the wire is compared,
 * segment by segment; expectations that only an end that explains itself can
 * meet are not asked of the kernel.
 */
#include "base/bytes.h"
#include "drivers/ladder_text.h"
#include "tools/lab/judge.h"
#include "tools/lab/lesson.h"
#include "tools/lab/outputs.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/utsname.h>

#define SEGMENTS_MAX 400u /* of each run that are compared */
#define LATE_US      25000u
#define OPTIONS_LEN  96

/* A segment as the comparison sees it: no times, no random numbers. */
struct said {
	uint64_t now_us;
	bool is_matched;
	char text[LADDER_TEXT_LEN + 8];
};

struct run {
	const struct lesson *lesson;
	const struct lab_options *options;
	struct stage *stage;
	struct chronicle chronicle;
	struct draw *draw;
	struct outputs *outputs;
	size_t drawn;
	unsigned said_count;
	struct said said[SEGMENTS_MAX];
};

static void tell(void *listener, const struct stage_row *row)
{
	struct run *run = listener;

	chronicle_add(&run->chronicle, row);
	outputs_row(run->outputs, row);
}

static int play(struct run *run, const struct stage_options *options,
                char error[LAB_ERROR_LEN])
{
	int rc =
	        stage_open(run->lesson, options, tell, run, &run->stage, error);

	if (rc < 0)
		return rc;
	while (stage_step(run->stage)) {
		if (run->draw)
			draw_rows(run->draw, run->lesson, &run->chronicle,
			          run->drawn, run->chronicle.count);
		run->drawn = run->chronicle.count;
		fflush(stdout);
	}
	if (run->draw)
		draw_rows(run->draw, run->lesson, &run->chronicle, run->drawn,
		          run->chronicle.count);

	return 0;
}

/* ---- What was said ------------------------------------------------------ */

/* The options of a SYN without the values of timestamps, which differ. */
static void put_options(const struct tcp_options *opt, char ret[OPTIONS_LEN])
{
	int len = 0;

	ret[0] = '\0';
	if (opt->has_mss)
		len += snprintf(ret + len, OPTIONS_LEN - (size_t)len, " mss %u",
		                opt->mss);
	if (opt->sack_permitted)
		len += snprintf(ret + len, OPTIONS_LEN - (size_t)len,
		                " sackOK");
	if (opt->has_timestamps)
		len += snprintf(ret + len, OPTIONS_LEN - (size_t)len, " TS");
	if (opt->has_wscale)
		snprintf(ret + len, OPTIONS_LEN - (size_t)len, " wscale %u",
		         opt->wscale);
}

static void say(struct run *run, struct peerstate *peers,
                const struct happening *row)
{
	const bool from_a = (row->end == LAB_A) != row->is_rx;
	char text[LADDER_TEXT_LEN], options[OPTIONS_LEN] = "";
	struct said *said;
	struct flow_step step;
	struct flow *flow;
	unsigned from;

	if (run->said_count == SEGMENTS_MAX)
		return;
	flow = peerstate_find(peers, &row->glance, from_a ? 0 : 1, true, &from);
	if (flow)
		flow_segment(flow, from, &row->glance, true, &step);
	ladder_text_segment(flow, from, &row->glance, text);
	if (row->glance.tcp.syn)
		put_options(&row->glance.tcp.opt, options);
	said  = &run->said[run->said_count++];
	*said = (struct said){ .now_us = row->now_us };
	snprintf(said->text, sizeof(said->text), "%c %.150s%.80s",
	         from_a ? 'A' : 'B', text, options);
}

static int collect(struct run *run)
{
	struct peerstate *peers;

	if (peerstate_open(&peers) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < run->chronicle.count; i++) {
		const struct happening *row = &run->chronicle.row[i];

		if (row->kind == STAGE_STORY && row->is_frame && !row->is_rx &&
		    row->glance.kind == GLANCE_TCP)
			say(run, peers, row);
	}
	peerstate_close(peers);

	return 0;
}

/* ---- What differs ------------------------------------------------------- */

/* Each of @virtual takes the first equal one of @kernel that is still free. */
static unsigned match(struct run *virtual, struct run *kernel,
                      unsigned *ret_late)
{
	unsigned matched = 0;

	*ret_late = 0;
	for (unsigned i = 0; i < virtual->said_count; i++)
		for (unsigned j = 0; j < kernel->said_count; j++) {
			struct said *a = &virtual->said[i],
			            *b = &kernel->said[j];

			if (b->is_matched || strcmp(a->text, b->text) != 0)
				continue;
			a->is_matched = true;
			b->is_matched = true;
			matched++;
			*ret_late += a->now_us + LATE_US < b->now_us ||
			             b->now_us + LATE_US < a->now_us;
			break;
		}

	return matched;
}

static void put_unmatched(const struct run *run, const char *who)
{
	for (unsigned i = 0; i < run->said_count; i++)
		if (!run->said[i].is_matched)
			printf("  only with %-5s  %9.3f s  %s\n", who,
			       (double)run->said[i].now_us / 1e6,
			       run->said[i].text);
}

static void put_differences(struct run *virtual, struct run *kernel)
{
	unsigned late;
	const unsigned matched = match(virtual, kernel, &late);

	printf("\nTwo Tarns sent %u segments, Tarn and Linux %u; %u are the "
	       "same on the wire",
	       virtual->said_count, kernel->said_count, matched);
	if (late)
		printf(", %u of them at other times (by more than %u ms)", late,
		       LATE_US / 1000);
	printf(".\n");
	put_unmatched(virtual, "Tarn");
	put_unmatched(kernel, "Linux");
}

/* ---- Expectations ------------------------------------------------------- */

/* What only somebody can answer who says why and in which state he is. */
static bool can_be_asked(const struct expect *expect, enum lab_end kernel)
{
	if (expect->with_out >= 0 || expect->of_try >= 0)
		return false;
	if (expect->end != kernel)
		return true;
	if (expect->kind != EXPECT_COUNT)
		return expect->kind == EXPECT_GOT ||
		       expect->kind == EXPECT_FINISHED;
	if (expect->verb == VERB_DROPPED)
		return false;
	for (unsigned i = 0; i < expect->filter_count; i++)
		if (expect->filter[i].kind == FILTER_WHY ||
		    expect->filter[i].kind == FILTER_DROP)
			return false;

	return true;
}

/* A real clock is never exact: "at T" becomes "by T and a little". */
static struct expect in_real_time(const struct expect *expect)
{
	struct expect asked = *expect;

	if ((asked.kind == EXPECT_STATE || asked.kind == EXPECT_FINISHED) &&
	    (asked.op == OP_EQ || (asked.op == OP_LE && asked.value))) {
		asked.op = OP_LE;
		asked.value += LATE_US;
	}

	return asked;
}

static void judge(const struct run *run, enum lab_end kernel)
{
	unsigned holds = 0, differs = 0, silent = 0;

	printf("\nWhat the lesson expects of two Tarns, asked of this run:\n");
	for (unsigned i = 0; i < run->lesson->expect_count; i++) {
		const struct expect *expect = &run->lesson->expect[i];
		const struct expect asked   = in_real_time(expect);
		char seen[JUDGE_TEXT_LEN];

		if (!can_be_asked(expect, kernel)) {
			silent += expect->with_out < 0 && expect->of_try < 0;
			continue;
		}
		if (judge_expect(run->stage, run->lesson, &run->chronicle,
		                 &asked, seen)) {
			holds++;
			continue;
		}
		differs++;
		printf("  differs  %s   (seen: %s)\n", expect->source, seen);
	}
	printf("  %u hold, %u differ, %u cannot be asked: Linux does not say "
	       "why, nor its state\n",
	       holds, differs, silent);
}

/* ---- The whole ---------------------------------------------------------- */

static struct run *run_create(const struct lesson *lesson,
                              const struct lab_options *options)
{
	struct run *run = calloc(1, sizeof(*run));

	if (run) {
		run->lesson  = lesson;
		run->options = options;
	}

	return run;
}

static void run_destroy(struct run *run)
{
	if (!run)
		return;
	stage_close(run->stage);
	chronicle_clear(&run->chronicle);
	draw_close(run->draw);
	outputs_close(run->outputs);
	outputs_free(run->outputs);
	free(run);
}

static int play_both(struct run *both, struct run *kernel,
                     const struct lab_options *options,
                     char error[LAB_ERROR_LEN])
{
	struct stage_options live = options->stage;
	struct utsname name;
	int rc = play(both, &options->stage, error);

	if (rc == 0)
		rc = collect(both);
	if (rc == 0)
		rc = draw_open(stdout, &options->draw, &kernel->draw);
	if (rc == 0 && outputs_are_wanted(options))
		rc = outputs_open(kernel->lesson, options, &kernel->outputs,
		                  error);
	if (rc < 0)
		return rc;
	live.is_live = true;
	live.kernel  = kernel->lesson->kernel[0] == 'A' ? LAB_A : LAB_B;
	if (uname(&name) < 0)
		return -errno;
	printf("%s\nEnd %s is Linux %s, in real time.\n\n",
	       kernel->lesson->title, kernel->lesson->kernel, name.release);
	rc = play(kernel, &live, error);
	if (rc == 0)
		rc = collect(kernel);
	if (rc == 0) {
		judge(kernel, live.kernel);
		put_differences(both, kernel);
	}

	return rc;
}

int lesson_with_kernel(const struct lesson *lesson,
                       const struct lab_options *options,
                       char error[LAB_ERROR_LEN])
{
	struct run *both   = run_create(lesson, options);
	struct run *kernel = run_create(lesson, options);
	int rc             = both && kernel ? 0 : -ENOMEM;

	if (!lesson->kernel) {
		snprintf(error, LAB_ERROR_LEN,
		         "%s cannot be played with the kernel: %s",
		         lesson->name,
		         lesson->no_kernel ? lesson->no_kernel
		                           : "the lesson does not say at which "
		                             "end");
		rc = -EOPNOTSUPP;
	}
	if (rc == 0)
		rc = play_both(both, kernel, options, error);
	if (rc == 0)
		outputs_say(kernel->outputs);
	run_destroy(both);
	run_destroy(kernel);

	return rc;
}
