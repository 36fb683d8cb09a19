/* SPDX-License-Identifier: MIT */
/*
 * posix_pair.h - two stacks, each on a thread of its own, in real time
 *
 * The link is a pair of packet sockets, so the threads sleep in poll() as they
 * do on a TAP. Nothing here sleeps for a time: tests wait for conditions.
 *
 *	A 10.9.0.1  <------>  B 10.9.0.2
 */
#ifndef TESTS_UNIT_DRIVERS_POSIX_PAIR_H
#define TESTS_UNIT_DRIVERS_POSIX_PAIR_H

#include "drivers/posix_state.h"
#include "tests/unit/lib/test.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAIR_BUFFER_LEN (4 << 20)

/** struct side - one stack and its loop */
struct side {
	struct tarn *stack;
	struct tarn_posix *posix;
	int link_fd, wake_fd;
	bool is_busy; /* frames came: serve before waiting again */
	uint64_t due_us;
	void (*serve)(void *service);
	void *service;
	const char *ip;
};

static struct side A, B;

static ssize_t side_receive(void *link, uint8_t *buf, size_t size)
{
	struct side *side = link;
	const ssize_t len =
	        recv(side->link_fd, buf, size, MSG_DONTWAIT | MSG_TRUNC);

	side->is_busy |= len > 0;

	return len < 0 ? 0 : len;
}

static int side_transmit(void *link, const struct tarn_slice *part,
                         unsigned part_count)
{
	const struct side *side = link;
	struct iovec iov[4];

	for (unsigned i = 0; i < part_count; i++)
		iov[i] = (struct iovec){
			.iov_base = (void *)(uintptr_t)part[i].data,
			.iov_len  = part[i].len,
		};

	return writev(side->link_fd, iov, (int)part_count) < 0 ? -errno : 0;
}

static const struct tarn_link_ops side_ops = { side_receive, side_transmit };

static void side_settle(struct side *side)
{
	uint64_t now_us;

	do {
		now_us       = posix_now();
		side->due_us = tarn_poll(side->stack, now_us);
	} while (side->due_us <= now_us);
}

/* As host_step(): settle, wait unless something came, settle, serve. */
static int side_step(void *context)
{
	struct side *side   = context;
	struct pollfd fds[] = { { .fd = side->link_fd, .events = POLLIN },
		                { .fd = side->wake_fd, .events = POLLIN } };

	side_settle(side);
	if (!side->is_busy)
		(void)poll(fds, 2, posix_ms_left(side->due_us));
	side->is_busy = false;
	side_settle(side);
	if (side->serve)
		side->serve(side->service);

	return 0;
}

static void side_set_service(void *context, int wake_fd,
                             void (*serve)(void *service), void *service)
{
	struct side *side = context;

	side->wake_fd = wake_fd;
	side->serve   = serve;
	side->service = service;
}

static void side_start(struct side *side, uint8_t host, int link_fd)
{
	static const char *const names[]  = { "", "10.9.0.1", "10.9.0.2" };
	const struct tarn_posix_loop loop = { .context     = side,
		                              .step        = side_step,
		                              .set_service = side_set_service };
	struct tarn_posix_loop with_stack = loop;
	struct tarn_config config;

	tarn_config_init(&config);
	config.ops     = &side_ops;
	config.link    = side;
	config.ip      = tarn_ip4(10, 9, 0, host);
	config.acd_off = true;
	config.seed[0] = host;
	*side          = (struct side){ .link_fd = link_fd, .ip = names[host] };
	ck_assert_int_eq(tarn_create(&config, posix_now(), &side->stack), 0);

	with_stack.stack = side->stack;
	side->posix      = tarn_posix_start_loop(&with_stack);
	ck_assert_ptr_nonnull(side->posix);
}

static void side_stop(struct side *side)
{
	tarn_posix_stop(side->posix);
	side->posix = NULL;
}

static void side_free(struct side *side)
{
	side_stop(side);
	tarn_destroy(side->stack);
	close(side->link_fd);
}

static void pair_setup(void)
{
	const int size = PAIR_BUFFER_LEN;
	int fds[2];

	ck_assert_int_eq(
	        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	for (int i = 0; i < 2; i++)
		(void)setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &size,
		                 sizeof(size));
	side_start(&A, 1, fds[0]);
	side_start(&B, 2, fds[1]);
}

