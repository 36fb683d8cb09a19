/* SPDX-License-Identifier: MIT */
/*
 * call_socket.c - socket, bind, listen, accept, connect, shutdown, the two names
 *
 * These are the calls that make, name and end connections, so they also keep
 * the runtime's own list of them (connection.c).
 */
#include "base/bytes.h"
#include "tools/drill/call.h"
#include <errno.h>

enum {
	AF_INET_NUMBER  = 2,
	AF_INET6_NUMBER = 10,
	SOCK_TYPE_MASK  = 0xf,
	SOCK_NONBLOCK   = 0x800
};

/* ---- socket ---- */

static bool is_family_known(struct run *run, const struct drill_expr *expr)
{
	int64_t family = AF_INET_NUMBER;

	if (!is_ellipsis(expr) && !argument_integer(run, expr, &family))
		return false;
	if (family == AF_INET_NUMBER)
		return true;
	run_skips(run, "needs %s, which Tarn does not have",
	          family == AF_INET6_NUMBER ? "IPv6" : "this address family");

	return false;
}

static bool is_protocol_known(struct run *run, int64_t protocol, bool is_udp)
{
	if (protocol == 0 || protocol == (is_udp ? 17 : 6))
		return true;
	run_skips(run,
	          "needs IP protocol %d as a socket, which Tarn does not "
	          "have",
	          (int)protocol);

	return false;
}

enum call_status call_socket(struct run *run, struct call *call)
{
	struct connection *connection;
	int64_t type, protocol = 0;
	bool is_udp;
	int fd;

	if (!is_family_known(run, call->arg[0]) ||
	    !argument_integer(run, call->arg[1], &type))
		return CALL_OVER;
	if (!is_ellipsis(call->arg[2]) &&
	    !argument_integer(run, call->arg[2], &protocol))
		return CALL_OVER;
	if ((type & SOCK_TYPE_MASK) != TARN_STREAM &&
	    (type & SOCK_TYPE_MASK) != TARN_DGRAM)
		return call_needs(run, "this type of socket");
	is_udp = (type & SOCK_TYPE_MASK) == TARN_DGRAM;
	if (!is_protocol_known(run, protocol, is_udp))
		return CALL_OVER;

	fd = tarn_socket(run->world.tarn, is_udp ? TARN_DGRAM : TARN_STREAM);
	if (fd < 0)
		return call_returns(call, fd);
	connection = connection_new(run);
	if (!connection)
		return CALL_OVER;
	connection->fd        = fd;
	connection->is_udp    = is_udp;
	run->under_test       = connection;
	call->new_connection  = connection;
	call->new_kind        = FD_SOCKET;
	call->new_nonblocking = (type & SOCK_NONBLOCK) != 0;
	call->result_is_fd    = true;

	return call_returns(call, fd);
}

/* ---- bind, listen ---- */

enum call_status call_bind(struct run *run, struct call *call)
{
	struct tarn_addr local;
	struct fd *fd;
	int rc;

	if (!argument_socket(run, call->arg[0], &fd) ||
	    !argument_address(run, call->arg[1], run->numbers.local_ip,
	                      run->numbers.bind_port, &local))
		return CALL_OVER;

	rc = tarn_bind(run->world.tarn, fd->live, &local);
	if (rc == 0)
		connection_learn_port(run, fd->connection);

	return call_returns(call, rc);
}

/* Where each listener takes data in a SYN, its queue is as long as the other. */
static void allow_fastopen(struct run *run, const struct fd *fd, int backlog)
{
	int length = 0;

	if (!run->numbers.fastopen_everywhere || backlog <= 0)
		return;
	if (tarn_getsockopt(run->world.tarn, fd->live, TARN_TCP_FASTOPEN,
	                    &length, sizeof(length)) < 0 ||
	    length > 0)
		return;
	(void)tarn_setsockopt(run->world.tarn, fd->live, TARN_TCP_FASTOPEN,
	                      &backlog, sizeof(backlog));
}

enum call_status call_listen(struct run *run, struct call *call)
{
	int64_t backlog;
	struct fd *fd;
	int rc;

	if (!argument_socket(run, call->arg[0], &fd) ||
	    !argument_integer(run, call->arg[1], &backlog))
		return CALL_OVER;

	rc = tarn_listen(run->world.tarn, fd->live, (int)backlog);
	if (rc == 0) {
		fd->connection->is_listening = true;
		connection_learn_port(run, fd->connection);
		run->under_test = fd->connection;
		allow_fastopen(run, fd, (int)backlog);
	}

	return call_returns(call, rc);
}

/* ---- accept ---- */

static bool accept_flags(struct run *run, const struct call *call,
                         bool *ret_nonblocking)
{
	int64_t flags = 0;

	if (call->script->arg_count == 4 &&
	    !argument_integer(run, call->arg[3], &flags))
		return false;
	*ret_nonblocking = (flags & SOCK_NONBLOCK) != 0;

	return true;
}

