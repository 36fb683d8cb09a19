/* SPDX-License-Identifier: MIT */
/*
 * tcb.h - the records of TCP: connection, half-open, TIME-WAIT, listener, layer
 *
 * For files in tcp/ (and tests) only. Names are RFC 9293's where it has them:
 *
 *	     1         2          3          4
 *	----------|----------|----------|----------	RFC 9293 figure 3
 *	      SND.UNA    SND.NXT    SND.UNA+SND.WND
 *
 *	1 acknowledged, 2 in flight, 3 may be sent, 4 may not
 *
 * Every record that can own a 4-tuple begins with a struct conn, so one look
 * in one table finds whatever a segment belongs to. A connection is a struct
 * conn_half while its SYN waits, a struct tcb while it lives and a struct
 * conn_wait for 2MSL after that.
 */
#ifndef TCP_TCB_H
#define TCP_TCB_H

#include "base/check.h"
#include "base/limits.h"
#include "base/ranges.h"
#include "base/ring.h"
#include "base/table.h"
#include "base/wheel.h"
#include "tcp/seq.h"
#include "tcp/tcp.h"
#include "wire/tcp.h"

/* ---- What owns a 4-tuple ---- */

enum conn_kind { CONN_TCB, CONN_HALF, CONN_WAIT };

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
	TCP_TIMER_RETRANSMIT, /* RFC 6298 */
	TCP_TIMER_PERSIST,    /* zero window, or waiting for a larger one */
	TCP_TIMER_DELAYED_ACK,
	TCP_TIMER_FIN_WAIT_2, /* of an orphan */
	TCP_TIMER_COUNT,
};

/** enum loss_state - what the sender believes about its flight */
enum loss_state {
	LOSS_OPEN,     /* nothing is missing, as far as we know */
	LOSS_RECOVERY, /* fast recovery, until recover is acknowledged */
	LOSS_TIMEOUT,  /* after RTO: everything up to recover counts as lost */
};

/** struct tcp_send_vars - the send sequence variables (RFC 9293 3.3.1) */
struct tcp_send_vars {
	uint32_t una,
	        nxt;  /* nxt is the highest ever sent and never goes back */
	uint32_t wnd; /* octets, scaled */
	uint32_t wl1, wl2; /* SEG.SEQ and SEG.ACK of the last window update */
	uint32_t max_wnd;  /* the largest window the peer ever offered */
	uint32_t mss;      /* Eff.snd.MSS: octets of text in a full segment */
	uint8_t wscale;    /* shift of the windows that we receive */
	struct ring ring;  /* from SND.UNA on; SYN and FIN are not in it */
	bool syn_acked;    /* the number of our SYN lies behind SND.UNA */
	bool fin_queued;   /* CLOSE was called: FIN follows the ring */
	bool fin_acked;    /* the number of our FIN lies behind SND.UNA */
	bool more;         /* the application said that more follows */
	uint8_t probes;    /* window probes in a row: the backoff of PERSIST */
	bool override;     /* PERSIST fired: send what fits, however small */
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
	bool fin;         /* the peer's FIN was processed */
	bool discard;     /* shutdown(SHUT_RD): acknowledge and forget */
	bool has_dsack;   /* dsack is to be told in the next acknowledgment */
	struct ring ring; /* octets for the application */
	struct ranges
	        *holes_after; /* what arrived beyond RCV.NXT; offsets from it */
	uint32_t recent
	        [TCP_SACK_BLOCKS_MAX]; /* a number in each block, newest first */
	uint8_t recent_count;
	bool fin_waits;              /* a FIN arrived beyond a hole ... */
	uint32_t fin_seq;            /* ... with this number */
	struct tcp_sack_block dsack; /* RFC 2883 */
};

/** struct tcp_rtt - RFC 6298 and what it measures */
struct tcp_rtt {
	uint64_t srtt_us, rttvar_us; /* 0: no sample yet */
	uint64_t rto_us;             /* without backoff */
	uint8_t backoff;             /* RTO is rto_us << backoff */
	bool is_timing; /* the text up to timed_seq was sent at ... */
	uint32_t timed_seq;
	uint64_t timed_us;
};

