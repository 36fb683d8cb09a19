/* SPDX-License-Identifier: MIT */
/*
 * posix.h - the socket calls with exactly the POSIX contract
 *
 * A program written for BSD sockets ports by prefixing its calls: struct
 * sockaddr, -1 and errno, blocking unless O_NONBLOCK, SIGPIPE, poll, select and
 * epoll. The stack runs on a thread of its own; any other thread may call.
 *
 *	host_open(&options, &host, error);
 *	posix = tarn_posix_start(host);
 *	fd = tarn_posix_socket(AF_INET, SOCK_STREAM, 0);
 *	...
 *	tarn_posix_stop(posix);
 *	host_close(host);
 *
 * A descriptor that these calls give is one of the kernel's as well: an
 * eventfd that is readable when the socket is, so its number is nobody else's,
 * and the kernel's own poll and epoll may watch it for input. A descriptor that
 * is not ours is handed on to the kernel's call of the same name, so a program
 * may prefix every call and mix both kinds in poll(), select() and epoll.
 *
 * Beyond POSIX, as on Linux: accept4(), SOCK_NONBLOCK, SOCK_CLOEXEC, MSG_TRUNC,
 * MSG_DONTWAIT, POLLRDHUP, epoll. Not yet: dup(), fork() that keeps sockets,
 * control data in sendmsg() and recvmsg(), more than 64 KiB in one MSG_PEEK.
 */
#ifndef DRIVERS_POSIX_H
#define DRIVERS_POSIX_H

#include "tarn.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct host;
struct tarn_posix; /* one stack on a thread of its own */

/* ---- A stack's thread ---- */

/**
 * tarn_posix_start() - From now on the stack belongs to a new thread
 * @host:	lent until tarn_posix_stop(); nobody else may step it or call
 *		its stack meanwhile
 *
 * The first one started is what tarn_posix_socket() uses.
 *
 * Return: a handle, or NULL and errno (ENOMEM, EMFILE, EAGAIN)
 */
struct tarn_posix *tarn_posix_start(struct host *host);

/** struct tarn_posix_loop - what a loop must do that is no struct host
 * @step:	Wait, poll the stack, call the service. Return: 0 to go on
 * @set_service: as host_set_service(): @serve is to be called by every step,
 *		and @wake_fd, when readable, ends its wait
 */
struct tarn_posix_loop {
	struct tarn *stack;
	void *context; /* first argument of both */
	int (*step)(void *context);
	void (*set_service)(void *context, int wake_fd,
	                    void (*serve)(void *service), void *service);
};

/** tarn_posix_start_loop() - The same over any loop; @loop is copied */
struct tarn_posix *tarn_posix_start_loop(const struct tarn_posix_loop *loop);

/**
 * tarn_posix_stop() - End the thread; calls that wait return ENETDOWN
 *
 * Descriptors that are still open stay so, good for nothing but close().
 */
void tarn_posix_stop(struct tarn_posix *posix);

/* ---- Sockets: see the POSIX page of the call without the prefix ---- */

/** tarn_posix_socket() - AF_INET, SOCK_STREAM or SOCK_DGRAM, on the first stack
 *
 * Return: descriptor, or -1 and errno; ENETDOWN: no stack has been started
 */
int tarn_posix_socket(int domain, int type, int protocol);
/** tarn_posix_socket_on() - The same on a stack of choice */
int tarn_posix_socket_on(struct tarn_posix *posix, int domain, int type,
                         int protocol);
int tarn_posix_bind(int fd, const struct sockaddr *addr, socklen_t len);
int tarn_posix_listen(int fd, int backlog);
int tarn_posix_accept(int fd, struct sockaddr *addr, socklen_t *len);
int tarn_posix_accept4(int fd, struct sockaddr *addr, socklen_t *len,
                       int flags);
int tarn_posix_connect(int fd, const struct sockaddr *addr, socklen_t len);
int tarn_posix_shutdown(int fd, int how);
int tarn_posix_close(int fd);
int tarn_posix_getsockname(int fd, struct sockaddr *addr, socklen_t *len);
int tarn_posix_getpeername(int fd, struct sockaddr *addr, socklen_t *len);

ssize_t tarn_posix_send(int fd, const void *data, size_t len, int flags);
ssize_t tarn_posix_sendto(int fd, const void *data, size_t len, int flags,
                          const struct sockaddr *addr, socklen_t addr_len);
ssize_t tarn_posix_sendmsg(int fd, const struct msghdr *msg, int flags);
ssize_t tarn_posix_write(int fd, const void *data, size_t len);
ssize_t tarn_posix_recv(int fd, void *data, size_t size, int flags);
ssize_t tarn_posix_recvfrom(int fd, void *data, size_t size, int flags,
                            struct sockaddr *addr, socklen_t *addr_len);
ssize_t tarn_posix_recvmsg(int fd, struct msghdr *msg, int flags);
ssize_t tarn_posix_read(int fd, void *data, size_t size);

ssize_t tarn_posix_readv(int fd, const struct iovec *iov, int count);
ssize_t tarn_posix_writev(int fd, const struct iovec *iov, int count);

/** tarn_posix_ioctl() - SIOCINQ (FIONREAD), SIOCOUTQ, SIOCOUTQNSD, SIOCATMARK, FIONBIO */
int tarn_posix_ioctl(int fd, unsigned long request, ...);
int tarn_posix_setsockopt(int fd, int level, int name, const void *value,
                          socklen_t len);
int tarn_posix_getsockopt(int fd, int level, int name, void *value,
                          socklen_t *len);
/** tarn_posix_fcntl() - F_GETFL, F_SETFL (O_NONBLOCK), F_GETFD, F_SETFD */
int tarn_posix_fcntl(int fd, int command, ...);
/** tarn_posix_sockatmark() - 1: the next octet read is the last urgent one */
int tarn_posix_sockatmark(int fd);

/* ---- Readiness, of ours and of the kernel's descriptors ---- */

int tarn_posix_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int tarn_posix_select(int fd_count, fd_set *read, fd_set *write, fd_set *except,
                      struct timeval *timeout);
int tarn_posix_epoll_create1(int flags);
int tarn_posix_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
int tarn_posix_epoll_wait(int epfd, struct epoll_event *events, int max,
                          int timeout_ms);

#endif
