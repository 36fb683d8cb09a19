/* SPDX-License-Identifier: MIT */
/*
 * echo_server.c - the echo server of every textbook, its calls prefixed
 *
 *	echo_server tap:tap0 10.9.0.2 7
 *
 * RFC 862 with one thread and select(): what came in goes back out. Compared
 * with the same program over the kernel's sockets, main() has a stack to open
 * and every call the prefix tarn_posix_; nothing else is different.
 */
#include "drivers/host.h"
#include "drivers/posix.h"
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACKLOG 16

static int open_listener(unsigned short port)
{
	const struct sockaddr_in local = {
		.sin_family = AF_INET,
		.sin_port   = htons(port),
		.sin_addr   = { htonl(INADDR_ANY) },
	};
	const int yes = 1;
	const int fd  = tarn_posix_socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		return -1;

	if (tarn_posix_setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes,
	                          sizeof(yes)) < 0 ||
	    tarn_posix_bind(fd, (const struct sockaddr *)&local,
	                    sizeof(local)) < 0 ||
	    tarn_posix_listen(fd, BACKLOG) < 0) {
		tarn_posix_close(fd);
		return -1;
	}

	return fd;
}

/* Return: false when the client is gone */
static bool echo(int fd)
{
	char buf[4096];
	const ssize_t n = tarn_posix_recv(fd, buf, sizeof(buf), 0);

	if (n <= 0)
		return false;

	return tarn_posix_send(fd, buf, (size_t)n, MSG_NOSIGNAL) == n;
}

static void welcome(int listener, fd_set *all, int *max)
{
	const int fd = tarn_posix_accept(listener, NULL, NULL);

	if (fd < 0)
		return;
	if (fd >= FD_SETSIZE) {
		tarn_posix_close(fd);
		return;
	}

	FD_SET(fd, all);
	*max = fd > *max ? fd : *max;
}

/* Return: how many clients have left */
static unsigned serve_ready(int listener, fd_set *all, const fd_set *ready,
                            int *max)
{
	unsigned gone = 0;

	for (int fd = 0; fd <= *max; fd++) {
		if (fd == listener || !FD_ISSET(fd, ready) || echo(fd))
			continue;
		FD_CLR(fd, all);
		tarn_posix_close(fd);
		gone++;
	}
	if (FD_ISSET(listener, ready))
		welcome(listener, all, max);

	return gone;
}

/* @clients: return when so many have left; 0: never. Return: an exit code */
static int serve(unsigned short port, unsigned clients)
{
	const int listener = open_listener(port);
	int max            = listener;
	unsigned gone      = 0;
	fd_set all, ready;

	if (listener < 0) {
		perror("echo_server");
		return 1;
	}

	FD_ZERO(&all);
	FD_SET(listener, &all);
	while (clients == 0 || gone < clients) {
		ready = all;
		if (tarn_posix_select(max + 1, &ready, NULL, NULL, NULL) < 0)
			break;
		gone += serve_ready(listener, &all, &ready, &max);
	}
	tarn_posix_close(listener);

	return clients == 0 || gone < clients;
}

int main(int argc, char **argv)
{
	struct host_options options = { .prefix_len = 24 };
	char error[LINK_ERROR_LEN];
	struct tarn_posix *posix;
	struct host *host;
	unsigned long port;
	int code;

	port = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	if (port == 0 || port > UINT16_MAX ||
	    tarn_ip_parse(argv[2], &options.ip) < 0) {
		fprintf(stderr, "usage: echo_server LINK ADDRESS PORT\n");
		return 2;
	}
	options.link = argv[1];
	if (host_open(&options, &host, error) < 0) {
		fprintf(stderr, "echo_server: %s\n", error);
		return 1;
	}

	posix = tarn_posix_start(host);
	code  = posix ? serve((unsigned short)port, 0) : 1;
	tarn_posix_stop(posix);
	host_close(host);

	return code;
}
