/* SPDX-License-Identifier: MIT */
/*
 * doctor.h - what the checks of `tarn doctor` share
 *
 * A check looks at one thing and gives one verdict by one of the three calls
 * below: one line, and behind what is missing a line with one cure.
 *
 * With a root other than "/" nothing of this machine is touched: files are read
 * below it, programs are sought in its bin, and what would have to be tried or
 * asked of the kernel is read from its probe/NAME: so every line can be made
 * red in a test.
 */
#ifndef APPS_TARN_DOCTOR_H
#define APPS_TARN_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#define DOCTOR_PATH_LEN 4096
#define DOCTOR_TEXT_LEN 256

/** struct doctor - one examination */
struct doctor {
	const char *root; /* "": this machine */
	unsigned problem_count, lack_count;
};

/** doctor_good() - "ok NAME: FINDING" */
__attribute__((format(printf, 3, 4))) void
doctor_good(const struct doctor *doctor, const char *name, const char *format,
            ...);

/** doctor_finds() - What is wrong, and the cure
 * @is_problem:	something that Tarn is for cannot be done; else something can
 *		only not be done as comfortably ("optional")
 * @cure:	one sentence or command
 */
__attribute__((format(printf, 5, 6))) void
doctor_finds(struct doctor *doctor, bool is_problem, const char *name,
             const char *cure, const char *format, ...);

/* ---- looking, here or below the root ---- */

/** doctor_path() - @path as it is called below the root */
const char *doctor_path(const struct doctor *doctor, const char *path,
                        char ret[DOCTOR_PATH_LEN]);

/** doctor_read() - The first line of a file, without its LF; false: there is none */
bool doctor_read(const struct doctor *doctor, const char *path,
                 char ret[DOCTOR_TEXT_LEN]);

/** doctor_number() - A number in a file. Return: it, or @otherwise */
int64_t doctor_number(const struct doctor *doctor, const char *path,
                      int64_t otherwise);

/** doctor_probe() - What is tried or asked of the kernel
 * @real:	on this machine; below another root probe/@name has the answer,
 *		and 0 if it does not exist
 */
int64_t doctor_probe(const struct doctor *doctor, const char *name,
                     int64_t (*real)(void));

/** doctor_program() - Where a program is, as the shell would find it
 * Return: false: nowhere */
bool doctor_program(const struct doctor *doctor, const char *name,
                    char ret[DOCTOR_PATH_LEN]);

/* ---- the checks ---- */

void doctor_kernel(struct doctor *doctor); /* doctor_kernel.c */
void doctor_links(struct doctor *doctor);  /* doctor_links.c */
void doctor_tools(struct doctor *doctor);  /* doctor_tools.c */

#endif
