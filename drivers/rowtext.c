/* SPDX-License-Identifier: MIT */
/* rowtext.c - see rowtext.h */
#include "drivers/rowtext.h"
#include "base/bytes.h"
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static const char *const timer_acts[] = {
	[TARN_TIMER_ARMED]     = "armed",
	[TARN_TIMER_FIRED]     = "fired",
	[TARN_TIMER_CANCELLED] = "cancelled",
	[TARN_TIMER_MOVED]     = "moved",
};

static const char *const timer_names[] = {
	[TARN_TIMER_ARMED]     = "timer:armed",
	[TARN_TIMER_FIRED]     = "timer:fired",
	[TARN_TIMER_CANCELLED] = "timer:cancelled",
	[TARN_TIMER_MOVED]     = "timer:armed",
};

static const char *const event_names[] = {
	[TARN_EVENT_DROP]           = "link:dropped",
	[TARN_EVENT_TCP_STATE]      = "tcp:state_updated",
	[TARN_EVENT_TCP_CC]         = "recovery:metrics_updated",
	[TARN_EVENT_TCP_RTT]        = "recovery:metrics_updated",
	[TARN_EVENT_TCP_DECISION]   = "tcp:decision",
	[TARN_EVENT_TCP_BUFFERS]    = "tcp:buffers",
	[TARN_EVENT_TCP_SCOREBOARD] = "tcp:scoreboard",
	[TARN_EVENT_REASSEMBLY]     = "ip:reassembly",
	[TARN_EVENT_NEIGHBOUR]      = "arp:neighbour_updated",
	[TARN_EVENT_ADDRESS]        = "arp:address_updated",
	[TARN_EVENT_CALL]           = "socket:call",
	[TARN_EVENT_READY]          = "socket:ready",
};

/* A queue's name begins with the layer whose queue it is. */
static const struct {
	const char *queue, *name;
} queue_names[] = {
	{ "UDP", "udp:queue" },
	{ "ARP", "arp:queue" },
	{ "reassembly", "ip:queue" },
};

char *rowtext_why(char *text, size_t size, enum why why)
{
	text[0] = '\0';
	if (why != WHY_NONE && why < WHY_COUNT)
		snprintf(text, size, "%s (%s)", why_sentence(why),
		         why_where(why));

	return text;
}

char *rowtext_drop(char *text, size_t size, enum drop drop)
{
	text[0] = '\0';
	if (drop != DROP_NONE && drop < DROP_COUNT)
		snprintf(text, size, "%s: %s (%s)", drop_symbol(drop),
		         drop_sentence(drop), drop_where(drop));

	return text;
}

static const char *act_of(const char *const table[],
                          const struct tarn_event_timer *timer)
{
	return timer->act <= TARN_TIMER_MOVED ? table[timer->act] : "?";
}

static void timer_text(char *text, size_t size, const struct tarn_event *event)
{
	char why[ROWTEXT_LEN];

	snprintf(text, size, "the %s timer %s%s%s%s", event->timer.name,
	         event->timer.act == TARN_TIMER_FIRED ? "" : "is ",
	         act_of(timer_acts, &event->timer), event->why ? ": " : "",
	         rowtext_why(why, sizeof(why), event->why));
}

static void state_text(char *text, size_t size, const struct tarn_event *event)
{
	char why[ROWTEXT_LEN];

	snprintf(text, size, "%s -> %s: %s",
	         tarn_tcp_state_name(event->note.state_before),
	         tarn_tcp_state_name(event->note.state),
	         rowtext_why(why, sizeof(why), event->why));
}

static void metrics_text(char *text, size_t size,
                         const struct tarn_event *event)
{
	char why[ROWTEXT_LEN];

	snprintf(text, size, "cwnd %" PRIu32 ", ssthresh %" PRIu32 ": %s",
	         event->note.now.cwnd, event->note.now.ssthresh,
	         rowtext_why(why, sizeof(why), event->why));
	if (event->kind == TARN_EVENT_TCP_RTT && event->tcp.sample_us == 0)
		rowtext_why(text, size, event->why);
	else if (event->kind == TARN_EVENT_TCP_RTT)
		snprintf(text, size,
		         "round trip %" PRIu64 " us: SRTT %" PRIu32
		         " us, RTO %" PRIu32 " us",
		         event->tcp.sample_us, event->note.now.srtt_us,
		         event->note.now.rto_us);
}

static void neighbour_text(char *text, size_t size,
                           const struct tarn_event *event)
{
	char ip[TARN_ADDR_TEXT_LEN], why[ROWTEXT_LEN];

	snprintf(text, size, "%s %s: %s -> %s%s%s",
	         event->kind == TARN_EVENT_ADDRESS ? "address" : "neighbour",
	         tarn_ip_text(&event->neighbour.ip, ip), event->neighbour.from,
	         event->neighbour.to, event->why ? ": " : "",
	         rowtext_why(why, sizeof(why), event->why));
}

static void drop_text(char *text, size_t size, const struct tarn_event *event)
{
	char drop[ROWTEXT_LEN];

	snprintf(text, size, "dropped: %s",
	         rowtext_drop(drop, sizeof(drop), event->drop));
}

static void call_text(char *text, size_t size,
                      const struct tarn_event_call *call)
{
	const char *args     = call->args ? call->args : "";
	const bool has_error = call->result < 0 && call->result >= INT_MIN;
	char fd[16]          = "";

	if (call->fd >= 0)
		snprintf(fd, sizeof(fd), "%d%s", call->fd, args[0] ? ", " : "");
	snprintf(text, size, "%s(%s%s) = %" PRId64 "%s%s", call->name, fd, args,
	         call->result, has_error ? ": " : "",
	         has_error ? tarn_strerror((int)call->result) : "");
}

