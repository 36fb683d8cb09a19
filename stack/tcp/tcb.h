/* SPDX-License-Identifier: MIT */
/*
 * tcb.h - the records of TCP: connection, half-open, TIME-WAIT, listener, layer
 *
 * For files in tcp/ (and tests) only; parts.h says what each file does with them. Names are RFC 9293's where it has them:
 *
 *	     1         2          3          4
 *	----------|----------|----------|----------	RFC 9293 figure 3
 *	      SND.UNA    SND.NXT    SND.UNA+SND.WND
 *
 *	1 acknowledged, 2 in flight, 3 may be sent, 4 may not
 *
 * Every record that can own a 4-tuple begins with a struct conn, so one look
 * in one table finds whatever a segment belongs to. A connection is a struct
 * conn_half while its SYN waits, a struct tcb while it lives (or, when silent, a
 * struct conn_rest: rest.h) and a struct conn_wait for 2MSL after that.
 */
#ifndef TCP_TCB_H
#define TCP_TCB_H

#include "base/check.h"
#include "base/limits.h"
#include "base/ranges.h"
#include "base/ring.h"
#include "base/table.h"
#include "base/wheel.h"
#include "tcp/cc.h"
#include "tcp/fast.h"
#include "tcp/loss.h"
#include "tcp/tcp.h"
#include "wire/seq.h"
#include "wire/tcp.h"

/* ---- What owns a 4-tuple ---- */

enum conn_kind { CONN_TCB, CONN_HALF, CONN_WAIT, CONN_REST };

/** struct conn_key - local and remote socket; no padding, it is hashed whole */
struct conn_key {
	struct tarn_ip local_ip, peer_ip;
	uint16_t local_port, peer_port; /* host order */
};
static_assert(sizeof(struct conn_key) == 38, "a hashed key has no padding");

struct conn {
	struct table_node node; /* in tcp->conns */
	struct conn_key key;
	uint8_t kind; /* enum conn_kind */
	bool is_in_table;
};

/** struct ready - something whose user may want to look at it */
struct ready {
	struct list node; /* in tcp->ready */
	void *user;       /* NULL: nobody to tell */
};

/* ---- The connection ---- */

enum tcp_timer {
	TCP_TIMER_REORDER,    /* RFC 8985: has the late one been lost? */
	TCP_TIMER_LOSS_PROBE, /* RFC 8985: an ACK is overdue */
	TCP_TIMER_RETRANSMIT, /* RFC 6298 */
	TCP_TIMER_PERSIST,    /* zero window, or waiting for a larger one */
	TCP_TIMER_DELAYED_ACK,
	TCP_TIMER_FIN_WAIT_2, /* of an orphan */
	TCP_TIMER_KEEPALIVE,
	TCP_TIMER_CORK, /* a short segment waits for what follows it */
	TCP_TIMER_COUNT,
};

/** struct tcp_send_vars - the send sequence variables (RFC 9293 3.3.1) */
struct tcp_send_vars {
	/* REC-1 */
	uint32_t una, nxt; /* nxt: the highest ever sent, never goes back */
	uint32_t wnd;      /* octets, scaled */
	uint32_t wl1, wl2; /* SEG.SEQ and SEG.ACK of the last window update */
	uint32_t max_wnd;  /* the largest window the peer ever offered */
	uint32_t mss;      /* Eff.snd.MSS: octets of text in a full segment */
	uint8_t wscale;    /* shift of the windows that we receive */
	struct ring ring;  /* from SND.UNA on; SYN and FIN are not in it */
	bool syn_acked;    /* the number of our SYN lies behind SND.UNA */
	bool fin_queued;   /* CLOSE was called: FIN follows the ring */
	bool fin_acked;    /* the number of our FIN lies behind SND.UNA */
	bool is_urgent;    /* SND.UP is not acknowledged yet */
	uint32_t up;       /* SND.UP: one past the last urgent octet */
	bool more;         /* the application said that more follows */
	bool has_small;    /* text up to small_end ended in a short segment */
	uint32_t small_end;
	uint8_t push_count;
	uint32_t push[TCP_PUSHES_MAX]; /* ends of writes, unacknowledged */
	bool has_push; /* text up to push_end is held back no longer */
	uint32_t push_end;
	uint8_t probes;     /* window probes in a row: the backoff of PERSIST */
	uint64_t closed_us; /* since when text waits for a window of 0 */
	bool override;      /* PERSIST fired: send what fits, however small */
};