static void pair_teardown(void)
{
	side_free(&A);
	side_free(&B);
}

/* ---- what tests say often ---- */

static inline struct sockaddr_in addr_of(const struct side *side,
                                         unsigned short port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		                    .sin_port   = htons(port) };

	inet_pton(AF_INET, side->ip, &addr.sin_addr);

	return addr;
}

static inline const struct sockaddr *generic(const struct sockaddr_in *addr)
{
	return (const struct sockaddr *)addr;
}

static inline int socket_of(struct side *side, int type)
{
	const int fd = tarn_posix_socket_on(side->posix, AF_INET, type, 0);

	ck_assert_int_ge(fd, 0);

	return fd;
}

static inline int bound(struct side *side, int type, unsigned short port)
{
	const struct sockaddr_in local = { .sin_family = AF_INET,
		                           .sin_port   = htons(port) };
	const int fd                   = socket_of(side, type);

	ck_assert_int_eq(tarn_posix_bind(fd, generic(&local), sizeof(local)),
	                 0);

	return fd;
}

static inline int listener(struct side *side, unsigned short port)
{
	const int fd = bound(side, SOCK_STREAM, port);

	ck_assert_int_eq(tarn_posix_listen(fd, 128), 0);

	return fd;
}

static inline int try_connect(int fd, const struct side *to,
                              unsigned short port)
{
	const struct sockaddr_in peer = addr_of(to, port);

	return tarn_posix_connect(fd, generic(&peer), sizeof(peer));
}

/** An established connection from A to port 80 of B */
struct conn {
	int a, b, listener;
};

static inline struct conn connected(void)
{
	struct conn conn = { .a        = socket_of(&A, SOCK_STREAM),
		             .listener = listener(&B, 80) };

	ck_assert_int_eq(try_connect(conn.a, &B, 80), 0);
	conn.b = tarn_posix_accept(conn.listener, NULL, NULL);
	ck_assert_int_ge(conn.b, 0);

	return conn;
}

static inline void reset_by(int fd)
{
	const struct linger now = { .l_onoff = 1 };

	ck_assert_int_eq(tarn_posix_setsockopt(fd, SOL_SOCKET, SO_LINGER, &now,
	                                       sizeof(now)),
	                 0);
	ck_assert_int_eq(tarn_posix_close(fd), 0);
}

static inline void fails(int64_t result, int error)
{
	ck_assert_int_eq(result, -1);
	ck_assert_int_eq(errno, error);
}

/** Until @events hold of @fd. */
static inline void wait_for(int fd, short events)
{
	struct pollfd at = { .fd = fd, .events = events };

	ck_assert_int_eq(tarn_posix_poll(&at, 1, -1), 1);
	ck_assert_int_ne(at.revents & events, 0);
}

/** Until some thread sleeps in a call on @fd. */
static inline void wait_for_sleeper(int fd)
{
	struct posix_ref ref;

	ck_assert(posix_table_get(fd, &ref));
	while (atomic_load(&ref.desc->waiters) == 0)
		sched_yield();
	posix_table_put(&ref);
}

static inline pthread_t in_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, run, argument), 0);

	return thread;
}

static inline void *joined(pthread_t thread)
{
	void *result;

	ck_assert_int_eq(pthread_join(thread, &result), 0);

	return result;
}

/* A suite of tests that each get a fresh pair. */
#define PAIR_SUITE(name, ...)                                                  \
	static Suite *suite(void)                                              \
	{                                                                      \
		const TTest *const all[] = { __VA_ARGS__ };                    \
		Suite *whole             = suite_create(name);                 \
		TCase *tcase             = tcase_create(name);                 \
                                                                               \
		tcase_set_timeout(tcase, 120);                                 \
		tcase_add_checked_fixture(tcase, pair_setup, pair_teardown);   \
		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)      \
			tcase_add_test(tcase, all[i]);                         \
		suite_add_tcase(whole, tcase);                                 \
                                                                               \
		return whole;                                                  \
	}                                                                      \
	TEST_MAIN(suite)

#endif