/** struct tcp_loss - loss detection and recovery (RFC 5681, 6582, 6675) */
struct tcp_loss {
	uint8_t state;     /* enum loss_state */
	uint8_t dup_acks;  /* consecutive duplicates */
	uint8_t rtx_now;   /* segments owed whatever cwnd says */
	uint32_t recover;  /* SND.NXT when the loss was noticed */
	uint32_t rtx_next; /* HighRxt: below it, lost text was sent again */
	uint32_t
	        limited; /* octets that limited transmit sent since SND.UNA moved */
	uint32_t gone; /* without SACK: octets that duplicates say have left */
	struct ranges *sacked; /* offsets from SND.UNA; NULL: none */
	uint8_t timeouts;      /* consecutive, for R2 */
	uint64_t
	        stuck_us; /* when the first of them was armed; for the user timeout */
};

/** struct tcp_cc - congestion control: the variables of RFC 5681 */
struct tcp_cc {
	const struct cc_ops *ops;
	uint32_t cwnd, ssthresh; /* octets */
	uint32_t counted;        /* octets acknowledged since cwnd last grew */
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

	uint32_t number;      /* for observers, from 1 */
	uint8_t state;        /* enum tcp_state, only through tcp_set_state() */
	bool is_passive;      /* opened by a listener (MUST-11) */
	bool is_orphan;       /* CLOSE was called, nobody looks any more */
	bool had_synack_loss; /* IW is one segment (RFC 6928) */
	int error;            /* positive errno, told once */
	int soft_error;       /* what ICMP said, told when we give up */

	uint32_t owed;      /* BIT(enum why): reasons to send */
	enum why rtx_why;   /* for what is sent again */
	enum why abort_why; /* for the RST that ABORT owes */

	uint32_t iss, irs;
	struct tcp_send_vars snd;
	struct tcp_recv_vars rcv;
	struct tcp_rtt rtt;
	struct tcp_loss loss;
	struct tcp_cc cc;

	bool has_timestamps, has_sack, has_wscale;
	uint32_t ts_offset; /* TSval = milliseconds + this */
	uint32_t ts_recent; /* TS.Recent (RFC 7323 4.3) */
	uint64_t ts_recent_us;
	uint64_t challenge_us; /* no challenge ACK before this (RFC 5961 7) */
	uint64_t stray_us;     /* no ACK to a stray segment before this */
	uint64_t sent_us;      /* when we last sent text (RFC 5681 4.1) */

	uint64_t deadline_us[TCP_TIMER_COUNT];
	struct timer
	        timer; /* in tcp->wheel, at the earliest of them or before */

	struct tcp_settings settings;
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
	uint64_t sent_us; /* of the first SYN-ACK */
	uint32_t ts_recent;
	uint16_t peer_mss; /* 0: none offered */
	uint8_t peer_wscale, retries;
	bool has_timestamps, has_sack, has_wscale;
	uint64_t stray_us;
};

/** struct conn_wait - TIME-WAIT */
struct conn_wait {
	struct conn conn; /* first */
	struct tcp *tcp;
	struct list
	        node; /* in tcp->waits, which 2MSL keeps in order of expiry */
	uint64_t deadline_us, stray_us;
	uint32_t number;
	uint32_t snd_nxt, rcv_nxt, rcv_wnd_field;
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
	struct tcp_settings settings;
};

/** struct port_use - how many records of tcp->conns have this local port */
struct port_use {
	struct table_node node;
	uint16_t port;
	uint32_t count;
};