static const struct {
	uint32_t bit;
	const char *name;
} event_bits[] = {
	{ TARN_POLLIN, "in" },       { TARN_POLLPRI, "pri" },
	{ TARN_POLLOUT, "out" },     { TARN_POLLERR, "err" },
	{ TARN_POLLHUP, "hup" },     { TARN_POLLNVAL, "nval" },
	{ TARN_POLLRDHUP, "rdhup" },
};

char *rowtext_events(char *text, size_t size, uint32_t events)
{
	size_t len = 0;

	snprintf(text, size, "none");
	for (size_t i = 0; i < ARRAY_LEN(event_bits); i++) {
		if (!(events & event_bits[i].bit) || len >= size)
			continue;
		len += (size_t)snprintf(text + len, size - len, "%s%s",
		                        len ? "|" : "", event_bits[i].name);
	}

	return text;
}

const char *rowtext_errno(int64_t result)
{
	const char *name = NULL;

	if (result < 0 && result >= -INT_MAX)
		name = strerrorname_np((int)-result);

	return name ? name : "?";
}

static void ready_text(char *text, size_t size,
                       const struct tarn_event_ready *ready)
{
	char before[64], now[64];

	snprintf(text, size, "descriptor %d is ready for %s, was for %s",
	         ready->fd, rowtext_events(now, sizeof(now), ready->now),
	         rowtext_events(before, sizeof(before), ready->before));
}

static void queue_text(char *text, size_t size, const struct tarn_event *event)
{
	char why[ROWTEXT_LEN];

	snprintf(text, size, "%s queue holds %" PRIu32 " of %" PRIu32 ": %s",
	         event->queue.name, event->queue.count, event->queue.limit,
	         rowtext_why(why, sizeof(why), event->why));
}

static void reassembly_text(char *text, size_t size,
                            const struct tarn_event_reassembly *part)
{
	snprintf(text, size,
	         "datagram %u: octets %" PRIu32 " to %" PRIu32
	         " arrived, has %" PRIu32 " of %" PRIu32,
	         part->id, part->start, part->end, part->have, part->want);
}

static void buffers_text(char *text, size_t size,
                         const struct tarn_event_buffers *buffers)
{
	snprintf(text, size,
	         "buffers: %" PRIu32 " of %" PRIu32 " to send, %" PRIu32
	         " of %" PRIu32 " received, %u beyond a hole",
	         buffers->snd_used, buffers->snd_size, buffers->rcv_used,
	         buffers->rcv_size, buffers->count);
}

static void scoreboard_text(char *text, size_t size,
                            const struct tarn_event *event)
{
	char why[ROWTEXT_LEN];

	snprintf(text, size, "the flight: %u SACKed, %u lost, %u again: %s",
	         event->scoreboard.sacked_count, event->scoreboard.lost_count,
	         event->scoreboard.again_count,
	         rowtext_why(why, sizeof(why), event->why));
}

char *rowtext_event(char *text, size_t size, const struct tarn_event *event)
{
	text[0] = '\0';
	switch (event->kind) {
	case TARN_EVENT_DROP:
		drop_text(text, size, event);
		break;
	case TARN_EVENT_TCP_STATE:
		state_text(text, size, event);
		break;
	case TARN_EVENT_TCP_TIMER:
		timer_text(text, size, event);
		break;
	case TARN_EVENT_TCP_CC:
	case TARN_EVENT_TCP_RTT:
		metrics_text(text, size, event);
		break;
	case TARN_EVENT_NEIGHBOUR:
	case TARN_EVENT_ADDRESS:
		neighbour_text(text, size, event);
		break;
	case TARN_EVENT_CALL:
		call_text(text, size, &event->call);
		break;
	case TARN_EVENT_READY:
		ready_text(text, size, &event->ready);
		break;
	case TARN_EVENT_QUEUE:
		queue_text(text, size, event);
		break;
	case TARN_EVENT_REASSEMBLY:
		reassembly_text(text, size, &event->reassembly);
		break;
	case TARN_EVENT_TCP_DECISION:
		rowtext_why(text, size, event->why);
		break;
	case TARN_EVENT_TCP_BUFFERS:
		buffers_text(text, size, &event->buffers);
		break;
	case TARN_EVENT_TCP_SCOREBOARD:
		scoreboard_text(text, size, event);
		break;
	case TARN_EVENT_FRAME_RX:
	case TARN_EVENT_FRAME_DONE:
	case TARN_EVENT_FRAME_TX:
		break;
	}

	return text;
}

static const char *queue_name(const struct tarn_event_queue *queue)
{
	for (size_t i = 0; i < ARRAY_LEN(queue_names); i++)
		if (strcmp(queue->name, queue_names[i].queue) == 0)
			return queue_names[i].name;

	return "tcp:queue";
}

const char *rowtext_event_name(const struct tarn_event *event)
{
	if (event->kind == TARN_EVENT_QUEUE)
		return queue_name(&event->queue);
	if (event->kind == TARN_EVENT_TCP_TIMER)
		return act_of(timer_names, &event->timer);
	if ((size_t)event->kind < ARRAY_LEN(event_names) &&
	    event_names[event->kind])
		return event_names[event->kind];

	return "?";
}
