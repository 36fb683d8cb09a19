/* SPDX-License-Identifier: MIT */
/* rowtext.c - see rowtext.h */
#include "drivers/rowtext.h"
#include "base/bytes.h"
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

static const char *const timer_acts[] = {
	[TARN_TIMER_ARMED]     = "armed",
	[TARN_TIMER_FIRED]     = "fired",
	[TARN_TIMER_CANCELLED] = "cancelled",
};

static const char *const timer_names[] = {
	[TARN_TIMER_ARMED]     = "timer:armed",
	[TARN_TIMER_FIRED]     = "timer:fired",
	[TARN_TIMER_CANCELLED] = "timer:cancelled",
};

static const char *const event_names[] = {
	[TARN_EVENT_DROP]      = "link:dropped",
	[TARN_EVENT_TCP_STATE] = "tcp:state_updated",
	[TARN_EVENT_TCP_CC]    = "recovery:metrics_updated",
	[TARN_EVENT_TCP_RTT]   = "recovery:metrics_updated",
	[TARN_EVENT_NEIGHBOUR] = "arp:neighbour_updated",
	[TARN_EVENT_ADDRESS]   = "arp:address_updated",
	[TARN_EVENT_CALL]      = "socket:call",
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
	return timer->act <= TARN_TIMER_CANCELLED ? table[timer->act] : "?";
}

static void timer_text(char *text, size_t size, const struct tarn_event *event)
{
	snprintf(text, size, "the %s timer is %s", event->timer.name,
	         act_of(timer_acts, &event->timer));
	if (event->timer.act == TARN_TIMER_FIRED)
		snprintf(text, size, "the %s timer fired", event->timer.name);
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
	         event->note.cwnd, event->note.ssthresh,
	         rowtext_why(why, sizeof(why), event->why));
	if (event->kind == TARN_EVENT_TCP_RTT)
		snprintf(text, size,
		         "round trip %" PRIu64 " us: SRTT %" PRIu32
		         " us, RTO %" PRIu32 " us",
		         event->tcp.sample_us, event->note.srtt_us,
		         event->note.rto_us);
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
	if (call->result < 0 && call->result >= INT_MIN)
		snprintf(text, size, "%s(%d) = %" PRId64 ": %s", call->name,
		         call->fd, call->result,
		         tarn_strerror((int)call->result));
	else
		snprintf(text, size, "%s(%d) = %" PRId64, call->name, call->fd,
		         call->result);
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
	case TARN_EVENT_FRAME_RX:
	case TARN_EVENT_FRAME_DONE:
	case TARN_EVENT_FRAME_TX:
		break;
	}

	return text;
}

const char *rowtext_event_name(const struct tarn_event *event)
{
	if (event->kind == TARN_EVENT_TCP_TIMER)
		return act_of(timer_names, &event->timer);
	if ((size_t)event->kind < ARRAY_LEN(event_names) &&
	    event_names[event->kind])
		return event_names[event->kind];

	return "?";
}
