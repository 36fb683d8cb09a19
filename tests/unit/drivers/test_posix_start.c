/* SPDX-License-Identifier: MIT */
/* test_posix_start.c - many threads, a stack that stops, the example program */
#include "tests/unit/drivers/posix_pair.h"

/* The example as it stands in the tree, but for the name of its main(). */
#define main echo_server_main
int echo_server_main(int argc, char **argv);
/* A program has no header. */
/* NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "apps/examples/echo_server.c"
#undef main

#define THREADS 200 /* more than the ring has slots */

static void *receives(void *argument)
{
	const int *fd = argument;
	char buf[8];
	const ssize_t n = tarn_posix_recv(*fd, buf, sizeof(buf), 0);

	return (void *)(n < 0 ? -(ssize_t)errno : n);
}

START_TEST(threads_that_wait_do_not_hold_up_the_others)
{
	const int server = listener(&B, 80);
	int a[THREADS], b[THREADS];
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++) {
		a[i] = socket_of(&A, SOCK_STREAM);
		ck_assert_int_eq(try_connect(a[i], &B, 80), 0);
		b[i]      = tarn_posix_accept(server, NULL, NULL);
		thread[i] = in_thread(receives, &b[i]);
	}
	for (int i = 0; i < THREADS; i++)
		wait_for_sleeper(b[i]);
	for (int i = THREADS - 1; i >= 0; i--) {
		ck_assert_int_eq(tarn_posix_send(a[i], "x", 1, 0), 1);
		ck_assert_int_eq((ssize_t)joined(thread[i]), 1);
	}
}
END_TEST

static void *opens_and_closes(void *argument)
{
	struct side *side = argument;

	for (int i = 0; i < 200; i++) {
		const int fd = socket_of(side, SOCK_STREAM);

		ck_assert_int_eq(tarn_posix_fcntl(fd, F_SETFL, O_NONBLOCK), 0);
		ck_assert_int_eq(tarn_posix_close(fd), 0);
	}

	return NULL;
}

START_TEST(threads_that_call_at_once_do_not_disturb_each_other)
{
	pthread_t thread[8];

	for (int i = 0; i < 8; i++)
		thread[i] = in_thread(opens_and_closes, i % 2 ? &A : &B);
	for (int i = 0; i < 8; i++)
		(void)joined(thread[i]);
}
END_TEST

START_TEST(stop_ends_calls_that_wait)
{
	struct conn conn = connected();
	int server       = conn.listener;
	pthread_t one    = in_thread(receives, &conn.b);
	pthread_t two    = in_thread(receives, &server);

	wait_for_sleeper(conn.b);
	side_stop(&B);
	ck_assert_int_eq((ssize_t)joined(one), -ENETDOWN);
	/* This one either came in time for ENOTCONN or not. */
	ck_assert_int_lt((ssize_t)joined(two), 0);
}
END_TEST

START_TEST(descriptors_of_a_stopped_stack_can_only_be_closed)
{
	const struct conn conn = connected();
	struct pollfd at       = { .fd = conn.b, .events = POLLIN };
	char buf[4];

	side_stop(&B);
	fails(tarn_posix_recv(conn.b, buf, sizeof(buf), 0), ENETDOWN);
	fails(tarn_posix_listen(conn.listener, 1), ENETDOWN);
	fails(tarn_posix_fcntl(conn.b, F_GETFL), ENETDOWN);
	fails(try_connect(conn.b, &A, 1), ENETDOWN);
	ck_assert_int_eq(tarn_posix_poll(&at, 1, -1), 1);
	ck_assert_int_ne(at.revents & POLLHUP, 0);
	ck_assert_int_eq(tarn_posix_close(conn.b), 0);
	ck_assert_int_eq(tarn_posix_close(conn.listener), 0);
	fails(fcntl(conn.b, F_GETFD), EBADF);
}
END_TEST

static void *polls(void *argument)
{
	struct pollfd at = { .fd = *(const int *)argument, .events = POLLIN };

	return (void *)(intptr_t)tarn_posix_poll(&at, 1, -1);
}

