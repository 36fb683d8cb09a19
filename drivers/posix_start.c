/* SPDX-License-Identifier: MIT */
/*
 * posix_start.c - the life of the thread that owns a stack
 *
 * It steps its loop until it is told to stop or the loop ends by itself (the
 * link is gone), then turns away who still calls, and ends. All signals are
 * the application's: the thread blocks them.
 */
#include "drivers/host.h"
#include "drivers/posix_state.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What this thread owns: it must not wait for itself. */
static _Thread_local const struct tarn_posix *mine;

bool posix_is_mine(const struct tarn_posix *posix)
{
	return posix == mine;
}

static void *own(void *argument)
{
	struct tarn_posix *posix           = argument;
	const struct tarn_posix_loop *loop = &posix->loop;

	mine = posix;
	while (!atomic_load(&posix->is_stopping) &&
	       loop->step(loop->context) == 0)
		;
	loop->set_service(loop->context, -1, NULL, NULL);
	posix_owner_close(posix);

	return NULL;
}

static int start_thread(struct tarn_posix *posix)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&posix->thread, NULL, own, posix);
	pthread_sigmask(SIG_SETMASK, &before, NULL);

	return -error;
}

static void destroy(struct tarn_posix *posix)
{
	if (posix->wake_fd >= 0)
		close(posix->wake_fd);
	posix_ring_unmap(posix->ring);
	free(posix);
}

static int prepare(struct tarn_posix *posix)
{
	posix->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (posix->wake_fd < 0)
		return -errno;
	posix->ring = posix_ring_map();
	if (!posix->ring)
		return -ENOMEM;

	return posix_owner_open(posix);
}

static int start(struct tarn_posix *posix)
{
	const struct tarn_posix_loop *loop = &posix->loop;
	int error                          = prepare(posix);

	if (error)
		return error;

	loop->set_service(loop->context, posix->wake_fd, posix_owner_serve,
	                  posix);
	error = start_thread(posix);
	if (error) {
		loop->set_service(loop->context, -1, NULL, NULL);
		posix_owner_abandon(posix);
	}

	return error;
}

struct tarn_posix *tarn_posix_start_loop(const struct tarn_posix_loop *loop)
{
	struct tarn_posix *posix = calloc(1, sizeof(*posix));
	int error;

	if (!posix)
		return NULL;

	posix->loop = *loop;
	error       = start(posix);
	if (error) {
		destroy(posix);
		errno = -error;
		return NULL;
	}
	posix_table_started(posix);

	return posix;
}

/* ---- over a struct host ---- */

static int step_host(void *context)
{
	return host_step(context, TARN_NEVER);
}

static void serve_host(void *context, int wake_fd, void (*serve)(void *service),
                       void *service)
{
	host_set_service(context, wake_fd, serve, service);
}

struct tarn_posix *tarn_posix_start(struct host *host)
{
	const struct tarn_posix_loop loop = {
		.stack       = host_stack(host),
		.context     = host,
		.step        = step_host,
		.set_service = serve_host,
	};

	return tarn_posix_start_loop(&loop);
}

void tarn_posix_stop(struct tarn_posix *posix)
{
	const uint64_t one = 1;

	if (!posix)
		return;

	atomic_store(&posix->is_stopping, true);
	if (write(posix->wake_fd, &one, sizeof(one)) < 0) {
		/* It is readable already. */
	}
	pthread_join(posix->thread, NULL);
	posix_table_forget(posix);
	destroy(posix);
}
