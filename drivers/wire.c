/* SPDX-License-Identifier: MIT */
/*
 * wire.c - see wire.h
 *
 * Theory of operation. A frame that is sent stands in two lists of its
 * direction until it has arrived:
 *
 *	leaving		in the order in which frames were sent; holds those
 *			whose last bit is not on the wire yet. Its length is
 *			the queue's, which drops at the tail.
 *	flying		sorted by arrival. Jitter keeps the order of sending,
 *			reordering and nothing else breaks it.
 *
 *	sent --- queue: (busy until) + len * 8 / rate ---> departs
 *	departs --- delay + jitter [+ reorder] ---> arrives
 *
 * All of a frame's future is drawn when it is sent, in one fixed order, so
 * that what happens depends on the seed and on the frames, and not on how
 * often anybody looks.
 */
#include "drivers/wire.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/random.h"
#include <errno.h>
#include <stdlib.h>

#define QUEUE_FRAMES_DEFAULT 1000
#define REORDER_US_DEFAULT   5000
#define FLYING_OCTETS_MAX    (256u << 20) /* both ways; then frames are lost */
#define PPM                  1000000u

struct flight {
	struct list leaving, flying;
	uint64_t departs_us, arrives_us;
	bool is_lost; /* takes its time on the wire, and is not received */
	uint64_t number;
	size_t len;
	uint8_t frame[];
};

struct direction {
	struct wire *wire;
	struct wire_path path;
	struct random random;
	struct list leaving, flying;
	uint32_t leaving_count;
	uint64_t busy_until_us; /* when the last bit of the queue departs */
	uint32_t burst_left;    /* frames that the present loss still takes */
	uint64_t last_us;       /* the latest arrival that keeps the order */
	uint64_t received;      /* number of the frame received last */
	struct wire_stats stats;
};

struct wire {
	uint64_t now_us;
	struct memory memory; /* of frames in flight */
	uint64_t sent;        /* frames, both ways together */
	void (*told)(void *watcher, uint64_t number, unsigned from,
	             enum wire_fate fate);
	void *watcher;
	struct direction from[2];
	struct wire_port {
		struct direction *tx, *rx;
	} port[2];
};

static bool happens(struct direction *way, uint32_t ppm)
{
	return ppm && random_below(&way->random, PPM) < ppm;
}

static bool is_lost(struct direction *way)
{
	if (way->burst_left > 0) {
		way->burst_left--;
		return true;
	}
	if (!happens(way, way->path.loss_ppm))
		return false;
	if (way->path.loss_burst > 0)
		way->burst_left = way->path.loss_burst - 1;

	return true;
}

static void let_depart(struct direction *way)
{
	while (!list_is_empty(&way->leaving)) {
		struct flight *first = CONTAINER_OF(list_first(&way->leaving),
		                                    struct flight, leaving);

		if (first->departs_us > way->wire->now_us)
			return;
		list_remove(&first->leaving);
		way->leaving_count--;
	}
}

/* Behind all that arrive no later: equal times keep the order of sending. */
static void fly(struct direction *way, struct flight *flight)
{
	struct list *at = way->flying.prev;

	while (at != &way->flying &&
	       CONTAINER_OF(at, struct flight, flying)->arrives_us >
	               flight->arrives_us)
		at = at->prev;

	list_append(at->next, &flight->flying);
}

static uint64_t serialise_us(const struct direction *way, size_t len)
{
	const uint64_t bits = (uint64_t)len * 8;

	if (way->path.rate_bps == 0)
		return 0;

	return (bits * 1000000 + way->path.rate_bps - 1) / way->path.rate_bps;
}

static uint64_t arrival_us(struct direction *way, uint64_t departs_us)
{
	const struct wire_path *path = &way->path;
	uint64_t arrives_us          = departs_us + path->delay_us;

	if (path->jitter_us)
		arrives_us += random_below(
		        &way->random,
		        (uint32_t)MIN(path->jitter_us, UINT32_MAX - 1) + 1);

	if (happens(way, path->reorder_ppm)) {
		way->stats.reordered++;
		return arrives_us + (path->reorder_us ? path->reorder_us
		                                      : REORDER_US_DEFAULT);
	}

	arrives_us   = MAX(arrives_us, way->last_us);
	way->last_us = arrives_us;

	return arrives_us;
}

