/* SPDX-License-Identifier: MIT */
/*
 * predict.c - the lesson stops and asks what comes next
 *
 * The run is played first; the questions' moments are then rows of it, and
 * the ladder is shown up to each. Answers come from standard input, a letter
 * a line; its end means: show the rest.
 */
#include "tools/lab/judge.h"
#include "tools/lab/lesson.h"
#include "tools/lab/plot.h"
#include <ctype.h>
#include <errno.h>

struct quiz {
	const struct lesson *lesson;
	struct chronicle chronicle;
	struct draw *draw;
	size_t drawn;
	unsigned right, asked;
	bool is_over; /* no more answers */
};

static void tell(void *listener, const struct stage_row *row)
{
	chronicle_add(listener, row);
}

/* The row before which @predict asks, or the end. */
static size_t moment_of(const struct quiz *quiz, const struct predict *predict)
{
	uint32_t left = predict->ordinal;
	size_t at;

	for (at = 0; at < quiz->chronicle.count; at++) {
		const struct happening *row = &quiz->chronicle.row[at];

		if (judge_is(row, predict->end, predict->verb) &&
		    judge_matches(row, &predict->filter) && --left == 0)
			break;
	}

	return at;
}

static void draw_up_to(struct quiz *quiz, size_t end)
{
	if (end > quiz->drawn && !quiz->lesson->plot_every_us) {
		draw_rows(quiz->draw, quiz->lesson, &quiz->chronicle,
		          quiz->drawn, end);
		quiz->drawn = end;
	}
	fflush(stdout);
}

/* Return: the choice, or -1 at the end of the answers */
static int read_answer(const struct predict *predict)
{
	char line[64];

	for (;;) {
		int choice;

		printf("your answer [a-%c]: ",
		       'a' + (char)predict->choice_count - 1);
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin))
			return -1;
		choice = tolower((unsigned char)line[0]) - 'a';
		if (choice >= 0 && choice < (int)predict->choice_count)
			return choice;
	}
}

static void ask(struct quiz *quiz, const struct predict *predict)
{
	int choice;

	printf("\n%s\n", predict->question);
	for (unsigned i = 0; i < predict->choice_count; i++)
		printf("  %c  %s\n", 'a' + (char)i, predict->choice[i].text);
	quiz->asked++;
	choice = read_answer(predict);
	if (choice < 0) {
		quiz->is_over = true;
		printf("\n");
		return;
	}
	quiz->right += predict->choice[choice].is_right;
	printf("%s %s\n\n", predict->choice[choice].is_right ? "Yes." : "No.",
	       predict->choice[choice].answer);
}

static int play_all(struct quiz *quiz, const struct lab_options *options,
                    char error[LAB_ERROR_LEN])
{
	struct stage *stage;
	int rc = stage_open(quiz->lesson, &options->stage, tell,
	                    &quiz->chronicle, &stage, error);

	if (rc < 0)
		return rc;
	while (stage_step(stage))
		;
	stage_close(stage);

	return 0;
}

int lesson_predict(const struct lesson *lesson,
                   const struct lab_options *options, char error[LAB_ERROR_LEN])
{
	struct quiz quiz = { .lesson = lesson };
	int rc           = play_all(&quiz, options, error);

	if (rc == 0)
		rc = draw_open(stdout, &options->draw, &quiz.draw);
	if (rc == 0) {
		printf("%s\n\n", lesson->title);
		for (unsigned i = 0; i < lesson->predict_count; i++) {
			const struct predict *predict = &lesson->predict[i];

			if (quiz.is_over)
				break;
			draw_up_to(&quiz, moment_of(&quiz, predict));
			ask(&quiz, predict);
		}
		draw_up_to(&quiz, quiz.chronicle.count);
		if (lesson->plot_every_us)
			plot_put(stdout, options->draw.ascii, lesson,
			         &quiz.chronicle);
		printf("\n%u of %u right\n", quiz.right, lesson->predict_count);
		rc = quiz.right == lesson->predict_count ? 0 : 1;
	}
	draw_close(quiz.draw);
	chronicle_clear(&quiz.chronicle);

	return rc;
}