static bool is_peer_expected(struct run *run, const struct drill_expr *expr,
                             const struct tarn_addr *peer)
{
	int64_t ignored;

	if (is_ellipsis(expr) || expr->kind != DRILL_ADDR)
		return is_ellipsis(expr) ||
		       argument_integer(run, expr, &ignored);
	if (get_be32(peer->ip.octet) == expr->addr_ip &&
	    peer->port == expr->addr_port)
		return true;
	run_fails(run,
	          "the address differs\n"
	          "  expected  %08x port %u\n"
	          "  actual    %08x port %u",
	          expr->addr_ip, expr->addr_port, get_be32(peer->ip.octet),
	          peer->port);

	return false;
}

enum call_status call_accept(struct run *run, struct call *call)
{
	struct tarn_addr peer;
	struct fd *fd;
	bool nonblocking;
	int rc;

	if (!argument_socket(run, call->arg[0], &fd) ||
	    !accept_flags(run, call, &nonblocking))
		return CALL_OVER;

	rc = tarn_accept(run->world.tarn, fd->live, &peer);
	if (rc < 0)
		return call_returns_or_blocks(run, call, rc, fd->nonblocking,
		                              fd->rcvtimeo_us);
	if (!is_peer_expected(run, call->arg[1], &peer))
		return CALL_OVER;
	call->new_connection = connection_from(run, &peer);
	if (!call->new_connection) {
		run_fails(run, "accept gave a connection that no SYN of the "
		               "script opened");
		return CALL_OVER;
	}
	call->new_connection->fd = rc;
	call->new_kind           = FD_SOCKET;
	call->new_nonblocking    = nonblocking;
	call->result_is_fd       = true;

	return call_returns(call, rc);
}

/* ---- connect ---- */

static enum call_status connection_result(struct run *run, struct call *call,
                                          const struct fd *fd)
{
	const int bits = tarn_readiness(run->world.tarn, fd->live);
	int error      = 0;

	if (!(bits & (TARN_POLLOUT | TARN_POLLERR | TARN_POLLHUP)))
		return call_returns_or_blocks(run, call, -EAGAIN, false,
		                              fd->sndtimeo_us);
	if (tarn_getsockopt(run->world.tarn, fd->live, TARN_SO_ERROR, &error,
	                    sizeof(error)) < 0)
		error = EBADF;

	return call_returns(call, -error);
}

static void note_peer(struct run *run, struct connection *connection,
                      const struct tarn_addr *peer)
{
	connection->flow.remote_ip   = get_be32(peer->ip.octet);
	connection->flow.remote_port = peer->port;
	connection->has_peer         = true;
	run->under_test              = connection;
}

enum call_status call_connect(struct run *run, struct call *call)
{
	struct tarn_addr peer;
	struct fd *fd;
	int rc;

	if (!argument_socket(run, call->arg[0], &fd))
		return CALL_OVER;
	if (call->has_begun)
		return connection_result(run, call, fd);
	if (!argument_address(run, call->arg[1], run->numbers.remote_ip,
	                      run->numbers.connect_port, &peer))
		return CALL_OVER;

	if (!fd->connection->has_peer || fd->connection->is_udp)
		note_peer(run, fd->connection, &peer);
	rc = tarn_connect(run->world.tarn, fd->live, &peer);
	connection_learn_port(run, fd->connection);
	if (fd->nonblocking || (rc != -EINPROGRESS && rc != -EALREADY))
		return call_returns(call, rc);
	call->has_begun = true;

	return CALL_BLOCKS;
}

/* ---- shutdown, names ---- */

enum call_status call_shutdown(struct run *run, struct call *call)
{
	struct fd *fd;
	int64_t how;

	if (!argument_socket(run, call->arg[0], &fd) ||
	    !argument_integer(run, call->arg[1], &how))
		return CALL_OVER;

	return call_returns(call,
	                    tarn_shutdown(run->world.tarn, fd->live, (int)how));
}

static enum call_status name(struct run *run, struct call *call, bool is_peer)
{
	struct tarn_addr addr;
	struct fd *fd;
	int rc;

	if (!argument_socket(run, call->arg[0], &fd))
		return CALL_OVER;

	rc = is_peer ? tarn_getpeername(run->world.tarn, fd->live, &addr)
	             : tarn_getsockname(run->world.tarn, fd->live, &addr);
	if (rc == 0 && !is_peer_expected(run, call->arg[1], &addr))
		return CALL_OVER;

	return call_returns(call, rc);
}

enum call_status call_getsockname(struct run *run, struct call *call)
{
	return name(run, call, false);
}

enum call_status call_getpeername(struct run *run, struct call *call)
{
	return name(run, call, true);
}