struct tcp {
	struct env *env;
	struct net *net;
	struct table conns;      /* struct conn by key */
	struct table listeners;  /* struct tcp_listener by key */
	struct table ports;      /* struct port_use by port */
	struct wheel wheel;      /* struct tcb.timer */
	struct wheel half_wheel; /* struct conn_half.timer */
	struct list waits;       /* struct conn_wait, next to expire first */
	struct list tcbs, marked, dead, ready;
	struct tcp_usage usage;
	uint32_t last_number;
	uint32_t port_hint; /* RFC 6056 algorithm 3's next_ephemeral */
	struct random_key isn_key, port_key, ts_key;
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
	bool syn, fin, rst, has_ack, psh;
};

/** seg_len() - SEG.LEN: text and the controls that consume a number */
static inline uint32_t seg_len(const struct tcp_seg *seg)
{
	return seg->text_len + seg->syn + seg->fin;
}

/* ---- state.c ---- */

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

/** tcp_arrow_exists() - May @from become @to (RFC 9293 3.3.2)? */
bool tcp_arrow_exists(enum tcp_state from, enum tcp_state to);
/** tcp_set_state() - The only way to change a state: checked and told */
void tcp_set_state(struct tcb *tcb, enum tcp_state to, enum why why);
/** tcp_note() - Write down how the connection stands, for an observer */
void tcp_note(const struct tcb *tcb, struct tarn_note *ret);
/** tcp_emit_cc() - Tell that cwnd or ssthresh changed */
void tcp_emit_cc(struct tcb *tcb, enum why why);
/** tcp_emit_state() - Tell a change of a record that is not a struct tcb */
void tcp_emit_state(struct tcp *tcp, const struct conn_key *key,
                    struct tarn_note *note, enum why why);

/* ---- conn.c: tables and lives ---- */

/** conn_find() - Whatever owns this 4-tuple, or NULL */
struct conn *conn_find(const struct tcp *tcp, const struct conn_key *key);
/** conn_insert() - Enter a record. Return: 0, -ENOMEM (nothing changed) */
int conn_insert(struct tcp *tcp, struct conn *conn);
/** conn_replace() - @heir, in no table, takes over key and place of @conn */
void conn_replace(struct tcp *tcp, struct conn *conn, struct conn *heir);
/** conn_remove() - Take a record out of the table, if it is in it */
void conn_remove(struct tcp *tcp, struct conn *conn);
struct conn_key conn_key(const struct tarn_addr *local,
                         const struct tarn_addr *peer);
/** port_is_used() - Does any record have this local port? */
bool port_is_used(const struct tcp *tcp, uint16_t port);

/** tcb_create() - A connection in CLOSED, not yet in the table. NULL: no memory */
struct tcb *tcb_create(struct tcp *tcp, const struct conn_key *key,
                       const struct tcp_settings *settings);
/** tcb_end() - CLOSED, out of the table; released when its user has let go */
void tcb_end(struct tcb *tcb, int error, enum why why);
/** tcb_release_if_done() - Queue for tcp_reap() what nobody needs any more */
void tcb_release_if_done(struct tcb *tcb);
/** tcb_free() - Give everything back; only tcp_reap() and tcp_destroy() call it */
void tcb_free(struct tcb *tcb);
/** tcb_check() - The first invariant that does not hold, as text, or NULL */
const char *tcb_check(const struct tcb *tcb);
/** tcb_verify() - tcb_check() and its consequence (see base/check.h) */
void tcb_verify(struct tcb *tcb);

/** tcp_owe() - Mark the connection with a reason to send */
void tcp_owe(struct tcb *tcb, enum why why);
static inline bool tcp_owes(const struct tcb *tcb, enum why why)
{
	return (tcb->owed >> why) & 1;
}
/** tcp_mark_ready() - Its user may want to look */
void tcp_mark_ready(struct tcp *tcp, struct ready *ready);

/* ---- isn.c ---- */

uint32_t tcp_isn(struct tcp *tcp, const struct conn_key *key);
/** tcp_ts_offset() - The connection's own timestamp origin (RFC 7323 7.1) */
uint32_t tcp_ts_offset(const struct tcp *tcp, const struct conn_key *key);
uint32_t tcp_ts_now(const struct tcp *tcp, uint32_t offset);
/** tcp_port_for() - An ephemeral port for @key's other three parts; 0: none */
uint16_t tcp_port_for(struct tcp *tcp, struct conn_key key);

