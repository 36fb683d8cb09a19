/* SPDX-License-Identifier: MIT */
/*
 * fault.c - see fault.h; fault_parse.c reads the rules, fault_judge.c obeys
 *
 * Theory of operation. Each direction is a lane. A frame that enters it is
 * copied, judged by all rules, and goes from list to list:
 *
 *	judged --(delay)--> delayed --(due)--.
 *	   |                                 v
 *	   +---------(reorder)---------> waiting --(N passed, or due)--.
 *	   '------------------------------------------------------> ready
 *
 * Who is ready leaves at once: sent to the link below, or taken by receive().
 * Time is what advance() said last, so a lane moves the same way in virtual
 * time and on a live link.
 */
#include "base/bytes.h"
#include "base/list.h"
#include "base/memory.h"
#include "drivers/fault_judge.h"
#include "drivers/glance.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define HELD_OCTETS_MAX (64u << 20) /* of a lane; then frames are lost */

struct frame {
	struct list list;
	uint64_t due_us;
	uint64_t pass_left; /* frames that shall pass before it */
	size_t len;
	uint8_t octets[];
};

struct lane {
	struct memory memory; /* of its frames */
	struct list delayed;  /* by due_us */
	struct list waiting;  /* by arrival, which is by due_us as well */
	struct list ready;
	unsigned frame_count; /* in all three */
};

struct fault {
	struct link below;
	uint64_t now_us;
	struct lane in, out;
	struct fault_judge judge;
	bool (*spares)(void *context, const struct tarn_addr *local,
	               const struct tarn_addr *peer);
	void *spares_context;
	void (*lost)(void *context, const uint8_t *frame, size_t len,
	             const char *rule);
	void *lost_context;
	struct frame
	        *foreseen; /* copied and judged before it is sent; or NULL */
	struct fault_verdict verdict; /* on it */
};

/* ---- A lane's lists ----------------------------------------------------- */

static void lane_init(struct lane *lane)
{
	memory_init(&lane->memory, NULL, HELD_OCTETS_MAX);
	list_init(&lane->delayed);
	list_init(&lane->waiting);
	list_init(&lane->ready);
}

static struct frame *frame_create(struct lane *lane, size_t len)
{
	struct frame *frame;

	if (lane->frame_count == FAULT_HELD_FRAMES_MAX)
		return NULL;
	frame = memory_take(&lane->memory, sizeof(*frame) + len);
	if (!frame)
		return NULL;
	list_init(&frame->list);
	frame->len = len;
	lane->frame_count++;

	return frame;
}

static void frame_destroy(struct lane *lane, struct frame *frame)
{
	list_remove(&frame->list);
	memory_give(&lane->memory, frame, sizeof(*frame) + frame->len);
	lane->frame_count--;
}

static struct frame *first_of(const struct list *list)
{
	struct list *first = list_first(list);

	return first ? CONTAINER_OF(first, struct frame, list) : NULL;
}

/* One passes those that wait; whoever has been passed enough is ready, too. */
static void make_ready(struct lane *lane, struct frame *frame)
{
	list_remove(&frame->list);
	list_append(&lane->ready, &frame->list);
	LIST_FOR_EACH_SAFE(at, &lane->waiting) {
		struct frame *waiting = CONTAINER_OF(at, struct frame, list);

		if (--waiting->pass_left == 0) {
			list_remove(at);
			list_append(&lane->ready, at);
		}
	}
}

static void let_wait(struct lane *lane, struct frame *frame, uint64_t now_us)
{
	list_remove(&frame->list);
	frame->due_us = now_us + FAULT_REORDER_US_MAX;
	list_append(&lane->waiting, &frame->list);
}

/* Behind all that are due no later. */
static void let_delay(struct lane *lane, struct frame *frame)
{
	struct list *at = lane->delayed.prev;

	while (at != &lane->delayed &&
	       CONTAINER_OF(at, struct frame, list)->due_us > frame->due_us)
		at = at->prev;
	list_append(at->next, &frame->list);
}

static void enter(struct fault *fault, struct lane *lane, struct frame *frame,
                  const struct fault_verdict *verdict)
{
	frame->due_us    = fault->now_us + verdict->delay_us;
	frame->pass_left = verdict->pass;
	if (verdict->delay_us)
		let_delay(lane, frame);
	else if (verdict->pass)
		let_wait(lane, frame, fault->now_us);
	else
		make_ready(lane, frame);
}

