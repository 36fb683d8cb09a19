/* SPDX-License-Identifier: MIT */
/*
 * run.c - a script's events, one after the other, in virtual time
 *
 * The language's rules of time, as its public tool has them:
 *
 *	- A relative time counts from the moment at which the event before it
 *	  happened, not from when it was written to happen: delays within the
 *	  tolerance do not add up.
 *	- A call, a command, an assertion and an inbound packet wait for their
 *	  moment; they are late when the time has already gone beyond it.
 *	- An outbound packet is expected. Packets are judged in the order in which
 *	  they left, each once, and by the moment at which they left. What no line
 *	  expects makes the next expectation fail; what is left over at the end of
 *	  the script is not asked about.
 *	- A call written "a...b" is made at a and must return at b; the script goes
 *	  on meanwhile.
 *
 * Segmentation: scripts are written where a network card cuts segments, so one
 * line may stand for several. Unless --strict_segments says otherwise, a line
 * with more data than the full segment that came is compared with it piece by
 * piece; PSH counts on the last piece only.
 */
#include "tools/drill/run.h"
#include "base/bytes.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

/* Each listener counts on from here; anything but a port of the script's. */
#define FIRST_PEER_PORT 53055
#define HEADERS_LEN_MIN 40 /* of IPv4 and TCP, without options */
#define HEADERS_LEN_MAX 80

/* ---- verdicts ---- */

static void end(struct run *run, enum run_verdict verdict, const char *format,
                va_list args)
{
	if (run_is_over(run))
		return;
	run->verdict    = verdict;
	run->fault_line = run->event ? run->event->line : 0;
	vsnprintf(run->reason, sizeof(run->reason), format, args);
}

void run_fails(struct run *run, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(run, RUN_FAILED, format, args);
	va_end(args);
}

void run_skips(struct run *run, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(run, RUN_SKIPPED, format, args);
	va_end(args);
}

double run_seconds(const struct run *run, uint64_t at_us)
{
	return ((double)at_us - (double)run->world.born_us) / 1e6;
}

static void tell(const struct run *run, const char *text)
{
	if (run->options->verbose)
		printf("%10.6f  %s\n", run_seconds(run, run->world.now_us),
		       text);
}

/* ---- packets ---- */

/* The part of @packet that one frame carries: @len octets from @at on. */
static struct drill_packet slice(const struct drill_packet *packet, uint32_t at,
                                 uint32_t len)
{
	struct drill_packet piece = *packet;
	const bool is_last        = at + len == packet->payload_len;

	piece.seq += at + (packet->syn && at > 0 ? 1 : 0);
	piece.seq_end     = piece.seq + len;
	piece.payload_len = len;
	piece.syn         = packet->syn && at == 0;
	piece.fin         = packet->fin && is_last;
	piece.psh         = packet->psh && is_last;
	if (packet->payload)
		piece.payload += at;

	return piece;
}

static void inject(struct run *run, const struct connection *connection,
                   const struct drill_packet *packet)
{
	static uint8_t octets[DRILL_PACKET_LEN_MAX];
	const int len =
	        packet_build(packet, &connection->flow, octets, sizeof(octets));

	if (len < 0)
		run_fails(run, "the packet does not fit into an IP packet");
	else if (world_inject(&run->world, octets, (size_t)len) < 0)
		run_fails(run, "out of memory");
}

/* A kernel takes a packet that is larger than its MTU, as if a network card had
 * put it together. Our link does not: its pieces arrive in one go. */
static void inject_pieces(struct run *run, const struct connection *connection,
                          const struct drill_packet *packet)
{
	const uint32_t mtu_mss = run->world.config.mtu - HEADERS_LEN_MAX;
	const uint32_t mss     = run->numbers.inbound_mss
	                                 ? MIN(run->numbers.inbound_mss, mtu_mss)
	                                 : mtu_mss;
	uint32_t at            = 0;

	do {
		const uint32_t len = MIN(mss, packet->payload_len - at);
		const struct drill_packet piece = slice(packet, at, len);

		inject(run, connection, &piece);
		at += len;
	} while (at < packet->payload_len);
}

static void send_inbound(struct run *run, const struct drill_packet *packet)
{
	struct connection *connection;

	clock_wait_until(run, run->event_us);
	if (run_is_over(run) ||
	    !clock_is_timely(run, &run->event->time, run->event_us,
	                     run->world.now_us, "the inbound packet"))
		return;

	connection = connection_of_packet(run, packet);
	if (!connection)
		return;
	flow_sends(&connection->flow, packet);
	if (packet->payload)
		connection->has_own_octets = true;
	tell(run, run->event->source);
	if (packet->protocol == DRILL_TCP &&
	    packet->payload_len + HEADERS_LEN_MIN > run->world.config.mtu)
		inject_pieces(run, connection, packet);
	else
		inject(run, connection, packet);
	clock_settle(run);
}

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

