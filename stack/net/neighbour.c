/* SPDX-License-Identifier: MIT */
/*
 * neighbour.c - which station has an address on our link
 *
 * RFC 1122 section 2.3.2: entries must age, questions must not flood, packets
 * should wait for an answer. The states are those of RFC 4861 section 7.3.2:
 *
 *	what happens		in state		leads to
 *	-------------------	---------------------	--------------------
 *	we send			none, FAILED		INCOMPLETE, asks all
 *	it answers		INCOMPLETE, PROBE	REACHABLE
 *	60 s without a sign	REACHABLE		STALE
 *	it asks for us		none, FAILED		STALE
 *	we send			STALE			PROBE, asks it
 *	a claim contradicts	REACHABLE, STALE	PROBE, asks it
 *	TCP hears it		STALE, PROBE		REACHABLE
 *	TCP hears nothing	REACHABLE		PROBE, asks it
 *	3 questions in 3 s	INCOMPLETE		FAILED
 *	3 questions in 3 s	PROBE, in use		INCOMPLETE, asks all
 *	3 questions in 3 s	PROBE, idle		none
 *	1200 s, 20 s		STALE, FAILED		none
 *
 * A PROBE entry goes on being used. An answer counts where a question is out
 * and nowhere else, and what contradicts a live entry (REACHABLE, STALE, PROBE)
 * never changes it: it makes us ask the station that we know, and only if that
 * is silent, everybody.
 *
 * "Idle" are entries that nobody has sent to since they became STALE or FAILED:
 * the oldest of them gives way when the table is full. So a flood of requests
 * from invented addresses pushes out its own entries, never one in use. The
 * gateway's is never idle.
 */
#include "net/neigh_queue.h"
#include "net/net_state.h"

enum state {
	NEIGH_NONE, /* just made, or about to be forgotten */
	NEIGH_INCOMPLETE,
	NEIGH_REACHABLE,
	NEIGH_STALE,
	NEIGH_PROBE,
	NEIGH_FAILED,
};

static const char *const state_names[] = {
	[NEIGH_NONE] = "none",           [NEIGH_INCOMPLETE] = "INCOMPLETE",
	[NEIGH_REACHABLE] = "REACHABLE", [NEIGH_STALE] = "STALE",
	[NEIGH_PROBE] = "PROBE",         [NEIGH_FAILED] = "FAILED",
};

struct neighbour {
	struct table_node node;
	struct tarn_ip ip; /* the key */
	uint8_t mac[ETH_ADDR_LEN];
	enum state state;
	unsigned tries;   /* questions asked in this state */
	struct list idle; /* in neighbours.idle */
	struct neigh_queue queue;
	struct timer timer;
	uint64_t confirmed_us; /* when it was last known to be there */
	uint64_t ask_from_us;  /* no question before */
};

void neigh_init(struct net *net)
{
	struct neighbours *all = &net->neighbours;

	table_init(&all->table, &net->env->memory,
	           random_key_draw(&net->env->random),
	           offsetof(struct neighbour, ip) -
	                   offsetof(struct neighbour, node),
	           sizeof(struct tarn_ip));
	wheel_init(&all->wheel, net->env->now_us);
	list_init(&all->idle);
}

/* ---- entries ---- */

static bool is_gateway(const struct net *net, const struct neighbour *neigh)
{
	return ip_equal(&neigh->ip, &net->env->config.gateway);
}

static bool is_alive(const struct neighbour *neigh)
{
	return neigh->state == NEIGH_REACHABLE || neigh->state == NEIGH_STALE ||
	       neigh->state == NEIGH_PROBE;
}

static void set_timer(struct net *net, struct neighbour *neigh,
                      uint64_t deadline_us)
{
	timer_set(&net->neighbours.wheel, &neigh->timer, deadline_us);
}

static void set_idle(struct net *net, struct neighbour *neigh)
{
	if (is_gateway(net, neigh))
		return;

	list_remove(&neigh->idle);
	list_append(&net->neighbours.idle, &neigh->idle);
}

