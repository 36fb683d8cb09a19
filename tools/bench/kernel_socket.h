/* SPDX-License-Identifier: MIT */
/*
 * kernel_socket.h - sockets of the kernel, both ends alike
 *
 * The kernel's default congestion control may be any: on the machines where this
 * was written it is bbr, which halves bulk figures on veth. A namespace cannot
 * set another, a socket can: every socket here asks for cubic and fails
 * otherwise.
 */
#ifndef BENCH_KERNEL_SOCKET_H
#define BENCH_KERNEL_SOCKET_H

#include <arpa/inet.h>
#include <err.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define CONGESTION "cubic"

/** kernel_socket() - A TCP socket with cubic; @type may add SOCK_NONBLOCK */
static inline int kernel_socket(int type)
{
	const int fd = socket(AF_INET, SOCK_STREAM | type, 0);

	if (fd < 0)
		err(1, "socket");
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, CONGESTION,
	               strlen(CONGESTION)) < 0)
		err(1, "TCP_CONGESTION " CONGESTION);

	return fd;
}

/** kernel_address() - Of dotted @host and @port, or the program ends */
static inline struct sockaddr_in kernel_address(const char *host, uint16_t port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		                    .sin_port   = htons(port) };

	if (inet_pton(AF_INET, host, &addr.sin_addr) != 1)
		errx(2, "'%s' is no IPv4 address", host);

	return addr;
}

/** kernel_no_delay() - Small segments leave at once */
static inline void kernel_no_delay(int fd)
{
	const int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
		err(1, "TCP_NODELAY");
}

#endif
