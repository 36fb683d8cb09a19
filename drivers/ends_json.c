/* SPDX-License-Identifier: MIT */
/*
 * ends_json.c - what a stack holds, for programs; see ends.h
 *
 * Times are milliseconds with three decimals, as in the log. Names and states
 * are ours and hold nothing that JSON would have to escape.
 */
#include "base/drop.h"
#include "drivers/ends.h"
#include <inttypes.h>

/** struct rows - an array that is being written */
struct rows {
	const struct ends_view *view;
	bool has_one;
};

static void put(const struct ends_view *view, const char *key, uint64_t value)
{
	textbuf_add(view->out, ",\"%s\":%" PRIu64, key, value);
}

static void put_ms(const struct ends_view *view, const char *key, uint64_t us)
{
	textbuf_add(view->out, ",\"%s\":%" PRIu64 ".%03u", key, us / 1000,
	            (unsigned)(us % 1000));
}

static void put_bool(const struct ends_view *view, const char *key, bool value)
{
	textbuf_add(view->out, ",\"%s\":%s", key, value ? "true" : "false");
}

static void put_variables(const struct ends_view *view,
                          const struct tarn_tcp_info *info)
{
	put(view, "iss", info->iss);
	put(view, "snd_una", info->snd_una);
	put(view, "snd_nxt", info->snd_nxt);
	put(view, "snd_wnd", info->snd_wnd);
	put(view, "irs", info->irs);
	put(view, "rcv_nxt", info->rcv_nxt);
	put(view, "rcv_wnd", info->rcv_wnd);
	put(view, "snd_mss", info->snd_mss);
	put(view, "rcv_mss", info->rcv_mss);
	put(view, "path_mtu", info->path_mtu);
	put_bool(view, "timestamps", info->has_timestamps);
	put_bool(view, "sack", info->has_sack);
	put_bool(view, "ecn", info->has_ecn);
	put_bool(view, "window_scaling", info->has_wscale);
	put(view, "snd_wscale", info->snd_wscale);
	put(view, "rcv_wscale", info->rcv_wscale);
}

/* The names that the log uses too, which are qlog's where it has one. */
static void put_metrics(const struct ends_view *view,
                        const struct tarn_tcp_info *info)
{
	textbuf_add(view->out, ",\"congestion\":\"%s\",\"ca_state\":\"%s\"",
	            info->congestion ? info->congestion : "",
	            ends_ca_name(info->ca_state));
	put(view, "cwnd", info->cwnd);
	put(view, "ssthresh", info->ssthresh);
	put(view, "bytes_in_flight", info->flight);
	put_ms(view, "smoothed_rtt", info->srtt_us);
	put_ms(view, "rtt_variance", info->rttvar_us);
	put_ms(view, "min_rtt", info->min_rtt_us);
	put_ms(view, "rto", info->rto_us);
	put(view, "backoff", info->backoff);
	put(view, "retransmits", info->retransmits);
	put(view, "lost", info->lost);
	put(view, "sacked", info->sacked);
	put(view, "bytes_not_sent", info->notsent_octets);
	put(view, "bytes_sent", info->octets_sent);
	put(view, "bytes_acked", info->octets_acked);
	put(view, "bytes_received", info->octets_received);
	put(view, "bytes_retransmitted", info->octets_retransmitted);
	put(view, "segments_sent", info->segs_out);
	put(view, "segments_received", info->segs_in);
}

static void put_timers(const struct ends_view *view, const struct tarn_end *end)
{
	textbuf_add(view->out, ",\"timers\":[");
	for (unsigned i = 0; i < end->timer_count; i++) {
		const uint64_t at_us = end->timer[i].deadline_us;

		textbuf_add(view->out, "%s{\"timer\":\"%s\"", i ? "," : "",
		            end->timer[i].name);
		put_ms(view, "expires_in",
		       at_us > view->now_us ? at_us - view->now_us : 0);
		textbuf_add(view->out, "}");
	}
	textbuf_add(view->out, "]");
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
	const size_t before          = view->out->len;
	char local[TARN_ADDR_TEXT_LEN], peer[TARN_ADDR_TEXT_LEN];

	if (!ends_wanted(view->request, end))
		return;
	textbuf_add(view->out,
	            "%s{\"kind\":\"%s\",\"state\":\"%s\",\"local\":\"%s\","
	            "\"peer\":\"%s\"",
	            rows->has_one ? "," : "", kind_name(end->kind),
	            end->state_name, tarn_addr_text(&end->local, local),
	            tarn_addr_text(&end->peer, peer));
	put(view, "conn", end->number);
	put(view, "receive_queue", end->receive_queue);
	put(view, "send_queue", end->send_queue);
	put_bool(view, "orphan", end->is_orphan);
	put_timers(view, end);
	if (end->kind == TARN_END_CONNECTION) {
		put_variables(view, &end->info);
		put_metrics(view, &end->info);
	}
	textbuf_add(view->out, "}");
	rows->has_one = true;
	/* Left out from the first that has no room on: still good JSON. */
	if (view->out->is_full)
		textbuf_cut(view->out, before);
}

static void put_drops(const struct ends_view *view)
{
	const char *comma = "";

	textbuf_add(view->out, "\"drops\":{");
	for (enum drop drop = DROP_NONE + 1; drop < DROP_COUNT; drop++) {
		const uint64_t count =
		        tarn_drop_count(view->stack, drop_symbol(drop));

		if (!count && !view->request->all)
			continue;
		textbuf_add(view->out, "%s\"%s\":%" PRIu64, comma,
		            drop_symbol(drop), count);
		comma = ",";
	}
	textbuf_add(view->out, "}");
}

static void put_summary(const struct ends_view *view)
{
	struct tarn_usage usage;

	tarn_usage(view->stack, &usage);
	textbuf_add(view->out, "\"usage\":{\"connections\":%u",
	            usage.connections);
	put(view, "half_open", usage.half_open);
	put(view, "time_wait", usage.time_wait);
	put(view, "listeners", usage.listeners);
	put(view, "datagram_sockets", usage.udp);
	put(view, "descriptors", usage.descriptors);
	put(view, "neighbours", usage.neighbours);
	put(view, "reassemblies", usage.reassemblies);
	put(view, "memory", usage.memory);
	put(view, "memory_peak", usage.memory_peak);
	textbuf_add(view->out, "}");
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
