/* SPDX-License-Identifier: MIT */
/*
 * posix_tcp_info.c - what TCP_INFO gives, in the kernel's words
 *
 * The kernel's header is the long one, linux/tcp.h; a program that knows only
 * the C library's gets the beginning of it. Units are Linux's:
 *
 *	rto, ato, rtt, rttvar, rcv_rtt, min_rtt		microseconds
 *	last_data_sent, last_data_recv, last_ack_recv	milliseconds ago
 *	unacked, sacked, lost, retrans, snd_cwnd, snd_ssthresh, reordering,
 *	segs_*, data_segs_*, delivered*, dsack_dups	segments
 *	everything else that counts			octets
 *
 * Tarn counts windows in octets, so segments are those divided by SND.MSS. The
 * pacing and delivery rates and the times spent limited are not measured: 0.
 */
#include "drivers/posix_tcp_info.h"
#include "base/event.h"
#include <linux/tcp.h>
#include <string.h>

#define SSTHRESH_NONE INT32_MAX /* Linux: there was no loss yet */

/* Linux numbers the states in its own way, but both write the RFC's names. */
static uint8_t linux_state(unsigned state)
{
	static const char *const states[] = {
		[1] = "ESTABLISHED", [2] = "SYN-SENT",   [3] = "SYN-RECEIVED",
		[4] = "FIN-WAIT-1",  [5] = "FIN-WAIT-2", [6] = "TIME-WAIT",
		[7] = "CLOSED",      [8] = "CLOSE-WAIT", [9] = "LAST-ACK",
		[10] = "LISTEN",     [11] = "CLOSING",
	};
	const char *name = tarn_tcp_state_name(state);

	for (unsigned i = 1; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i], name) == 0)
			return (uint8_t)i;

	return 7;
}

static uint8_t linux_options(const struct tarn_tcp_info *info)
{
	unsigned bits = 0;

	bits |= info->has_timestamps ? TCPI_OPT_TIMESTAMPS : 0u;
	bits |= info->has_sack ? TCPI_OPT_SACK : 0u;
	bits |= info->has_wscale ? TCPI_OPT_WSCALE : 0u;
	bits |= info->has_ecn ? TCPI_OPT_ECN : 0u;
	bits |= info->has_fastopen_data ? TCPI_OPT_SYN_DATA : 0u;

	return (uint8_t)bits;
}

static uint32_t milliseconds(uint64_t us)
{
	return (uint32_t)(us / 1000);
}

static void write_times(const struct tarn_tcp_info *info, struct tcp_info *ret)
{
	ret->tcpi_rto            = (uint32_t)info->rto_us;
	ret->tcpi_ato            = (uint32_t)info->ato_us;
	ret->tcpi_rtt            = (uint32_t)info->srtt_us;
	ret->tcpi_rttvar         = (uint32_t)info->rttvar_us;
	ret->tcpi_rcv_rtt        = (uint32_t)info->rcv_rtt_us;
	ret->tcpi_min_rtt        = (uint32_t)info->min_rtt_us;
	ret->tcpi_last_data_sent = milliseconds(info->last_data_sent_us);
	ret->tcpi_last_data_recv = milliseconds(info->last_data_received_us);
	ret->tcpi_last_ack_recv  = milliseconds(info->last_ack_us);
}

/* What the sender believes about what is in flight, in segments. */
static void write_sender(const struct tarn_tcp_info *info, struct tcp_info *ret)
{
	const uint32_t mss    = info->snd_mss ? info->snd_mss : 1;
	const uint32_t flight = (info->flight + mss - 1) / mss;

	ret->tcpi_ca_state     = info->ca_state;
	ret->tcpi_retransmits  = info->timeouts;
	ret->tcpi_probes       = info->probes;
	ret->tcpi_backoff      = info->backoff;
	ret->tcpi_unacked      = info->unacked ? info->unacked : flight;
	ret->tcpi_sacked       = info->sacked;
	ret->tcpi_lost         = info->lost;
	ret->tcpi_retrans      = info->retrans;
	ret->tcpi_reordering   = info->reordering;
	ret->tcpi_snd_cwnd     = info->cwnd / mss;
	ret->tcpi_snd_ssthresh = info->ssthresh == UINT32_MAX
	                                 ? SSTHRESH_NONE
	                                 : info->ssthresh / mss;
	ret->tcpi_dsack_dups   = info->dsack_dups;
	ret->tcpi_reord_seen   = info->reord_seen;
}

static void write_sizes(const struct tarn_tcp_info *info, struct tcp_info *ret)
{
	ret->tcpi_snd_wscale    = info->snd_wscale & 0xfu;
	ret->tcpi_rcv_wscale    = info->rcv_wscale & 0xfu;
	ret->tcpi_snd_mss       = info->snd_mss;
	ret->tcpi_rcv_mss       = info->rcv_mss;
	ret->tcpi_advmss        = info->advertised_mss;
	ret->tcpi_pmtu          = info->path_mtu;
	ret->tcpi_rcv_ssthresh  = info->rcv_ssthresh;
	ret->tcpi_rcv_space     = info->rcv_space;
	ret->tcpi_snd_wnd       = info->snd_wnd;
	ret->tcpi_notsent_bytes = info->notsent_octets;
}

static void write_counts(const struct tarn_tcp_info *info, struct tcp_info *ret)
{
	ret->tcpi_total_retrans  = (uint32_t)info->retransmits;
	ret->tcpi_bytes_acked    = info->octets_acked;
	ret->tcpi_bytes_received = info->octets_received;
	ret->tcpi_bytes_sent     = info->octets_sent;
	ret->tcpi_bytes_retrans  = info->octets_retransmitted;
	ret->tcpi_segs_out       = (uint32_t)info->segs_out;
	ret->tcpi_segs_in        = (uint32_t)info->segs_in;
	ret->tcpi_data_segs_in   = (uint32_t)info->data_segs_in;
	ret->tcpi_data_segs_out  = (uint32_t)info->data_segs_out;
	ret->tcpi_delivered      = (uint32_t)info->delivered;
	ret->tcpi_delivered_ce   = (uint32_t)info->delivered_ce;
	ret->tcpi_rcv_ooopack    = (uint32_t)info->rcv_out_of_order;
}

size_t posix_tcp_info(const struct tarn_tcp_info *info, void *ret, size_t size)
{
	struct tcp_info value = { 0 };

	value.tcpi_state   = linux_state(info->state);
	value.tcpi_options = linux_options(info);
	write_times(info, &value);
	write_sender(info, &value);
	write_sizes(info, &value);
	write_counts(info, &value);

	if (size > sizeof(value))
		size = sizeof(value);
	memcpy(ret, &value, size);

	return size;
}
