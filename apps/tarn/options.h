/* SPDX-License-Identifier: MIT */
/* options.h - the options of tarn in front of the sub-command */
#ifndef APPS_TARN_OPTIONS_H
#define APPS_TARN_OPTIONS_H

#include "drivers/host.h"

#define OPTIONS_ERROR_LEN 256

enum options_outcome {
	OPTIONS_RUN,     /* the sub-command, if there is one */
	OPTIONS_HELP,    /* --help: tell what there is */
	OPTIONS_VERSION, /* --version */
	OPTIONS_WRONG,   /* @error says what, and what is right */
};

/**
 * options_read() - Read what stands in front of the sub-command
 * @ret:	strings in it point into @argv
 * @ret_at:	index of the sub-command in @argv; argc when there is none
 */
enum options_outcome options_read(int argc, char **argv,
                                  struct host_options *ret, int *ret_at,
                                  char error[OPTIONS_ERROR_LEN]);

/** options_text - The options, one line each, for --help */
extern const char options_text[];

/** number_read() - A decimal number and nothing else
 * Return: 0, -EINVAL (no number), -ERANGE (not in @min..@max)
 */
int number_read(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

#endif