/* ---- input.c and its parts, by section of 3.10.7 ---- */

/** tcp_check_sequence() - first: timestamps, acceptability, trimming (sequence.c) */
enum drop tcp_check_sequence(struct tcb *tcb, struct tcp_seg *seg);
/** tcp_check_ack() - fifth (ack.c) */
enum drop tcp_check_ack(struct tcb *tcb, struct tcp_seg *seg);
/** tcp_process_text() - seventh, tcp_check_fin() - eighth (text.c) */
enum drop tcp_process_text(struct tcb *tcb, struct tcp_seg *seg);
enum drop tcp_check_fin(struct tcb *tcb, struct tcp_seg *seg);
enum drop tcp_syn_sent(struct tcb *tcb, struct tcp_seg *seg);     /* 3.10.7.3 */
enum drop tcp_other_states(struct tcb *tcb, struct tcp_seg *seg); /* 3.10.7.4 */
enum drop tcp_closed(struct tcp *tcp, struct tcp_seg *seg);       /* 3.10.7.1 */
enum drop tcp_listen(struct tcp_listener *listener, struct tcp_seg *seg);
enum drop tcp_half_open(struct conn_half *half, struct tcp_seg *seg);
enum drop tcp_time_wait(struct conn_wait *wait, struct tcp_seg *seg);
/** tcp_challenge() - Owe a challenge ACK, if the last one was long enough ago */
void tcp_challenge(struct tcb *tcb);
/** tcp_answer_stray() - Owe an ACK to a segment that is out of place, rarely */
void tcp_answer_stray(struct tcb *tcb, const struct tcp_seg *seg);
/** tcp_learn_options() - What a SYN's options agree on */
void tcp_learn_options(struct tcb *tcb, const struct tcp_hdr *hdr);

/* ---- listen.c, half.c ---- */

struct tcp_listener *listener_find(const struct tcp *tcp,
                                   const struct conn_key *key);
void half_timeouts(struct tcp *tcp);
void half_free(struct conn_half *half);
/** half_create() - Queue a SYN and answer it. Return: why not, or DROP_NONE */
enum drop half_create(struct tcp_listener *listener, struct tcp_seg *seg,
                      uint32_t iss);
/** listener_established() - A connection waits for accept */
void listener_established(struct tcb *tcb);

/* ---- timewait.c ---- */

/** wait_enter() - TIME-WAIT: a small record takes the 4-tuple over */
void wait_enter(struct tcb *tcb, enum why why);
void wait_timeouts(struct tcp *tcp);
void wait_free(struct conn_wait *wait);

/* ---- segment.c: building what leaves ---- */

/** segment_send() - Fill in everything that all segments of @tcb have, and send
 * @hdr: seq and control bits set by the caller; SYN adds the SYN's options
 */
enum drop segment_send(struct tcb *tcb, struct tcp_hdr *hdr, uint32_t text_at,
                       uint32_t text_len, enum why why);
/** struct tcp_answer - a segment sent without a struct tcb */
struct tcp_answer {
	struct conn_key key;
	struct tcp_hdr hdr; /* ports are filled in from key */
	struct tarn_note note;
	uint8_t ttl, tos;
};
void segment_answer(struct tcp *tcp, struct tcp_answer *answer);
/** segment_reset() - The RST that RFC 9293 3.10.7.1 prescribes for @seg */
void segment_reset(struct tcp *tcp, const struct tcp_seg *seg, enum why why);
/** tcp_window_field() - The window to announce; moves the edge, never back */
uint16_t tcp_window_field(struct tcb *tcb, bool is_syn);
/** tcp_window_wants_update() - Would an update now move the edge far enough? */
bool tcp_window_wants_update(const struct tcb *tcb);

/* ---- output.c ---- */