static void expect_outbound(struct run *run, const struct drill_packet *packet)
{
	struct connection *connection;
	struct drill_packet rest = *packet;

	clock_settle(run);
	if (run_is_over(run))
		return;
	connection = connection_of_packet(run, packet);
	if (!connection)
		return;
	while (!expect_one(run, connection, &rest))
		;
	if (!run_is_over(run))
		tell(run, run->event->source);
}

/* ---- events ---- */

/* Everything but an outbound packet waits for its moment. */
static bool wait_for_event(struct run *run, const char *what)
{
	clock_wait_until(run, run->event_us);
	if (run_is_over(run))
		return false;

	return clock_is_timely(run, &run->event->time, run->event_us,
	                       run->world.now_us, what);
}

static void play(struct run *run, const struct drill_event *event)
{
	switch (event->kind) {
	case DRILL_PACKET:
		if (event->packet.is_inbound)
			send_inbound(run, &event->packet);
		else
			expect_outbound(run, &event->packet);
		break;
	case DRILL_CALL:
		if (wait_for_event(run, "the call"))
			call_begin(run, event);
		break;
	case DRILL_COMMAND:
		if (wait_for_event(run, "the command"))
			command_run(run, event);
		break;
	case DRILL_CODE:
		if (wait_for_event(run, "the assertion"))
			code_collect(run, event);
		break;
	}
}

static bool is_relative(const struct drill_time *time)
{
	return time->when == DRILL_AFTER || time->when == DRILL_WITHIN_AFTER ||
	       time->when == DRILL_WHENEVER;
}

static void play_all(struct run *run)
{
	const struct drill_event *event = run->script->events;

	for (; event && !run_is_over(run); event = event->next) {
		const uint64_t base_us = is_relative(&event->time)
		                                 ? run->world.now_us
		                                 : run->world.born_us;

		run->event    = event;
		run->event_us = base_us + (uint64_t)event->time.at_us;
		play(run, event);
	}
	if (!run_is_over(run))
		clock_wait_calls(run);
}

/* ---- a run ---- */

static void find_unsupported(struct run *run)
{
	const struct drill_event *event = run->script->events;

	for (; event && !run_is_over(run); event = event->next) {
		run->event = event;
		if (event->unsupported)
			run_skips(run, "needs %s, which Tarn does not have",
			          event->unsupported);
	}
}

static bool open_stack(struct run *run)
{
	int rc;

	profile_apply(run);
	if (!run_is_over(run))
		command_prepare(run);
	if (run_is_over(run))
		return false;

	rc = world_open(&run->world);
	if (rc < 0)
		run_fails(run, "the stack cannot be made so: %s",
		          tarn_strerror(rc));
	run->is_open = rc == 0;

	return run->is_open;
}

static void keep_last_info(struct run *run)
{
	const struct connection *connection = run->under_test;

	run->has_last_info =
	        run->is_open && connection && connection->fd >= 0 &&
	        !connection->was_closed && !connection->is_udp &&
	        tarn_getsockopt(run->world.tarn, connection->fd, TARN_TCP_INFO,
	                        &run->last_info, sizeof(run->last_info)) >= 0;
}

static void take_down(struct run *run)
{
	size_t lost;

	keep_last_info(run);
	for (unsigned i = 0; i < run->connection_count; i++)
		free(run->connections[i]);
	if (run->code)
		fclose(run->code);
	free(run->code_text);
	run->code      = NULL;
	run->code_text = NULL;
	if (!run->is_open)
		return;
	lost       = world_close(&run->world);
	run->event = NULL;
	if (lost > 0 && run->verdict == RUN_PASSED) {
		run->verdict = RUN_GOES_ON;
		run_fails(run, "the stack kept %zu octets", lost);
	}
}

void run_script(struct run *run, const struct drill_script *script,
                const struct run_options *options,
                void (*observe)(void *observer, const struct tarn_event *event),
                void *observer)
{
	*run = (struct run){ .script    = script,
		             .options   = options,
		             .next_port = FIRST_PEER_PORT };
	world_config(&run->world);
	run->world.config.observe  = observe;
	run->world.config.observer = observer;

	find_unsupported(run);
	if (!run_is_over(run) && open_stack(run)) {
		play_all(run);
		if (!run_is_over(run) && !options->no_code)
			code_judge(run);
	}
	if (!run_is_over(run))
		run->verdict = RUN_PASSED;
	take_down(run);
}
