/* SPDX-License-Identifier: MIT */
/*
 * ports.c - which stream sockets are bound to which port
 *
 * POSIX bind(). TCP knows connections and listeners; a socket that is bound
 * and does neither yet is known here only. Ports are found by a hash, so bind
 * looks at the sockets of one port and never at all of them. (UDP keeps its
 * own books: there, to be bound is to receive.)
 *
 * Two sockets may share a port when their addresses differ and neither is the
 * wildcard, or when both have SO_REUSEADDR and the earlier one does not listen
 * (which tcp_bind_check() sees); then only one of them can listen later. That
 * is what Linux does.
 */
#include "sock/socket.h"
#include <errno.h>

/* Random ports to try before looking at each in turn. */
#define CHOICES_MAX 32

struct port {
	struct table_node node;
	uint16_t number;
	struct list sockets;
};

void ports_init(struct socks *socks)
{
	table_init(&socks->ports, &socks->env->memory,
	           random_key_draw(&socks->env->random),
	           offsetof(struct port, number) - offsetof(struct port, node),
	           sizeof(uint16_t));
}

static struct port *find_port(const struct socks *socks, uint16_t number)
{
	struct table_node *node = table_find(&socks->ports, &number);

	return node ? CONTAINER_OF(node, struct port, node) : NULL;
}

static struct port *add_port(struct socks *socks, uint16_t number)
{
	struct port *port = memory_take(&socks->env->memory, sizeof(*port));

	if (!port)
		return NULL;

	port->number = number;
	list_init(&port->sockets);
	if (table_insert(&socks->ports, &port->node) < 0) {
		memory_give(&socks->env->memory, port, sizeof(*port));
		return NULL;
	}

	return port;
}

static bool is_overlapping(const struct tarn_ip *a, const struct tarn_ip *b)
{
	return a->version == TARN_IP_NONE || b->version == TARN_IP_NONE ||
	       memcmp(a, b, sizeof(*a)) == 0;
}

static bool is_in_conflict(const struct port *port, const struct socket *socket,
                           const struct tarn_ip *ip)
{
	LIST_FOR_EACH(at, &port->sockets) {
		const struct socket_setup *other =
		        CONTAINER_OF(at, struct socket_setup, port_node);

		if (!is_overlapping(&other->local.ip, ip))
			continue;
		if (!socket->reuse || !other->socket->reuse)
			return true;
	}

	return false;
}

int ports_reserve(struct socks *socks, struct socket *socket,
                  const struct tarn_addr *local)
{
	struct port *port = find_port(socks, local->port);

	if (tcp_bind_check(socks->tcp, local, socket->reuse) < 0)
		return -EADDRINUSE;
	if (port && is_in_conflict(port, socket, &local->ip))
		return -EADDRINUSE;

	if (!port)
		port = add_port(socks, local->port);
	if (!port)
		return -ENOMEM;

	list_append(&port->sockets, &socket->setup->port_node);
	socket->setup->port  = port;
	socket->setup->local = *local;

	return 0;
}

static bool is_free(const struct socks *socks, const struct tarn_addr *local)
{
	return !find_port(socks, local->port) &&
	       tcp_bind_check(socks->tcp, local, false) == 0;
}

/* tcp_choose_port() draws at random (RFC 6056 3.3.1), blind to what is bound
 * and idle. When nearly everything is taken, walking all finds what is left. */
static int choose_number(struct socks *socks, struct tarn_addr *local)
{
	for (unsigned i = 0; i < CHOICES_MAX; i++) {
		local->port = tcp_choose_port(socks->tcp, &local->ip);
		if (local->port != 0 && is_free(socks, local))
			return 0;
	}

	for (uint32_t n = TCP_EPHEMERAL_MIN; n <= TCP_EPHEMERAL_MAX; n++) {
		local->port = (uint16_t)n;
		if (is_free(socks, local))
			return 0;
	}

	return -EADDRINUSE;
}

int ports_choose(struct socks *socks, struct socket *socket,
                 const struct tarn_ip *ip)
{
	struct tarn_addr local = { .ip = *ip };
	const int error        = choose_number(socks, &local);

	return error ? error : ports_reserve(socks, socket, &local);
}

void ports_release(struct socks *socks, struct socket *socket)
{
	struct port *port = socket->setup ? socket->setup->port : NULL;

	if (!port)
		return;

	list_remove(&socket->setup->port_node);
	socket->setup->port = NULL;
	if (!list_is_empty(&port->sockets))
		return;

	table_remove(&socks->ports, &port->node);
	memory_give(&socks->env->memory, port, sizeof(*port));
	if (socks->ports.node_count == 0)
		table_free(&socks->ports);
}

bool ports_may_listen(const struct socket *socket)
{
	LIST_FOR_EACH(at, &socket->setup->port->sockets) {
		const struct socket_setup *other =
		        CONTAINER_OF(at, struct socket_setup, port_node);

		if (other->socket != socket && other->socket->listener &&
		    is_overlapping(&other->local.ip, &socket->setup->local.ip))
			return false;
	}

	return true;
}
