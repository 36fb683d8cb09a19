/* SPDX-License-Identifier: MIT */
/*
 * call_data.c - read, write and their relatives
 *
 * All of them become one transfer of so many octets with flags. What is written
 * is drill_octet() of the stream unless the script gives a text; what is read
 * must be that too. Script flags that tarn.h has too have the same values.
 *
 * A blocking write is over when all is queued, a blocking read when there is
 * something (with MSG_WAITALL: everything).
 */
#include "base/bytes.h"
#include "tools/drill/call.h"
#include "tools/drill/transfer.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
	FLAG_OOB      = 0x1,
	FLAG_PEEK     = 0x2,
	FLAG_TRUNC    = 0x20,
	FLAG_DONTWAIT = 0x40,
	FLAG_EOR      = 0x80,
	FLAG_WAITALL  = 0x100,
	FLAG_ERRQUEUE = 0x2000,
	FLAG_NOSIGNAL = 0x4000,
	FLAG_MORE     = 0x8000,
	FLAG_ZEROCOPY = 0x4000000,
	FLAG_FASTOPEN = 0x20000000,
	FLAGS_OF_SEND = FLAG_OOB | FLAG_MORE | FLAG_FASTOPEN,
	FLAGS_OF_RECV = FLAG_PEEK | FLAG_TRUNC,
	LEN_MAX       = 1 << 28
};

/* ---- flags ---- */

bool transfer_check_flags(struct run *run, int64_t flags)
{
	if (flags & FLAG_ZEROCOPY)
		run_skips(run, "needs MSG_ZEROCOPY, which Tarn does not have");
	else if (flags & FLAG_EOR)
		run_skips(run, "needs MSG_EOR on a stream, which Tarn does not "
		               "have");
	else if (flags & FLAG_ERRQUEUE)
		run_skips(run, "needs an error queue (MSG_ERRQUEUE), which "
		               "Tarn does not have");

	return !run_is_over(run);
}

static bool take_flags(struct run *run, const struct drill_expr *expr,
                       struct transfer *transfer)
{
	return argument_integer(run, expr, &transfer->flags) &&
	       transfer_check_flags(run, transfer->flags);
}

/* ---- send ---- */

static void fill(const struct transfer *transfer, uint32_t at, uint8_t *octets,
                 size_t len)
{
	for (size_t i = 0; i < len; i++)
		octets[i] = transfer->text && i < transfer->text_len
		                    ? (uint8_t)transfer->text[i]
		                    : drill_octet(at + 1 + (uint32_t)i);
}

static ssize_t send_once(struct run *run, const struct transfer *transfer,
                         const uint8_t *octets, size_t len)
{
	const int flags = (int)(transfer->flags & FLAGS_OF_SEND);

	return tarn_sendto(run->world.tarn, transfer->fd->live, octets, len,
	                   flags, transfer->has_peer ? &transfer->peer : NULL);
}

/* As much as goes in now. A kernel sends while it copies, so what is full of
 * unsent octets may have room behind that. Return: octets, or -errno if none. */
static int64_t send_some(struct run *run, const struct transfer *transfer,
                         uint8_t *octets, size_t len)
{
	bool has_settled = false;
	size_t sent      = 0;
	ssize_t n;

	do {
		n = send_once(run, transfer, octets + sent, len - sent);
		if (n > 0) {
			sent += (size_t)n;
			has_settled = false;
		} else if (n == -EAGAIN && sent > 0 && !has_settled) {
			world_settle(&run->world);
			has_settled = true;
		} else {
			break;
		}
	} while (sent < len && !transfer->fd->connection->is_udp);

	return sent > 0 ? (int64_t)sent : n;
}

