/* SPDX-License-Identifier: MIT */
/*
 * cmd_ladder.c - tarn ladder: a capture as a ladder diagram
 *
 * Any pcapng or pcap file will do. What Tarn's own captures say in their
 * comments (state, reason, drops) is shown; what a capture does not say is
 * inferred (drivers/peerstate.h).
 */
#include "apps/tarn/command.h"
#include "base/event.h"
#include "drivers/capture_read.h"
#include "drivers/ladder.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* Return: enum tcp_state, or TCPS_COUNT for a name that none of them has. */
static unsigned state_named(const char *name, size_t len)
{
	unsigned state = 0;

	while (state < TCPS_COUNT &&
	       (strlen(tarn_tcp_state_name(state)) != len ||
	        strncmp(tarn_tcp_state_name(state), name, len) != 0))
		state++;

	return state;
}

/* "SYN-SENT->ESTABLISHED", or one state that did not change. */
static void take_state(const char *text, struct ladder_frame *frame)
{
	const char *arrow     = strstr(text, "->");
	const size_t len      = arrow ? (size_t)(arrow - text) : strlen(text);
	const char *after     = arrow ? arrow + 2 : text;
	const unsigned before = state_named(text, len);
	const unsigned state  = state_named(after, strlen(after));

	if (before == TCPS_COUNT || state == TCPS_COUNT)
		return;
	frame->has_state    = true;
	frame->state_before = (uint8_t)before;
	frame->state        = (uint8_t)state;
}

/* "TCP_CHECKSUM: TCP checksum is wrong (...)" */
static void take_drop(const char *text, struct ladder_frame *frame)
{
	const size_t len = strcspn(text, ":");

	frame->dropped = text;
	for (enum drop drop = DROP_NONE + 1; drop < DROP_COUNT; drop++)
		if (strlen(drop_symbol(drop)) == len &&
		    strncmp(drop_symbol(drop), text, len) == 0)
			frame->drop = drop;
}

static bool starts_with(const char *text, const char *prefix, const char **rest)
{
	const size_t len = strlen(prefix);

	*rest = text + len;

	return strncmp(text, prefix, len) == 0;
}

/* What drivers/capture.h puts there; any other comment is somebody's remark. */
static void take_comment(const char *comment, struct ladder_frame *frame)
{
	const char *rest, *conn;

	if (starts_with(comment, "state=", &rest)) {
		take_state(rest, frame);
	} else if (starts_with(comment, "cwnd=", &rest)) {
		conn = strstr(rest, " conn=");
		if (conn)
			frame->conn = (uint32_t)strtoul(conn + 6, NULL, 10);
	} else if (starts_with(comment, "dropped: ", &rest)) {
		take_drop(rest, frame);
	} else if (starts_with(comment, "lost on its way: ", &rest)) {
		frame->dropped = comment;
		frame->is_lost = true;
	} else if (starts_with(comment, "why: ", &rest)) {
		frame->why = rest;
	} else if (!frame->why) {
		frame->why = comment;
	}
}

/* The frame drawn last, if it changed a state: its row in the journal follows. */
struct told {
	uint64_t time_ns;
	uint32_t conn;
	uint8_t state;
	bool has_state;
};

static void draw_frame(struct ladder *ladder,
                       const struct capture_record *record, struct told *told)
{
	struct ladder_frame frame = {
		.time_us = record->time_ns / 1000,
		.frame   = record->frame,
		.len     = record->len,
	};

	if (record->has_direction)
		frame.direction = record->is_rx ? LADDER_RX : LADDER_TX;
	for (unsigned i = 0; i < record->comment_count; i++)
		take_comment(record->comment[i], &frame);
	*told = (struct told){ record->time_ns, frame.conn, frame.state,
		               frame.has_state &&
		                       frame.state != frame.state_before };
	ladder_frame(ladder, &frame);
}

static void draw_remark(struct ladder *ladder,
                        const struct capture_record *record,
                        const struct told *told)
{
	const unsigned state =
	        state_named(record->state, strlen(record->state));
	const struct ladder_remark remark = {
		.time_us   = record->time_ns / 1000,
		.text      = record->message,
		.conn      = record->conn,
		.has_state = state < TCPS_COUNT,
		.state     = (uint8_t)state,
	};

	if (told->has_state && told->state == state &&
	    told->conn == record->conn && told->time_ns == record->time_ns &&
	    strcmp(record->event, "tcp:state_updated") == 0)
		return; /* the arrow has said it */
	if (ladder_is_worth_a_line(record->event, state))
		ladder_remark(ladder, &remark);
}

static int complain(const char *path, const char *what)
{
	fflush(stdout);
	fprintf(stderr, "tarn: %s: %s\n", path, what);

	return EXIT_FAILURE;
}

static int draw_all(struct capture_reader *reader, struct ladder *ladder,
                    const char *path)
{
	struct told told = { .has_state = false };
	struct capture_record record;
	char error[LINK_ERROR_LEN];
	int rc;

	while ((rc = capture_read_next(reader, &record, error)) > 0) {
		if (record.kind == CAPTURE_FRAME)
			draw_frame(ladder, &record, &told);
		else
			draw_remark(ladder, &record, &told);
		if (ferror(stdout))
			return complain("standard output", strerror(errno));
	}

	return rc < 0 ? complain(path, error) : EXIT_SUCCESS;
}

static int draw_file(FILE *file, const struct ladder_options *options,
                     const char *path)
{
	struct capture_reader *reader;
	struct ladder *ladder;
	char error[LINK_ERROR_LEN];
	int code;

	if (capture_read_open(file, &reader, error) < 0)
		return complain(path, error);
	if (ladder_open(stdout, options, &ladder) < 0) {
		capture_read_close(reader);
		return complain(path, "out of memory; end other programs");
	}
	code = draw_all(reader, ladder, path);
	ladder_close(ladder);
	capture_read_close(reader);

	return code;
}

static int open_and_draw(const char *path, const struct ladder_options *options)
{
	const bool is_stdin = strcmp(path, "-") == 0;
	FILE *file          = is_stdin ? stdin : fopen(path, "rbe");
	int code;

	if (!file) {
		fprintf(stderr,
		        "tarn: cannot read %s: %s; `--capture FILE` of "
		        "another command makes one\n",
		        path, strerror(errno));
		return EXIT_FAILURE;
	}
	code = draw_file(file, options, path);
	if (!is_stdin)
		fclose(file);

	return code;
}

int cmd_ladder(const struct host_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "connection", required_argument, NULL, 'c' },
		{ "no-why", no_argument, NULL, 'w' },
		{ "ascii", no_argument, NULL, 'a' },
		{ NULL, 0, NULL, 0 },
	};
	struct ladder_options draw = { .left = "A", .right = "B" };
	uint64_t number;
	int option;

	(void)options;
	optind = 0;
	while ((option = getopt_long(argc, argv, "+", long_options, NULL)) !=
	       -1) {
		switch (option) {
		case 'c':
			if (!command_number("--connection", optarg, 1,
			                    UINT32_MAX, &number))
				return EXIT_USAGE;
			draw.connection = (unsigned)number;
			break;
		case 'w':
			draw.no_why = true;
			break;
		case 'a':
			draw.ascii = true;
			break;
		default:
			return command_usage(LADDER_SYNOPSIS);
		}
	}
	if (argc - optind != 1)
		return command_usage(LADDER_SYNOPSIS);

	return open_and_draw(argv[optind], &draw);
}