/** struct tcp_recv_vars - the receive sequence variables */
struct tcp_recv_vars {
	uint32_t nxt;
	uint32_t edge;  /* RCV.NXT+RCV.WND as last offered; never moves left */
	uint32_t acked; /* Last.ACK.sent (RFC 7323 4.3) */
	uint32_t mss;   /* what we announced */
	uint32_t seg_max; /* the largest text seen: the peer's full segment */
	uint8_t wscale;   /* shift of the windows that we send */
	uint8_t quick;    /* so many more segments are acknowledged at once */
	uint64_t text_us; /* when text last arrived; 0: never */
	bool is_pushed;   /* the peer has no more for now; not acknowledged */
	bool fin;         /* the peer's FIN was processed */
	bool discard;     /* shutdown(SHUT_RD): acknowledge and forget */
	bool is_urgent;   /* urgent mode: RCV.UP is ahead of the reader */
	uint32_t up;      /* RCV.UP: one past the last urgent octet */
	bool has_dsack;   /* dsack is to be told in the next acknowledgment */
	struct ring ring; /* octets for the application */
	struct ranges *holes_after; /* beyond RCV.NXT; offsets from it */
	/* a number in each block, newest first */
	uint32_t recent[TCP_SACK_BLOCKS_MAX];
	uint8_t recent_count;
	bool fin_waits;              /* a FIN arrived beyond a hole ... */
	uint32_t fin_seq;            /* ... with this number */
	struct tcp_sack_block dsack; /* RFC 2883 */
};

/** struct tcp_autotune - how full a round trip is (autotune.c) */
struct tcp_autotune {
	uint64_t rtt_us;    /* the receiver's estimate; 0: none yet */
	uint64_t round_us;  /* when the window up to ... */
	uint32_t round_seq; /* ... here was offered; 0 us: not yet */
	uint32_t echo;      /* the TSecr that was the last sample */
	uint64_t copied_us; /* since when ... */
	uint32_t copied;    /* ... the application took so many octets */
	uint32_t space;     /* the most that it took in one round */
};

/** struct tcp_counts - for TARN_TCP_INFO only: nothing here decides anything */
struct tcp_counts {
	uint64_t segs_in, segs_out, data_segs_in, data_segs_out; /* segments */
	uint64_t out_of_order;    /* segments beyond a hole, kept */
	uint64_t born_us, ack_us; /* when it began; when an ACK last came */
};

/** struct tcp_keep - keep-alive (RFC 9293 3.8.4) */
struct tcp_keep {
	uint64_t heard_us; /* when the last acceptable segment arrived */
	uint8_t probes;    /* unanswered */
};

/** enum fastopen - what our SYN or SYN,ACK has to do with RFC 7413 */
enum fastopen {
	FASTOPEN_NO,
	FASTOPEN_ASK,   /* client: the SYN asks for a cookie */
	FASTOPEN_TRY,   /* client: the SYN carries data */
	FASTOPEN_TAKEN, /* server: the data of the SYN were taken */
};

/** struct fastopen_peer - what a client knows of a server's Fast Open */
struct fastopen_peer {
	struct tarn_ip ip;
	uint16_t port; /* 0: this entry is free */
	uint16_t mss;
	uint8_t losses; /* negative answers in a row */
	struct tcp_fastopen option;
	uint64_t used_us, off_until_us;
};

