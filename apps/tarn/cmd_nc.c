/* SPDX-License-Identifier: MIT */
/*
 * cmd_nc.c - tarn nc: standard input and output over the network
 *
 *	stdin -> up -> socket		socket -> down -> stdout
 *
 * Each direction has one buffer, which is filled when it is empty and emptied
 * when it is not, so whoever is slow slows down the other side of it. The end
 * of standard input ends our sending side only (half-close). It is over when
 * both sides have ended; the peer's alone is enough where our input is a
 * terminal, which has no end. Nor have datagrams: a second of silence after
 * the end of input is taken for one.
 */
#include "apps/tarn/command.h"
#include "base/bytes.h"
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NC_BUFFER_LEN   65536
#define NC_DATAGRAM_LEN 1472     /* fits a frame, so is never fragmented */
#define NC_SILENCE_US   1000000u /* after the end of input, UDP only */
#define NC_BACKLOG      1

/* One direction: octets at..len wait in data. */
struct flow {
	uint8_t data[NC_BUFFER_LEN];
	size_t at, len;
	bool is_ended; /* nothing more will be put in */
};

struct nc {
	struct host *host;
	struct tarn *t;
	int fd;
	bool is_datagram, is_listening;
	bool has_peer;
	bool is_shut; /* our FIN is ordered */
	struct tarn_addr peer;
	struct flow up, down;
	size_t write_max;  /* octets that stdout takes without blocking us */
	uint64_t heard_us; /* when something last came or went */
};

static bool is_empty(const struct flow *flow)
{
	return flow->at == flow->len;
}

/* ---- stdin -> socket ---- */

static int read_input(struct nc *nc)
{
	const size_t size = nc->is_datagram ? NC_DATAGRAM_LEN : NC_BUFFER_LEN;
	struct flow *up   = &nc->up;
	ssize_t len;

	if (up->is_ended || !is_empty(up) ||
	    !host_watched(nc->host, STDIN_FILENO))
		return 0;

	len = read(STDIN_FILENO, up->data, size);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	up->at       = 0;
	up->len      = len > 0 ? (size_t)len : 0;
	up->is_ended = len <= 0;
	nc->heard_us = host_now(nc->host);

	return len < 0 ? -errno : 0;
}

static int send_up(struct nc *nc)
{
	struct flow *up = &nc->up;
	ssize_t sent;

	while (!is_empty(up)) {
		sent = tarn_send(nc->t, nc->fd, up->data + up->at,
		                 up->len - up->at, 0);
		if (sent == -EAGAIN)
			return 0;
		if (sent < 0)
			return (int)sent;
		up->at += (size_t)sent;
	}
	if (up->is_ended && !nc->is_shut) {
		nc->is_shut = true;
		if (!nc->is_datagram)
			tarn_shutdown(nc->t, nc->fd, TARN_SHUT_WR);
	}

	return 0;
}

/* ---- socket -> stdout ---- */

static int receive_down(struct nc *nc)
{
	struct flow *down = &nc->down;
	ssize_t len;

	if (down->is_ended || !is_empty(down))
		return 0;

	len = tarn_recv(nc->t, nc->fd, down->data, sizeof(down->data), 0);
	if (len == -EAGAIN)
		return 0;
	if (len < 0)
		return (int)len;
	down->at       = 0;
	down->len      = (size_t)len;
	down->is_ended = len == 0 && !nc->is_datagram;
	nc->heard_us   = host_now(nc->host);

	return 0;
}

static int write_output(struct nc *nc)
{
	struct flow *down = &nc->down;
	size_t len        = MIN(down->len - down->at, nc->write_max);
	ssize_t written;

	if (is_empty(down) || !host_watched(nc->host, STDOUT_FILENO))
		return 0;

	written = write(STDOUT_FILENO, down->data + down->at, len);
	if (written < 0 && errno != EAGAIN && errno != EINTR) {
		fprintf(stderr, "tarn: standard output: %s\n", strerror(errno));
		return -errno;
	}
	down->at += written > 0 ? (size_t)written : 0;

	return 0;
}

/* ---- the loop ---- */

static bool is_over(const struct nc *nc)
{
	if (!is_empty(&nc->down))
		return false;
	if (!nc->is_datagram)
		return nc->down.is_ended &&
		       (nc->is_shut || isatty(STDIN_FILENO));

	return nc->is_shut &&
	       host_now(nc->host) >= nc->heard_us + NC_SILENCE_US;
}

static void set_watches(struct nc *nc)
{
	const bool wants_input  = !nc->up.is_ended && is_empty(&nc->up);
	const bool wants_output = !is_empty(&nc->down);

	host_watch(nc->host, STDIN_FILENO, wants_input ? POLLIN : 0);
	host_watch(nc->host, STDOUT_FILENO, wants_output ? POLLOUT : 0);
}

static int pump(struct nc *nc)
{
	int rc;

	rc = write_output(nc);
	if (!rc)
		rc = receive_down(nc);
	if (!rc)
		rc = read_input(nc);
	if (!rc)
		rc = send_up(nc);
	set_watches(nc);

	return rc;
}

static uint64_t next_look(const struct nc *nc)
{
	if (nc->is_datagram && nc->is_shut)
		return nc->heard_us + NC_SILENCE_US;

	return TARN_NEVER;
}

