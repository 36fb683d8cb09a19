/* SPDX-License-Identifier: MIT */
/*
 * actor_socket.c - an app's socket calls, tried until they are done
 *
 * What is sent without a text of its own is a pattern that depends on the
 * position in all that the app has sent, so that an octet that arrives at a
 * wrong place is found. What an app has sent and got is kept, for "got all of".
 */
#include "base/bytes.h"
#include "tools/lab/calls.h"
#include "tools/lab/stage_state.h"
#include <errno.h>
#include <stdlib.h>

#define CHUNK_LEN 16384u

/* Whose calls an app makes. */
struct end_calls {
	const struct calls *calls;
	struct tarn *t; /* NULL: the kernel's */
};

static uint8_t pattern(uint64_t at)
{
	return (uint8_t)('a' + (at + at / 26) % 26);
}

static void append(struct actor *actor, uint8_t **to, size_t *to_len,
                   const uint8_t *data, size_t len)
{
	uint8_t *grown;

	if (len == 0)
		return;
	grown = len > STAGE_OCTETS_MAX - *to_len ? NULL
	                                         : realloc(*to, *to_len + len);
	if (!grown) {
		actor->is_cut = true;
		return;
	}
	memcpy(grown + *to_len, data, len);
	*to = grown;
	*to_len += len;
}

static enum outcome failed(struct actor *actor, ssize_t rc)
{
	actor->error = (int)-rc;

	return STEP_FAILED;
}

/* EAGAIN is to wait, unless it is the very error that is expected. */
static enum outcome done_or_failed(struct actor *actor, const struct step *step,
                                   ssize_t rc)
{
	if (rc >= 0)
		return STEP_DONE;
	if (rc == -EAGAIN && step->error != EAGAIN)
		return STEP_BLOCKED;

	return failed(actor, rc);
}

/* ---- Connections -------------------------------------------------------- */

static int have_socket(const struct end_calls *at, struct actor *actor,
                       int type)
{
	if (actor->fd < 0)
		actor->fd = at->calls->socket(at->t, type);

	return actor->fd;
}

static enum outcome do_listen(const struct end_calls *at, struct actor *actor,
                              const struct step *step)
{
	const struct tarn_addr local = { .port = step->port };
	int rc                       = have_socket(at, actor, TARN_STREAM);

	if (rc >= 0)
		rc = at->calls->bind(at->t, actor->fd, &local);
	if (rc >= 0)
		rc = at->calls->listen(at->t, actor->fd, (int)step->count);
	if (rc < 0)
		return failed(actor, rc);
	actor->listener = actor->fd;
	actor->fd       = -1;

	return STEP_DONE;
}

static enum outcome do_accept(const struct end_calls *at, struct actor *actor,
                              const struct step *step)
{
	const int fd = at->calls->accept(at->t, actor->listener);

	if (fd >= 0)
		actor->fd = fd;

	return done_or_failed(actor, step, fd);
}

static int begin_connect(const struct end_calls *at, struct actor *actor,
                         const struct step *step)
{
	const struct tarn_addr peer  = { stage_ip(step->peer), step->port };
	const struct tarn_addr local = { .port = step->local_port };
	int rc                       = have_socket(at, actor, TARN_STREAM);

	if (rc >= 0 && step->local_port)
		rc = at->calls->bind(at->t, actor->fd, &local);
	if (rc >= 0)
		rc = at->calls->connect(at->t, actor->fd, &peer);
	actor->has_begun = true;

	return rc == -EINPROGRESS ? 0 : rc;
}

/* A socket that could not connect is of no more use: the next try has its own. */
static enum outcome lost_socket(const struct end_calls *at, struct actor *actor,
                                int rc)
{
	if (actor->fd >= 0)
		at->calls->close(at->t, actor->fd);
	actor->fd = -1;

	return failed(actor, rc);
}

static enum outcome do_connect(const struct end_calls *at, struct actor *actor,
                               const struct step *step)
{
	int rc = actor->has_begun ? 0 : begin_connect(at, actor, step);
	int error;

	if (rc < 0)
		return lost_socket(at, actor, rc);
	rc = at->calls->readiness(at->t, actor->fd);
	if (rc < 0)
		return failed(actor, rc);
	if (!(rc & (TARN_POLLOUT | TARN_POLLERR | TARN_POLLHUP)))
		return STEP_BLOCKED;
	rc = at->calls->error(at->t, actor->fd, &error);
	if (rc < 0 || error == 0)
		return rc < 0 ? failed(actor, rc) : STEP_DONE;

	return lost_socket(at, actor, -error);
}

static enum outcome do_close(const struct end_calls *at, struct actor *actor,
                             const struct step *step)
{
	int *fd = actor->fd >= 0 ? &actor->fd : &actor->listener;
	int rc;

	if (step->kind == STEP_ABORT)
		(void)at->calls->abort_on_close(at->t, *fd);
	rc  = at->calls->close(at->t, *fd);
	*fd = -1;

	return done_or_failed(actor, step, rc);
}

/* ---- Octets ------------------------------------------------------------- */

/* The next octets of this step. Return: how many */
static size_t fill(const struct actor *actor, const struct step *step,
                   uint8_t chunk[CHUNK_LEN])
{
	const uint64_t whole = step->text ? step->text_len : step->count;
	const size_t len     = (size_t)MIN(whole - actor->done, CHUNK_LEN);

	for (size_t i = 0; i < len; i++)
		chunk[i] = step->text ? (uint8_t)step->text[actor->done + i]
		                      : pattern(actor->sent_len + i);

	return len;
}

