/* SPDX-License-Identifier: MIT */
/*
 * road.c - from a stack to the wire, with the faults on the way
 *
 *	stack --> keep a copy --> faults --> router --> wire
 *
 * Every frame that a stack sends takes a number on the wire, even one that
 * dies before it, so that its row says where it died.
 */
#include "base/bytes.h"
#include "tools/lab/stage_state.h"
#include "wire/ip4.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static size_t gather(const struct tarn_slice *part, unsigned part_count,
                     uint8_t *to, size_t size)
{
	size_t len = 0;

	for (unsigned i = 0; i < part_count; i++) {
		if (part[i].len > size - len)
			return 0;
		if (part[i].len)
			memcpy(to + len, part[i].data, part[i].len);
		len += part[i].len;
	}

	return len;
}

static void keep(struct stage *stage, unsigned from, bool is_forged,
                 const uint8_t *frame, size_t len)
{
	struct glance glance;
	struct kept *kept;
	uint8_t *copy;

	if (stage->kept_count == STAGE_KEPT_MAX)
		return;
	copy = malloc(len ? len : 1);
	if (!copy)
		return;
	memcpy(copy, frame, len);
	glance_at(frame, len, &glance);
	kept  = &stage->kept[stage->kept_count++];
	*kept = (struct kept){ .from   = (uint8_t)from,
		               .is_tcp = glance.kind == GLANCE_TCP,
		               .is_syn = glance.kind == GLANCE_TCP &&
		                         glance.tcp.syn,
		               .src_port  = glance.src.port,
		               .dst_port  = glance.dst.port,
		               .seq       = glance.tcp.seq,
		               .seq_len   = glance.kind == GLANCE_TCP
		                                    ? glance_seq_len(&glance)
		                                    : 0,
		               .is_forged = is_forged,
		               .number    = stage_next_packet(stage),
		               .len       = len,
		               .frame     = copy };
}

static bool is_chosen(const struct stage *stage, uint64_t number)
{
	for (unsigned i = 0; i < stage->options.drop_count; i++)
		if (stage->options.drop[i] == number)
			return true;

	return false;
}

static int put(struct road *road, const uint8_t *frame, size_t len,
               const struct wire_wish *wish, const char *by)
{
	const struct tarn_slice whole = { frame, len };
	struct stage *stage           = road->stage;
	int rc;

	stage->fate_by = by;
	rc             = wire_send(stage->wire, road->end, &whole, 1, wish);
	stage->fate_by = NULL;

	return rc;
}

/* ---- Frames that let others pass ---------------------------------------- */

static bool hold(struct road *road, size_t len, uint64_t pass)
{
	struct held *held;
	uint8_t *copy;

	if (road->held_count == ROAD_HELD_MAX || len == 0)
		return false;
	copy = malloc(len);
	if (!copy)
		return false;
	memcpy(copy, road->frame, len);
	held  = &road->held[road->held_count++];
	*held = (struct held){ .pass_left = pass,
		               .due_us    = road->stage->now_us +
		                         FAULT_REORDER_US_MAX,
		               .len   = len,
		               .frame = copy };

	return true;
}

static void let_go(struct road *road, unsigned at)
{
	const struct wire_wish none = { 0 };
	struct held held            = road->held[at];

	memmove(&road->held[at], &road->held[at + 1],
	        (road->held_count - at - 1) * sizeof(held));
	road->held_count--;
	put(road, held.frame, held.len, &none, NULL);
	free(held.frame);
}

static void pass_by(struct road *road)
{
	for (unsigned i = road->held_count; i-- > 0;)
		if (--road->held[i].pass_left == 0)
			let_go(road, i);
}

void road_advance(struct road *road, uint64_t now_us)
{
	for (unsigned i = road->held_count; i-- > 0;)
		if (road->held[i].due_us <= now_us)
			let_go(road, i);
}

uint64_t road_deadline(const struct road *road)
{
	uint64_t next_us = TARN_NEVER;

	for (unsigned i = 0; i < road->held_count; i++)
		next_us = MIN(next_us, road->held[i].due_us);

	return next_us;
}

