/* SPDX-License-Identifier: MIT */
/*
 * lesson.h - the lab's front door, for apps/tarn/cmd_lab.c
 *
 * A lesson is one file (script.h). Played, it is a ladder, two captures, a log,
 * a page, and a list of expectations that hold or do not.
 */
#ifndef TOOLS_LAB_LESSON_H
#define TOOLS_LAB_LESSON_H

#include "tools/lab/draw.h"
#include "tools/lab/script.h"
#include "tools/lab/stage.h"

/** struct lab_options - what the command line says */
struct lab_options {
	struct stage_options stage;
	struct draw_options draw;
	const char *without; /* names of rules, for headings; or NULL */
	const char *out_dir; /* for the four files; NULL: none are written */
	const char *capture,
	        *log;         /* instead of these two; "-": standard output */
	unsigned capture_end; /* whose capture */
	bool no_ladder;
	bool is_short; /* one line a lesson */
};

/** lesson_open() - By the name of a lesson that is built in, or by path
 * Return: 0, or -errno with @error
 */
int lesson_open(const char *name, struct lesson **ret,
                char error[LAB_ERROR_LEN]);

/** lesson_list() - All that are built in, a line each */
void lesson_list(FILE *out);
/** lesson_name() - The @at-th of them, or NULL */
const char *lesson_name(unsigned at);

/** lesson_play() - From beginning to end
 * Return: 0 as expected, 1 not as expected, -errno with @error
 */
int lesson_play(const struct lesson *lesson, const struct lab_options *options,
                char error[LAB_ERROR_LEN]);

/** lesson_with_kernel() - With Linux at the end that the lesson names, in real time
 * Return: 0, -EOPNOTSUPP (not this lesson), -errno
 */
int lesson_with_kernel(const struct lesson *lesson,
                       const struct lab_options *options,
                       char error[LAB_ERROR_LEN]);

/** lesson_step() - Forward and back, event by event, as the keys say */
int lesson_step(const struct lesson *lesson, const struct lab_options *options,
                char error[LAB_ERROR_LEN]);

/** lesson_predict() - Stops and asks
 * Return: 0 all answers right, 1 not all, -errno
 */
int lesson_predict(const struct lesson *lesson,
                   const struct lab_options *options,
                   char error[LAB_ERROR_LEN]);

#endif
