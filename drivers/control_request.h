/* SPDX-License-Identifier: MIT */
/*
 * control_request.h - the question that `tarn ss` asks a running instance
 *
 * One line: "ss", words behind it with one blank in front of each, and LF. An
 * instance of another version refuses words that it does not know, by name.
 */
#ifndef DRIVERS_CONTROL_REQUEST_H
#define DRIVERS_CONTROL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_REQUEST_MAX 128 /* octets of a line, LF included */
#define CONTROL_ERROR_LEN   160

/** struct control_request - what is asked for, and how it shall look */
struct control_request {
	bool tcp, udp;       /* neither: both */
	bool listening, all; /* neither: what is connected */
	bool info, timers;
	bool drops;   /* only: what was dropped, by name */
	bool summary; /* only: how many of each there are */
	bool json;
};

/**
 * control_request_read() - Read a line
 * @line:	without its LF; not necessarily text
 * @ret:	untouched on failure
 *
 * Return: 0; -EINVAL and @error says why
 */
int control_request_read(const char *line, size_t len,
                         struct control_request *ret,
                         char error[CONTROL_ERROR_LEN]);

/** control_request_write() - The line, with LF and NUL. Return: its length */
size_t control_request_write(const struct control_request *request,
                             char ret[CONTROL_REQUEST_MAX + 1]);

#endif