/* @ret_step: the last step's; Return: 0, or what ended the connection */
static int converse(struct nc *nc, int *ret_step)
{
	struct stat st;
	int rc = 0;

	/* A pipe that is ready takes this much at once, a file all. */
	nc->write_max = fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode)
	                        ? NC_BUFFER_LEN
	                        : PIPE_BUF;
	nc->heard_us  = host_now(nc->host);
	while (!rc && !*ret_step) {
		rc = pump(nc);
		if (!rc && is_over(nc))
			return 0;
		if (!rc)
			*ret_step = host_step(nc->host, next_look(nc));
	}

	return rc;
}

/* ---- the beginning ---- */

/* Step until @fd is ready for @events or has failed. */
static int await(struct nc *nc, int events, int *ret_step)
{
	int ready;

	for (;;) {
		ready = tarn_readiness(nc->t, nc->fd);
		if (ready < 0 || ready & (events | TARN_POLLERR))
			return ready < 0 ? ready : 0;
		*ret_step = host_step(nc->host, TARN_NEVER);
		if (*ret_step)
			return -EINTR;
	}
}

static int call_peer(struct nc *nc, int *ret_step)
{
	int rc, error = 0;

	nc->has_peer = true;
	rc           = tarn_connect(nc->t, nc->fd, &nc->peer);
	if (rc != -EINPROGRESS)
		return rc;

	rc = await(nc, TARN_POLLOUT | TARN_POLLHUP, ret_step);
	if (rc < 0)
		return rc;
	rc = tarn_getsockopt(nc->t, nc->fd, TARN_SO_ERROR, &error,
	                     sizeof(error));

	return rc < 0 ? rc : -error;
}

/* The first datagram's sender is the peer from then on. */
static int await_datagram(struct nc *nc, int *ret_step)
{
	struct flow *down = &nc->down;
	ssize_t len;
	int rc;

	rc = await(nc, TARN_POLLIN, ret_step);
	if (rc < 0)
		return rc;
	len = tarn_recvfrom(nc->t, nc->fd, down->data, sizeof(down->data), 0,
	                    &nc->peer);
	if (len < 0)
		return (int)len;
	down->len    = (size_t)len;
	nc->has_peer = true;

	return tarn_connect(nc->t, nc->fd, &nc->peer);
}

static int await_peer(struct nc *nc, int *ret_step)
{
	const struct tarn_addr here = { .port = nc->peer.port };
	int one                     = 1, fd, rc;

	tarn_setsockopt(nc->t, nc->fd, TARN_SO_REUSEADDR, &one, sizeof(one));
	rc = tarn_bind(nc->t, nc->fd, &here);
	if (rc)
		return rc;
	if (nc->is_datagram)
		return await_datagram(nc, ret_step);

	rc = tarn_listen(nc->t, nc->fd, NC_BACKLOG);
	if (!rc)
		rc = await(nc, TARN_POLLIN, ret_step);
	if (rc)
		return rc;
	fd = tarn_accept(nc->t, nc->fd, &nc->peer);
	if (fd < 0)
		return fd;
	tarn_close(nc->t, nc->fd); /* one peer is enough */
	nc->fd       = fd;
	nc->has_peer = true;

	return 0;
}

static bool read_arguments(struct nc *nc, int argc, char **argv)
{
	uint64_t port;
	int letter;

	optind = 0;
	while ((letter = getopt(argc, argv, "lu")) >= 0) {
		nc->is_listening |= letter == 'l';
		nc->is_datagram |= letter == 'u';
		if (letter == '?')
			optind = argc + 1;
	}
	argc -= optind;
	argv += optind;
	if (argc < 0 || argc != (nc->is_listening ? 1 : 2)) {
		command_usage(NC_SYNOPSIS);
		return false;
	}
	if (!nc->is_listening)
		return command_address(argv[0], argv[1], &nc->peer);

	if (!command_number("a port", argv[0], 1, UINT16_MAX, &port))
		return false;
	nc->peer.port = (uint16_t)port;

	return true;
}

int cmd_nc(const struct host_options *options, int argc, char **argv)
{
	static struct nc nc; /* its buffers are large for the C stack */
	int rc, last_step = 0;

	nc = (struct nc){ .fd = -1 };
	if (!read_arguments(&nc, argc, argv))
		return EXIT_USAGE;
	nc.host = command_open(options);
	if (!nc.host)
		return EXIT_FAILURE;

	nc.t  = host_stack(nc.host);
	nc.fd = tarn_socket(nc.t, nc.is_datagram ? TARN_DGRAM : TARN_STREAM);
	rc    = nc.fd < 0 ? nc.fd : 0;
	if (!rc)
		rc = nc.is_listening ? await_peer(&nc, &last_step)
		                     : call_peer(&nc, &last_step);
	if (!rc)
		rc = converse(&nc, &last_step);

	if (rc && !last_step)
		command_complain(&nc.peer, rc);
	if (nc.fd >= 0)
		tarn_close(nc.t, nc.fd);
	last_step = command_close(nc.host, last_step);

	return rc && !last_step && rc != -EINTR ? EXIT_FAILURE : last_step;
}
