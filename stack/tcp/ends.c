/* SPDX-License-Identifier: MIT */
/*
 * ends.c - STATUS of everything at once, for `tarn ss` (RFC 9293 3.10.6)
 *
 * A connection is a conn_half, a tcb or a conn_wait in turn; whoever looks from
 * outside sees one connection that keeps its number.
 */
#include "tcp/parts.h"
#include "tcp/rest.h"
#include <assert.h>

static_assert(TCP_TIMER_COUNT <= TARN_END_TIMERS_MAX, "each has its row");

/** struct visit - whom to tell */
struct visit {
	void (*tell)(void *context, const struct tarn_end *end);
	void *context;
};

static void set_addresses(struct tarn_end *end, const struct conn_key *key)
{
	end->local = (struct tarn_addr){ key->local_ip, key->local_port };
	end->peer  = (struct tarn_addr){ key->peer_ip, key->peer_port };
}

static void add_timer(struct tarn_end *end, const char *name,
                      uint64_t deadline_us)
{
	end->timer[end->timer_count++] =
	        (struct tarn_end_timer){ name, deadline_us };
}

static void visit_tcb(const struct tcb *tcb, const struct visit *visit)
{
	struct tarn_end end = {
		.kind          = TARN_END_CONNECTION,
		.number        = tcb->number,
		.state_name    = tarn_tcp_state_name(tcb->state),
		.receive_queue = tcp_readable(tcb),
		.send_queue    = tcp_unacked(tcb),
		.is_orphan     = tcb->is_orphan,
	};

	set_addresses(&end, &tcb->conn.key);
	for (enum tcp_timer which = 0; which < TCP_TIMER_COUNT; which++)
		if (tcp_timer_is_armed(tcb, which))
			add_timer(&end, tcp_timer_name(which),
			          tcb->deadline_us[which]);
	tcp_info(tcb, &end.info);
	visit->tell(visit->context, &end);
}

/* Those have no list of their own: they are many, and it would cost each one
 * 16 octets for a question that is asked rarely. */
static void visit_resting(struct tcp *tcp, const struct visit *visit)
{
	struct table_node *node = NULL;

	while ((node = table_next(&tcp->conns, node))) {
		struct conn *conn = CONTAINER_OF(node, struct conn, node);
		struct tcb tcb;

		if (conn->kind != CONN_REST)
			continue;
		rest_view(tcp, rest_of(conn), &tcb);
		visit_tcb(&tcb, visit);
	}
}

static void visit_half(const struct conn_half *half, const struct visit *visit)
{
	struct tarn_end end = {
		.kind       = TARN_END_HALF_OPEN,
		.number     = half->number,
		.state_name = tarn_tcp_state_name(TCPS_SYN_RECEIVED),
	};

	set_addresses(&end, &half->conn.key);
	if (timer_is_set(&half->timer))
		add_timer(&end, "SYN-ACK", half->timer.deadline_us);
	visit->tell(visit->context, &end);
}

static void visit_wait(const struct conn_wait *wait, const struct visit *visit)
{
	struct tarn_end end = {
		.kind       = TARN_END_TIME_WAIT,
		.number     = wait->number,
		.state_name = tarn_tcp_state_name(TCPS_TIME_WAIT),
	};

	set_addresses(&end, &wait->conn.key);
	add_timer(&end, "2MSL", wait->deadline_us);
	visit->tell(visit->context, &end);
}

static void visit_listener(const struct tcp_listener *listener,
                           const struct visit *visit)
{
	const struct tarn_end end = {
		.kind          = TARN_END_LISTENER,
		.state_name    = tarn_tcp_state_name(TCPS_LISTEN),
		.local         = { listener->key.ip, listener->key.port },
		.receive_queue = listener->accept_count,
		.send_queue    = listener->backlog,
	};

	visit->tell(visit->context, &end);
	LIST_FOR_EACH(node, &listener->half)
		visit_half(CONTAINER_OF(node, struct conn_half, queue), visit);
}

void tcp_ends(struct tcp *tcp,
              void (*tell)(void *context, const struct tarn_end *end),
              void *context)
{
	const struct visit visit = { tell, context };
	struct table_node *node  = NULL;

	while ((node = table_next(&tcp->listeners, node)))
		visit_listener(CONTAINER_OF(node, struct tcp_listener, node),
		               &visit);
	LIST_FOR_EACH(at, &tcp->tcbs) {
		const struct tcb *tcb = CONTAINER_OF(at, struct tcb, all);

		if (tcb->conn.is_in_table) /* else it is over, and unread */
			visit_tcb(tcb, &visit);
	}
	visit_resting(tcp, &visit);
	LIST_FOR_EACH(at, &tcp->waits)
		visit_wait(CONTAINER_OF(at, struct conn_wait, node), &visit);
}