START_TEST(stop_ends_a_poll_that_waits)
{
	struct conn conn       = connected();
	const pthread_t thread = in_thread(polls, &conn.b);

	side_stop(&B);
	ck_assert_int_eq((intptr_t)joined(thread), 1);
}
END_TEST

START_TEST(without_a_first_stack_there_is_no_default)
{
	side_stop(&A);
	fails(tarn_posix_socket(AF_INET, SOCK_STREAM, 0), ENETDOWN);
	ck_assert_int_ge(socket_of(&B, SOCK_STREAM), 0);
}
END_TEST

START_TEST(stack_can_be_started_again)
{
	const struct tarn_posix_loop loop = { .stack       = A.stack,
		                              .context     = &A,
		                              .step        = side_step,
		                              .set_service = side_set_service };
	const int old                     = socket_of(&A, SOCK_DGRAM);

	side_stop(&A);
	A.posix = tarn_posix_start_loop(&loop);
	ck_assert_ptr_nonnull(A.posix);
	ck_assert_int_eq(try_connect(socket_of(&A, SOCK_DGRAM), &B, 53), 0);
	fails(tarn_posix_send(old, "x", 1, 0), ENETDOWN);
	ck_assert_int_eq(tarn_posix_close(old), 0);
}
END_TEST

/* A call from within the loop would wait for itself for ever. */
static void (*real_serve)(void *service);
static atomic_int result_on_loop;
static atomic_bool may_call;

static void calls_from_the_loop(void *service)
{
	real_serve(service);
	if (atomic_load(&may_call) &&
	    tarn_posix_socket_on(A.posix, AF_INET, SOCK_DGRAM, 0) < 0)
		atomic_store(&result_on_loop, errno);
}

static int step_with_call(void *context)
{
	struct side *side = context;

	real_serve  = side->serve;
	side->serve = calls_from_the_loop;
	(void)side_step(context);
	side->serve = real_serve;

	return 0;
}

START_TEST(loops_own_thread_is_refused)
{
	const struct tarn_posix_loop loop = { .stack       = A.stack,
		                              .context     = &A,
		                              .step        = step_with_call,
		                              .set_service = side_set_service };

	side_stop(&A);
	A.posix = tarn_posix_start_loop(&loop);
	ck_assert_ptr_nonnull(A.posix);
	atomic_store(&may_call, true);
	while (atomic_load(&result_on_loop) == 0)
		(void)socket_of(&A, SOCK_DGRAM);
	ck_assert_int_eq(atomic_load(&result_on_loop), EDEADLK);
}
END_TEST

static void *serves_echo(void *argument)
{
	(void)argument;

	return (void *)(intptr_t)serve(7, 3);
}

static int connect_when_it_listens(void)
{
	const int fd = socket_of(&B, SOCK_STREAM);

	while (try_connect(fd, &A, 7) < 0)
		ck_assert_int_eq(errno, ECONNREFUSED);

	return fd;
}

START_TEST(example_echoes)
{
	const pthread_t thread = in_thread(serves_echo, NULL);
	int fds[3];
	char buf[16];

	for (int i = 0; i < 3; i++)
		fds[i] = connect_when_it_listens();
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(tarn_posix_send(fds[i], "hello", 5, 0), 5);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(tarn_posix_recv(fds[i], buf, 5, MSG_WAITALL),
		                 5);
		ck_assert_mem_eq(buf, "hello", 5);
		ck_assert_int_eq(tarn_posix_close(fds[i]), 0);
	}
	ck_assert_int_eq((intptr_t)joined(thread), 0);
}
END_TEST

PAIR_SUITE("posix_start", threads_that_wait_do_not_hold_up_the_others,
           threads_that_call_at_once_do_not_disturb_each_other,
           stop_ends_calls_that_wait,
           descriptors_of_a_stopped_stack_can_only_be_closed,
           stop_ends_a_poll_that_waits,
           without_a_first_stack_there_is_no_default,
           stack_can_be_started_again, loops_own_thread_is_refused,
           example_echoes)
