/* SPDX-License-Identifier: MIT */
/*
 * soak_end.c - what an application does with its end; see soak.h
 *
 * It reads and writes in its own rhythm until its way of ending is due. Each
 * octet that arrives is compared with what the other end must have sent, and
 * each call with what readiness promised right before it.
 */
#include "base/bytes.h"
#include "base/limits.h"
#include "tests/netsim/lib/soak.h"
#include <errno.h>
#include <string.h>

#define CHUNK_LEN SOAK_CALL_MAX
#define STREAMS   (2 * SOAK_CONNS_MAX)
#define STRIDE    7919 /* prime */

/* What @from sends on @conn from the octet @at on. Streams differ in where they
 * begin in one long sequence without a short period. */
static const uint8_t *octets_at(const struct soak *soak,
                                const struct soak_conn *conn, unsigned from,
                                uint64_t at)
{
	static uint8_t sequence[SOAK_TOTAL_MAX + CHUNK_LEN + STREAMS * STRIDE];
	static bool is_made;
	const size_t stream = (size_t)(conn - soak->conn) * 2 + from;

	for (uint32_t i = 0; !is_made && i < sizeof(sequence); i++)
		sequence[i] = (uint8_t)((i * 2654435761u) >> 24);
	is_made = true;

	return sequence + stream * STRIDE + at;
}

static struct tarn *stack_of(const struct soak *soak, unsigned who)
{
	return lab_stack(soak->lab, who);
}

static unsigned index_of(const struct soak *soak, const struct soak_conn *conn)
{
	return (unsigned)(conn - soak->conn);
}

/* ---- Letting go ---- */

static void let_go(struct soak *soak, struct soak_conn *conn, unsigned who)
{
	struct soak_end *end = &conn->end[who];

	if (tarn_close(stack_of(soak, who), end->fd) < 0)
		soak_fail(soak, "close() of an open descriptor fails");
	end->state     = END_GONE;
	conn->moved_us = lab_now(soak->lab);
}

static void failed(struct soak *soak, struct soak_conn *conn, unsigned who,
                   const char *call, int64_t rc)
{
	struct soak_end *end = &conn->end[who];

	end->error = (int)-rc;
	if (!soak_has_a_cause(soak, conn, who, end->error))
		soak_fail(soak,
		          "connection %u, end %c: %s: %s, without a cause "
		          "(sent %llu, received %llu; the other end is %d, "
		          "error %d)",
		          index_of(soak, conn), "AB"[who], call,
		          tarn_strerror((int)rc),
		          (unsigned long long)end -> sent,
		          (unsigned long long)end -> received,
		          (int)conn -> end[!who].state, conn->end[!who].error);
	if (end->state == END_OPEN)
		let_go(soak, conn, who);
	end->state = END_GONE;
}

void soak_end_close(struct soak *soak, struct soak_conn *conn, unsigned who)
{
	let_go(soak, conn, who);
}

/* ---- Opening ---- */

static void set(struct soak *soak, unsigned who, int fd,
                enum tarn_option option, int value)
{
	const int rc = tarn_setsockopt(stack_of(soak, who), fd, option, &value,
	                               sizeof(value));

	if (rc < 0 && rc != -ENOPROTOOPT && !soak->plan.is_starved)
		soak_fail(soak, "option %d := %d: %s", (int)option, value,
		          tarn_strerror(rc));
}

static void set_options(struct soak *soak, const struct soak_conn *conn,
                        unsigned who)
{
	const struct plan_end *plan = &conn->plan->end[who];
	const int fd                = conn->end[who].fd;

	if (plan->sndbuf)
		set(soak, who, fd, TARN_SO_SNDBUF, (int)plan->sndbuf);
	if (plan->rcvbuf)
		set(soak, who, fd, TARN_SO_RCVBUF, (int)plan->rcvbuf);
	if (plan->nodelay)
		set(soak, who, fd, TARN_TCP_NODELAY, 1);
	if (plan->quickack)
		set(soak, who, fd, TARN_TCP_QUICKACK, 1);
	if (plan->cork)
		set(soak, who, fd, TARN_TCP_CORK, 1);
	if (plan->keepalive) {
		set(soak, who, fd, TARN_SO_KEEPALIVE, 1);
		set(soak, who, fd, TARN_TCP_KEEPIDLE, 10);
	}
}

/* With TCP_FASTOPEN_CONNECT it is chosen only when the first octets are sent. */
static void learn_port(struct soak *soak, struct soak_conn *conn, unsigned who)
{
	struct tarn_addr local = { 0 };

	if (conn->plan->opener != who || conn->port)
		return;
	if (tarn_getsockname(stack_of(soak, who), conn->end[who].fd, &local) <
	    0)
		soak_fail(soak, "getsockname");
	conn->port = local.port;
}

static bool is_deferred(const struct soak_conn *conn, unsigned who)
{
	return conn->plan->opener == who && conn->port == 0;
}