/** struct tcp_path - what is known of the path (RFC 1191, 5927); octets of packet */
struct tcp_path {
	uint16_t mtu;         /* in force */
	uint16_t peer_mss;    /* octets of segment that both ends take */
	uint16_t acked_len;   /* maxsizeacked: the largest that got through */
	uint16_t claimed;     /* by an ICMP that is not believed yet; 0: none */
	uint32_t claimed_seq; /* what it quotes */
	uint64_t until_us;    /* then a larger one is tried */
	bool may_fragment;    /* no DF: it takes less than we make */
};

/** struct tcp_ecn - explicit congestion notification (RFC 3168) */
struct tcp_ecn {
	bool has_asked;   /* our only SYN so far asked for it */
	bool must_echo;   /* CE arrived: ECE until the peer says CWR */
	bool owes_cwr;    /* the next new text says it */
	bool is_reduced;  /* once a window: until recover is acknowledged */
	bool waits;       /* marked at one segment: nothing new until RTO */
	uint32_t recover; /* SND.NXT at the reduction */
	uint64_t delivered_ce; /* segments whose ACK said ECE */
};

struct tcb {
	struct conn conn; /* first */
	struct ready ready;
	struct tcp *tcp;
	struct list all;    /* in tcp->tcbs */
	struct list marked; /* in tcp->marked while something is owed */
	struct list dead;   /* in tcp->dead: to be released */
	struct list accept; /* in a listener's accept queue */
	struct tcp_listener *listener; /* while in that queue */
	struct list early;             /* in a listener's list of them ... */
	struct tcp_listener *early_of; /* ... while our SYN is not acked */
	struct list quiet;             /* in tcp->quiet or tcp->woken: rest.c */
	struct timer
	        timer; /* in tcp->wheel, at the earliest deadline or before */
	struct sent sent;

	/* From here on nothing points into the struct: rest.c packs it as it is. */
	uint32_t number;  /* for observers, from 1 */
	uint8_t state;    /* enum tcp_state, only through tcp_set_state() */
	bool is_passive;  /* opened by a listener (MUST-11) */
	bool is_orphan;   /* CLOSE was called, nobody looks any more */
	uint8_t fastopen; /* enum fastopen */
	bool has_fastopen_data;
	struct tcp_fastopen fastopen_option; /* of our first SYN or SYN,ACK */
	uint32_t syn_text;    /* octets of text in our first SYN */
	bool had_synack_loss; /* IW is one segment (RFC 6928) */
	int error;            /* positive errno, told once */
	int soft_error;       /* what ICMP said, told when we give up */
	int soft_news;        /* the same, until SO_SOFT_ERROR tells it */

	uint32_t owed;       /* BIT(enum why): reasons to send */
	struct reason abort; /* for the RST that ABORT owes */

	uint32_t iss, irs;
	struct tcp_send_vars snd;
	struct tcp_recv_vars rcv;
	struct tcp_autotune tune;
	struct tcp_rtt rtt;
	struct tcp_loss loss;
	struct tcp_rack rack;
	struct tcp_tlp tlp;
	struct tcp_prr prr;
	struct tcp_undo undo;
	struct tcp_cc cc;
	struct tcp_keep keep;
	struct tcp_path path;

	bool has_timestamps, has_sack, has_wscale, has_ecn;
	struct tcp_ecn ecn;
	uint32_t ts_offset; /* TSval = milliseconds + this */
	uint32_t ts_recent; /* TS.Recent (RFC 7323 4.3) */
	uint64_t ts_recent_us;
	uint64_t challenge_us; /* no challenge ACK before this (RFC 5961 7) */
	uint64_t stray_us;     /* no ACK to a stray segment before this */
	uint64_t sent_us;      /* when we last sent text (RFC 5681 4.1) */

	uint64_t deadline_us[TCP_TIMER_COUNT];
	struct tcp_settings settings;
	struct tcp_counts count;
	uint64_t retransmits, octets_sent, octets_acked, octets_received;
};

/* ---- Smaller lives ---- */

