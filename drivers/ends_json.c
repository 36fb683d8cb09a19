/* SPDX-License-Identifier: MIT */
/*
 * ends_json.c - what a stack holds, for programs; see ends.h
 *
 * Each end is one object of json.h, put together in a buffer that holds the
 * largest, and appended whole or not at all. Times are milliseconds with three
 * decimals, as in the log, and metrics have the log's names.
 */
#include "base/drop.h"
#include "drivers/ends.h"
#include "drivers/json.h"

#define OBJECT_LEN_MAX 8192 /* of one end, or of all counters */

/** struct rows - an array that is being written */
struct rows {
	const struct ends_view *view;
	bool has_one;
};

/* All of an object behind what is there, without the newline that ends a line. */
static void append(const struct ends_view *view, const char *before,
                   struct json *json)
{
	const size_t len = json_end(json);

	if (len == 0)
		view->out->is_full = true;
	else
		textbuf_add(view->out, "%s%.*s", before, (int)len - 1,
		            json->text);
}

static void put_variables(struct json *json, const struct tarn_tcp_info *info)
{
	json_number(json, "iss", info->iss);
	json_number(json, "snd_una", info->snd_una);
	json_number(json, "snd_nxt", info->snd_nxt);
	json_number(json, "snd_wnd", info->snd_wnd);
	json_number(json, "irs", info->irs);
	json_number(json, "rcv_nxt", info->rcv_nxt);
	json_number(json, "rcv_wnd", info->rcv_wnd);
	json_number(json, "snd_mss", info->snd_mss);
	json_number(json, "rcv_mss", info->rcv_mss);
	json_number(json, "path_mtu", info->path_mtu);
	json_bool(json, "timestamps", info->has_timestamps);
	json_bool(json, "sack", info->has_sack);
	json_bool(json, "ecn", info->has_ecn);
	json_bool(json, "window_scaling", info->has_wscale);
	json_number(json, "snd_wscale", info->snd_wscale);
	json_number(json, "rcv_wscale", info->rcv_wscale);
}

/* The names that the log uses too, which are qlog's where it has one. */
static void put_metrics(struct json *json, const struct tarn_tcp_info *info)
{
	json_string(json, "congestion",
	            info->congestion ? info->congestion : "");
	json_string(json, "ca_state", ends_ca_name(info->ca_state));
	json_number(json, "cwnd", info->cwnd);
	json_number(json, "ssthresh", info->ssthresh);
	json_number(json, "bytes_in_flight", info->flight);
	json_milliseconds(json, "smoothed_rtt", info->srtt_us);
	json_milliseconds(json, "rtt_variance", info->rttvar_us);
	json_milliseconds(json, "min_rtt", info->min_rtt_us);
	json_milliseconds(json, "rto", info->rto_us);
	json_number(json, "backoff", info->backoff);
	json_number(json, "retransmits", info->retransmits);
	json_number(json, "lost", info->lost);
	json_number(json, "sacked", info->sacked);
	json_number(json, "bytes_not_sent", info->notsent_octets);
	json_number(json, "bytes_sent", info->octets_sent);
	json_number(json, "bytes_acked", info->octets_acked);
	json_number(json, "bytes_received", info->octets_received);
	json_number(json, "bytes_retransmitted", info->octets_retransmitted);
	json_number(json, "segments_sent", info->segs_out);
	json_number(json, "segments_received", info->segs_in);
}

static void put_timers(struct json *json, const struct tarn_end *end,
                       uint64_t now_us)
{
	json_open(json, "timers", '[');
	for (unsigned i = 0; i < end->timer_count; i++) {
		const uint64_t at_us = end->timer[i].deadline_us;

		json_open(json, NULL, '{');
		json_string(json, "timer", end->timer[i].name);
		json_milliseconds(json, "expires_in",
		                  at_us > now_us ? at_us - now_us : 0);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static const char *kind_name(enum tarn_end_kind kind)
{
	switch (kind) {
	case TARN_END_CONNECTION:
		return "connection";
	case TARN_END_HALF_OPEN:
		return "half-open";
	case TARN_END_TIME_WAIT:
		return "time-wait";
	case TARN_END_LISTENER:
		return "listener";
	case TARN_END_DATAGRAM:
		return "datagram";
	}

	return "?";
}

static void tell(void *context, const struct tarn_end *end)
{
	struct rows *rows            = context;
	const struct ends_view *view = rows->view;
	char text[OBJECT_LEN_MAX], addr[TARN_ADDR_TEXT_LEN];
	struct json json;

	if (view->out->is_full || !ends_wanted(view->request, end))
		return;
	json_begin(&json, text, sizeof(text));
	json_string(&json, "kind", kind_name(end->kind));
	json_string(&json, "state", end->state_name);
	json_string(&json, "local", tarn_addr_text(&end->local, addr));
	json_string(&json, "peer", tarn_addr_text(&end->peer, addr));
	json_number(&json, "conn", end->number);
	json_number(&json, "receive_queue", end->receive_queue);
	json_number(&json, "send_queue", end->send_queue);
	json_bool(&json, "orphan", end->is_orphan);
	put_timers(&json, end, view->now_us);
	if (end->kind == TARN_END_CONNECTION) {
		put_variables(&json, &end->info);
		put_metrics(&json, &end->info);
	}
	/* Left out from the first that has no room on: still good JSON. */
	append(view, rows->has_one ? "," : "", &json);
	rows->has_one = true;
}

static void put_drops(const struct ends_view *view)
{
	char text[OBJECT_LEN_MAX];
	struct json json;

	json_begin(&json, text, sizeof(text));
	for (enum drop drop = DROP_NONE + 1; drop < DROP_COUNT; drop++) {
		const uint64_t count =
		        tarn_drop_count(view->stack, drop_symbol(drop));

		if (count || view->request->all)
			json_number(&json, drop_symbol(drop), count);
	}
	append(view, "\"drops\":", &json);
}

static void put_summary(const struct ends_view *view)
{
	char text[OBJECT_LEN_MAX];
	struct tarn_usage usage;
	struct json json;

	tarn_usage(view->stack, &usage);
	json_begin(&json, text, sizeof(text));
	json_number(&json, "connections", usage.connections);
	json_number(&json, "half_open", usage.half_open);
	json_number(&json, "time_wait", usage.time_wait);
	json_number(&json, "listeners", usage.listeners);
	json_number(&json, "datagram_sockets", usage.udp);
	json_number(&json, "descriptors", usage.descriptors);
	json_number(&json, "neighbours", usage.neighbours);
	json_number(&json, "reassemblies", usage.reassemblies);
	json_number(&json, "memory", usage.memory);
	json_number(&json, "memory_peak", usage.memory_peak);
	append(view, "\"usage\":", &json);
}

void ends_json(const struct ends_view *view)
{
	struct rows rows = { .view = view };

	if (view->request->summary)
		put_summary(view);
	if (view->request->summary && view->request->drops)
		textbuf_add(view->out, ",");
	if (view->request->drops)
		put_drops(view);
	if (view->request->summary || view->request->drops)
		return;

	textbuf_add(view->out, "\"ends\":[");
	tarn_ends(view->stack, tell, &rows);
	textbuf_add(view->out, "]");
	if (!view->out->is_full)
		return;
	/* The end is written, whatever had no room before it. */
	view->out->is_full = false;
	view->out->max += sizeof("],\"truncated\":true");
	textbuf_add(view->out, "],\"truncated\":true");
}
