/* SPDX-License-Identifier: MIT */
/*
 * cmd_page.c - tarn page: a JSON log as a page for a browser
 *
 * The log holds all that the page shows, so a page can be made of any log at
 * any time, on another machine than the one that wrote it.
 */
#include "apps/tarn/command.h"
#include "drivers/htmlpage.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static int complain(const char *what, int rc)
{
	fprintf(stderr,
	        "tarn: cannot read %s: %s; give a file that --log wrote\n",
	        what, strerror(-rc));
	return EXIT_FAILURE;
}

static int copy(FILE *log, const char *name, struct htmlpage *page)
{
	char text[1 << 14];
	size_t len;

	while ((len = fread(text, 1, sizeof(text), log)) > 0)
		htmlpage_lines(page, text, len);
	if (ferror(log))
		return complain(name, errno ? -errno : -EIO);

	return EXIT_SUCCESS;
}

static int make_page(FILE *log, const char *name, const char *path)
{
	char error[LINK_ERROR_LEN];
	struct htmlpage *page;
	int rc;

	rc = htmlpage_open(path, &page, error);
	if (rc < 0) {
		fprintf(stderr, "tarn: %s\n", error);
		return EXIT_FAILURE;
	}
	rc = copy(log, name, page);
	if (htmlpage_close(page) < 0)
		rc = EXIT_FAILURE;

	return rc;
}

int cmd_page(const struct host_options *options, int argc, char **argv)
{
	const char *path = "-", *name;
	bool is_file;
	FILE *log;
	int option, rc;

	(void)options;
	optind = 1;
	while ((option = getopt(argc, argv, "o:")) != -1) {
		if (option != 'o')
			return command_usage(PAGE_SYNOPSIS);
		path = optarg;
	}
	if (argc - optind != 1)
		return command_usage(PAGE_SYNOPSIS);

	name    = argv[optind];
	is_file = strcmp(name, "-") != 0;
	log     = is_file ? fopen(name, "rbe") : stdin;
	if (!log)
		return complain(name, -errno);
	rc = make_page(log, name, path);
	if (is_file)
		fclose(log);

	return rc;
}
