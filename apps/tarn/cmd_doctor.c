/* SPDX-License-Identifier: MIT */
/* cmd_doctor.c - tarn doctor: what this machine lacks, and the cure */
#include "apps/tarn/command.h"
#include "apps/tarn/doctor.h"
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- verdicts ---- */

void doctor_good(const struct doctor *doctor, const char *name,
                 const char *format, ...)
{
	va_list args;

	(void)doctor;
	printf("ok        %s: ", name);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void doctor_finds(struct doctor *doctor, bool is_problem, const char *name,
                  const char *cure, const char *format, ...)
{
	va_list args;

	printf("%s  %s: ", is_problem ? "problem " : "optional", name);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n          cure: %s\n", cure);
	doctor->problem_count += is_problem;
	doctor->lack_count += !is_problem;
}

/* ---- looking ---- */

const char *doctor_path(const struct doctor *doctor, const char *path,
                        char ret[DOCTOR_PATH_LEN])
{
	snprintf(ret, DOCTOR_PATH_LEN, "%s%s", doctor->root, path);

	return ret;
}

bool doctor_read(const struct doctor *doctor, const char *path,
                 char ret[DOCTOR_TEXT_LEN])
{
	char name[DOCTOR_PATH_LEN];
	FILE *file = fopen(doctor_path(doctor, path, name), "re");
	bool ok;

	if (!file)
		return false;
	ok = fgets(ret, DOCTOR_TEXT_LEN, file) != NULL;
	fclose(file);
	if (ok)
		ret[strcspn(ret, "\n")] = '\0';

	return ok;
}

int64_t doctor_number(const struct doctor *doctor, const char *path,
                      int64_t otherwise)
{
	char text[DOCTOR_TEXT_LEN], *end;
	long long value;

	if (!doctor_read(doctor, path, text))
		return otherwise;
	errno = 0;
	value = strtoll(text, &end, 0);

	return errno || end == text ? otherwise : value;
}

int64_t doctor_probe(const struct doctor *doctor, const char *name,
                     int64_t (*real)(void))
{
	char path[DOCTOR_TEXT_LEN];

	if (!doctor->root[0])
		return real();
	snprintf(path, sizeof(path), "/probe/%s", name);

	return doctor_number(doctor, path, 0);
}

bool doctor_program(const struct doctor *doctor, const char *name,
                    char ret[DOCTOR_PATH_LEN])
{
	const char *path = doctor->root[0] ? "/bin" : getenv("PATH");
	size_t len;

	/* Where administrators' programs are, though not in everybody's PATH */
	char all[DOCTOR_PATH_LEN];

	snprintf(all, sizeof(all), "%s:/usr/sbin:/sbin", path ? path : "");
	for (const char *at = all; *at; at += len + (at[len] == ':')) {
		len = strcspn(at, ":");
		if (len == 0)
			continue;
		snprintf(ret, DOCTOR_PATH_LEN, "%s%.*s/%s", doctor->root,
		         (int)len, at, name);
		if (access(ret, X_OK) == 0)
			return true;
	}

	return false;
}

/* ---- the command ---- */

static bool read_options(struct doctor *doctor, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "root", required_argument, NULL, 'r' },
		{ 0 },
	};
	int letter;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "", long_options, NULL)) >=
	       0) {
		if (letter != 'r')
			return false;
		doctor->root = strcmp(optarg, "/") == 0 ? "" : optarg;
	}

	return optind == argc;
}

int cmd_doctor(const struct host_options *options, int argc, char **argv)
{
	struct doctor doctor = { .root = "" };

	(void)options;
	if (!read_options(&doctor, argc, argv))
		return command_usage(DOCTOR_SYNOPSIS);

	doctor_kernel(&doctor);
	doctor_links(&doctor);
	doctor_tools(&doctor);
	if (doctor.problem_count == 0) {
		printf("\nTarn can do here what it is for; `tarn shell` is a "
		       "good first step\n");
		return EXIT_SUCCESS;
	}
	printf("\n%u problem%s\n", doctor.problem_count,
	       doctor.problem_count == 1 ? "" : "s");

	return EXIT_FAILURE;
}
