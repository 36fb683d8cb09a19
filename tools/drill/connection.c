/* SPDX-License-Identifier: MIT */
/*
 * connection.c - which connection a packet or a descriptor belongs to
 *
 * Packets of most scripts name no ports: they belong to the connection under
 * test. That is the socket made last; once it listens, a SYN makes a child of
 * it, which is then under test; accept() gives the child its descriptor. A
 * packet that does name its ports belongs to the connection with these, so
 * that one script can have several.
 *
 * Live addresses are those of the script: the stack under test has the local
 * one, and any remote one is at the other end of the link.
 */
#include "base/bytes.h"
#include "tools/drill/run.h"
#include "wire/ip4.h"
#include <stdlib.h>

/* ---- connections ---- */

struct connection *connection_new(struct run *run)
{
	struct connection *connection;

	if (run->connection_count == RUN_CONNECTIONS_MAX) {
		run_fails(run, "more than %d sockets in a script",
		          RUN_CONNECTIONS_MAX);
		return NULL;
	}
	connection = calloc(1, sizeof(*connection));
	if (!connection) {
		run_fails(run, "out of memory");
		return NULL;
	}

	flow_init(&connection->flow);
	connection->fd                  = -1;
	connection->flow.local_ip       = run->numbers.local_ip;
	connection->flow.tsval_tick_us  = run->numbers.ts_tick_us;
	connection->flow.tsval_slack_us = (uint32_t)run->numbers.tolerance_us;
	/* Ours are in the order of Linux. */
	connection->flow.any_option_order         = run->numbers.is_freebsd;
	run->connections[run->connection_count++] = connection;

	return connection;
}

void connection_learn_port(struct run *run, struct connection *connection)
{
	struct tarn_addr local;

	if (connection->fd >= 0 && !connection->was_closed &&
	    tarn_getsockname(run->world.tarn, connection->fd, &local) == 0 &&
	    local.port != 0)
		connection->flow.local_port = local.port;
}

/* A SYN of the peer's to a listener; @packet may write whose it is. */
static struct connection *new_child(struct run *run,
                                    const struct connection *listener,
                                    const struct drill_packet *packet)
{
	struct connection *child = connection_new(run);

	if (!child)
		return NULL;
	child->flow.local_port  = listener->flow.local_port;
	child->flow.remote_ip   = run->numbers.remote_ip;
	child->flow.remote_port = run->next_port++;
	if (packet->has_ports) {
		child->flow.remote_port = packet->src_port;
		child->flow.local_port  = packet->dst_port;
	}
	if (packet->has_ports && packet->src_ip)
		child->flow.remote_ip = packet->src_ip;
	child->has_peer = true;
	run->under_test = child;

	return child;
}

/* By what a packet writes; an address may be left out. */
static bool has_ports(const struct connection *connection,
                      const struct drill_packet *packet)
{
	const bool in              = packet->is_inbound;
	const uint32_t remote_ip   = in ? packet->src_ip : packet->dst_ip;
	const uint16_t remote_port = in ? packet->src_port : packet->dst_port;
	const uint16_t local_port  = in ? packet->dst_port : packet->src_port;
	const struct drill_flow *flow = &connection->flow;

	return connection->has_peer && flow->remote_port == remote_port &&
	       (!flow->local_port || flow->local_port == local_port) &&
	       (!remote_ip || flow->remote_ip == remote_ip);
}

static struct connection *find_by_ports(struct run *run,
                                        const struct drill_packet *packet)
{
	for (unsigned i = run->connection_count; i-- > 0;)
		if (has_ports(run->connections[i], packet))
			return run->connections[i];

	return NULL;
}

/* Before there is any socket, packets go to a port where nobody is. */
static struct connection *new_nobody(struct run *run)
{
	struct connection *nobody = connection_new(run);

	if (nobody)
		nobody->flow.local_port = run->numbers.bind_port;

	return nobody;
}

struct connection *connection_of_packet(struct run *run,
                                        const struct drill_packet *packet)
{
	struct connection *connection = run->under_test;
	struct connection *named;
	bool has_no_peer;

	if (!connection)
		connection = new_nobody(run);
	if (!connection)
		return NULL;

	named = packet->has_ports ? find_by_ports(run, packet) : NULL;
	if (named)
		return named;
	has_no_peer = !connection->has_peer && !connection->is_udp &&
	              packet->protocol == DRILL_TCP;
	if (packet->is_inbound &&
	    (connection->is_listening || has_no_peer || packet->has_ports))
		return new_child(run, connection, packet);

	return connection;
}

static bool is_peer(const struct connection *connection, uint32_t ip,
                    uint16_t port)
{
	return connection->has_peer && connection->flow.remote_ip == ip &&
	       connection->flow.remote_port == port;
}

/* ICMP has no ports; it is judged by whoever expects it. */
struct connection *connection_sent(struct run *run, const uint8_t *ip,
                                   size_t len)
{
	const size_t head = len > 0 ? (size_t)(ip[0] & 0xf) * 4 : 0;

	if (head < IP4_HDR_LEN || len < head + 4)
		return run->under_test;
	if (ip[9] != IP_PROTO_TCP && ip[9] != IP_PROTO_UDP)
		return run->under_test;
	for (unsigned i = run->connection_count; i-- > 0;) {
		struct connection *connection = run->connections[i];

		connection_learn_port(run, connection);
		if (is_peer(connection, get_be32(ip + 16),
		            get_be16(ip + head + 2)) &&
		    connection->flow.local_port == get_be16(ip + head))
			return connection;
	}

	return NULL;
}

struct connection *connection_from(struct run *run,
                                   const struct tarn_addr *peer)
{
	const uint32_t ip = get_be32(peer->ip.octet);

	for (unsigned i = run->connection_count; i-- > 0;)
		if (run->connections[i]->fd < 0 &&
		    is_peer(run->connections[i], ip, peer->port))
			return run->connections[i];

	return NULL;
}

/* ---- descriptors ---- */

struct fd *fd_find(struct run *run, int number)
{
	for (unsigned i = 0; i < RUN_FDS_MAX; i++)
		if (run->fds[i].kind != FD_FREE && run->fds[i].number == number)
			return &run->fds[i];

	return NULL;
}

struct fd *fd_new(struct run *run, int number, enum fd_kind kind, int live)
{
	if (fd_find(run, number)) {
		run_fails(run, "descriptor %d is open already", number);
		return NULL;
	}
	for (unsigned i = 0; i < RUN_FDS_MAX; i++) {
		struct fd *fd = &run->fds[i];

		if (fd->kind != FD_FREE)
			continue;
		*fd = (struct fd){ .kind     = kind,
			           .number   = number,
			           .live     = live,
			           .linger_s = -1 };
		return fd;
	}
	run_fails(run, "more than %d descriptors", RUN_FDS_MAX);

	return NULL;
}