static void set_state(struct net *net, struct neighbour *neigh,
                      enum state state, struct reason reason)
{
	struct tarn_event_neighbour told = { .ip   = neigh->ip,
		                             .from = state_names[neigh->state],
		                             .to   = state_names[state] };

	memcpy(told.mac, neigh->mac, ETH_ADDR_LEN);
	neigh->state = state;
	net_emit_neighbour(net, TARN_EVENT_NEIGHBOUR, &told, reason);
}

static struct neighbour *find(struct net *net, const struct tarn_ip *ip)
{
	struct neighbours *all = &net->neighbours;
	struct table_node *node;

	if (all->last && ip_equal(&all->last->ip, ip))
		return all->last;

	node = table_find(&all->table, ip);
	if (!node)
		return NULL;

	all->last = CONTAINER_OF(node, struct neighbour, node);
	return all->last;
}

static void forget(struct net *net, struct neighbour *neigh,
                   struct reason reason)
{
	struct neighbours *all = &net->neighbours;

	if (reason.why != WHY_NONE)
		set_state(net, neigh, NEIGH_NONE, reason);
	if (all->last == neigh)
		all->last = NULL;
	timer_cancel(&all->wheel, &neigh->timer);
	list_remove(&neigh->idle);
	table_remove(&all->table, &neigh->node);
	memory_give(&net->env->memory, neigh, sizeof(*neigh));
}

static bool make_room(struct net *net)
{
	struct list *idle = list_first(&net->neighbours.idle);

	if (net->neighbours.table.node_count < NEIGH_ENTRIES_MAX)
		return true;
	if (!idle)
		return false;

	forget(net, CONTAINER_OF(idle, struct neighbour, idle),
	       BECAUSE(WHY_EVICTED));
	return true;
}

static struct neighbour *make(struct net *net, const struct tarn_ip *ip)
{
	struct memory *memory = &net->env->memory;
	struct neighbour *neigh;

	if (!make_room(net))
		return NULL;
	neigh = memory_take(memory, sizeof(*neigh));
	if (!neigh)
		return NULL;

	neigh->ip = *ip;
	list_init(&neigh->idle);
	neigh_queue_init(&neigh->queue);
	timer_init(&neigh->timer);
	if (table_insert(&net->neighbours.table, &neigh->node) < 0) {
		memory_give(memory, neigh, sizeof(*neigh));
		return NULL;
	}

	return neigh;
}

void neigh_flush_at(struct net *net, enum drop drop, struct reason reason)
{
	struct table_node *node;

	while ((node = table_next(&net->neighbours.table, NULL))) {
		struct neighbour *neigh =
		        CONTAINER_OF(node, struct neighbour, node);

		neigh_queue_drop(net, &neigh->queue, drop);
		forget(net, neigh, reason);
	}
}

/* ---- asking ---- */

/* At most one question a second to one destination (RFC 1122 2.3.2.1), however
 * often the entry changes its state. Without an address of our own we cannot
 * ask yet: neigh_address_usable() will. */
static void ask(struct net *net, struct neighbour *neigh)
{
	const uint64_t now_us = net->env->now_us;

	if (net->acd.state != ACD_OURS)
		return;
	if (now_us >= neigh->ask_from_us) {
		neigh->tries++;
		neigh->ask_from_us = now_us + NEIGH_RETRY_US;
		arp_ask(net, &neigh->ip,
		        neigh->state == NEIGH_PROBE ? neigh->mac : NULL);
	}
	set_timer(net, neigh, neigh->ask_from_us);
}

static void start_asking(struct net *net, struct neighbour *neigh,
                         enum state state, struct reason reason)
{
	set_state(net, neigh, state, reason);
	neigh->tries = 0;
	ask(net, neigh);
}

void neigh_address_usable(struct net *net)
{
	struct table *table = &net->neighbours.table;

	for (struct table_node *node = table_next(table, NULL); node;
	     node                    = table_next(table, node))
                ask(net, CONTAINER_OF(node, struct neighbour, node));
}

/* ---- answers and claims ---- */