static void release_due(struct lane *lane, uint64_t now_us)
{
	struct frame *frame;

	while ((frame = first_of(&lane->delayed)) && frame->due_us <= now_us) {
		if (frame->pass_left)
			let_wait(lane, frame, now_us);
		else
			make_ready(lane, frame);
	}
	while ((frame = first_of(&lane->waiting)) && frame->due_us <= now_us) {
		list_remove(&frame->list);
		list_append(&lane->ready, &frame->list);
	}
}

static bool is_spared(const struct fault *fault, bool is_in,
                      const struct frame *frame)
{
	struct glance glance;

	if (!fault->spares)
		return false;
	glance_at(frame->octets, frame->len, &glance);

	return glance.kind == GLANCE_TCP &&
	       fault->spares(fault->spares_context,
	                     is_in ? &glance.dst : &glance.src,
	                     is_in ? &glance.src : &glance.dst);
}

static void judge(struct fault *fault, bool is_in, struct frame *frame,
                  struct fault_verdict *ret)
{
	*ret = (struct fault_verdict){ .drop = false };
	if (!is_spared(fault, is_in, frame))
		fault_judge_frame(&fault->judge, is_in, frame->octets,
		                  frame->len, ret);
}

/* Let a frame that belongs to @lane in, once, twice or not. */
static void admit(struct fault *fault, struct lane *lane, struct frame *frame,
                  const struct fault_verdict *verdict)
{
	struct frame *copy = NULL;

	if (verdict->drop) {
		if (lane == &fault->in && fault->lost)
			fault->lost(fault->lost_context, frame->octets,
			            frame->len, verdict->drop_rule);
		frame_destroy(lane, frame);
		return;
	}
	if (verdict->dup)
		copy = frame_create(lane, frame->len);
	if (copy)
		memcpy(copy->octets, frame->octets, frame->len);
	enter(fault, lane, frame, verdict);
	if (copy)
		enter(fault, lane, copy, verdict);
}

/* ---- The link ----------------------------------------------------------- */

/* Return: 0, or what the link below said of the last one it refused */
static int send_ready(struct fault *fault)
{
	int last = 0;

	LIST_FOR_EACH_SAFE(at, &fault->out.ready) {
		struct frame *frame = CONTAINER_OF(at, struct frame, list);
		const struct tarn_slice part = { frame->octets, frame->len };
		const int rc = fault->below.ops->transmit(fault->below.state,
		                                          &part, 1);

		if (rc < 0)
			last = rc;
		frame_destroy(&fault->out, frame);
	}

	return last;
}

/* One frame out of its parts; NULL: too many are held */
static struct frame *gather(struct fault *fault, const struct tarn_slice *part,
                            unsigned part_count)
{
	struct frame *frame;
	size_t len = 0, at = 0;

	for (unsigned i = 0; i < part_count; i++)
		len += part[i].len;
	frame = frame_create(&fault->out, len);
	if (!frame)
		return NULL;
	for (unsigned i = 0; i < part_count; at += part[i++].len)
		if (part[i].len)
			memcpy(frame->octets + at, part[i].data, part[i].len);

	return frame;
}

static void forget_foreseen(struct fault *fault)
{
	if (fault->foreseen)
		frame_destroy(&fault->out, fault->foreseen);
	fault->foreseen = NULL;
}

const char *fault_foresee(struct fault *fault, const struct tarn_slice *part,
                          unsigned part_count)
{
	forget_foreseen(fault);
	fault->foreseen = gather(fault, part, part_count);
	if (!fault->foreseen)
		return NULL;
	judge(fault, false, fault->foreseen, &fault->verdict);

	return fault->verdict.drop ? fault->verdict.drop_rule : NULL;
}

static int fault_transmit(void *state, const struct tarn_slice *part,
                          unsigned part_count)
{
	struct fault *fault = state;
	struct frame *frame = fault->foreseen;

	fault->foreseen = NULL;
	if (!frame) {
		frame = gather(fault, part, part_count);
		if (!frame)
			return -ENOBUFS;
		judge(fault, false, frame, &fault->verdict);
	}
	admit(fault, &fault->out, frame, &fault->verdict);

	return send_ready(fault);
}

static ssize_t take_ready(struct lane *lane, uint8_t *buf, size_t size)
{
	struct frame *frame = first_of(&lane->ready);
	ssize_t len;

	if (!frame)
		return 0;
	len = (ssize_t)frame->len;
	memcpy(buf, frame->octets, MIN(frame->len, size));
	frame_destroy(lane, frame);

	return len;
}

