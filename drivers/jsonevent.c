/* SPDX-License-Identifier: MIT */
/* jsonevent.c - see jsonevent.h */
#include "drivers/jsonevent.h"
#include "base/bytes.h"
#include "drivers/rowtext.h"
#include <stdio.h>

static void put_neighbour(struct json *json,
                          const struct tarn_event_neighbour *neighbour)
{
	const uint8_t *mac = neighbour->mac;
	char text[TARN_ADDR_TEXT_LEN], address[24];

	snprintf(address, sizeof(address), "%02x:%02x:%02x:%02x:%02x:%02x",
	         mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	json_string(json, "ip", tarn_ip_text(&neighbour->ip, text));
	json_string(json, "mac", address);
	json_string(json, "old", neighbour->from);
	json_string(json, "new", neighbour->to);
}

static void put_tcp(struct json *json, const struct tarn_event *event)
{
	char text[TARN_ADDR_TEXT_LEN];

	json_string(json, "local", tarn_addr_text(&event->tcp.local, text));
	json_string(json, "peer", tarn_addr_text(&event->tcp.peer, text));
	if (event->kind == TARN_EVENT_TCP_STATE) {
		json_string(json, "old",
		            tarn_tcp_state_name(event->note.state_before));
		json_string(json, "new",
		            tarn_tcp_state_name(event->note.state));
	}
	if (event->kind == TARN_EVENT_TCP_DECISION)
		json_string(json, "reason", why_symbol(event->why));
	if (event->kind != TARN_EVENT_TCP_RTT)
		return;
	if (event->tcp.sample_us)
		json_milliseconds(json, "latest_rtt", event->tcp.sample_us);
	if (event->tcp.min_us)
		json_milliseconds(json, "min_rtt", event->tcp.min_us);
	if (event->tcp.var_us)
		json_milliseconds(json, "rtt_variance", event->tcp.var_us);
}

static void put_timer(struct json *json, const struct tarn_event_timer *timer)
{
	json_string(json, "timer", timer->name);
	if (timer->act == TARN_TIMER_MOVED)
		json_bool(json, "moved", true);
	if (timer->deadline_us != TARN_NEVER)
		json_milliseconds(json, "deadline", timer->deadline_us);
}

static void put_ranges(struct json *json, const char *key,
                       const struct tarn_range *range, unsigned count)
{
	json_open(json, key, '[');
	for (unsigned i = 0; i < count; i++) {
		json_open(json, NULL, '[');
		json_number(json, NULL, range[i].start);
		json_number(json, NULL, range[i].end);
		json_close(json, ']');
	}
	json_close(json, ']');
}

static void put_buffers(struct json *json,
                        const struct tarn_event_buffers *buffers)
{
	json_number(json, "snd_used", buffers->snd_used);
	json_number(json, "snd_size", buffers->snd_size);
	json_number(json, "rcv_used", buffers->rcv_used);
	json_number(json, "rcv_size", buffers->rcv_size);
	json_number(json, "out_of_order_count", buffers->count);
	put_ranges(json, "out_of_order", buffers->out_of_order,
	           MIN(buffers->count, TARN_HOLES_MAX));
}

static void put_scoreboard(struct json *json,
                           const struct tarn_event_scoreboard *board)
{
	put_ranges(json, "sacked", board->sacked,
	           MIN(board->sacked_count, TARN_MARKS_MAX));
	put_ranges(json, "lost", board->lost,
	           MIN(board->lost_count, TARN_MARKS_MAX));
	put_ranges(json, "again", board->again,
	           MIN(board->again_count, TARN_MARKS_MAX));
}

static void put_queue(struct json *json, const struct tarn_event_queue *queue)
{
	char text[TARN_ADDR_TEXT_LEN];

	json_string(json, "queue", queue->name);
	json_number(json, "count", queue->count);
	json_number(json, "limit", queue->limit);
	json_string(json, "who",
	            queue->who.port ? tarn_addr_text(&queue->who, text)
	                            : tarn_ip_text(&queue->who.ip, text));
}

static void put_reassembly(struct json *json,
                           const struct tarn_event_reassembly *part)
{
	char text[TARN_ADDR_TEXT_LEN];

	json_string(json, "src", tarn_ip_text(&part->src, text));
	json_string(json, "dst", tarn_ip_text(&part->dst, text));
	json_number(json, "id", part->id);
	json_number(json, "protocol", part->proto);
	json_number(json, "start", part->start);
	json_number(json, "end", part->end);
	json_number(json, "have", part->have);
	if (part->want)
		json_number(json, "want", part->want);
}

static void put_call(struct json *json, const struct tarn_event_call *call)
{
	json_string(json, "call", call->name);
	if (call->fd >= 0)
		json_number(json, "fd", (uint64_t)call->fd);
	if (call->args && call->args[0])
		json_string(json, "args", call->args);
	json_signed(json, "result", call->result);
	if (call->result < 0)
		json_string(json, "errno", rowtext_errno(call->result));
}

static void put_ready(struct json *json, const struct tarn_event_ready *ready)
{
	char text[ROWTEXT_LEN];

	json_signed(json, "fd", ready->fd);
	json_string(json, "old",
	            rowtext_events(text, sizeof(text), ready->before));
	json_string(json, "events",
	            rowtext_events(text, sizeof(text), ready->now));
}

void jsonevent_put(struct json *json, const struct tarn_event *event)
{
	switch (event->kind) {
	case TARN_EVENT_TCP_STATE:
	case TARN_EVENT_TCP_CC:
	case TARN_EVENT_TCP_RTT:
	case TARN_EVENT_TCP_DECISION:
		put_tcp(json, event);
		break;
	case TARN_EVENT_TCP_TIMER:
		put_timer(json, &event->timer);
		break;
	case TARN_EVENT_TCP_BUFFERS:
		put_buffers(json, &event->buffers);
		break;
	case TARN_EVENT_TCP_SCOREBOARD:
		put_scoreboard(json, &event->scoreboard);
		break;
	case TARN_EVENT_QUEUE:
		put_queue(json, &event->queue);
		break;
	case TARN_EVENT_REASSEMBLY:
		put_reassembly(json, &event->reassembly);
		break;
	case TARN_EVENT_NEIGHBOUR:
	case TARN_EVENT_ADDRESS:
		put_neighbour(json, &event->neighbour);
		break;
	case TARN_EVENT_CALL:
		put_call(json, &event->call);
		break;
	case TARN_EVENT_READY:
		put_ready(json, &event->ready);
		break;
	case TARN_EVENT_DROP:
		json_string(json, "drop", drop_symbol(event->drop));
		break;
	case TARN_EVENT_FRAME_RX:
	case TARN_EVENT_FRAME_DONE:
	case TARN_EVENT_FRAME_TX:
		break;
	}
}