/* Answers to an address that nobody has (flood) leave, and find nobody. */
static bool is_for_nobody(const uint8_t *frame, size_t len)
{
	struct glance glance;
	struct tarn_ip a = stage_ip(LAB_A), b = stage_ip(LAB_B);

	glance_at(frame, len, &glance);

	return glance.kind == GLANCE_TCP && !ip_equal(&glance.dst.ip, &a) &&
	       !ip_equal(&glance.dst.ip, &b);
}

/* ---- The way out -------------------------------------------------------- */

static int road_transmit(void *context, const struct tarn_slice *part,
                         unsigned part_count)
{
	struct road *road   = context;
	struct stage *stage = road->stage;
	const size_t len =
	        gather(part, part_count, road->frame, sizeof(road->frame));
	const uint64_t number = stage_next_packet(stage);
	struct fault_verdict verdict;
	struct wire_wish wish = { 0 };

	if (stage->is_warming)
		return put(road, road->frame, len, &wish, NULL);
	keep(stage, road->end, false, road->frame, len);
	fault_judge_frame(&road->judge, false, road->frame, len, &verdict);
	if (verdict.drop || is_chosen(stage, number)) {
		wish.is_lost = true;
		return put(road, road->frame, len, &wish, "fault");
	}
	if (is_for_nobody(road->frame, len)) {
		wish.is_lost = true;
		return put(road, road->frame, len, &wish, "nobody");
	}
	if (!router_passes(stage, road->end, road->frame, len))
		return 0;
	wish.is_doubled = verdict.dup;
	wish.late_us    = verdict.delay_us;
	if (verdict.pass && hold(road, len, verdict.pass))
		return 0;
	/* A full queue is somewhere in the network: no stack hears of it. */
	(void)put(road, road->frame, len, &wish, NULL);
	pass_by(road);

	return 0;
}

static ssize_t road_receive(void *context, uint8_t *buf, size_t size)
{
	struct road *road     = context;
	const struct link end = wire_end(road->stage->wire, road->end);

	return end.ops->receive(end.state, buf, size);
}

const struct tarn_link_ops road_ops = {
	.receive  = road_receive,
	.transmit = road_transmit,
};

void stage_inject(struct stage *stage, unsigned from, const char *by,
                  const uint8_t *frame, size_t len)
{
	struct stage_row row        = { .kind   = STAGE_FORGED,
		                        .end    = from,
		                        .packet = stage_next_packet(stage),
		                        .by     = by,
		                        .frame  = frame,
		                        .len    = len };
	const struct wire_wish wish = { .is_lost =
		                                is_chosen(stage, row.packet) };

	keep(stage, from, true, frame, len);
	stage_tell(stage, &row);
	put(&stage->road[from], frame, len, &wish,
	    wish.is_lost ? "fault" : NULL);
}

/* ---- Beginning and end -------------------------------------------------- */

int road_add_fault(struct road *road, const char *rule)
{
	char error[LINK_ERROR_LEN];

	return fault_judge_add(&road->judge, rule, error);
}

int road_open(struct stage *stage, unsigned end, char error[LAB_ERROR_LEN])
{
	const struct lesson *lesson = stage->lesson;
	struct road *road           = &stage->road[end];
	const char *rules[LAB_FAULTS_MAX];
	char wrong[LINK_ERROR_LEN];
	int rc;

	road->stage = stage;
	road->end   = end;
	for (unsigned i = 0; i < lesson->fault_count[end]; i++)
		rules[i] = lesson->fault[end][i];
	rc = fault_judge_init(&road->judge, rules, lesson->fault_count[end],
	                      stage->seed + end, wrong);
	if (rc < 0)
		snprintf(error, LAB_ERROR_LEN, "%s: %.400s", lesson->name,
		         wrong);

	return rc;
}

void road_close(struct road *road)
{
	for (unsigned i = 0; i < road->held_count; i++)
		free(road->held[i].frame);
	road->held_count = 0;
}