/** tcp_output() - Send what is owed and what both windows allow */
void tcp_output(struct tcb *tcb);
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

/* ---- timeouts.c ---- */

void tcp_timer_arm(struct tcb *tcb, enum tcp_timer which, uint64_t deadline_us);
void tcp_timer_cancel(struct tcb *tcb, enum tcp_timer which);
static inline bool tcp_timer_is_armed(const struct tcb *tcb,
                                      enum tcp_timer which)
{
	return tcb->deadline_us[which] != TARN_NEVER;
}

/* ---- rtt.c ---- */

void rtt_init(struct tcb *tcb);
/** rtt_sample() - One measurement (RFC 6298 2) */
void rtt_sample(struct tcb *tcb, uint64_t sample_us);
/** rtt_acked() - SND.UNA moved: take a sample if there is one (Karn) */
void rtt_acked(struct tcb *tcb, const struct tcp_seg *seg);
/** rtt_sent() - Text up to @end left for the first time */
void rtt_sent(struct tcb *tcb, uint32_t end);
/** rtt_rto() - RTO with backoff */
uint64_t rtt_rto(const struct tcb *tcb);

/* ---- sack.c ---- */

/** sack_write() - The blocks for the next acknowledgment (receiver) */
void sack_write(struct tcb *tcb, struct tcp_options *opt);
/** sack_note_block() - Text at @seq arrived out of order */
void sack_note_block(struct tcb *tcb, uint32_t seq);
/** sack_read() - Enter an ACK's blocks into the scoreboard (sender)
 * Return: octets newly reported */
uint32_t sack_read(struct tcb *tcb, const struct tcp_seg *seg);
/** sack_advance() - SND.UNA moved by @by */
void sack_advance(struct tcb *tcb, uint32_t by);
void sack_forget(struct tcb *tcb);
/** sack_lost_edge() - Below it, what is not SACKed counts as lost (RFC 6675 IsLost) */
uint32_t sack_lost_edge(const struct tcb *tcb);

/* ---- recovery.c ---- */

void recovery_init(struct tcb *tcb);
/** recovery_duplicate() - A duplicate ACK, or one with new SACK blocks */
void recovery_duplicate(struct tcb *tcb, uint32_t newly_sacked);
/** recovery_advance() - SND.UNA moved by @acked octets */
void recovery_advance(struct tcb *tcb, uint32_t acked);
/** recovery_timeout() - RTO expired */
void recovery_timeout(struct tcb *tcb);
/** recovery_next() - The next lost text to send again
 * Return: false if there is none, or cwnd forbids it */
bool recovery_next(struct tcb *tcb, uint32_t *ret_seq, uint32_t *ret_len);
/** recovery_pipe() - Octets believed to be in the network (RFC 6675) */
uint32_t recovery_pipe(const struct tcb *tcb);

/* ---- Congestion control: one file per algorithm ---- */

/** struct cc_ops - all that an algorithm decides */
struct cc_ops {
	const char *name;
	/** @acked octets were acknowledged while the flight filled cwnd */
	void (*acked)(struct tcb *tcb, uint32_t acked);
	/** Return: the new ssthresh, when @flight octets were out at a loss */
	uint32_t (*ssthresh)(struct tcb *tcb, uint32_t flight);
};
extern const struct cc_ops cc_reno;
/** cc_init() - IW and an ssthresh as high as can be */
void cc_init(struct tcb *tcb);
/** cc_acked() - Grow, if cwnd was what limited us with @flight octets out */
void cc_acked(struct tcb *tcb, uint32_t acked, uint32_t flight);
/** cc_restart_if_idle() - RFC 5681 4.1 */
void cc_restart_if_idle(struct tcb *tcb);
uint32_t cc_initial_window(const struct tcb *tcb);

/* ---- calls.c ---- */

/** tcp_abort_now() - ABORT from within: RST if the state asks for it, then CLOSED */
void tcp_abort_now(struct tcb *tcb, int error, enum why why);

#endif
