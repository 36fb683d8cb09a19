/* SPDX-License-Identifier: MIT */
/*
 * cmd_sink.c - tarn sink: take what comes and count it (RFC 863)
 *
 * Each connection's end is one line: who, how many octets, how fast.
 */
#include "apps/tarn/command.h"
#include "apps/tarn/service.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#define SINK_PORT 9

/* Nobody looks at the octets, so nobody copies them. */
static bool swallow(struct service_end *end)
{
	struct tarn *t = host_stack(services_host(end->services));
	struct tarn_slice seen[2];
	ssize_t len;

	for (;;) {
		len = tarn_recv_peek(t, end->fd, seen);
		if (len <= 0)
			return len == -EAGAIN;
		if (tarn_recv_consume(t, end->fd, (size_t)len) < 0)
			return false;
		end->octets += (uint64_t)len;
	}
}

static void tell(const struct service_end *end)
{
	const uint64_t us =
	        host_now(services_host(end->services)) - end->begun_us;
	const double seconds = (double)us / 1e6;
	char peer[TARN_ADDR_TEXT_LEN];

	printf("%s: %" PRIu64 " octets in %.3f s, %.1f Mbit/s\n",
	       tarn_addr_text(&end->peer, peer), end->octets, seconds,
	       us ? (double)end->octets * 8 / (double)us : 0.0);
	fflush(stdout);
}

const struct service_kind sink_stream = {
	.name  = "sink",
	.type  = TARN_STREAM,
	.work  = swallow,
	.ended = tell,
};

int cmd_sink(const struct host_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "port", required_argument, NULL, 'p' },
		{ 0 },
	};
	uint64_t port = SINK_PORT;
	int letter;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "p:", long_options, NULL)) >=
	       0)
		if (letter != 'p' ||
		    !command_number("--port", optarg, 1, UINT16_MAX, &port))
			return command_usage(SINK_SYNOPSIS);
	if (optind != argc)
		return command_usage(SINK_SYNOPSIS);

	return services_main(options, &sink_stream, NULL, (uint16_t)port, NULL);
}