static void open_end(struct soak *soak, struct soak_conn *conn, unsigned who)
{
	const struct tarn_addr peer = { tarn_ip4(10, 9, 0, (uint8_t)(2 - who)),
		                        (uint16_t)(7000 + !who) };
	struct soak_end *end        = &conn->end[who];
	struct tarn *t              = stack_of(soak, who);
	int rc;

	end->state = END_OPEN;
	end->fd    = tarn_socket(t, TARN_STREAM);
	if (end->fd < 0) {
		end->state = END_GONE;
		failed(soak, conn, who, "socket", end->fd);
		return;
	}
	set_options(soak, conn, who);
	if (conn->plan->end[who].maxseg)
		set(soak, who, end->fd, TARN_TCP_MAXSEG,
		    conn->plan->end[who].maxseg);
	if (conn->plan->end[who].fastopen)
		set(soak, who, end->fd, TARN_TCP_FASTOPEN_CONNECT, 1);
	rc = tarn_connect(t, end->fd, &peer);
	if (rc != -EINPROGRESS && rc != 0) {
		failed(soak, conn, who, "connect", rc);
		return;
	}
	learn_port(soak, conn, who);
	conn->moved_us = lab_now(soak->lab);
}

void soak_end_accept(struct soak *soak, struct soak_conn *conn, unsigned who,
                     int fd)
{
	struct soak_end *end = &conn->end[who];

	end->state = END_OPEN;
	end->fd    = fd;
	set_options(soak, conn, who);
	conn->moved_us = lab_now(soak->lab);
}

/* ---- Sending ---- */

/* Return: did anything move? */
static bool send_some(struct soak *soak, struct soak_conn *conn, unsigned who)
{
	const struct plan_end *plan = &conn->plan->end[who];
	struct soak_end *end        = &conn->end[who];
	struct tarn *t              = stack_of(soak, who);
	const uint32_t len =
	        MIN(plan->write_len, plan->total - (uint32_t)end->sent);
	const int ready = tarn_readiness(t, end->fd);
	ssize_t rc;

	rc = tarn_send(t, end->fd, octets_at(soak, conn, who, end->sent), len,
	               0);
	if (rc == -EAGAIN && (ready & TARN_POLLOUT) && !soak->plan.is_starved)
		soak_fail(soak, "connection %u, end %c: writable, but EAGAIN",
		          index_of(soak, conn), "AB"[who]);
	if (rc == -EAGAIN || rc == -ENOBUFS || rc == -ENOTCONN)
		return false;
	if (rc < 0) {
		failed(soak, conn, who, "send", rc);
		return false;
	}
	learn_port(soak, conn, who);
	end->sent += (uint64_t)rc;
	end->next_write_us = lab_now(soak->lab) + plan->write_pause_us;
	conn->moved_us     = lab_now(soak->lab);

	return true;
}

static bool write_on(struct soak *soak, struct soak_conn *conn, unsigned who)
{
	const struct plan_end *plan = &conn->plan->end[who];
	struct soak_end *end        = &conn->end[who];
	int rc;

	if (end->has_shut || lab_now(soak->lab) < end->next_write_us)
		return false;
	if (end->sent < plan->total)
		return send_some(soak, conn, who);
	if (plan->ending == END_CLOSE) {
		let_go(soak, conn, who);
		return false;
	}
	if (plan->ending != END_ORDERLY && plan->ending != END_SHUT_RD)
		return false;

	rc = tarn_shutdown(stack_of(soak, who), end->fd, TARN_SHUT_WR);
	if (rc == -ENOTCONN)
		return false; /* not connected yet */
	if (rc < 0)
		failed(soak, conn, who, "shutdown", rc);
	end->has_shut = true;

	return end->state == END_OPEN;
}

/* ---- Receiving ---- */

static void took(struct soak *soak, struct soak_conn *conn, unsigned who,
                 const uint8_t *data, size_t len)
{
	struct soak_end *end = &conn->end[who];

	if (memcmp(data, octets_at(soak, conn, !who, end->received), len) != 0)
		soak_fail(soak,
		          "connection %u, end %c: after octet %llu, one "
		          "differs",
		          index_of(soak, conn), "AB"[who],
		          (unsigned long long)end -> received);
	end->received += len;
	if (end->received > conn->end[!who].sent)
		soak_fail(soak, "connection %u, end %c: more than was sent",
		          index_of(soak, conn), "AB"[who]);
	end->next_read_us =
	        lab_now(soak->lab) + conn->plan->end[who].read_pause_us;
	conn->moved_us = lab_now(soak->lab);
}

/* FIN stands behind every octet that the other end had queued. */
static void ended(struct soak *soak, struct soak_conn *conn, unsigned who)
{
	struct soak_end *end        = &conn->end[who];
	const struct soak_end *peer = &conn->end[!who];

	end->has_ended = true;
	conn->moved_us = lab_now(soak->lab);
	if (!end->was_discarding && end->received != peer->sent)
		soak_fail(
		        soak,
		        "connection %u, end %c: the stream ends after %llu of "
		        "%llu octets",
		        index_of(soak, conn), "AB"[who],
		        (unsigned long long)end -> received,
		        (unsigned long long)peer -> sent);
}

