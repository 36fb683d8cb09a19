/* SPDX-License-Identifier: MIT */
/*
 * cmd_echo.c - tarn echo: send back what comes (RFC 862), TCP and UDP
 *
 * The stream's work keeps no buffer. It looks at what has come where it lies in
 * the stack, sends of it what goes, and takes exactly that. What cannot be sent
 * stays in the receive buffer, so the peer's window closes by itself: a
 * peer that does not read is not read from either.
 */
#include "apps/tarn/command.h"
#include "apps/tarn/service.h"
#include <errno.h>
#include <getopt.h>

#define ECHO_PORT 7

static bool echo_back(struct service_end *end)
{
	struct tarn *t = host_stack(services_host(end->services));
	struct tarn_slice seen[2];
	ssize_t len;

	for (;;) {
		len = tarn_recv_peek(t, end->fd, seen);
		if (len <= 0)
			return len == -EAGAIN;
		len = tarn_send(t, end->fd, seen[0].data, seen[0].len, 0);
		if (len <= 0)
			return len == -EAGAIN;
		if (tarn_recv_consume(t, end->fd, (size_t)len) < 0)
			return false;
	}
}

/* One that cannot be answered now is lost, as datagrams may be. */
static bool echo_datagrams(struct service_end *end)
{
	struct tarn *t   = host_stack(services_host(end->services));
	uint8_t *scratch = services_scratch(end->services);
	struct tarn_addr peer;
	ssize_t len;

	for (;;) {
		len = tarn_recvfrom(t, end->fd, scratch, SERVICE_SCRATCH_LEN, 0,
		                    &peer);
		if (len < 0)
			return len == -EAGAIN;
		if (tarn_sendto(t, end->fd, scratch, (size_t)len, 0, &peer) < 0)
			continue;
	}
}

const struct service_kind echo_stream = {
	.name = "echo",
	.type = TARN_STREAM,
	.work = echo_back,
};

const struct service_kind echo_datagram = {
	.name = "echo",
	.type = TARN_DGRAM,
	.work = echo_datagrams,
};

int cmd_echo(const struct host_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "port", required_argument, NULL, 'p' },
		{ 0 },
	};
	uint64_t port = ECHO_PORT;
	int letter;

	optind = 0;
	while ((letter = getopt_long(argc, argv, "p:", long_options, NULL)) >=
	       0)
		if (letter != 'p' ||
		    !command_number("--port", optarg, 1, UINT16_MAX, &port))
			return command_usage(ECHO_SYNOPSIS);
	if (optind != argc)
		return command_usage(ECHO_SYNOPSIS);

	return services_main(options, &echo_stream, &echo_datagram,
	                     (uint16_t)port, NULL);
}
