/* SPDX-License-Identifier: MIT */
/*
 * reassembly.c - fragments in, datagrams out (RFC 791 3.2, RFC 1122 3.3.2)
 *
 * A fragment is kept as it came, and the datagram is copied together once, when
 * it is whole: so a fragment costs what it brought, however far out it lies.
 *
 * Stricter than RFC 791, which lets later fragments overwrite earlier ones and
 * so lets a stranger's fragment replace part of a datagram. As RFC 5722 has it
 * for IPv6 and Linux for IPv4: an exact copy is ignored, any other overlap
 * discards the datagram and leaves a tombstone, until the timer, on which the
 * rest of it is dropped. The same goes for fragments that contradict each
 * other about the end, and for a datagram in too many pieces.
 *
 * Everything counts with its true size against REASM_BYTES_MAX, tombstones
 * included. When a bound is reached the oldest datagram goes: of that source if
 * it holds more than its share, else of all. All timers last equally long, so
 * the list by age is the list by deadline.
 */
#include "net/reassembly.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "net/datagram.h"
#include "net/net_state.h"
#include "wire/tcp.h"
#include "wire/udp.h"

void reassembly_init(struct net *net)
{
	struct reassembly *all = &net->reassembly;

	table_init(&all->table, &net->env->memory,
	           random_key_draw(&net->env->random),
	           offsetof(struct datagram, key) -
	                   offsetof(struct datagram, node),
	           sizeof(struct datagram_key));
	list_init(&all->age);
}

/* ---- records ---- */

static void tell_queue(struct net *net, const struct tarn_ip *from,
                       struct reason reason)
{
	const struct tarn_event_queue queue = {
		.name  = "reassembly",
		.count = (uint32_t)net->reassembly.table.node_count,
		.limit = REASM_DATAGRAMS_MAX,
		.who   = { .ip = *from },
	};

	if (env_is_observed(net->env))
		env_emit_queue_at(net->env, &queue, reason);
}

static void tell_part(struct net *net, const struct datagram *datagram,
                      const struct fragment *shape, struct reason reason)
{
	struct tarn_event event = { .kind = TARN_EVENT_REASSEMBLY,
		                    .why  = reason.why,
		                    .src  = reason.src };

	event.reassembly = (struct tarn_event_reassembly){
		.src   = datagram->key.src,
		.dst   = datagram->key.dst,
		.id    = get_be16(datagram->key.id),
		.proto = datagram->key.proto,
		.start = shape->start,
		.end   = shape->end,
		.have  = datagram->held_len,
		.want  = datagram->total_len,
	};
	env_emit(net->env, &event);
}

static void empty(struct net *net, struct datagram *datagram)
{
	net->reassembly.bytes -= datagram->bytes;
	datagram_empty(datagram, &net->env->memory);
	net->reassembly.bytes += datagram->bytes;
}

static void forget(struct net *net, struct datagram *datagram)
{
	struct reassembly *all   = &net->reassembly;
	const struct tarn_ip src = datagram->key.src;

	empty(net, datagram);
	all->bytes -= sizeof(*datagram);
	list_remove(&datagram->age);
	table_remove(&all->table, &datagram->node);
	memory_give(&net->env->memory, datagram, sizeof(*datagram));
	tell_queue(net, &src, BECAUSE(WHY_FRAGMENTS_GONE));
}

/* A record gives way to a newer one; a tombstone is no loss. */
static void evict(struct net *net, struct datagram *datagram)
{
	if (!datagram->is_tombstone)
		(void)env_drop(net->env, DROP_FRAGMENT_MEMORY);
	forget(net, datagram);
}

static struct datagram *oldest(const struct net *net)
{
	struct list *node = list_first(&net->reassembly.age);

	return node ? CONTAINER_OF(node, struct datagram, age) : NULL;
}

/* The oldest record of @src if that holds its whole share, or NULL. */
static struct datagram *oldest_of_greedy(const struct net *net,
                                         const struct tarn_ip *src)
{
	struct datagram *first = NULL;
	unsigned count         = 0;

	LIST_FOR_EACH(at, &net->reassembly.age) {
		struct datagram *datagram =
		        CONTAINER_OF(at, struct datagram, age);

		if (!ip_equal(&datagram->key.src, src))
			continue;
		if (count++ == 0)
			first = datagram;
	}

	return count < REASM_PER_SOURCE_MAX ? NULL : first;
}

/* False when @user, for whom the room is needed, is itself the oldest. */
static bool make_room(struct net *net, size_t bytes,
                      const struct datagram *user)
{
	while (net->reassembly.bytes + bytes > REASM_BYTES_MAX) {
		struct datagram *datagram = oldest(net);

		if (!datagram || datagram == user)
			return false;
		evict(net, datagram);
	}

	return true;
}

