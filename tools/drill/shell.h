/* SPDX-License-Identifier: MIT */
/*
 * shell.h - as much of a shell as the commands in scripts need: words
 *
 * Nothing is executed, ever.
 */
#ifndef TOOLS_DRILL_SHELL_H
#define TOOLS_DRILL_SHELL_H

#include <stdbool.h>

#define SHELL_WORDS_MAX   64
#define SHELL_LINE_LEN    4096
#define SHELL_NOT_A_SHELL (-1)

/** struct shell_command - one simple command; its words lie in @text */
struct shell_command {
	char text[SHELL_LINE_LEN];
	char *word[SHELL_WORDS_MAX + 1];
	unsigned count;
	char *output; /* the file behind ">", or NULL */
};

/**
 * shell_next() - Take the next simple command
 * @at: in: where to begin; out: where to go on
 *
 * Commands end at newline, ";", "&&" and "||". Words are split at blanks;
 * quotes and "\" protect. Comments and redirections are taken away.
 *
 * Return: 1; 0: the end; SHELL_NOT_A_SHELL: it uses what is not known here
 *	   (pipes, variables, substitutions)
 */
int shell_next(const char **at, struct shell_command *ret);

#endif