static struct flight *flight_create(struct direction *way, size_t len)
{
	struct flight *flight =
	        memory_take(&way->wire->memory, sizeof(*flight) + len);

	if (!flight)
		return NULL;
	list_init(&flight->leaving);
	list_init(&flight->flying);
	flight->len = len;

	return flight;
}

static void flip_a_bit(struct direction *way, struct flight *flight)
{
	const uint32_t bit =
	        random_below(&way->random, (uint32_t)flight->len * 8);

	flight->frame[bit / 8] ^= (uint8_t)(0x80u >> bit % 8);
	way->stats.corrupted++;
}

/* A copy that arrives right behind the original, whatever became of that. */
static void duplicate(struct direction *way, const struct flight *flight)
{
	struct flight *copy = flight_create(way, flight->len);

	if (!copy)
		return;
	memcpy(copy->frame, flight->frame, flight->len);
	copy->departs_us = flight->departs_us;
	copy->arrives_us = flight->arrives_us;
	copy->number     = flight->number;
	fly(way, copy);
	way->stats.duplicated++;
}

static struct flight *gather(struct direction *way,
                             const struct tarn_slice *part, unsigned part_count)
{
	struct flight *flight;
	size_t len = 0, at = 0;

	for (unsigned i = 0; i < part_count; i++)
		len += part[i].len;
	flight = flight_create(way, len);

	for (unsigned i = 0; flight && i < part_count; i++) {
		if (part[i].len)
			memcpy(flight->frame + at, part[i].data, part[i].len);
		at += part[i].len;
	}

	return flight;
}

static void tell(const struct direction *way, uint64_t number,
                 enum wire_fate fate)
{
	const struct wire *wire = way->wire;

	if (wire->told)
		wire->told(wire->watcher, number, way == &wire->from[1], fate);
}

static uint32_t room_of(const struct direction *way)
{
	return way->path.queue_frames ? way->path.queue_frames
	                              : QUEUE_FRAMES_DEFAULT;
}

/* Draws in one fixed order, whatever is wished. */
static void draw_fate(struct direction *way, struct flight *flight,
                      const struct wire_wish *wish)
{
	bool is_doubled;

	flight->is_lost = is_lost(way) || wish->is_lost;
	is_doubled      = happens(way, way->path.dup_ppm) || wish->is_doubled;
	if (happens(way, way->path.corrupt_ppm) && flight->len) {
		flip_a_bit(way, flight);
		tell(way, flight->number, WIRE_CORRUPTED);
	}
	if (wish->late_us)
		flight->arrives_us =
		        flight->departs_us + way->path.delay_us + wish->late_us;
	else
		flight->arrives_us = arrival_us(way, flight->departs_us);

	way->stats.lost += flight->is_lost;
	fly(way, flight);
	if (flight->is_lost)
		tell(way, flight->number, WIRE_LOST);
	if (is_doubled) {
		duplicate(way, flight);
		tell(way, flight->number, WIRE_DUPLICATED);
	}
}

static int transmit(struct direction *way, const struct tarn_slice *part,
                    unsigned part_count, const struct wire_wish *wish)
{
	const uint64_t start_us = MAX(way->wire->now_us, way->busy_until_us);
	const uint64_t number   = ++way->wire->sent;
	struct flight *flight;

	let_depart(way);
	way->stats.sent++;
	if (way->leaving_count >= room_of(way)) {
		way->stats.overflowed++;
		tell(way, number, WIRE_OVERFLOWED);
		return -ENOBUFS;
	}
	flight = gather(way, part, part_count);
	if (!flight)
		return -ENOBUFS;

	flight->number     = number;
	flight->departs_us = start_us + serialise_us(way, flight->len);
	way->busy_until_us = flight->departs_us;
	list_append(&way->leaving, &flight->leaving);
	way->leaving_count++;
	draw_fate(way, flight, wish);

	return 0;
}

static const struct wire_wish no_wish;

static int wire_transmit(void *port, const struct tarn_slice *part,
                         unsigned part_count)
{
	return transmit(((struct wire_port *)port)->tx, part, part_count,
	                &no_wish);
}

int wire_send(struct wire *wire, unsigned from, const struct tarn_slice *part,
              unsigned part_count, const struct wire_wish *wish)
{
	return transmit(&wire->from[from], part, part_count,
	                wish ? wish : &no_wish);
}