static struct datagram *make(struct net *net, const struct datagram_key *key)
{
	struct reassembly *all    = &net->reassembly;
	struct memory *memory     = &net->env->memory;
	struct datagram *datagram = oldest_of_greedy(net, &key->src);

	if (!datagram && all->table.node_count >= REASM_DATAGRAMS_MAX)
		datagram = oldest(net);
	if (datagram)
		evict(net, datagram);
	if (!make_room(net, sizeof(*datagram), NULL))
		return NULL;
	datagram = memory_take(memory, sizeof(*datagram));
	if (!datagram)
		return NULL;

	datagram->key         = *key;
	datagram->bytes       = sizeof(*datagram);
	datagram->deadline_us = net->env->now_us + REASM_TIMEOUT_US;
	if (!rule_holds(net->env, RULE_REASSEMBLY_TIMEOUT))
		datagram->deadline_us = TARN_NEVER;
	if (table_insert(&all->table, &datagram->node) < 0) {
		memory_give(memory, datagram, sizeof(*datagram));
		return NULL;
	}
	list_append(&all->age, &datagram->age);
	all->bytes += datagram->bytes;
	tell_queue(net, &key->src, BECAUSE(WHY_FRAGMENT_KEPT));

	return datagram;
}

static struct datagram_key key_of(const struct ip4_hdr *hdr)
{
	struct datagram_key key = { .src   = hdr->src,
		                    .dst   = hdr->dst,
		                    .proto = hdr->proto };

	put_be16(key.id, hdr->id);
	return key;
}

static struct datagram *find(const struct net *net,
                             const struct datagram_key *key)
{
	struct table_node *node = table_find(&net->reassembly.table, key);

	return node ? CONTAINER_OF(node, struct datagram, node) : NULL;
}

/* ---- the fragment by itself ---- */

static uint32_t transport_hdr_len(uint8_t proto)
{
	switch (proto) {
	case IP_PROTO_TCP:
		return TCP_HDR_LEN;
	case IP_PROTO_UDP:
		return UDP_HDR_LEN;
	case IP_PROTO_ICMP:
		return ICMP_HDR_LEN;
	default:
		return 0;
	}
}

/* RFC 1858, RFC 3128: the first fragment holds the transport's header, and no
 * TCP fragment begins inside of it. */
static bool is_tiny(const struct fragment *shape, uint8_t proto)
{
	if (shape->start == 0)
		return shape->end < transport_hdr_len(proto);

	return proto == IP_PROTO_TCP && shape->start < TCP_HDR_LEN;
}

static enum drop check_shape(struct net *net, const struct fragment *shape,
                             uint8_t proto)
{
	if (shape->end + shape->hdr_len > IP4_PACKET_LEN_MAX)
		return env_verdict(net->env, DROP_FRAGMENT_TOO_BIG);
	if (is_tiny(shape, proto))
		return env_verdict(net->env, DROP_FRAGMENT_TINY);
	if (!shape->is_last && shape->end % 8 != 0)
		return env_verdict(net->env, DROP_FRAGMENT_ALIGN);
	if (shape->start == shape->end)
		return env_verdict(net->env, DROP_FRAGMENT_EMPTY);

	return DROP_NONE;
}

/* ---- the fragment among the others ---- */

static enum drop entomb(struct net *net, struct datagram *datagram,
                        enum drop drop)
{
	empty(net, datagram);
	datagram->is_tombstone = true;

	return drop;
}

static enum drop insert(struct net *net, struct datagram *datagram,
                        const struct fragment *shape, const uint8_t *packet)
{
	struct reassembly *all = &net->reassembly;
	const size_t before    = datagram->bytes;
	unsigned at            = 0;
	enum drop drop         = datagram_check(datagram, shape, packet, &at);

	if (drop == DROP_FRAGMENT_DUPLICATE)
		return env_verdict(net->env, drop);
	if (drop != DROP_NONE)
		return entomb(net, datagram, env_verdict(net->env, drop));
	if (!make_room(net, datagram_cost(datagram, shape), datagram))
		return entomb(net, datagram,
		              env_verdict(net->env, DROP_FRAGMENT_MEMORY));

	drop = datagram_insert(datagram, &net->env->memory, at, shape, packet);
	(void)env_verdict(net->env, drop);
	all->bytes += datagram->bytes - before;
	if (datagram->count == 0)
		forget(net, datagram);

	return drop;
}

/* The header is the first fragment's, options left out: none asks anything of
 * us, and those of other fragments may differ (RFC 791 section 3.1). */
