/* SPDX-License-Identifier: MIT */
/*
 * port.c - how much each local port is used (RFC 9293 section 3.9.1.1, OPEN)
 *
 * bind() and the choice of an ephemeral port ask whether a port is free. The
 * answer is a count per port, of connections and of listeners, so it costs one
 * look however many of either there are.
 */
#include "tcp/port.h"
#include "tcp/parts.h"
#include <errno.h>

static struct port_use *find(const struct tcp *tcp, uint16_t port)
{
	struct table_node *node = table_find(&tcp->ports, &port);

	return node ? CONTAINER_OF(node, struct port_use, node) : NULL;
}

static struct port_use *add(struct tcp *tcp, uint16_t port)
{
	struct port_use *use = memory_take(&tcp->env->memory, sizeof(*use));

	if (!use)
		return NULL;

	use->port = port;
	if (table_insert(&tcp->ports, &use->node) < 0) {
		memory_give(&tcp->env->memory, use, sizeof(*use));
		return NULL;
	}

	return use;
}

static uint32_t *count_of(struct port_use *use, enum port_of of)
{
	return of == PORT_OF_CONN ? &use->conns : &use->listeners;
}

bool port_is_used(const struct tcp *tcp, uint16_t port)
{
	const struct port_use *use = find(tcp, port);

	return use && use->conns > 0;
}

bool port_is_listened_to(const struct tcp *tcp, uint16_t port)
{
	const struct port_use *use = find(tcp, port);

	return use && use->listeners > 0;
}

int port_take(struct tcp *tcp, uint16_t port, enum port_of of)
{
	struct port_use *use = find(tcp, port);

	if (!use)
		use = add(tcp, port);
	if (!use)
		return -ENOMEM;

	++*count_of(use, of);

	return 0;
}

void port_give(struct tcp *tcp, uint16_t port, enum port_of of)
{
	struct port_use *use = find(tcp, port);

	CHECK(use && *count_of(use, of) > 0);
	--*count_of(use, of);
	if (use->conns > 0 || use->listeners > 0)
		return;

	table_remove(&tcp->ports, &use->node);
	memory_give(&tcp->env->memory, use, sizeof(*use));
}
