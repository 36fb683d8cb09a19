/* SPDX-License-Identifier: MIT */
/* ends_text.c - what a stack holds, as a table; see ends.h */
#include "base/bytes.h"
#include "base/drop.h"
#include "drivers/ends.h"
#include <inttypes.h>
#include <stdio.h>

#define SSTHRESH_NONE (1u << 30) /* so much means: none yet */

bool ends_wanted(const struct control_request *request,
                 const struct tarn_end *end)
{
	const bool both     = request->tcp == request->udp;
	const bool is_udp   = end->kind == TARN_END_DATAGRAM;
	const bool is_still = end->kind == TARN_END_LISTENER ||
	                      (is_udp && end->peer.port == 0);

	if (!both && is_udp != request->udp)
		return false;
	if (request->all)
		return true;
	if (request->listening)
		return is_still;

	return !is_still && (is_udp || end->kind == TARN_END_CONNECTION);
}

const char *ends_ca_name(uint8_t state)
{
	static const char *const names[] = {
		[TARN_CA_OPEN] = "open", [TARN_CA_DISORDER] = "disorder",
		[TARN_CA_CWR] = "cwr",   [TARN_CA_RECOVERY] = "recovery",
		[TARN_CA_LOSS] = "loss",
	};

	return state < ARRAY_LEN(names) ? names[state] : "?";
}

/* ---- one row ---- */

static const char *addr_text(const struct tarn_addr *addr,
                             char text[TARN_ADDR_TEXT_LEN])
{
	if (addr->port == 0) {
		snprintf(text, TARN_ADDR_TEXT_LEN, "*:*");
	} else if (addr->ip.version == TARN_IP_NONE) {
		snprintf(text, TARN_ADDR_TEXT_LEN, "*:%u", addr->port);
	} else {
		tarn_addr_text(addr, text);
	}

	return text;
}

/* "200.123": milliseconds */
static void put_ms(struct textbuf *out, const char *key, uint64_t us)
{
	textbuf_add(out, " %s:%" PRIu64 ".%03u", key, us / 1000,
	            (unsigned)(us % 1000));
}

static void put_number(struct textbuf *out, const char *key, uint64_t value)
{
	textbuf_add(out, " %s:%" PRIu64, key, value);
}

/* What is zero on most connections is told only where it is not. */
static void put_unless_zero(struct textbuf *out, const char *key,
                            uint64_t value)
{
	if (value)
		put_number(out, key, value);
}

static void put_timers(const struct ends_view *view, const struct tarn_end *end)
{
	for (unsigned i = 0; i < end->timer_count; i++) {
		const uint64_t at_us = end->timer[i].deadline_us;
		const uint64_t left =
		        at_us > view->now_us ? at_us - view->now_us : 0;

		textbuf_add(view->out, " timer:(%s,%" PRIu64 ".%03us,%u)",
		            end->timer[i].name, left / 1000000,
		            (unsigned)(left % 1000000 / 1000),
		            end->info.backoff);
	}
}

static void put_agreed(struct textbuf *out, const struct tarn_tcp_info *info)
{
	textbuf_add(out, "\t %s%s%s%s",
	            info->congestion ? info->congestion : "",
	            info->has_timestamps ? " ts" : "",
	            info->has_sack ? " sack" : "", info->has_ecn ? " ecn" : "");
	if (info->has_wscale)
		textbuf_add(out, " wscale:%u,%u", info->snd_wscale,
		            info->rcv_wscale);
}

static void put_times(struct textbuf *out, const struct tarn_tcp_info *info)
{
	put_ms(out, "rto", info->rto_us);
	put_unless_zero(out, "backoff", info->backoff);
	if (info->srtt_us)
		textbuf_add(out, " rtt:%" PRIu64 ".%03u/%" PRIu64 ".%03u",
		            info->srtt_us / 1000,
		            (unsigned)(info->srtt_us % 1000),
		            info->rttvar_us / 1000,
		            (unsigned)(info->rttvar_us % 1000));
	if (info->min_rtt_us)
		put_ms(out, "minrtt", info->min_rtt_us);
	if (info->rcv_rtt_us)
		put_ms(out, "rcv_rtt", info->rcv_rtt_us);
	put_ms(out, "lastsnd", info->last_data_sent_us);
	put_ms(out, "lastrcv", info->last_data_received_us);
	put_ms(out, "lastack", info->last_ack_us);
}