static enum call_status send_rest(struct run *run, struct call *call,
                                  const struct transfer *transfer,
                                  uint8_t *octets)
{
	struct connection *connection = transfer->fd->connection;
	const size_t rest             = transfer->len - (size_t)call->progress;
	const bool nonblocking =
	        transfer->fd->nonblocking || (transfer->flags & FLAG_DONTWAIT);
	int64_t n;

	fill(transfer, connection->written, octets, rest);
	n = send_some(run, transfer, octets, rest);
	if (n > 0) {
		call->progress += n;
		connection->written += (uint32_t)n;
	}
	/* A fast open without a cookie: the data wait for the handshake. */
	if (n == -EINPROGRESS && !nonblocking)
		n = -EAGAIN;
	if ((n > 0 && (size_t)n == rest) || (n <= 0 && n != -EAGAIN) ||
	    (call->progress > 0 && nonblocking))
		return call_returns(call, call->progress ? call->progress : n);

	return call_returns_or_blocks(run, call, -EAGAIN, nonblocking,
	                              transfer->fd->sndtimeo_us);
}

static void note_peer(struct run *run, const struct transfer *transfer)
{
	struct connection *connection = transfer->fd->connection;

	if (!transfer->has_peer ||
	    (connection->has_peer && !connection->is_udp))
		return;
	connection->flow.remote_ip   = get_be32(transfer->peer.ip.octet);
	connection->flow.remote_port = transfer->peer.port;
	connection->has_peer         = true;
	run->under_test              = connection;
}

enum call_status transfer_send(struct run *run, struct call *call,
                               struct transfer *transfer)
{
	enum call_status status;
	uint8_t *octets;

	if (transfer->len > 0 && transfer->is_nowhere)
		return call_returns(call, -EFAULT);
	if (transfer->len > LEN_MAX)
		return call_needs(run, "a write of so many octets");
	octets = malloc(transfer->len + 1);
	if (!octets)
		return call_returns(call, -ENOMEM);

	if (transfer->text)
		transfer->fd->connection->has_own_octets = true;
	/* Only a call that opens the connection names the peer; later tries
	 * must not open it again. */
	if (call->has_begun)
		transfer->flags &= ~(int64_t)FLAG_FASTOPEN;
	note_peer(run, transfer);
	status          = send_rest(run, call, transfer, octets);
	call->has_begun = true;
	connection_learn_port(run, transfer->fd->connection);
	free(octets);

	return status;
}

/* ---- receive ---- */

static bool are_right(struct run *run, const struct connection *connection,
                      const uint8_t *octets, size_t len)
{
	if (connection->has_own_octets || connection->is_udp)
		return true;
	for (size_t i = 0; i < len; i++) {
		const uint32_t at = connection->was_read + (uint32_t)i;

		if (octets[i] == drill_octet(at + 1))
			continue;
		run_fails(run,
		          "octet %" PRIu32 " of the stream is wrong\n"
		          "  expected  %02x\n"
		          "  actual    %02x",
		          at + 1, drill_octet(at + 1), octets[i]);
		return false;
	}

	return true;
}

static enum call_status receive_some(struct run *run, struct call *call,
                                     const struct transfer *transfer,
                                     uint8_t *octets)
{
	struct connection *connection = transfer->fd->connection;
	const size_t rest             = transfer->len - (size_t)call->progress;
	const bool nonblocking =
	        transfer->fd->nonblocking || (transfer->flags & FLAG_DONTWAIT);
	const ssize_t n =
	        tarn_recv(run->world.tarn, transfer->fd->live, octets, rest,
	                  (int)(transfer->flags & FLAGS_OF_RECV));

	if (n > 0 && !are_right(run, connection, octets, MIN((size_t)n, rest)))
		return CALL_OVER;
	if (n > 0 && !(transfer->flags & FLAG_PEEK))
		connection->was_read += (uint32_t)n;
	if (n > 0)
		call->progress += n;
	if (n > 0 && (size_t)n < rest && (transfer->flags & FLAG_WAITALL) &&
	    !nonblocking)
		return CALL_BLOCKS;
	if (n != -EAGAIN || (call->progress && nonblocking))
		return call_returns(call, call->progress ? call->progress : n);

	return call_returns_or_blocks(run, call, n, nonblocking,
	                              transfer->fd->rcvtimeo_us);
}

