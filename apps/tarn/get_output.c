/* SPDX-License-Identifier: MIT */
/* get_output.c - see get_output.h */
#include "apps/tarn/get_output.h"
#include "apps/http/write.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES_MAX 4096 /* of one field, on a terminal */

static bool is_terminal(FILE *stream)
{
	return isatty(fileno(stream)) == 1;
}

/* Return: the stream, or NULL and errno */
static FILE *open_out(struct get_output *output)
{
	if (!output->out)
		output->out = output->file ? fopen(output->file, "we") : stdout;

	return output->out;
}

static int last_error(void)
{
	return errno ? -errno : -EIO;
}

static int write_out(struct get_output *output, const void *data, size_t len)
{
	FILE *stream = open_out(output);

	/* A terminal, or a pipe that somebody reads line by line: flushed. */
	if (!stream || fwrite(data, 1, len, stream) != len ||
	    (!output->file && fflush(stream) != 0))
		return last_error();

	return 0;
}

/* ---- heads ---- */

/* Each line of @head with @mark in front, escaped: for people. */
static void show(FILE *stream, const char *mark, const void *head, size_t len)
{
	const uint8_t *at = head, *end = at + len;

	while (at < end) {
		const uint8_t *cr = memchr(at, '\r', (size_t)(end - at));
		struct http_out line;

		if (!cr)
			break;
		http_out_init(&line, 8 * LINE_BYTES_MAX);
		http_out_visible(&line, at, (size_t)(cr - at), LINE_BYTES_MAX,
		                 "");
		if (!line.error)
			fprintf(stream, "%s%.*s\n", mark, (int)line.len,
			        line.data ? line.data : "");
		http_out_free(&line);
		at = cr + 2;
	}
	fflush(stream);
}

void get_output_sent(void *context, const char *head, size_t len)
{
	const struct get_output *output = context;

	if (output->is_verbose)
		show(stderr, "> ", head, len);
}

static void begin_progress(struct get_output *output,
                           const struct http_response *response)
{
	const uint64_t now_us = host_now(output->host);

	output->progress =
	        (struct progress){ .begin_us = now_us, .shown_us = now_us };
	if (response->framing.kind == HTTP_BODY_LENGTH)
		output->progress.total = response->framing.length;
}

int get_output_head(void *context, const uint8_t *head, size_t len,
                    const struct http_response *response)
{
	struct get_output *output = context;
	FILE *stream;

	output->status = response->status;
	begin_progress(output, response);
	if (output->is_verbose)
		show(stderr, "< ", head, len);
	if (output->fails_on_error && response->status >= 400)
		return -ECANCELED;
	if (!output->shows_head)
		return 0;

	stream = open_out(output);
	if (!stream)
		return last_error();
	if (!is_terminal(stream))
		return write_out(output, head, len);
	show(stream, "", head, len);

	return 0;
}

/* ---- the body ---- */

static void show_progress(struct get_output *output, bool is_last)
{
	const uint64_t now_us = host_now(output->host);
	char line[PROGRESS_LINE_LEN];

	if (output->is_silent || !output->out || is_terminal(output->out) ||
	    !is_terminal(stderr))
		return;
	if (!progress_is_due(&output->progress, now_us) && !is_last)
		return;
	fprintf(stderr, "\r%s\033[K%s",
	        progress_line(&output->progress, output->octets, now_us, line),
	        is_last ? "\n" : "");
	output->has_line = !is_last;
}

/* Control characters of a file can do things to a terminal. */
static bool is_binary_for_terminal(const struct get_output *output,
                                   const uint8_t *data, size_t len)
{
	return !output->file && output->octets == 0 && is_terminal(stdout) &&
	       memchr(data, '\0', len) != NULL;
}

int get_output_body(void *context, const uint8_t *data, size_t len)
{
	struct get_output *output = context;
	int error;

	if (is_binary_for_terminal(output, data, len)) {
		output->is_refused = true;
		return -EINVAL;
	}
	error = write_out(output, data, len);
	if (error)
		return error;
	output->octets += len;
	show_progress(output, false);

	return 0;
}

int get_output_close(struct get_output *output, bool is_complete)
{
	int error = 0;

	if (is_complete && !open_out(output))
		error = last_error();
	if (output->octets > 0 || output->has_line)
		show_progress(output, true);
	if (!output->out)
		return error;
	if (fflush(output->out) != 0)
		error = -errno;
	if (output->file && fclose(output->out) != 0 && !error)
		error = -errno;
	output->out = NULL;

	return error;
}