static enum drop deliver(struct net *net, struct datagram *datagram,
                         struct net_rx *rx)
{
	struct reassembly *all       = &net->reassembly;
	const struct fragment *first = &datagram->fragment[0];
	const size_t len = IP4_HDR_LEN + (size_t)datagram->total_len;
	enum drop drop   = DROP_FRAGMENT_MEMORY;
	struct ip4_hdr hdr;

	all->whole = memory_take(&net->env->memory, len);
	if (all->whole) {
		all->whole_len = len;
		datagram_copy(datagram, all->whole + IP4_HDR_LEN);
		drop = ip4_hdr_read(first->packet, fragment_len(first), &hdr);
	}
	if (drop == DROP_NONE) {
		hdr.total_len      = (uint16_t)len;
		hdr.more_fragments = false;
		ip4_hdr_write(all->whole, &hdr);
		rx->ttl          = hdr.ttl;
		rx->tos          = hdr.tos;
		rx->is_broadcast = datagram->is_broadcast;
		rx->packet       = all->whole;
		rx->packet_len   = len;
		rx->data         = all->whole + IP4_HDR_LEN;
		rx->len          = len - IP4_HDR_LEN;
	}
	forget(net, datagram);

	return env_verdict(net->env, drop);
}

/* RFC1122-6 */
enum drop reassembly_input(struct net *net, const struct ip4_hdr *hdr,
                           struct net_rx *rx)
{
	const struct datagram_key key = key_of(hdr);
	const struct fragment shape   = {
		  .start   = hdr->offset,
		  .end     = hdr->offset + (uint32_t)rx->len,
		  .hdr_len = hdr->hdr_len,
		  .is_last = !hdr->more_fragments,
	};
	struct datagram *datagram = find(net, &key);
	enum drop drop            = check_shape(net, &shape, hdr->proto);

	if (datagram && datagram->is_tombstone)
		return env_verdict(net->env, DROP_FRAGMENT_TOMBSTONE);
	if (datagram && drop == DROP_FRAGMENT_TOO_BIG)
		return entomb(net, datagram, drop);
	if (drop != DROP_NONE)
		return drop;
	if (!datagram)
		datagram = make(net, &key);
	if (!datagram)
		return env_verdict(net->env, DROP_FRAGMENT_MEMORY);

	datagram->is_broadcast |= rx->is_broadcast;
	drop = insert(net, datagram, &shape, rx->packet);
	if (drop != DROP_NONE)
		return drop;
	if (env_is_observed(net->env))
		tell_part(net, datagram, &shape,
		          datagram_is_whole(datagram)
		                  ? BECAUSE(WHY_FRAGMENTS_WHOLE)
		                  : BECAUSE(WHY_FRAGMENT_KEPT));
	if (!datagram_is_whole(datagram))
		return env_verdict(net->env, DROP_FRAGMENT_HELD);

	return deliver(net, datagram, rx);
}

void reassembly_release(struct net *net)
{
	struct reassembly *all = &net->reassembly;

	memory_give(&net->env->memory, all->whole, all->whole_len);
	all->whole = NULL;
}

void reassembly_flush(struct net *net)
{
	struct datagram *datagram;

	reassembly_release(net);
	while ((datagram = oldest(net)))
		forget(net, datagram);
}

/* ---- time ---- */

/* RFC 1122 3.3.2: time exceeded, but only if the first fragment is here to be
 * quoted: without it the sender could not tell whom it concerns. */
static void report(struct net *net, const struct datagram *datagram)
{
	static const struct icmp_hdr icmp = {
		.type = ICMP_TIME_EXCEEDED,
		.code = ICMP_TIME_EXCEEDED_REASSEMBLY,
	};
	const struct fragment *first = &datagram->fragment[0];
	struct net_rx rx;

	if (datagram->count == 0 || first->start > 0)
		return;

	rx = (struct net_rx){
		.src          = datagram->key.src,
		.dst          = datagram->key.dst,
		.proto        = datagram->key.proto,
		.is_broadcast = datagram->is_broadcast,
		.data         = first->packet + first->hdr_len,
		.len          = first->end,
		.packet       = first->packet,
		.packet_len   = fragment_len(first),
	};
	icmp_error(net, &rx, &icmp, WHY_ICMP_TIME_EXCEEDED);
}

void reassembly_timeouts(struct net *net)
{
	struct datagram *datagram;

	while ((datagram = oldest(net)) &&
	       datagram->deadline_us <= net->env->now_us) {
		if (!datagram->is_tombstone) {
			(void)env_drop(net->env, DROP_FRAGMENT_TIMEOUT);
			report(net, datagram);
		}
		forget(net, datagram);
	}
}

uint64_t reassembly_deadline(const struct net *net)
{
	const struct datagram *datagram = oldest(net);

	return datagram ? datagram->deadline_us : TARN_NEVER;
}