enum call_status transfer_receive(struct run *run, struct call *call,
                                  struct transfer *transfer)
{
	enum call_status status;
	uint8_t *octets;

	if (transfer->flags & FLAG_OOB)
		return call_needs(run, "recv with MSG_OOB (urgent data stay in "
		                       "line, RFC 6093)");
	if (transfer->len > 0 && transfer->is_nowhere)
		return call_returns(call, -EFAULT);
	if (transfer->len > LEN_MAX)
		return call_needs(run, "a read of so many octets");
	octets = malloc(transfer->len + 1);
	if (!octets)
		return call_returns(call, -ENOMEM);

	status = receive_some(run, call, transfer, octets);
	free(octets);

	return status;
}

/* ---- one buffer ---- */

static bool take_buffer(struct run *run, const struct drill_expr *base,
                        const struct drill_expr *len, struct transfer *transfer)
{
	int64_t number;

	if (base && base->kind == DRILL_STRING) {
		transfer->text     = base->text;
		transfer->text_len = base->text_len;
	} else if (!is_ellipsis(base)) {
		/* A number is an address, and none of ours. */
		if (base->kind == DRILL_LIST)
			return false;
		if (!argument_integer(run, base, &number))
			return false;
		transfer->is_nowhere = true;
	}
	if (!argument_integer(run, len, &number))
		return false;
	transfer->len = (size_t)number;

	return true;
}

static bool take_simple(struct run *run, const struct call *call,
                        struct transfer *transfer)
{
	*transfer = (struct transfer){ .len = 0 };
	if (!argument_fd(run, call->arg[0], &transfer->fd))
		return false;
	if (!take_buffer(run, call->arg[1], call->arg[2], transfer))
		return false;
	if (call->script->arg_count > 3 &&
	    !take_flags(run, call->arg[3], transfer))
		return false;

	return true;
}

static enum call_status on_file(struct run *run,
                                const struct transfer *transfer)
{
	run_skips(run, "reads or writes descriptor %d, which is no socket",
	          transfer->fd->number);

	return CALL_OVER;
}

/* read(), recv(), write() and send() differ in what is done to the socket. */
static enum call_status
simple(struct run *run, struct call *call,
       enum call_status (*act)(struct run *, struct call *, struct transfer *))
{
	struct transfer transfer;

	if (!take_simple(run, call, &transfer))
		return CALL_OVER;
	if (transfer.fd->kind != FD_SOCKET)
		return on_file(run, &transfer);

	return act(run, call, &transfer);
}

enum call_status call_read(struct run *run, struct call *call)
{
	return simple(run, call, transfer_receive);
}

enum call_status call_recv(struct run *run, struct call *call)
{
	return call_read(run, call);
}

enum call_status call_recvfrom(struct run *run, struct call *call)
{
	return call_read(run, call);
}

enum call_status call_write(struct run *run, struct call *call)
{
	return simple(run, call, transfer_send);
}

enum call_status call_send(struct run *run, struct call *call)
{
	return call_write(run, call);
}

enum call_status call_sendto(struct run *run, struct call *call)
{
	struct transfer transfer;
	const struct drill_expr *to = call->arg[4];

	if (!take_simple(run, call, &transfer))
		return CALL_OVER;
	if (transfer.fd->kind != FD_SOCKET)
		return on_file(run, &transfer);
	transfer.has_peer = to && (is_ellipsis(to) || to->kind == DRILL_ADDR);
	if (transfer.has_peer &&
	    !argument_address(run, to, run->numbers.remote_ip,
	                      run->numbers.connect_port, &transfer.peer))
		return CALL_OVER;

	return transfer_send(run, call, &transfer);
}
