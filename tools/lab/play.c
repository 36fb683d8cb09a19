/* SPDX-License-Identifier: MIT */
/*
 * play.c - a lesson from beginning to end, in all its renderings
 *
 * The ladder is drawn instant by instant; captures and log get their rows as
 * they are told. At the end stands what the lesson expects and whether it came.
 */
#include "base/bytes.h"
#include "tools/lab/judge.h"
#include "tools/lab/lesson.h"
#include "tools/lab/outputs.h"
#include "tools/lab/plot.h"
#include <errno.h>
#include <inttypes.h>

struct play {
	const struct lesson *lesson;
	const struct lab_options *options;
	struct stage *stage;
	struct chronicle chronicle;
	struct draw *draw;
	struct outputs *outputs;
	size_t drawn;
};

static void tell(void *listener, const struct stage_row *row)
{
	struct play *play = listener;

	chronicle_add(&play->chronicle, row);
	outputs_row(play->outputs, row);
}

static void draw_new(struct play *play)
{
	if (play->draw)
		draw_rows(play->draw, play->lesson, &play->chronicle,
		          play->drawn, play->chronicle.count);
	play->drawn = play->chronicle.count;
}

/* ---- Before and after --------------------------------------------------- */

static void put_heading(const struct play *play)
{
	const struct lesson *lesson = play->lesson;

	printf("%s\n", lesson->title);
	if (lesson->question)
		printf("%s\n", lesson->question);
	if (play->options->without)
		printf("\n*** WITHOUT %s: this is not how TCP works, and no "
		       "Tarn but tarn-lab can do it ***\n",
		       play->options->without);
	putchar('\n');
}

/* Which of the lesson's disasters is this? -1: none, the rules hold. */
static int break_of(const struct lesson *lesson, const char *without)
{
	for (unsigned i = 0; without && i < lesson->break_count; i++)
		if (strcmp(lesson->breaks[i].rule, without) == 0)
			return (int)i;

	return -1;
}

/* Which of the things to try is this? -1: none that the lesson foretells. */
static int try_of(const struct lesson *lesson,
                  const struct stage_options *options)
{
	for (unsigned i = 0; i < lesson->try_count; i++) {
		const struct lab_try *try = &lesson->tries[i];

		if (options->drop_count && !options->has_seed &&
		    try->drop_count == options->drop_count &&
		    memcmp(try->drop, options->drop,
		           try->drop_count * sizeof(try->drop[0])) == 0)
			return (int)i;
	}

	return -1;
}

struct verdict {
	unsigned holds, fails;
};

static void judge_one(const struct play *play, const struct expect *expect,
                      struct verdict *verdict)
{
	const char *source = expect->source;
	char seen[JUDGE_TEXT_LEN];
	bool holds;

	while (*source == ' ' || *source == '\t')
		source++;
	holds = judge_expect(play->stage, play->lesson, &play->chronicle,
	                     expect, seen);
	verdict->holds += holds;
	verdict->fails += !holds;
	if (!play->options->is_short)
		printf("  %s  %s%s%s%s\n", holds ? "ok " : "NOT", source,
		       holds ? "" : "   (seen: ", holds ? "" : seen,
		       holds ? "" : ")");
}

static struct verdict judge_all(const struct play *play, int with_out,
                                int of_try)
{
	struct verdict verdict = { 0, 0 };

	for (unsigned i = 0; i < play->lesson->expect_count; i++)
		if (play->lesson->expect[i].with_out == with_out &&
		    play->lesson->expect[i].of_try == of_try)
			judge_one(play, &play->lesson->expect[i], &verdict);

	return verdict;
}

/* The rule must make a difference: what is expected with it may not all hold. */
static int judge_without(const struct play *play, int at)
{
	const bool is_short = play->options->is_short;
	struct verdict normal, disaster;

	if (!is_short)
		printf("\nWhat the rule guarantees:\n");
	normal = judge_all(play, -1, -1);
	if (at < 0)
		return normal.fails ? 1 : 0;
	if (!is_short)
		printf("Without it: %s\n", play->lesson->breaks[at].text);
	disaster = judge_all(play, at, -1);
	if (is_short)
		printf("%-20s without %s: %u broken as foretold, %u not\n",
		       play->lesson->name, play->lesson->breaks[at].rule,
		       disaster.holds, disaster.fails);

	return disaster.fails || !normal.fails ? 1 : 0;
}

