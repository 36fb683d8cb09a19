/* SPDX-License-Identifier: MIT */
/*
 * listen.c - passive OPEN, LISTEN and the accept queue (RFC 9293 3.10.7.2)
 *
 *	SYN ----> SYN queue ------ACK of our SYN----> accept queue ----> user
 *		  struct conn_half, half.c	      struct tcb
 *
 * Both queues are bounded. A full SYN queue answers with cookies (cookie.c);
 * a full accept queue leaves the handshake's last ACK unanswered, and the peer
 * or we will try again.
 */
#include "tcp/parts.h"
#include "tcp/port.h"
#include <errno.h>

struct tcp_listener *listener_at(const struct tcp *tcp,
                                 const struct tarn_ip *ip, uint16_t port)
{
	const struct listener_key key = { .ip = *ip, .port = port };
	struct table_node *node       = table_find(&tcp->listeners, &key);

	return node ? CONTAINER_OF(node, struct tcp_listener, node) : NULL;
}

struct tcp_listener *listener_find(const struct tcp *tcp,
                                   const struct conn_key *key)
{
	const struct tarn_ip any = { .version = TARN_IP_NONE };
	struct tcp_listener *listener;

	listener = listener_at(tcp, &key->local_ip, key->local_port);
	if (listener)
		return listener;

	return listener_at(tcp, &any, key->local_port);
}

/* ---- The calls ---- */

static uint32_t clamp_backlog(int backlog)
{
	if (backlog < 1)
		return 1;

	return MIN((uint32_t)backlog, TCP_ACCEPT_QUEUE_MAX);
}

/* Into the books. Return: 0, -ENOMEM (nothing changed) */
static int enter(struct tcp_listener *listener)
{
	struct tcp *tcp     = listener->tcp;
	const uint16_t port = listener->key.port;

	if (port_take(tcp, port, PORT_OF_LISTENER) < 0)
		return -ENOMEM;
	if (table_insert(&tcp->listeners, &listener->node) < 0) {
		port_give(tcp, port, PORT_OF_LISTENER);
		return -ENOMEM;
	}
	tcp->usage.listeners++;

	return 0;
}

/* MUST-42 */
int tcp_open_passive(struct tcp *tcp, const struct tarn_addr *local,
                     const struct tcp_settings *settings, int backlog,
                     struct tcp_listener **ret)
{
	struct tcp_listener *listener;

	if (listener_at(tcp, &local->ip, local->port))
		return -EADDRINUSE; /* MUST-41 */

	listener = memory_take(&tcp->env->memory, sizeof(*listener));
	if (!listener)
		return -ENOMEM;

	listener->tcp      = tcp;
	listener->key.ip   = local->ip;
	listener->key.port = local->port;
	listener->settings = *settings;
	listener->backlog  = clamp_backlog(backlog);
	list_init(&listener->half);
	list_init(&listener->accept);
	list_init(&listener->early);
	list_init(&listener->ready.node);
	if (enter(listener) < 0) {
		memory_give(&tcp->env->memory, listener, sizeof(*listener));
		return -ENOMEM;
	}
	*ret = listener;

	return 0;
}

void tcp_listener_set_backlog(struct tcp_listener *listener, int backlog)
{
	listener->backlog = clamp_backlog(backlog);
}

struct tcp_settings *tcp_listener_settings(struct tcp_listener *listener)
{
	return &listener->settings;
}

void tcp_listener_set_user(struct tcp_listener *listener, void *user)
{
	listener->ready.user = user;
}

static void tell_queue(struct tcp_listener *listener, struct reason reason)
{
	const struct tarn_event_queue queue = {
		.name  = "accept",
		.count = listener->accept_count,
		.limit = listener->backlog,
		.who   = { listener->key.ip, listener->key.port },
	};

	if (env_is_observed(listener->tcp->env))
		env_emit_queue_at(listener->tcp->env, &queue, reason);
}

bool tcp_can_accept(const struct tcp_listener *listener)
{
	return !list_is_empty(&listener->accept);
}

