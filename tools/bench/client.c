/* SPDX-License-Identifier: MIT */
/*
 * client.c - the kernel's end of every measurement, whoever the other end is
 *
 *	client MODE HOST PORT [--seconds S] [--connections N]
 *
 *	send       a stream to a server that swallows it (RFC 863)
 *	receive    a stream from a server that never ends (RFC 864)
 *	ping       one octet there and back (RFC 862), again and again, blocking
 *	spin       the same, asking without pause instead of sleeping
 *	connect    N at a time: connect, one octet there and back, close
 *	fill       N connections to an echo whose answers nobody reads, until
 *	           nothing more goes; then they stay for S seconds
 *
 * Tarn, lwIP, the link alone and the kernel are measured with this one program,
 * so what differs between two figures is not the client. A fifth of a second at
 * the beginning does not count: slow start and growing windows are over then.
 * A stream is measured by what was acknowledged, not by what a buffer took; its
 * octets and CPU seconds are those of the whole run.
 */
#include "tools/bench/figure.h"
#include "tools/bench/kernel_socket.h"
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define WARM_NS          (NSEC_PER_SEC / 5)
#define BLOCK_LEN        (256 * 1024)
#define ROUND_TRIPS_MAX  (1u << 20) /* kept for the percentiles */
#define CONNECTIONS_MAX  1024
#define FILL_PATIENCE_US 300000 /* without progress: it is full */

struct options {
	struct sockaddr_in server;
	uint64_t duration_ns; /* after the warm-up */
	unsigned connection_count;
};

static uint8_t block[BLOCK_LEN];

static int connect_to(const struct options *options)
{
	const int fd = kernel_socket(0);

	if (connect(fd, (const struct sockaddr *)&options->server,
	            sizeof(options->server)) < 0)
		err(1, "connect");
	kernel_no_delay(fd);

	return fd;
}

/* ---- streams ---- */

/* Octets that the peer has acknowledged, or that came from it. */
static uint64_t octets_moved(int fd, bool sends)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		err(1, "TCP_INFO");

	return sends ? info.tcpi_bytes_acked : info.tcpi_bytes_received;
}

static void move_until(int fd, bool sends, uint64_t end_ns)
{
	ssize_t n = 1;

	while (n > 0 && now_ns() < end_ns)
		n = sends ? send(fd, block, sizeof(block), MSG_NOSIGNAL)
		          : recv(fd, block, sizeof(block), 0);
	if (n <= 0)
		err(1, "the stream ended");
}

static void stream(const struct options *options, bool sends)
{
	const int fd   = connect_to(options);
	uint64_t start = now_ns() + WARM_NS, octets;
	double seconds, cpu_s;

	move_until(fd, sends, start);
	start  = now_ns();
	octets = octets_moved(fd, sends);
	move_until(fd, sends, start + options->duration_ns);
	octets  = octets_moved(fd, sends) - octets;
	seconds = (double)(now_ns() - start) / NSEC_PER_SEC;

	cpu_s = (double)clock() / CLOCKS_PER_SEC;

	figure("rate", "Gbit/s", (double)octets * 8 / seconds / 1e9);
	figure("octets", "octets", (double)octets_moved(fd, sends));
	figure("cpu", "s", cpu_s);
	close(fd);
}

static void run_send(const struct options *options)
{
	stream(options, true);
}

static void run_receive(const struct options *options)
{
	stream(options, false);
}

/* ---- one octet there and back ---- */

static void round_trip(int fd, int flags)
{
	uint8_t octet = 'x';
	ssize_t n;

	if (send(fd, &octet, 1, MSG_NOSIGNAL) != 1)
		err(1, "send");
	do
		n = recv(fd, &octet, 1, flags);
	while (n < 0 && errno == EAGAIN);
	if (n != 1)
		err(1, "the echo ended");
}

static int by_size(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void tell_percentiles(uint32_t *trip_ns, size_t count)
{
	const size_t half = count / 2, late = count - 1 - count / 100;

	if (count == 0)
		errx(1, "not one octet came back in time");
	qsort(trip_ns, count, sizeof(*trip_ns), by_size);
	figure("p50", "us", (double)trip_ns[half] / 1e3);
	figure("p99", "us", (double)trip_ns[late] / 1e3);
	figure("trips", "round trips", (double)count);
}

static void ping_pong(const struct options *options, int flags)
{
	static uint32_t trip_ns[ROUND_TRIPS_MAX];
	const int fd         = connect_to(options);
	const uint64_t start = now_ns() + WARM_NS;
	const uint64_t end   = start + options->duration_ns;
	uint64_t before, after = now_ns();
	size_t count = 0;

	while (after < end) {
		before = after;
		round_trip(fd, flags);
		after = now_ns();
		if (before >= start && count < ROUND_TRIPS_MAX)
			trip_ns[count++] = (uint32_t)(after - before);
	}
	tell_percentiles(trip_ns, count);
	close(fd);
}

static void run_ping(const struct options *options)
{
	ping_pong(options, 0);
}

static void run_spin(const struct options *options)
{
	ping_pong(options, MSG_DONTWAIT);
}

/* ---- connections, many at a time ---- */

static void open_one(const struct options *options, int epoll)
{
	const int fd           = kernel_socket(SOCK_NONBLOCK);
	struct epoll_event ask = { .events = EPOLLOUT, .data = { .fd = fd } };

	if (connect(fd, (const struct sockaddr *)&options->server,
	            sizeof(options->server)) < 0 &&
	    errno != EINPROGRESS)
		err(1, "connect");
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ask) < 0)
		err(1, "epoll_ctl");
}