static enum outcome do_send(const struct end_calls *at, struct actor *actor,
                            const struct step *step)
{
	const uint64_t whole = step->text ? step->text_len : step->count;
	uint8_t chunk[CHUNK_LEN];

	while (actor->done < whole) {
		const size_t len = fill(actor, step, chunk);
		const ssize_t rc = at->calls->send(at->t, actor->fd, chunk, len,
		                                   step->flags);

		if (rc < 0)
			return done_or_failed(actor, step, rc);
		append(actor, &actor->sent, &actor->sent_len, chunk,
		       (size_t)rc);
		actor->done += (uint64_t)rc;
	}

	return STEP_DONE;
}

static enum outcome do_receive(const struct end_calls *at, struct actor *actor,
                               const struct step *step)
{
	uint8_t chunk[CHUNK_LEN];

	while (actor->done < step->count) {
		const size_t want =
		        (size_t)MIN(step->count - actor->done, CHUNK_LEN);
		const ssize_t rc =
		        at->calls->recv(at->t, actor->fd, chunk, want);

		if (rc < 0)
			return done_or_failed(actor, step, rc);
		append(actor, &actor->got, &actor->got_len, chunk, (size_t)rc);
		actor->done += (uint64_t)rc;
		if (rc == 0 || step->kind == STEP_READ)
			return STEP_DONE;
	}

	return STEP_DONE;
}

/* ---- Datagrams ---------------------------------------------------------- */

static enum outcome do_udp(const struct end_calls *at, struct actor *actor,
                           const struct step *step)
{
	const struct tarn_addr local = { .port = step->port };
	int rc;

	actor->fd = -1;
	rc        = have_socket(at, actor, TARN_DGRAM);
	if (rc >= 0 && step->port)
		rc = at->calls->bind(at->t, actor->fd, &local);

	return done_or_failed(actor, step, rc);
}

static enum outcome do_sendto(const struct end_calls *at, struct actor *actor,
                              const struct step *step)
{
	const struct tarn_addr peer = { stage_ip(step->peer), step->port };
	const size_t len            = step->text ? step->text_len : step->count;
	uint8_t datagram[65535];
	ssize_t rc = have_socket(at, actor, TARN_DGRAM);

	if (len > sizeof(datagram))
		return failed(actor, -EMSGSIZE);
	for (size_t i = 0; i < len; i++)
		datagram[i] = step->text ? (uint8_t)step->text[i]
		                         : pattern(actor->sent_len + i);
	if (rc >= 0)
		rc = at->calls->sendto(at->t, actor->fd, datagram, len, &peer);
	if (rc >= 0)
		append(actor, &actor->sent, &actor->sent_len, datagram, len);

	return done_or_failed(actor, step, rc);
}

static enum outcome do_recvfrom(const struct end_calls *at, struct actor *actor,
                                const struct step *step)
{
	uint8_t datagram[65535];
	const ssize_t rc = at->calls->recv(at->t, actor->fd, datagram,
	                                   (size_t)step->count);

	if (rc > 0)
		append(actor, &actor->got, &actor->got_len, datagram,
		       (size_t)rc);

	return done_or_failed(actor, step, rc);
}

static enum outcome do_ping(const struct end_calls *at, struct actor *actor,
                            const struct step *step)
{
	static const uint8_t zeroes[65507];
	const struct tarn_ip peer = stage_ip(step->peer);

	if (!at->t) /* the kernel has no such call */
		return failed(actor, -EOPNOTSUPP);

	return done_or_failed(
	        actor, step,
	        tarn_ping(at->t, &peer, 1, zeroes, (size_t)step->count));
}

static enum outcome do_set(const struct end_calls *at, struct actor *actor,
                           const struct step *step)
{
	int rc = have_socket(at, actor, TARN_STREAM);

	if (rc >= 0)
		rc = at->calls->set(at->t, actor->fd, step);

	return done_or_failed(actor, step, rc);
}

enum outcome actor_socket_step(struct stage *stage, struct actor *actor,
                               const struct step *step)
{
	const struct end_calls calls = {
		.calls = stage->live && stage->options.kernel == actor->app->on
		                 ? &calls_kernel
		                 : &calls_tarn,
		.t     = stage->stack[actor->app->on],
	};
	const struct end_calls *at = &calls;

	switch (step->kind) {
	case STEP_LISTEN:
		return do_listen(at, actor, step);
	case STEP_ACCEPT:
		return do_accept(at, actor, step);
	case STEP_CONNECT:
		return do_connect(at, actor, step);
	case STEP_SEND:
		return do_send(at, actor, step);
	case STEP_READ:
	case STEP_RECEIVE:
		return do_receive(at, actor, step);
	case STEP_SHUTDOWN:
		return done_or_failed(actor, step,
		                      at->calls->shutdown(at->t, actor->fd,
		                                          (int)step->count));
	case STEP_CLOSE:
	case STEP_ABORT:
		return do_close(at, actor, step);
	case STEP_SET:
		return do_set(at, actor, step);
	case STEP_UDP:
		return do_udp(at, actor, step);
	case STEP_SENDTO:
		return do_sendto(at, actor, step);
	case STEP_RECVFROM:
		return do_recvfrom(at, actor, step);
	case STEP_PING:
		return do_ping(at, actor, step);
	default:
		return failed(actor, -EINVAL);
	}
}