static void put_windows(struct textbuf *out, const struct tarn_tcp_info *info)
{
	put_number(out, "mss", info->snd_mss);
	put_number(out, "pmtu", info->path_mtu);
	put_number(out, "advmss", info->advertised_mss);
	textbuf_add(out, " ca:%s", ends_ca_name(info->ca_state));
	put_number(out, "cwnd", info->cwnd);
	if (info->ssthresh < SSTHRESH_NONE)
		put_number(out, "ssthresh", info->ssthresh);
	put_number(out, "flight", info->flight);
	put_number(out, "snd_wnd", info->snd_wnd);
	put_number(out, "rcv_wnd", info->rcv_wnd);
	put_unless_zero(out, "notsent", info->notsent_octets);
	put_unless_zero(out, "unacked", info->unacked);
	put_unless_zero(out, "sacked", info->sacked);
	put_unless_zero(out, "lost", info->lost);
	put_unless_zero(out, "probes", info->probes);
}

static void put_totals(struct textbuf *out, const struct tarn_tcp_info *info)
{
	put_number(out, "bytes_sent", info->octets_sent);
	put_unless_zero(out, "bytes_retrans", info->octets_retransmitted);
	put_number(out, "bytes_acked", info->octets_acked);
	put_number(out, "bytes_received", info->octets_received);
	put_number(out, "segs_out", info->segs_out);
	put_number(out, "segs_in", info->segs_in);
	put_number(out, "data_segs_out", info->data_segs_out);
	put_number(out, "data_segs_in", info->data_segs_in);
	if (info->retransmits)
		textbuf_add(out, " retrans:%u/%" PRIu64, info->retrans,
		            info->retransmits);
	put_unless_zero(out, "dsack_dups", info->dsack_dups);
	put_unless_zero(out, "reord_seen", info->reord_seen);
	put_unless_zero(out, "rcv_ooopack", info->rcv_out_of_order);
	put_unless_zero(out, "delivered_ce", info->delivered_ce);
}

static void put_row(const struct ends_view *view, const struct tarn_end *end)
{
	char local[TARN_ADDR_TEXT_LEN], peer[TARN_ADDR_TEXT_LEN];

	textbuf_add(view->out,
	            "%-5s %-12s %-8" PRIu64 " %-8" PRIu64 " %-21s %-*s",
	            end->kind == TARN_END_DATAGRAM ? "udp" : "tcp",
	            end->state_name, end->receive_queue, end->send_queue,
	            addr_text(&end->local, local), end->number ? 21 : 0,
	            addr_text(&end->peer, peer));
	if (end->number)
		put_number(view->out, "conn", end->number);
	if (end->is_orphan)
		textbuf_add(view->out, " orphan");
	if (view->request->timers)
		put_timers(view, end);
	textbuf_add(view->out, "\n");
	if (!view->request->info || end->kind != TARN_END_CONNECTION)
		return;

	put_agreed(view->out, &end->info);
	put_times(view->out, &end->info);
	put_windows(view->out, &end->info);
	put_totals(view->out, &end->info);
	textbuf_add(view->out, "\n");
}

/* ---- all of it ---- */

/* A row is whole or missing; the first that is missing is the last. */
static void tell(void *context, const struct tarn_end *end)
{
	const struct ends_view *view = context;
	const size_t before          = view->out->len;

	if (!ends_wanted(view->request, end))
		return;
	put_row(view, end);
	if (view->out->is_full)
		textbuf_cut(view->out, before);
}

static void put_drops(const struct ends_view *view)
{
	for (enum drop drop = DROP_NONE + 1; drop < DROP_COUNT; drop++) {
		const uint64_t count =
		        tarn_drop_count(view->stack, drop_symbol(drop));

		if (count || view->request->all)
			textbuf_add(view->out, "%12" PRIu64 "  %-24s %s (%s)\n",
			            count, drop_symbol(drop),
			            drop_sentence(drop), drop_where(drop));
	}
}

static void put_summary(const struct ends_view *view)
{
	struct tarn_usage usage;

	tarn_usage(view->stack, &usage);
	textbuf_add(view->out,
	            "TCP: %u connections, %u half open, %u in TIME-WAIT, %u "
	            "listeners\n"
	            "UDP: %u sockets\n"
	            "descriptors: %u, neighbours: %u, reassemblies: %u\n"
	            "memory: %zu octets, at most %zu so far\n",
	            usage.connections, usage.half_open, usage.time_wait,
	            usage.listeners, usage.udp, usage.descriptors,
	            usage.neighbours, usage.reassemblies, usage.memory,
	            usage.memory_peak);
}

void ends_text(const struct ends_view *view)
{
	const struct control_request *request = view->request;
	struct ends_view copy                 = *view;

	if (request->summary)
		put_summary(view);
	if (request->drops)
		put_drops(view);
	if (request->summary || request->drops)
		return;

	textbuf_add(view->out, "%-5s %-12s %-8s %-8s %-21s %s\n", "Netid",
	            "State", "Recv-Q", "Send-Q", "Local Address:Port",
	            "Peer Address:Port");
	tarn_ends(view->stack, tell, &copy);
}