/* Connected: say the octet. It came back: close. Return: that was the end */
static bool advance(int epoll, const struct epoll_event *event)
{
	struct epoll_event ask = { .events = EPOLLIN, .data = event->data };
	const int fd           = event->data.fd;
	uint8_t octet          = 'x';

	if (event->events & EPOLLOUT) {
		if (send(fd, &octet, 1, MSG_NOSIGNAL) != 1)
			err(1, "a connection was refused");
		if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &ask) < 0)
			err(1, "epoll_ctl");
		return false;
	}
	if (recv(fd, &octet, 1, 0) != 1)
		err(1, "a connection was lost");
	close(fd);

	return true;
}

/* Return: connections that were opened, used and closed until @end_ns */
static uint64_t connect_until(const struct options *options, int epoll,
                              uint64_t end_ns)
{
	struct epoll_event events[CONNECTIONS_MAX];
	uint64_t done = 0;

	while (now_ns() < end_ns) {
		const int n = epoll_wait(epoll, events, CONNECTIONS_MAX, 1000);

		if (n <= 0)
			errx(1, "nothing happened for a second");
		for (int i = 0; i < n; i++) {
			if (!advance(epoll, &events[i]))
				continue;
			done++;
			open_one(options, epoll);
		}
	}

	return done;
}

static void run_connect(const struct options *options)
{
	const int epoll = epoll_create1(0);
	uint64_t start, done;

	if (epoll < 0)
		err(1, "epoll_create1");
	for (unsigned i = 0; i < options->connection_count; i++)
		open_one(options, epoll);
	connect_until(options, epoll, now_ns() + WARM_NS);
	start = now_ns();
	done  = connect_until(options, epoll, start + options->duration_ns);

	figure("rate", "connections/s",
	       (double)done * NSEC_PER_SEC / (double)(now_ns() - start));
	figure("connections", "connections", (double)done);
}

/* ---- queues that nobody empties ---- */

/* What the server still holds: it acknowledged, but did not bring back. */
static uint64_t fill_one(int fd)
{
	const struct timeval patience = { .tv_usec = FILL_PATIENCE_US };
	ssize_t n;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	               sizeof(patience)) < 0)
		err(1, "SO_SNDTIMEO");
	do
		n = send(fd, block, sizeof(block), MSG_NOSIGNAL);
	while (n > 0);
	if (errno != EAGAIN)
		err(1, "a connection was lost");

	return octets_moved(fd, true) - octets_moved(fd, false);
}

static void run_fill(const struct options *options)
{
	uint64_t held = 0;

	for (unsigned i = 0; i < options->connection_count; i++)
		held += fill_one(connect_to(options));
	figure("held", "octets", (double)held);
	sleep((unsigned)(options->duration_ns / NSEC_PER_SEC));
}

/* ---- the command line ---- */

static const struct mode {
	const char *name;
	void (*run)(const struct options *options);
} modes[] = {
	{ "send", run_send }, { "receive", run_receive }, { "ping", run_ping },
	{ "spin", run_spin }, { "connect", run_connect }, { "fill", run_fill },
};

static const struct mode *find_mode(const char *name)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i].name, name) == 0)
			return &modes[i];

	return NULL;
}

_Noreturn static void usage(int code)
{
	fprintf(code ? stderr : stdout,
	        "usage: client send|receive|ping|spin|connect|fill HOST PORT "
	        "[--seconds S] [--connections N]\n");
	exit(code);
}

static void read_flags(int argc, char **argv, struct options *options)
{
	static const struct option flags[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "connections", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int flag;

	while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
		if (flag == 's')
			options->duration_ns =
			        (uint64_t)(strtod(optarg, NULL) * NSEC_PER_SEC);
		else if (flag == 'c')
			options->connection_count =
			        (unsigned)strtoul(optarg, NULL, 10);
		else
			usage(flag == 'h' ? 0 : 2);
	}
	if (options->duration_ns == 0 || options->connection_count == 0 ||
	    options->connection_count > CONNECTIONS_MAX)
		usage(2);
}

int main(int argc, char **argv)
{
	struct options options = { .duration_ns      = NSEC_PER_SEC,
		                   .connection_count = 32 };
	const struct mode *mode;

	read_flags(argc, argv, &options);
	if (argc - optind != 3)
		usage(2);
	mode = find_mode(argv[optind]);
	if (!mode)
		usage(2);
	options.server =
	        kernel_address(argv[optind + 1],
	                       (uint16_t)strtoul(argv[optind + 2], NULL, 10));
	fprintf(stderr, "client: congestion control " CONGESTION "\n");
	mode->run(&options);

	return 0;
}