static bool receive_some(struct soak *soak, struct soak_conn *conn,
                         unsigned who)
{
	static uint8_t chunk[CHUNK_LEN];
	const struct plan_end *plan = &conn->plan->end[who];
	struct soak_end *end        = &conn->end[who];
	struct tarn *t              = stack_of(soak, who);
	const int ready             = tarn_readiness(t, end->fd);
	ssize_t len, seen = 0;

	if (end->has_ended || lab_now(soak->lab) < end->next_read_us ||
	    is_deferred(conn, who))
		return false;
	if (plan->peek)
		seen = tarn_recv(t, end->fd, chunk, plan->read_len,
		                 TARN_MSG_PEEK);
	/* An error is told once, and this may have been the once. */
	len = seen < 0 && seen != -EAGAIN
	              ? seen
	              : tarn_recv(t, end->fd, chunk, plan->read_len, 0);
	if ((len == -EAGAIN) == !!(ready & TARN_POLLIN))
		soak_fail(soak,
		          "connection %u, end %c: readiness %#x, but "
		          "recv() gives %zd",
		          index_of(soak, conn), "AB"[who], (unsigned)ready,
		          len);
	if (plan->peek && seen > 0 && seen != len)
		soak_fail(soak,
		          "connection %u, end %c: peeked at %zd octets, "
		          "then got %zd",
		          index_of(soak, conn), "AB"[who], seen, len);
	if (len == -EAGAIN)
		return false;
	if (len < 0)
		failed(soak, conn, who, "recv", len);
	else if (len == 0)
		ended(soak, conn, who);
	else
		took(soak, conn, who, chunk, (size_t)len);

	return len >= 0;
}

/* ---- Ending ---- */

static void act(struct soak *soak, struct soak_conn *conn, unsigned who)
{
	const struct plan_end *plan     = &conn->plan->end[who];
	const struct tarn_linger linger = { 1, 0 };
	struct soak_end *end            = &conn->end[who];
	struct tarn *t                  = stack_of(soak, who);

	end->has_acted = true;
	conn->moved_us = lab_now(soak->lab);
	switch (plan->ending) {
	case END_EARLY:
		let_go(soak, conn, who);
		return;
	case END_ABORT:
		tarn_setsockopt(t, end->fd, TARN_SO_LINGER, &linger,
		                sizeof(linger));
		let_go(soak, conn, who);
		return;
	case END_SHUT_RD:
		if (is_deferred(conn, who))
			return;
		end->was_discarding = true;
		tarn_shutdown(t, end->fd, TARN_SHUT_RD);
		return;
	case END_SHUT_ALL:
		if (is_deferred(conn, who)) {
			let_go(soak, conn, who);
			return;
		}
		end->was_discarding = true;
		end->has_shut       = true;
		tarn_shutdown(t, end->fd, TARN_SHUT_RDWR);
		return;
	case END_ORDERLY:
	case END_CLOSE:
	case ENDINGS:
		return;
	}
}

static bool acts(const struct plan_end *plan)
{
	return plan->ending != END_ORDERLY && plan->ending != END_CLOSE;
}

void soak_end_work(struct soak *soak, struct soak_conn *conn, unsigned who)
{
	const struct plan_end *plan = &conn->plan->end[who];
	struct soak_end *end        = &conn->end[who];
	const uint64_t now_us       = lab_now(soak->lab);
	bool moved                  = true;

	if (end->state == END_NOT_YET && conn->plan->opener == who &&
	    now_us >= conn->plan->start_us)
		open_end(soak, conn, who);
	if (end->state == END_OPEN && acts(plan) && !end->has_acted &&
	    now_us >= plan->act_us)
		act(soak, conn, who);
	while (moved) {
		moved = end->state == END_OPEN && write_on(soak, conn, who);
		if (end->state == END_OPEN)
			moved |= receive_some(soak, conn, who);
	}
	if (end->state != END_OPEN)
		return;
	if (end->has_shut && end->has_ended) {
		end->is_clean = plan->ending == END_ORDERLY;
		let_go(soak, conn, who);
	}
}

uint64_t soak_end_deadline(const struct soak *soak,
                           const struct soak_conn *conn, unsigned who)
{
	const struct plan_end *plan = &conn->plan->end[who];
	const struct soak_end *end  = &conn->end[who];
	uint64_t deadline_us        = TARN_NEVER;

	if (end->state == END_NOT_YET)
		return conn->plan->opener == who ? conn->plan->start_us
		                                 : TARN_NEVER;
	if (end->state == END_GONE)
		return TARN_NEVER;
	if (acts(plan) && !end->has_acted)
		deadline_us = plan->act_us;
	if (end->next_read_us > lab_now(soak->lab))
		deadline_us = MIN(deadline_us, end->next_read_us);
	if (end->next_write_us > lab_now(soak->lab))
		deadline_us = MIN(deadline_us, end->next_write_us);

	return deadline_us;
}
