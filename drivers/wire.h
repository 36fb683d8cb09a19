/* SPDX-License-Identifier: MIT */
/*
 * wire.h - an in-process link between two stacks, in virtual time
 *
 * Two ends, A and B. Each direction has a rate, a delay, a queue and seeded
 * faults. Frames are copied, wait in a sorted list until they arrive, and one
 * seed gives the same arrivals on every machine (integers only).
 */
#ifndef DRIVERS_WIRE_H
#define DRIVERS_WIRE_H

#include "drivers/link.h"

/** struct wire_path - one direction; zero means none or unlimited */
struct wire_path {
	uint64_t rate_bps;     /* bits per second */
	uint64_t delay_us;     /* one way */
	uint64_t jitter_us;    /* added, even in 0..jitter_us; keeps order */
	uint32_t queue_frames; /* 0: 1000; drop-tail */
	uint32_t loss_ppm, dup_ppm, corrupt_ppm; /* one bit flipped */
	uint32_t loss_burst;  /* frames that a loss takes in a row; 0: 1 */
	uint32_t reorder_ppm; /* held back by reorder_us, so others pass */
	uint64_t reorder_us;  /* 0: 5 ms */
};

struct wire;

/** wire_create() - Both directions alike; @seed decides every fault */
int wire_create(const struct wire_path *path, uint64_t seed, struct wire **ret);
void wire_destroy(struct wire *wire);
/** wire_path() - The settings of what @from (0: A, 1: B) sends; may be changed */
struct wire_path *wire_path(struct wire *wire, unsigned from);
/** wire_end() - The link of end 0 (A) or 1 (B); advance() moves both */
struct link wire_end(struct wire *wire, unsigned end);
/** wire_advance(), wire_deadline() - virtual time; frames due can be received */
void wire_advance(struct wire *wire, uint64_t now_us);
uint64_t wire_deadline(const struct wire *wire);

/* ---- For who wants to say what became of each frame ---- */

/** enum wire_fate - what the wire did to a frame, told when it is sent */
enum wire_fate {
	WIRE_LOST,       /* takes its time, and is not received */
	WIRE_OVERFLOWED, /* the queue was full */
	WIRE_CORRUPTED,  /* one bit is flipped; it arrives */
	WIRE_DUPLICATED, /* arrives twice */
};

/** struct wire_wish - what shall happen to a frame besides what chance decides */
struct wire_wish {
	bool is_lost, is_doubled;
	uint64_t late_us; /* more than the path's delay; others may pass it */
};

/** wire_watch() - @told is called for each frame to which something happens
 * @number:	of the frame: from 1, in the order of sending, both ways together
 */
void wire_watch(struct wire *wire,
                void (*told)(void *watcher, uint64_t number, unsigned from,
                             enum wire_fate fate),
                void *watcher);

/** wire_send() - Transmit as end @from does, with a wish (NULL: none)
 * Return: 0, -ENOBUFS (the queue is full)
 */
int wire_send(struct wire *wire, unsigned from, const struct tarn_slice *part,
              unsigned part_count, const struct wire_wish *wish);

/** wire_sent() - The number of the frame that was sent last; 0: none yet */
uint64_t wire_sent(const struct wire *wire);
/** wire_received() - The number of the frame that @end received last */
uint64_t wire_received(const struct wire *wire, unsigned end);
/** wire_queued() - Frames that wait for the line that @from sends on */
uint32_t wire_queued(struct wire *wire, unsigned from);

/** struct wire_stats - what one direction did */
struct wire_stats {
	uint64_t sent, delivered, lost, duplicated, corrupted, reordered,
	        overflowed;
};
void wire_stats(const struct wire *wire, unsigned from, struct wire_stats *ret);

#endif
