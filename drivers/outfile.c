/* SPDX-License-Identifier: MIT */
/* outfile.c - see outfile.h */
#include "drivers/outfile.h"
#include <errno.h>
#include <string.h>

#define BUFFER_OCTETS (64u << 10)

int outfile_open(struct outfile *out, const char *path, const char *what,
                 char error[LINK_ERROR_LEN])
{
	const bool is_stdout = strcmp(path, "-") == 0;
	FILE *file           = is_stdout ? stdout : fopen(path, "wbe");
	const int saved      = -errno;

	if (!file) {
		snprintf(error, LINK_ERROR_LEN,
		         "cannot create the %s %s: %s; name a file in a "
		         "directory that exists and is yours to write",
		         what, path, strerror(-saved));
		return saved;
	}
	if (!is_stdout)
		setvbuf(file, NULL, _IOFBF, BUFFER_OCTETS);

	*out = (struct outfile){ .file = file, .what = what };
	snprintf(out->path, sizeof(out->path), "%s",
	         is_stdout ? "on standard output" : path);

	return 0;
}

static void fail(struct outfile *out)
{
	out->error = errno ? -errno : -EIO;
	fprintf(stderr, "tarn: the %s %s ends here: %s\n", out->what, out->path,
	        strerror(-out->error));
}

void outfile_write(struct outfile *out, const void *data, size_t len)
{
	if (out->error || len == 0)
		return;
	errno = 0;
	if (fwrite(data, 1, len, out->file) != len)
		fail(out);
}

void outfile_row_done(struct outfile *out)
{
	if (out->error || out->file != stdout)
		return;
	errno = 0;
	if (fflush(out->file) != 0)
		fail(out);
}

int outfile_close(struct outfile *out)
{
	int failed;

	errno  = 0;
	failed = out->file == stdout ? fflush(stdout) : fclose(out->file);
	if (failed && !out->error)
		fail(out);
	out->file = NULL;

	return out->error;
}
