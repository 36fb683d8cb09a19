/* SPDX-License-Identifier: MIT */
/*
 * cmd_source.c - tarn source: send without end, or --bytes N (RFC 864)
 *
 * The pattern is RFC 864's: lines of 72 characters, each beginning one
 * character later. It repeats after 95 lines, so what stands at an offset of
 * the stream is known without having seen what came before.
 */
#include "apps/tarn/command.h"
#include "apps/tarn/service.h"
#include "base/bytes.h"
#include <errno.h>
#include <getopt.h>
#include <string.h>

#define SOURCE_PORT    19
#define PATTERN_CHARS  95 /* printable ASCII, from the blank on */
#define PATTERN_LINE   74 /* 72 characters, CR, LF */
#define PATTERN_LEN    (PATTERN_CHARS * PATTERN_LINE)
#define PATTERN_COPIES 9 /* one send() of some size: 63,270 octets */
/* Octets not sent yet in the stack: so many are still in the processor's cache
 * when they leave. What is in flight comes on top, as much as the path takes. */
#define SOURCE_LOWAT (256 << 10)

struct source {
	uint64_t bytes; /* 0: until the peer closes */
	char pattern[PATTERN_COPIES * PATTERN_LEN];
};

static void fill_pattern(char pattern[PATTERN_COPIES * PATTERN_LEN])
{
	for (unsigned at = 0; at < PATTERN_COPIES * PATTERN_LEN; at++) {
		const unsigned column = at % PATTERN_LINE;
		const unsigned line   = at / PATTERN_LINE;

		pattern[at] = (char)(' ' + (line + column) % PATTERN_CHARS);
		if (column == PATTERN_LINE - 2)
			pattern[at] = '\r';
		if (column == PATTERN_LINE - 1)
			pattern[at] = '\n';
	}
}

/* Octets of the pattern that may be sent next, 0: all is sent. */
static size_t next_len(const struct service_end *end,
                       const struct source *source)
{
	const uint64_t left = source->bytes - end->octets;
	const size_t whole =
	        sizeof(source->pattern) - end->octets % PATTERN_LEN;

	if (source->bytes == 0)
		return whole;

	return left < whole ? (size_t)left : whole;
}

/* What the peer says is not listened to; closing on unread octets would reset
 * the connection and take our last ones with it. Return: is he still there? */
static bool discard_input(struct service_end *end)
{
	struct tarn *t = host_stack(services_host(end->services));
	ssize_t len;

	do
		len = tarn_recv(t, end->fd, services_scratch(end->services),
		                SERVICE_SCRATCH_LEN, 0);
	while (len > 0);

	/* His FIN ends his side only; it is our end when ours is sent too. */
	return len == -EAGAIN || (len == 0 && !end->is_sent);
}

static bool pour(struct service_end *end)
{
	struct tarn *t              = host_stack(services_host(end->services));
	const struct source *source = end->context;
	const int lowat             = SOURCE_LOWAT;
	ssize_t sent;
	size_t len;

	if (end->octets == 0)
		tarn_setsockopt(t, end->fd, TARN_TCP_NOTSENT_LOWAT, &lowat,
		                sizeof(lowat));

	while (!end->is_sent) {
		len = next_len(end, source);
		if (len == 0) {
			end->is_sent = true;
			tarn_shutdown(t, end->fd, TARN_SHUT_WR);
			break;
		}
		sent = tarn_send(t, end->fd,
		                 source->pattern + end->octets % PATTERN_LEN,
		                 len, 0);
		if (sent == -EAGAIN)
			break;
		if (sent < 0)
			return false;
		end->octets += (uint64_t)sent;
	}

	return discard_input(end);
}

const struct service_kind source_stream = {
	.name = "source",
	.type = TARN_STREAM,
	.work = pour,
};

int cmd_source(const struct host_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "bytes", required_argument, NULL, 'b' },
		{ 0 },
	};
	static struct source source; /* too large for the C stack's taste */
	uint64_t port = SOURCE_PORT;
	int letter;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "p:b:", long_options, NULL)) >=
	       0)
		if (!(letter == 'p' &&
		      command_number("--port", optarg, 1, UINT16_MAX, &port)) &&
		    !(letter == 'b' &&
		      command_number("--bytes", optarg, 1, UINT64_MAX,
		                     &source.bytes)))
			return command_usage(SOURCE_SYNOPSIS);
	if (optind != argc)
		return command_usage(SOURCE_SYNOPSIS);
	fill_pattern(source.pattern);

	return services_main(options, &source_stream, NULL, (uint16_t)port,
	                     &source);
}
