/* SPDX-License-Identifier: MIT */
/*
 * conn.c - who owns which 4-tuple, and how a connection is born and dies
 *
 * One keyed table holds connections, half-open ones and TIME-WAIT records, so
 * a segment costs one look.
 *
 * Death has three steps, so that nobody frees a connection in the middle of a
 * path: tcb_end() closes it and takes it out of the table; it is dead once its
 * user has let go too; tcp_reap(), the last act of tarn_poll(), frees it.
 */
#include "tcp/parts.h"
#include "tcp/port.h"
#include <errno.h>

struct conn_key conn_key(const struct tarn_addr *local,
                         const struct tarn_addr *peer)
{
	return (struct conn_key){
		.local_ip   = local->ip,
		.peer_ip    = peer->ip,
		.local_port = local->port,
		.peer_port  = peer->port,
	};
}

struct conn *conn_find(const struct tcp *tcp, const struct conn_key *key)
{
	struct table_node *node;

	if (tcp->last.in && !memcmp(&tcp->last.in->conn.key, key, sizeof(*key)))
		return &tcp->last.in->conn;

	node = table_find(&tcp->conns, key);

	return node ? CONTAINER_OF(node, struct conn, node) : NULL;
}

/* It leaves the table, so nobody may find it any more. */
static void forget_last(struct tcp *tcp, const struct conn *conn)
{
	if (tcp->last.in && &tcp->last.in->conn == conn)
		tcp->last.in = NULL;
}

int conn_insert(struct tcp *tcp, struct conn *conn)
{
	CHECK(!conn->is_in_table);
	if (port_take(tcp, conn->key.local_port, PORT_OF_CONN) < 0)
		return -ENOMEM;
	if (table_insert(&tcp->conns, &conn->node) < 0) {
		port_give(tcp, conn->key.local_port, PORT_OF_CONN);
		return -ENOMEM;
	}
	conn->is_in_table = true;

	return 0;
}

void conn_replace(struct tcp *tcp, struct conn *conn, struct conn *heir)
{
	CHECK(conn->is_in_table && !heir->is_in_table);
	heir->key = conn->key;

	/* In before out: with @conn still in a bucket there is one, so it cannot
	 * fail, whereas an emptied table would have to ask for memory. */
	CHECK(table_insert(&tcp->conns, &heir->node) == 0);
	table_remove(&tcp->conns, &conn->node);
	conn->is_in_table = false;
	heir->is_in_table = true;
	forget_last(tcp, conn);
}

void conn_remove(struct tcp *tcp, struct conn *conn)
{
	if (!conn->is_in_table)
		return;

	forget_last(tcp, conn);
	table_remove(&tcp->conns, &conn->node);
	conn->is_in_table = false;
	port_give(tcp, conn->key.local_port, PORT_OF_CONN);
}

void tcb_init(struct tcb *tcb, struct tcp *tcp, const struct conn_key *key)
{
	tcb->tcp       = tcp;
	tcb->conn.kind = CONN_TCB;
	tcb->conn.key  = *key;
	tcb->state     = TCPS_CLOSED;
	tcb->ts_offset = tcp_ts_offset(tcp, key);
	tcb->rcv.quick = tcp->env->config.no_quick_ack ? 0 : TCP_QUICK_ACKS;
	list_init(&tcb->ready.node);
	list_init(&tcb->all);
	list_init(&tcb->marked);
	list_init(&tcb->dead);
	list_init(&tcb->accept);
	list_init(&tcb->early);
	list_init(&tcb->quiet);
	timer_init(&tcb->timer);
	for (unsigned i = 0; i < TCP_TIMER_COUNT; i++)
		tcb->deadline_us[i] = TARN_NEVER;
	rtt_init(tcb);
}

struct tcb *tcb_create(struct tcp *tcp, const struct conn_key *key,
                       const struct tcp_settings *settings)
{
	struct tcb *tcb = memory_take(&tcp->env->memory, sizeof(*tcb));

	if (!tcb)
		return NULL;

	tcb_init(tcb, tcp, key);
	tcb->settings      = *settings;
	tcb->number        = ++tcp->last_number;
	tcb->count.born_us = tcp->env->now_us;
	list_append(&tcp->tcbs, &tcb->all);
	tcp->usage.connections++;

	return tcb;
}

void tcb_end_at(struct tcb *tcb, int error, struct reason reason)
{
	struct tcp *tcp = tcb->tcp;

	if (tcb->state == TCPS_CLOSED)
		return;

	if (tcb->state == TCPS_SYN_SENT && error)
		fastopen_failed(tcb);
	fastopen_settle(tcb, reason.why == WHY_GOT_RST);
	tcp_set_state_at(tcb, TCPS_CLOSED, reason);
	conn_remove(tcp, &tcb->conn);
	for (unsigned i = 0; i < TCP_TIMER_COUNT; i++)
		tcp_timer_cancel_at(tcb, i, reason);
	timer_cancel(&tcp->wheel, &tcb->timer);
	list_remove(&tcb->marked);
	tcb->owed = 0;
	if (error)
		tcb->error = error;

	ring_release(&tcb->snd.ring, &tcp->env->memory);
	sent_release(&tcb->sent, &tcb->tcp->env->memory);
	tcp_mark_ready(tcp, &tcb->ready);
	tcb_release_if_done(tcb);
}

void tcb_release_if_done(struct tcb *tcb)
{
	if (!tcb->is_orphan || tcb->conn.is_in_table)
		return;
	if (!list_is_linked(&tcb->dead))
		list_append(&tcb->tcp->dead, &tcb->dead);
}

void tcb_free(struct tcb *tcb)
{
	struct tcp *tcp       = tcb->tcp;
	struct memory *memory = &tcp->env->memory;

	conn_remove(tcp, &tcb->conn);
	timer_cancel(&tcp->wheel, &tcb->timer);
	list_remove(&tcb->all);
	list_remove(&tcb->marked);
	list_remove(&tcb->dead);
	list_remove(&tcb->accept);
	list_remove(&tcb->quiet);
	list_remove(&tcb->ready.node);
	ring_release(&tcb->snd.ring, memory);
	ring_release(&tcb->rcv.ring, memory);
	sent_release(&tcb->sent, &tcb->tcp->env->memory);
	orphan_leave(tcb);
	fastopen_settle(tcb, false);
	tcp_forget_holes(tcb);
	memory_give(memory, tcb, sizeof(*tcb));
	tcp->usage.connections--;
}

void tcp_owe_at(struct tcb *tcb, struct reason reason)
{
	const bool is_new = !tcp_owes(tcb, reason.why);

	static_assert(WHY_RESET < 32, "what can be owed fits in 32 bits");

	tcb->owed |= BIT(reason.why);
	if (!list_is_linked(&tcb->marked))
		list_append(&tcb->tcp->marked, &tcb->marked);
	if (is_new && env_is_observed(tcb->tcp->env))
		tcp_tell_decision(tcb, reason);
}

void tcp_mark_ready(struct tcp *tcp, struct ready *ready)
{
	if (ready->user && !list_is_linked(&ready->node))
		list_append(&tcp->ready, &ready->node);
}