static ssize_t fault_receive(void *state, uint8_t *buf, size_t size)
{
	struct fault *fault = state;
	struct fault_verdict verdict;
	struct frame *frame;
	ssize_t len;

	while ((len = take_ready(&fault->in, buf, size)) == 0) {
		len = fault->below.ops->receive(fault->below.state, buf, size);
		/* A finite link has not ended while frames of it are held. */
		if (len == -ENODATA && fault->in.frame_count)
			return 0;
		if (len <= 0 || (size_t)len > size)
			return len;
		frame = frame_create(&fault->in, (size_t)len);
		if (!frame)
			continue;
		memcpy(frame->octets, buf, (size_t)len);
		judge(fault, true, frame, &verdict);
		admit(fault, &fault->in, frame, &verdict);
	}

	return len;
}

static void fault_advance(void *state, uint64_t now_us)
{
	struct fault *fault = state;

	fault->now_us = MAX(fault->now_us, now_us);
	if (fault->below.advance)
		fault->below.advance(fault->below.state, now_us);
	release_due(&fault->in, fault->now_us);
	release_due(&fault->out, fault->now_us);
	(void)send_ready(fault);
}

static uint64_t lane_deadline(const struct lane *lane)
{
	const struct frame *delayed = first_of(&lane->delayed);
	const struct frame *waiting = first_of(&lane->waiting);

	return MIN(delayed ? delayed->due_us : TARN_NEVER,
	           waiting ? waiting->due_us : TARN_NEVER);
}

static uint64_t fault_deadline(const void *state)
{
	const struct fault *fault = state;
	uint64_t deadline_us      = TARN_NEVER;

	if (!list_is_empty(&fault->in.ready))
		return fault->now_us;
	if (fault->below.deadline)
		deadline_us = fault->below.deadline(fault->below.state);

	return MIN(deadline_us,
	           MIN(lane_deadline(&fault->in), lane_deadline(&fault->out)));
}

static void free_list(struct lane *lane, struct list *list)
{
	LIST_FOR_EACH_SAFE(at, list)
		frame_destroy(lane, CONTAINER_OF(at, struct frame, list));
}

static void free_lane(struct lane *lane)
{
	free_list(lane, &lane->delayed);
	free_list(lane, &lane->waiting);
	free_list(lane, &lane->ready);
}

static void fault_close(void *state)
{
	struct fault *fault = state;

	forget_foreseen(fault);
	free_lane(&fault->in);
	free_lane(&fault->out);
	if (fault->below.close)
		fault->below.close(fault->below.state);
	free(fault);
}

int fault_add(struct fault *fault, const char *rule, char error[LINK_ERROR_LEN])
{
	return fault_judge_add(&fault->judge, rule, error);
}

void fault_clear(struct fault *fault)
{
	fault->judge.rule_count = 0;
}

void fault_spare(struct fault *fault,
                 bool (*spares)(void *context, const struct tarn_addr *local,
                                const struct tarn_addr *peer),
                 void *context)
{
	fault->spares         = spares;
	fault->spares_context = context;
}

void fault_tell_lost(struct fault *fault,
                     void (*lost)(void *context, const uint8_t *frame,
                                  size_t len, const char *rule),
                     void *context)
{
	fault->lost         = lost;
	fault->lost_context = context;
}

static const struct tarn_link_ops fault_ops = {
	.receive  = fault_receive,
	.transmit = fault_transmit,
};

int fault_open(struct link *below, const char *const *rules, unsigned count,
               uint64_t seed, struct link *ret, char error[LINK_ERROR_LEN])
{
	struct fault *fault = calloc(1, sizeof(*fault));
	int rc;

	if (!fault) {
		snprintf(error, LINK_ERROR_LEN, "out of memory");
		return -ENOMEM;
	}
	rc = fault_judge_init(&fault->judge, rules, count, seed, error);
	if (rc < 0) {
		free(fault);
		return rc;
	}

	fault->below = *below;
	lane_init(&fault->in);
	lane_init(&fault->out);
	*ret = (struct link){
		.ops       = &fault_ops,
		.state     = fault,
		.fd        = below->fd,
		.is_finite = below->is_finite,
		.advance   = fault_advance,
		.deadline  = fault_deadline,
		.close     = fault_close,
	};

	return 0;
}
