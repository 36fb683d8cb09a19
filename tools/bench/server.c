/* SPDX-License-Identifier: MIT */
/*
 * server.c - the kernel's peer: echo, sink and source on sockets and epoll
 *
 *	server echo|sink|source PORT [--spin]
 *
 * The smallest server that does the same as `tarn echo`, `tarn sink` and `tarn
 * source`: one thread, one epoll set, no copy that need not be. --spin asks
 * without pause instead of sleeping, as Tarn's --busy-poll does.
 */
#include "tools/bench/figure.h"
#include "tools/bench/kernel_socket.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BLOCK_LEN  (256 * 1024)
#define EVENTS_MAX 256

static uint8_t block[BLOCK_LEN];

static ssize_t sink(int fd)
{
	return recv(fd, block, sizeof(block), 0);
}

static ssize_t source(int fd)
{
	return send(fd, block, sizeof(block), MSG_NOSIGNAL);
}

/* What does not fit is lost: nobody measures an echo of more than an octet. */
static ssize_t echo(int fd)
{
	const ssize_t n = recv(fd, block, sizeof(block), 0);

	return n > 0 ? send(fd, block, (size_t)n, MSG_NOSIGNAL) : n;
}

static const struct role {
	const char *name;
	uint32_t events;          /* what a connection waits for */
	ssize_t (*serve)(int fd); /* until EAGAIN, or 0 or an error: the end */
} roles[] = {
	{ "echo", EPOLLIN, echo },
	{ "sink", EPOLLIN, sink },
	{ "source", EPOLLOUT, source },
};

static void watch(int epoll, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data = { .fd = fd } };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		err(1, "epoll_ctl");
}

static void accept_all(int epoll, int listener, const struct role *role)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		kernel_no_delay(fd);
		watch(epoll, fd, role->events);
	}
}

static void serve(int fd, const struct role *role)
{
	const ssize_t n = role->serve(fd);

	if (n == 0 || (n < 0 && errno != EAGAIN))
		close(fd);
}

static int listen_on(uint16_t port)
{
	const struct sockaddr_in addr = kernel_address("0.0.0.0", port);
	const int fd                  = kernel_socket(SOCK_NONBLOCK);
	const int on                  = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(fd, 4096) < 0)
		err(1, "listen");

	return fd;
}

static const struct role *find_role(const char *name)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(roles[i].name, name) == 0)
			return &roles[i];

	return NULL;
}

int main(int argc, char **argv)
{
	const struct role *role = argc > 2 ? find_role(argv[1]) : NULL;
	const bool spins        = argc > 3 && strcmp(argv[3], "--spin") == 0;
	struct epoll_event events[EVENTS_MAX];
	int listener, epoll;

	if (!role) {
		fprintf(stderr,
		        "usage: server echo|sink|source PORT [--spin]\n");
		return 2;
	}
	listener = listen_on((uint16_t)strtoul(argv[2], NULL, 10));
	epoll    = epoll_create1(0);
	if (epoll < 0)
		err(1, "epoll_create1");
	watch(epoll, listener, EPOLLIN);
	printf("ready, congestion control " CONGESTION "\n");
	fflush(stdout);

	for (;;) {
		const int n =
		        epoll_wait(epoll, events, EVENTS_MAX, spins ? 0 : -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == listener)
				accept_all(epoll, listener, role);
			else
				serve(events[i].data.fd, role);
		}
	}
}