/** struct conn_half - SYN-RECEIVED of a passive open: the SYN queue's entry */
struct conn_half {
	struct conn conn;   /* first */
	struct list queue;  /* in listener->half, oldest first */
	struct timer timer; /* in tcp->half_wheel: SYN-ACK again */
	struct tcp_listener *listener;
	uint32_t number;
	uint32_t iss, irs, peer_wnd;
	uint16_t wnd;     /* what the SYN,ACK offers; never scaled */
	uint64_t sent_us; /* of the first SYN-ACK; 0: not known, a cookie's */
	uint64_t stray_us;
	uint32_t ts_recent;
	uint16_t peer_mss;
	uint8_t peer_wscale, retries;
	bool has_mss, has_timestamps, has_sack, has_wscale, has_ecn;
	bool is_acked; /* the ACK came, its data not yet (TCP_DEFER_ACCEPT) */
};

/** struct conn_wait - TIME-WAIT */
struct conn_wait {
	struct conn conn; /* first */
	struct tcp *tcp;
	struct list node; /* in tcp->waits, in order of expiry */
	uint64_t deadline_us, stray_us;
	uint32_t number;
	uint32_t snd_nxt, rcv_nxt, rcv_wnd_field;
	uint32_t max_wnd;  /* MAX.SND.WND (RFC 5961 5.2) */
	uint32_t iss, irs; /* for observers */
	uint32_t ts_recent, ts_offset;
	bool has_timestamps;
};

/** struct listener_key - where a listener listens; hashed whole, so no padding */
struct listener_key {
	struct tarn_ip ip; /* NONE: any */
	uint8_t zero;
	uint16_t port;
};
static_assert(sizeof(struct listener_key) == 20, "a hashed key has no padding");

struct tcp_listener {
	struct table_node node; /* in tcp->listeners */
	struct listener_key key;
	struct tcp *tcp;
	struct ready ready;
	struct list half;   /* SYN queue */
	struct list accept; /* accept queue: established, not yet taken */
	uint32_t half_count, accept_count, backlog;
	uint64_t cookies_until_us; /* no cookie of ours is valid later */
	struct list early;         /* struct tcb.early: RFC 7413's pending */
	uint32_t early_count, early_resets;
	uint64_t early_resets_until_us;
	struct tcp_settings settings;
};

/** struct port_use - how many records of tcp->conns have this local port, and
 * how many listeners; one that nobody has is forgotten */
struct port_use {
	struct table_node node;
	uint16_t port;
	uint32_t conns, listeners;
};

/** struct tcp_decided - where the code decided to send; for observers */
struct tcp_decided {
	uint32_t conn; /* its number; 0: this entry is free */
	struct reason reason;
};

struct tcp {
	struct env *env;
	struct net *net;
	struct table conns;      /* struct conn by key */
	struct table listeners;  /* struct tcp_listener by key */
	struct table ports;      /* struct port_use by port */
	struct wheel wheel;      /* struct tcb.timer */
	struct wheel half_wheel; /* struct conn_half.timer */
	struct wheel rest_wheel; /* struct conn_rest.timer */
	struct list waits;       /* struct conn_wait, next to expire first */
	struct list tcbs, marked, dead, ready;
	struct tcp_last last;
	struct list quiet, woken; /* struct tcb: rest.c */
	struct tcp_usage usage;
	uint32_t last_number, port_hint; /* RFC 6056's next_ephemeral */
	struct random_key isn_key, port_key, ts_key, cookie_key;
	struct random_key fastopen_key, fastopen_old_key;
	uint64_t fastopen_key_us; /* when the key was drawn */
	struct fastopen_peer fastopen_peers[TCP_FASTOPEN_PEERS_MAX];
	struct tcp_decided decided[64]; /* by connection and reason: tell.c */
	bool is_hasty; /* tests only: short ways although an observer looks */
	bool has_fixed_iss; /* tests only: the next ISS */
	uint32_t fixed_iss;
};

/* ---- A segment that arrived (RFC 9293 3.3.1: SEG.*) ---- */