static void reached(struct net *net, struct neighbour *neigh,
                    struct reason reason)
{
	neigh->confirmed_us = net->env->now_us;
	if (neigh->state == NEIGH_REACHABLE)
		return; /* the timer looks at confirmed_us when it expires */

	set_state(net, neigh, NEIGH_REACHABLE, reason);
	set_timer(net, neigh, neigh->confirmed_us + NEIGH_REACHABLE_US);
}

static void grow_stale(struct net *net, struct neighbour *neigh,
                       struct reason reason)
{
	if (neigh->state != NEIGH_STALE)
		set_state(net, neigh, NEIGH_STALE, reason);
	set_idle(net, neigh);
	set_timer(net, neigh,
	          is_gateway(net, neigh) ? TARN_NEVER
	                                 : net->env->now_us + NEIGH_STALE_US);
}

/* A live entry and what somebody says about it. */
static enum drop check_claim(struct net *net, struct neighbour *neigh,
                             const uint8_t mac[ETH_ADDR_LEN])
{
	if (!memcmp(neigh->mac, mac, ETH_ADDR_LEN))
		return DROP_NONE;
	if (neigh->state != NEIGH_PROBE)
		start_asking(net, neigh, NEIGH_PROBE, BECAUSE(WHY_ARP_CONFIRM));

	return env_verdict(net->env, DROP_ARP_FLIP);
}

/* A request never answers a question of ours: anybody can send one at any
 * time, so it does not prove that its sender has heard us. */
enum drop neigh_heard(struct net *net, const struct tarn_ip *ip,
                      const uint8_t mac[ETH_ADDR_LEN], bool for_us)
{
	struct neighbour *neigh = find(net, ip);
	enum drop drop          = DROP_NONE;

	if (neigh && is_alive(neigh))
		drop = check_claim(net, neigh, mac);
	if (drop != DROP_NONE || !for_us)
		return drop;
	if (!neigh)
		neigh = make(net, ip);
	if (!neigh)
		return DROP_NONE;

	switch (neigh->state) {
	case NEIGH_NONE:
	case NEIGH_FAILED:
		memcpy(neigh->mac, mac, ETH_ADDR_LEN);
		grow_stale(net, neigh, BECAUSE(WHY_ARP_HEARD));
		break;
	case NEIGH_STALE:
		grow_stale(net, neigh, BECAUSE(WHY_ARP_HEARD));
		break;
	case NEIGH_INCOMPLETE:
	case NEIGH_REACHABLE:
	case NEIGH_PROBE:
		break;
	}

	return DROP_NONE;
}

enum drop neigh_answered(struct net *net, const struct tarn_ip *ip,
                         const uint8_t mac[ETH_ADDR_LEN], bool for_us)
{
	struct neighbour *neigh = find(net, ip);
	enum drop drop;

	if (!neigh)
		return env_verdict(net->env, DROP_ARP_UNSOLICITED);
	if (is_alive(neigh)) {
		drop = check_claim(net, neigh, mac);
		if (drop != DROP_NONE)
			return drop;
	}
	if (!for_us ||
	    (neigh->state != NEIGH_INCOMPLETE && neigh->state != NEIGH_PROBE))
		return env_verdict(net->env, DROP_ARP_UNSOLICITED);

	memcpy(neigh->mac, mac, ETH_ADDR_LEN);
	env_note_why(net->env, WHY_ARP_RESOLVED);
	reached(net, neigh, BECAUSE(WHY_ARP_RESOLVED));
	if (neigh->queue.count == 0)
		return DROP_NONE;
	neigh_queue_send(net, &neigh->queue, neigh->mac);
	neigh_queue_tell(net, &neigh->queue, &neigh->ip, WHY_ARP_SENT);

	return DROP_NONE;
}

void neigh_confirm(struct net *net, const struct tarn_ip *hop)
{
	struct neighbour *neigh = find(net, hop);

	if (neigh && is_alive(neigh))
		reached(net, neigh, BECAUSE(WHY_ARP_CONFIRMED));
}

