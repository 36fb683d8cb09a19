/* SPDX-License-Identifier: MIT */
/*
 * get_output.h - where what `tarn get` receives goes: file, terminal, progress
 */
#ifndef APPS_TARN_GET_OUTPUT_H
#define APPS_TARN_GET_OUTPUT_H

#include "apps/http/message.h"
#include "apps/tarn/progress.h"
#include "drivers/host.h"
#include <stdio.h>

/** struct get_output - set the first part; the rest begins zeroed */
struct get_output {
	const char *file;    /* NULL: standard output */
	bool shows_head;     /* -i, -I: in front of the body */
	bool is_verbose;     /* -v: both heads on standard error */
	bool fails_on_error; /* -f: no body of a status from 400 on */
	bool is_silent;      /* -s: no progress */
	struct host *host;   /* for the time */

	FILE *out;       /* NULL: not opened yet */
	uint16_t status; /* of the last head */
	uint64_t octets; /* of body, written */
	bool is_refused; /* binary octets were for a terminal */
	bool has_line;   /* a progress line stands there */
	struct progress progress;
};

/* What struct http_client_config wants; the context is a get_output. */
void get_output_sent(void *output, const char *head, size_t len);
int get_output_head(void *output, const uint8_t *head, size_t len,
                    const struct http_response *response);
int get_output_body(void *output, const uint8_t *data, size_t len);

/** get_output_close() - Flush and close
 * @is_complete:	the file is made even if no octet came
 *
 * A file that is not complete stays, as curl leaves it.
 *
 * Return: 0 or -errno
 */
int get_output_close(struct get_output *output, bool is_complete);

#endif
