/* SPDX-License-Identifier: MIT */
/*
 * expect.c - what the stack sends is judged by the line that expects it
 *
 * Segmentation: scripts are written where a network card cuts segments, so one
 * line may stand for several. Unless --strict_segments says otherwise, a line
 * with more data than the full segment that came is compared with it piece by
 * piece; PSH counts on the last piece only, and even there it may be missing:
 * Linux sets it on whatever it hands to its card in one go.
 */
#include "tools/drill/run.h"
#include <stdlib.h>

/* The part of @packet that a live segment of @len octets can be. */
static struct drill_packet first_piece(const struct drill_packet *packet,
                                       uint32_t len)
{
	struct drill_packet piece = *packet;

	piece.payload_len = len;
	piece.seq_end     = piece.seq + len;
	piece.fin         = false;

	return piece;
}

static void drop_piece(struct drill_packet *packet, uint32_t len)
{
	packet->seq += len;
	packet->payload_len -= len;
	if (packet->payload)
		packet->payload += len;
	packet->syn = false;
}

/* Octets of data in a live segment, 0 if that cannot be said. */
static uint32_t live_len(const struct world_frame *frame,
                         const struct drill_flow *flow, bool *ret_psh)
{
	struct drill_packet live;
	const char *flaw;

	if (packet_read(frame->packet, frame->len, flow, &live, &flaw) < 0 ||
	    live.protocol != DRILL_TCP)
		return 0;
	*ret_psh = live.psh;

	return live.payload_len;
}

static void tell_mismatch(struct run *run, const struct drill_mismatch *how)
{
	run_fails(run,
	          "the packet differs in %s\n"
	          "  expected  %s\n"
	          "  actual    %s",
	          how->differs, how->expected, how->actual);
}

/* The stack's own idea of a full segment, as long as it can be asked. */
static bool is_full(struct run *run, struct connection *connection,
                    uint32_t len)
{
	struct tarn_tcp_info info;

	if (connection->fd >= 0 && !connection->was_closed &&
	    tarn_getsockopt(run->world.tarn, connection->fd, TARN_TCP_INFO,
	                    &info, sizeof(info)) >= 0)
		connection->mss = info.snd_mss;

	return len > 0 && (!connection->mss || len >= connection->mss);
}

/* Judges @frame. Return: true when @rest, what remains of the line, is empty. */
static bool judge(struct run *run, struct connection *connection,
                  const struct world_frame *frame, struct drill_packet *rest)
{
	const bool is_rest = rest->payload_len < run->event->packet.payload_len;
	struct drill_mismatch how;
	struct drill_packet piece = *rest;
	bool psh                  = false;
	const uint32_t len        = live_len(frame, &connection->flow, &psh);
	const bool is_part =
	        !run->numbers.strict_segments && rest->protocol == DRILL_TCP &&
	        len < rest->payload_len && is_full(run, connection, len);

	if (is_part) {
		piece     = first_piece(rest, len);
		piece.psh = psh;
	}
	if (is_rest)
		piece.psh &= psh;
	if (!packet_check(&piece, frame->packet, frame->len, &connection->flow,
	                  &how)) {
		tell_mismatch(run, &how);
		return true;
	}
	if (!is_part)
		return true;
	drop_piece(rest, len);

	return false;
}

static void tell_nothing_came(struct run *run)
{
	run_fails(run,
	          "no packet came by %.6f s\n"
	          "  expected  %s\n"
	          "  actual    nothing",
	          run_seconds(run, run->world.now_us), run->event->source);
}

static uint64_t packet_limit(const struct run *run)
{
	const struct drill_time *time = &run->event->time;
	uint64_t limit_us = run->event_us + (uint64_t)run->numbers.tolerance_us;

	if (time->when == DRILL_WHENEVER)
		return TARN_NEVER - 1;
	if (time->when == DRILL_WITHIN || time->when == DRILL_WITHIN_AFTER)
		limit_us += (uint64_t)(time->until_us - time->at_us);

	return limit_us;
}

/* One live packet. Return: true when the line is done, well or not. */
static bool expect_one(struct run *run, struct connection *connection,
                       struct drill_packet *rest)
{
	struct world_frame *frame = clock_wait_packet(run, packet_limit(run));
	struct connection *sender;
	bool is_done;

	if (!frame) {
		tell_nothing_came(run);
		return true;
	}
	sender = connection_sent(run, frame->packet, frame->len);
	/* A packet of no connection of the script's goes unnoticed. */
	if (!sender) {
		free(frame);
		return false;
	}
	is_done = judge(run, connection, frame, rest);
	if (sender != connection)
		run_fails(run, "the packet belongs to another connection");
	if (!run_is_over(run))
		(void)clock_is_timely(run, &run->event->time, run->event_us,
		                      frame->at_us, "the packet");
	free(frame);

	return is_done || run_is_over(run);
}

void packet_expected(struct run *run, const struct drill_packet *packet)
{
	struct connection *connection;
	struct drill_packet rest = *packet;

	if (cookie_is_foreign(packet)) {
		run_skips(run, "needs the fast open cookie that Linux makes, "
		               "which Tarn does not have");
		return;
	}
	clock_settle(run);
	if (run_is_over(run))
		return;
	connection = connection_of_packet(run, packet);
	if (!connection)
		return;
	while (!expect_one(run, connection, &rest))
		;
	if (!run_is_over(run))
		run_tells(run, run->event->source);
}
