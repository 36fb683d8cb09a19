/* SPDX-License-Identifier: MIT */
/*
 * tcp.c - the layer: birth, death, and its turns in tarn_poll()
 *
 *	tcp_input	marks		input.c
 *	tcp_timeouts	marks		timeouts.c, half.c, rest.c, timewait.c
 *	tcp_output_all	sends		output.c
 *	tcp_reap	frees		here
 */
#include "tcp/parts.h"
#include "tcp/rest.h"
#include <errno.h>

static void init_tables(struct tcp *tcp)
{
	struct memory *memory = &tcp->env->memory;
	struct random *random = &tcp->env->random;

	table_init(&tcp->conns, memory, random_key_draw(random),
	           offsetof(struct conn, key) - offsetof(struct conn, node),
	           sizeof(struct conn_key));
	table_init(&tcp->listeners, memory, random_key_draw(random),
	           offsetof(struct tcp_listener, key) -
	                   offsetof(struct tcp_listener, node),
	           sizeof(struct listener_key));
	table_init(&tcp->ports, memory, random_key_draw(random),
	           offsetof(struct port_use, port) -
	                   offsetof(struct port_use, node),
	           sizeof(uint16_t));
}

int tcp_create(struct env *env, struct net *net, struct tcp **ret)
{
	struct tcp *tcp = memory_take(&env->memory, sizeof(*tcp));

	if (!tcp)
		return -ENOMEM;

	tcp->env = env;
	tcp->net = net;
	init_tables(tcp);
	wheel_init(&tcp->wheel, env->now_us);
	wheel_init(&tcp->half_wheel, env->now_us);
	wheel_init(&tcp->rest_wheel, env->now_us);
	list_init(&tcp->waits);
	list_init(&tcp->tcbs);
	list_init(&tcp->marked);
	list_init(&tcp->dead);
	list_init(&tcp->ready);
	list_init(&tcp->quiet);
	list_init(&tcp->woken);
	tcp->isn_key          = random_key_draw(&env->random);
	tcp->port_key         = random_key_draw(&env->random);
	tcp->ts_key           = random_key_draw(&env->random);
	tcp->port_hint        = random_below(&env->random, UINT16_MAX);
	tcp->cookie_key       = random_key_draw(&env->random);
	tcp->fastopen_key     = random_key_draw(&env->random);
	tcp->fastopen_key_us  = env->now_us;
	tcp->fastopen_old_key = random_key_draw(&env->random);
	*ret                  = tcp;

	return 0;
}

static void free_listeners(struct tcp *tcp)
{
	struct table_node *node;

	while ((node = table_next(&tcp->listeners, NULL)))
		tcp_listener_close(
		        CONTAINER_OF(node, struct tcp_listener, node));
}

void tcp_destroy(struct tcp *tcp)
{
	struct list *node;

	if (!tcp)
		return;

	free_listeners(tcp);
	while ((node = list_first(&tcp->tcbs)))
		tcb_free(CONTAINER_OF(node, struct tcb, all));
	while ((node = list_first(&tcp->waits)))
		wait_free(CONTAINER_OF(node, struct conn_wait, node));
	rest_free_all(tcp);
	table_free(&tcp->conns);
	table_free(&tcp->listeners);
	table_free(&tcp->ports);
	memory_give(&tcp->env->memory, tcp, sizeof(*tcp));
}

void tcp_output_all(struct tcp *tcp)
{
	struct list *node;

	while ((node = list_take(&tcp->marked)))
		tcp_output(CONTAINER_OF(node, struct tcb, marked));
}

void tcp_reap(struct tcp *tcp)
{
	struct list *node;

	while ((node = list_take(&tcp->dead)))
		tcb_free(CONTAINER_OF(node, struct tcb, dead));
}

uint64_t tcp_deadline(const struct tcp *tcp)
{
	struct list *wait = list_first(&tcp->waits);
	uint64_t deadline_us;

	if (!list_is_empty(&tcp->marked) || !list_is_empty(&tcp->dead))
		return tcp->env->now_us;

	deadline_us = MIN(wheel_deadline(&tcp->wheel),
	                  wheel_deadline(&tcp->half_wheel));
	deadline_us = MIN(deadline_us, wheel_deadline(&tcp->rest_wheel));
	if (!wait)
		return deadline_us;

	return MIN(deadline_us,
	           CONTAINER_OF(wait, struct conn_wait, node)->deadline_us);
}

void *tcp_take_ready(struct tcp *tcp)
{
	struct list *node = list_take(&tcp->ready);

	return node ? CONTAINER_OF(node, struct ready, node)->user : NULL;
}

void tcp_usage(const struct tcp *tcp, struct tcp_usage *ret)
{
	*ret = tcp->usage;
}