struct tcp_seg {
	const struct net_rx *rx;
	const struct tcp_hdr *hdr; /* as it stood in the header */
	struct conn_key key;       /* from our side */
	uint32_t seq, ack;
	uint32_t wnd; /* scaled, except on a SYN */
	const uint8_t *text;
	uint32_t text_len;
	uint32_t gso_size; /* octets in each of a super-frame's, or 0 */
	bool syn, fin, rst, has_ack, psh;
	bool was_cut; /* part of it lay beyond the window */
};

/** seg_len() - SEG.LEN: text and the controls that consume a number */
static inline uint32_t seg_len(const struct tcp_seg *seg)
{
	return seg->text_len + seg->syn + seg->fin;
}

/** seg_text_max() - Octets of text in the longest segment that it stands for */
static inline uint32_t seg_text_max(const struct tcp_seg *seg)
{
	if (seg->gso_size == 0 || seg->gso_size > seg->text_len)
		return seg->text_len;

	return seg->gso_size;
}
/** seg_count() - How many segments it stands for: 1, or a super-frame's */
static inline uint32_t seg_count(const struct tcp_seg *seg)
{
	const uint32_t max = seg_text_max(seg);

	return seg->text_len <= max ? 1 : (seg->text_len + max - 1) / max;
}

/* ---- Sets of states ---- */

#define IN(state) BIT(TCPS_##state)
#define TCPS_SYNCHRONIZED                                                      \
	(IN(ESTABLISHED) | IN(FIN_WAIT_1) | IN(FIN_WAIT_2) | IN(CLOSE_WAIT) |  \
	 IN(CLOSING) | IN(LAST_ACK) | IN(TIME_WAIT))
#define TCPS_MAY_RECEIVE (IN(ESTABLISHED) | IN(FIN_WAIT_1) | IN(FIN_WAIT_2))
#define TCPS_MAY_SEND    (IN(ESTABLISHED) | IN(CLOSE_WAIT))
/* States in which text or FIN of ours can be on its way. */
#define TCPS_SENDING                                                           \
	(TCPS_MAY_SEND | IN(FIN_WAIT_1) | IN(CLOSING) | IN(LAST_ACK))

/** tcp_in() - Is the connection in one of these states? */
static inline bool tcp_in(const struct tcb *tcb, unsigned states)
{
	return (states >> tcb->state) & 1;
}

/* ---- The send sequence space ---- */

/** tcp_ts_option_len() - Octets that timestamps take of every segment */
static inline uint32_t tcp_ts_option_len(const struct tcb *tcb)
{
	return tcb->has_timestamps ? 12 : 0;
}

/** snd_text_seq() - The number of the ring's first octet */
static inline uint32_t snd_text_seq(const struct tcb *tcb)
{
	return tcb->snd.una + !tcb->snd.syn_acked - tcb->snd.fin_acked;
}
/** snd_end() - One past the last octet that SEND queued */
static inline uint32_t snd_end(const struct tcb *tcb)
{
	return snd_text_seq(tcb) + tcb->snd.ring.len;
}
/** snd_fin_is_sent() - Has the FIN left at least once? */
static inline bool snd_fin_is_sent(const struct tcb *tcb)
{
	return tcb->snd.fin_queued && seq_gt(tcb->snd.nxt, snd_end(tcb));
}
/** snd_flight() - FlightSize: sent and not acknowledged */
static inline uint32_t snd_flight(const struct tcb *tcb)
{
	return tcb->snd.nxt - tcb->snd.una;
}

/** tcp_is_early() - SYN-RECEIVED, but a cookie vouches for the peer (RFC 7413) */
static inline bool tcp_is_early(const struct tcb *tcb)
{
	return tcb->state == TCPS_SYN_RECEIVED &&
	       tcb->fastopen == FASTOPEN_TAKEN;
}

/** tcp_owes() - Is this reason to send marked? */
static inline bool tcp_owes(const struct tcb *tcb, enum why why)
{
	return (tcb->owed >> why) & 1;
}

static inline bool tcp_timer_is_armed(const struct tcb *tcb,
                                      enum tcp_timer which)
{
	return tcb->deadline_us[which] != TARN_NEVER;
}

#endif
