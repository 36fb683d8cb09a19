/* SPDX-License-Identifier: MIT */
/*
 * outputs.h - the files of a run: a capture for each end, a log, a page
 *
 *	out/NAME.A.pcapng  out/NAME.B.pcapng  out/NAME.jsonl  out/NAME.html
 *
 * NULL is a valid struct outputs that writes nothing.
 */
#ifndef TOOLS_LAB_OUTPUTS_H
#define TOOLS_LAB_OUTPUTS_H

#include "tools/lab/lesson.h"

#define OUTPUTS_PAGE_LEN_MAX (64u << 20) /* octets of lines in a page */

struct outputs;

/** outputs_are_wanted() - Any file at all? */
static inline bool outputs_are_wanted(const struct lab_options *options)
{
	return options->out_dir || options->capture || options->log;
}

int outputs_open(const struct lesson *lesson, const struct lab_options *options,
                 struct outputs **ret, char error[LAB_ERROR_LEN]);
void outputs_row(struct outputs *outputs, const struct stage_row *row);
/** outputs_close() - Finish the files; what failed was told on standard error */
void outputs_close(struct outputs *outputs);
/** outputs_say() - "wrote out/..." */
void outputs_say(const struct outputs *outputs);
void outputs_free(struct outputs *outputs);

#endif