struct tcb *tcp_accept(struct tcp_listener *listener)
{
	struct list *node = list_take(&listener->accept);
	struct tcb *tcb;

	if (!node)
		return NULL;

	listener->accept_count--;
	tcb           = CONTAINER_OF(node, struct tcb, accept);
	tcb->listener = NULL;
	tell_queue(listener, BECAUSE(WHY_APP_ACCEPTED));

	return tcb;
}

void tcp_listener_close(struct tcp_listener *listener)
{
	struct tcp *tcp = listener->tcp;
	struct list *node;
	struct tcb *tcb;

	while ((node = list_first(&listener->half)))
		half_free(CONTAINER_OF(node, struct conn_half, queue));
	while ((tcb = tcp_accept(listener)))
		tcp_abort(tcb, WHY_RST_NOT_ACCEPTED);
	fastopen_listener_closes(listener);

	list_remove(&listener->ready.node);
	table_remove(&tcp->listeners, &listener->node);
	port_give(tcp, listener->key.port, PORT_OF_LISTENER);
	tcp->usage.listeners--;
	memory_give(&tcp->env->memory, listener, sizeof(*listener));
}

bool listener_is_full(const struct tcp_listener *listener)
{
	return listener->accept_count >= listener->backlog;
}

/*
 * TCP_DEFER_ACCEPT is told in seconds and kept in SYN,ACKs, as on Linux: with
 * gaps of 1, 2, 4 ... s between them, so many leave within @seconds.
 */
static int gap_s(uint8_t retries)
{
	const int max_s = (int)(TCP_RTO_US_MAX / USEC_PER_SEC);

	return retries < 7 ? MIN(1 << retries, max_s) : max_s;
}

uint8_t tcp_defer_retries(int seconds)
{
	uint8_t retries = 0;

	for (int s = 0; s < seconds && retries < UINT8_MAX; retries++)
		s += gap_s(retries);

	return retries;
}

int tcp_defer_seconds(uint8_t retries)
{
	int seconds = 0;

	for (uint8_t i = 0; i < retries; i++)
		seconds += gap_s(i);

	return seconds;
}

void listener_established(struct tcb *tcb)
{
	struct tcp_listener *listener = tcb->listener;

	list_append(&listener->accept, &tcb->accept);
	listener->accept_count++;
	tell_queue(listener, BECAUSE(WHY_GOT_ACK_OF_SYN));
	tcp_mark_ready(listener->tcp, &listener->ready);
}

/* ---- SEGMENT ARRIVES in LISTEN ---- */

enum drop tcp_listen(struct tcp_listener *listener, struct tcp_seg *seg)
{
	struct tcp *tcp = listener->tcp;
	struct tcp_fastopen grant;

	if (seg->rst) /* first */
		return env_verdict(listener->tcp->env, DROP_TCP_LISTEN_RST);
	if (seg->has_ack && cookie_may_come(listener))
		return cookie_arrives(listener, seg);
	if (seg->has_ack) { /* second */
		segment_reset(tcp, seg, WHY_RST_LISTEN);
		return env_verdict(listener->tcp->env, DROP_TCP_LISTEN_ACK);
	}
	if (!seg->syn) /* fourth */
		return env_verdict(listener->tcp->env, DROP_TCP_LISTEN_OTHER);
	if (seg->fin)
		return env_verdict(listener->tcp->env, DROP_TCP_LISTEN_SYN_FIN);
	if (!net_is_unicast(tcp->net, &seg->key.peer_ip))
		return env_verdict(listener->tcp->env,
		                   DROP_IP4_MARTIAN); /* MUST-63 */

	/* third */
	if (cookie_is_due(listener))
		return cookie_answer(listener, seg);
	if (fastopen_judge(listener, seg, &grant) == FASTOPEN_ACCEPT)
		return fastopen_accept(listener, seg, &grant);

	return half_create(listener, seg, tcp_isn(tcp, &seg->key));
}