/* With --drop: as foretold, or else what was foretold for when none is lost. */
static struct verdict judge_with(const struct play *play)
{
	const struct stage_options *stage = &play->options->stage;
	const int at                      = try_of(play->lesson, stage);
	struct verdict foretold;
	unsigned count = 0;

	for (unsigned i = 0; i < play->lesson->expect_count; i++)
		count += at >= 0 && play->lesson->expect[i].of_try == at;
	if (count) {
		if (!play->options->is_short)
			printf("\nWhat this lesson expects of %s:\n",
			       play->lesson->tries[at].arguments);
		return judge_all(play, -1, at);
	}
	if (!play->options->is_short && play->lesson->expect_count)
		printf("\nWhat this lesson expects%s:\n",
		       stage->drop_count ? " when nothing else is lost" : "");
	foretold = judge_all(play, -1, -1);
	if (stage->drop_count) /* what that changes is for the reader to judge */
		foretold.fails = 0;

	return foretold;
}

static int judge(const struct play *play)
{
	char error[LAB_ERROR_LEN];
	struct verdict verdict;

	if (play->options->without)
		return judge_without(
		        play, break_of(play->lesson, play->options->without));
	verdict = judge_with(play);
	if (stage_has_errors(play->stage, error)) {
		printf("  NOT  %s\n", error);
		verdict.fails += !play->options->stage.drop_count;
	}
	if (play->options->is_short)
		printf("%-20s %u of %u\n", play->lesson->name, verdict.holds,
		       verdict.holds + verdict.fails);
	if (play->chronicle.lost)
		printf("%" PRIu64 " rows did not fit\n", play->chronicle.lost);

	return verdict.fails ? 1 : 0;
}

static void put_ending(const struct play *play)
{
	const struct lesson *lesson = play->lesson;
	const char *name            = lesson->name;

	if (lesson->shows)
		printf("\n%s\n", lesson->shows);
	outputs_say(play->outputs);
	for (unsigned i = 0; i < lesson->try_count; i++)
		printf("next: tarn lab %s %s   (%s)\n", name,
		       lesson->tries[i].arguments, lesson->tries[i].text);
	for (unsigned i = 0; i < lesson->break_count; i++)
		printf("next: tarn lab %s --without %s\n", name,
		       lesson->breaks[i].rule);
	if (lesson->predict_count)
		printf("next: tarn lab %s --predict   (it stops and asks)\n",
		       name);
}

/* ---- The whole ---------------------------------------------------------- */

/* --all shows the ladder of it, however long. */
static bool is_plot(const struct play *play)
{
	return play->lesson->plot_every_us && !play->options->draw.all;
}

static int prepare(struct play *play, char error[LAB_ERROR_LEN])
{
	int rc = 0;

	if (!play->options->no_ladder && !is_plot(play))
		rc = draw_open(stdout, &play->options->draw, &play->draw);
	if (rc == 0 && outputs_are_wanted(play->options))
		rc = outputs_open(play->lesson, play->options, &play->outputs,
		                  error);
	if (rc == 0)
		rc = stage_open(play->lesson, &play->options->stage, tell, play,
		                &play->stage, error);

	return rc;
}

static int run(struct play *play)
{
	int rc;

	if (!play->options->is_short)
		put_heading(play);
	while (stage_step(play->stage))
		draw_new(play);
	draw_new(play);
	if (is_plot(play) && !play->options->no_ladder)
		plot_put(stdout, play->options->draw.ascii, play->lesson,
		         &play->chronicle);
	rc = judge(play);
	outputs_close(play->outputs);
	if (!play->options->is_short)
		put_ending(play);

	return rc;
}

int lesson_play(const struct lesson *lesson, const struct lab_options *options,
                char error[LAB_ERROR_LEN])
{
	struct play play = { .lesson = lesson, .options = options };
	int rc           = prepare(&play, error);

	if (rc == 0)
		rc = run(&play);
	else
		outputs_close(play.outputs);
	stage_close(play.stage);
	draw_close(play.draw);
	chronicle_clear(&play.chronicle);
	outputs_free(play.outputs);

	return rc;
}