void wire_watch(struct wire *wire,
                void (*told)(void *watcher, uint64_t number, unsigned from,
                             enum wire_fate fate),
                void *watcher)
{
	wire->told    = told;
	wire->watcher = watcher;
}

uint64_t wire_sent(const struct wire *wire)
{
	return wire->sent;
}

uint64_t wire_received(const struct wire *wire, unsigned end)
{
	return wire->from[!end].received;
}

uint32_t wire_queued(struct wire *wire, unsigned from)
{
	let_depart(&wire->from[from]);

	return wire->from[from].leaving_count;
}

static void flight_destroy(struct direction *way, struct flight *flight)
{
	if (list_is_linked(&flight->leaving)) {
		list_remove(&flight->leaving);
		way->leaving_count--;
	}
	list_remove(&flight->flying);
	memory_give(&way->wire->memory, flight, sizeof(*flight) + flight->len);
}

static ssize_t wire_receive(void *port, uint8_t *buf, size_t size)
{
	struct direction *way = ((struct wire_port *)port)->rx;

	LIST_FOR_EACH_SAFE(at, &way->flying) {
		struct flight *flight = CONTAINER_OF(at, struct flight, flying);
		const bool was_lost   = flight->is_lost;
		const uint64_t number = flight->number;
		const size_t len      = flight->len;

		if (flight->arrives_us > way->wire->now_us)
			break;
		if (!was_lost)
			memcpy(buf, flight->frame, MIN(len, size));
		flight_destroy(way, flight);
		if (was_lost)
			continue;
		way->stats.delivered++;
		way->received = number;
		return (ssize_t)len;
	}

	return 0;
}

static const struct tarn_link_ops wire_ops = {
	.receive  = wire_receive,
	.transmit = wire_transmit,
};

static void direction_init(struct direction *way, struct wire *wire,
                           const struct wire_path *path, uint64_t seed,
                           unsigned from)
{
	const uint64_t key[2] = { seed, from + 1 };

	way->wire = wire;
	way->path = *path;
	random_init(&way->random, key);
	list_init(&way->leaving);
	list_init(&way->flying);
}

int wire_create(const struct wire_path *path, uint64_t seed, struct wire **ret)
{
	struct wire *wire = calloc(1, sizeof(*wire));

	if (!wire)
		return -ENOMEM;
	memory_init(&wire->memory, NULL, FLYING_OCTETS_MAX);
	for (unsigned end = 0; end < 2; end++) {
		direction_init(&wire->from[end], wire, path, seed, end);
		wire->port[end].tx = &wire->from[end];
		wire->port[end].rx = &wire->from[!end];
	}
	*ret = wire;

	return 0;
}

void wire_destroy(struct wire *wire)
{
	if (!wire)
		return;
	for (unsigned end = 0; end < 2; end++)
		LIST_FOR_EACH_SAFE(at, &wire->from[end].flying)
			flight_destroy(&wire->from[end],
			               CONTAINER_OF(at, struct flight, flying));
	free(wire);
}

struct wire_path *wire_path(struct wire *wire, unsigned from)
{
	return &wire->from[from].path;
}

void wire_advance(struct wire *wire, uint64_t now_us)
{
	wire->now_us = MAX(wire->now_us, now_us);
}

static uint64_t next_arrival_us(const struct direction *way)
{
	struct list *first = list_first(&way->flying);

	return first ? CONTAINER_OF(first, struct flight, flying)->arrives_us
	             : TARN_NEVER;
}

uint64_t wire_deadline(const struct wire *wire)
{
	return MIN(next_arrival_us(&wire->from[0]),
	           next_arrival_us(&wire->from[1]));
}

static void port_advance(void *port, uint64_t now_us)
{
	wire_advance(((struct wire_port *)port)->tx->wire, now_us);
}

static uint64_t port_deadline(const void *port)
{
	return wire_deadline(((const struct wire_port *)port)->tx->wire);
}

struct link wire_end(struct wire *wire, unsigned end)
{
	return (struct link){
		.ops      = &wire_ops,
		.state    = &wire->port[end],
		.fd       = -1,
		.advance  = port_advance,
		.deadline = port_deadline,
	};
}

void wire_stats(const struct wire *wire, unsigned from, struct wire_stats *ret)
{
	*ret = wire->from[from].stats;
}