void neigh_doubt(struct net *net, const struct tarn_ip *hop)
{
	struct neighbour *neigh = find(net, hop);

	if (neigh && neigh->state == NEIGH_REACHABLE)
		start_asking(net, neigh, NEIGH_PROBE, BECAUSE(WHY_ARP_DOUBT));
}

/* ---- sending ---- */

enum drop neigh_output(struct net *net, const struct tarn_ip *hop,
                       struct pkt *pkt)
{
	struct neighbour *neigh = find(net, hop);

	if (!neigh)
		neigh = make(net, hop);
	if (!neigh)
		return env_drop(net->env, DROP_ARP_TABLE_FULL);
	if (neigh->state == NEIGH_FAILED &&
	    net->env->now_us < neigh->ask_from_us)
		return env_drop(net->env, DROP_ARP_FAILED);

	list_remove(&neigh->idle);
	if (is_alive(neigh) && !rule_holds(net->env, RULE_ARP_CACHE)) {
		neigh->ask_from_us = 0;
		start_asking(net, neigh, NEIGH_INCOMPLETE,
		             BECAUSE(WHY_ARP_REQUEST));
	}
	switch (neigh->state) {
	case NEIGH_STALE:
		start_asking(net, neigh, NEIGH_PROBE, BECAUSE(WHY_ARP_CONFIRM));
		break;
	case NEIGH_NONE:
	case NEIGH_FAILED:
		start_asking(net, neigh, NEIGH_INCOMPLETE,
		             BECAUSE(WHY_ARP_REQUEST));
		break;
	case NEIGH_INCOMPLETE:
	case NEIGH_REACHABLE:
	case NEIGH_PROBE:
		break;
	}
	if (neigh->state == NEIGH_INCOMPLETE) {
		const enum drop drop = neigh_queue_add(net, &neigh->queue, pkt);

		neigh_queue_tell(net, &neigh->queue, &neigh->ip, WHY_ARP_WAITS);
		return drop;
	}

	return fragment_output(net, pkt, neigh->mac);
}

/* ---- time ---- */

static void ask_again(struct net *net, struct neighbour *neigh)
{
	if (neigh->tries < NEIGH_TRIES_MAX) {
		ask(net, neigh);
	} else if (neigh->state == NEIGH_INCOMPLETE) {
		set_state(net, neigh, NEIGH_FAILED, BECAUSE(WHY_ARP_GAVE_UP));
		set_idle(net, neigh);
		neigh->ask_from_us = net->env->now_us + NEIGH_RETRY_US;
		set_timer(net, neigh, net->env->now_us + NEIGH_FAILED_US);
		neigh_queue_drop(net, &neigh->queue, DROP_ARP_FAILED);
		neigh_queue_tell(net, &neigh->queue, &neigh->ip,
		                 WHY_ARP_GAVE_UP);
	} else if (list_is_linked(&neigh->idle)) {
		forget(net, neigh, BECAUSE(WHY_ARP_GAVE_UP));
	} else {
		/* Perhaps the address has moved to another station. */
		start_asking(net, neigh, NEIGH_INCOMPLETE,
		             BECAUSE(WHY_ARP_GAVE_UP));
	}
}

static void expire(struct net *net, struct neighbour *neigh)
{
	const uint64_t stale_us = neigh->confirmed_us + NEIGH_REACHABLE_US;

	switch (neigh->state) {
	case NEIGH_INCOMPLETE:
	case NEIGH_PROBE:
		ask_again(net, neigh);
		break;
	case NEIGH_REACHABLE:
		if (net->env->now_us < stale_us)
			set_timer(net, neigh, stale_us);
		else
			grow_stale(net, neigh, BECAUSE(WHY_ARP_STALE));
		break;
	case NEIGH_NONE:
	case NEIGH_STALE:
	case NEIGH_FAILED:
		forget(net, neigh, BECAUSE(WHY_ARP_STALE));
		break;
	}
}

void neigh_timeouts(struct net *net)
{
	struct wheel *wheel = &net->neighbours.wheel;

	wheel_advance(wheel, net->env->now_us);
	for (struct timer *timer; (timer = wheel_take(wheel));)
		expire(net, CONTAINER_OF(timer, struct neighbour, timer));
}
