/* SPDX-License-Identifier: MIT */
/*
 * loss.h - loss detection and recovery: its variables, and what its files do
 *
 *	sent.c		 what was sent when	scoreboard.c  what became of it
 *	recovery.c	 what all mechanisms share
 *	rack.c tlp.c	 RACK-TLP (RFC 8985)	newreno.c     without SACK (RFC 6582)
 *	sack_loss.c	 RFC 6675, for comparison
 *	prr.c		 how fast (RFC 9937)	undo.c frto.c it was no loss
 *	rtt.c		 RTT and RTO (RFC 6298)	loss_timer.c  the three timers
 *
 * For files in tcp/ (and tests) only; tcb.h includes it.
 */
#ifndef TCP_LOSS_H
#define TCP_LOSS_H

#include "base/why.h"
#include "tcp/sent.h"
#include "wire/tcp.h"
#include <stdbool.h>
#include <stdint.h>

struct tcb;
struct tcp_seg;

/** enum loss_state - what the sender believes about its flight */
enum loss_state {
	LOSS_OPEN,     /* nothing is lost, as far as we know */
	LOSS_RECOVERY, /* fast recovery, until recover is acknowledged */
	LOSS_TIMEOUT,  /* after RTO, until recover is acknowledged */
};

/** struct tcp_rtt - RFC 6298 and what it measures */
struct tcp_rtt {
	uint64_t srtt_us, rttvar_us; /* 0: no sample yet */
	uint64_t rto_us;             /* without backoff */
	uint8_t backoff;             /* RTO is rto_us << backoff */
	bool is_timing; /* the SYN, whose number is before timed_seq, left at ... */
	uint32_t timed_seq;
	uint64_t timed_us;
	uint32_t next_seq; /* no sample until this is acknowledged */
	uint64_t min_us;   /* RACK.min_RTT: over the last one or two windows */
	uint64_t min_next_us;  /* over the present window only */
	uint64_t min_begin_us; /* when the present window began */
};

/** enum rescue - NextSeg's rule 4 (RFC 6675), once per recovery */
enum rescue { RESCUE_NOT_YET, RESCUE_MAY, RESCUE_USED };

/** enum frto - F-RTO's steps (RFC 5682) */
enum frto { FRTO_OFF, FRTO_STEP_2, FRTO_STEP_3 };

/** struct tcp_loss - loss recovery: what all mechanisms share */
struct tcp_loss {
	uint8_t state;     /* enum loss_state */
	uint8_t rtx_now;   /* segments owed whatever cwnd says */
	uint8_t timeouts;  /* consecutive, for R2 */
	uint8_t dup_acks;  /* consecutive duplicates, without SACK */
	uint8_t rescue;    /* enum rescue, without RACK */
	bool is_resizing;  /* the path took none as large as they were */
	uint8_t frto;      /* enum frto */
	uint32_t recover;  /* SND.NXT when the loss was noticed */
	uint32_t rtx_hint; /* below it, nothing is owed to be sent again */
	uint32_t limited;  /* octets of limited transmit since SND.UNA moved */
	uint32_t gone;     /* without SACK: octets that duplicates say left */
	uint64_t rto_from_us; /* RTO runs from then on (RFC 6298 5.1 to 5.5) */
	uint64_t pto_from_us; /* and PTO from then on (RFC 8985 7.2) */
	uint64_t
	        stuck_us; /* when the first RTO was armed; for the user timeout */
	/* for whoever looks */
	uint32_t reordering; /* segments: the largest distance ever seen */
	uint32_t reord_seen, dsack_dups;
	uint64_t delivered, octets_again;
};

/** struct tcp_rack - RFC 8985 section 5.3: RACK.* */
struct tcp_rack {
	uint64_t
	        xmit_us; /* of the segment that left last, of all that arrived */
	uint32_t end_seq; /* and its end */
	uint32_t fack;    /* the highest number that arrived */
	uint64_t rtt_us;
	uint64_t
	        reorder_until_us; /* then what is late is lost; 0: nothing is */
	uint32_t dsack_round;     /* SND.NXT when a D-SACK came ... */
	bool has_dsack_round;     /* ... and it is not acknowledged yet */
	uint8_t reo_wnd_mult, reo_wnd_persist;
};

/** struct tcp_tlp - RFC 8985 section 5.3: TLP.* */
struct tcp_tlp {
	bool is_out;     /* a probe is out: end_seq means something */
	bool is_retrans; /* and was no new text */
	bool has_sample; /* an RTT was measured since the last probe */
	uint32_t end_seq;
	uint32_t flight; /* octets that were out when it was sent */
};

/** struct tcp_prr - RFC 9937 section 6 */
struct tcp_prr {
	uint32_t delivered, out; /* octets since the episode began */
	uint32_t recover_fs;     /* RecoverFS */
};

/** struct tcp_undo - was the last reduction a mistake? (RFC 3522, 2883) */
struct tcp_undo {
	bool is_armed;     /* there is a reduction that may have been one */
	bool is_timeout;   /* RTO made it, and not a recovery */
	bool has_resent;   /* something was sent again because of it */
	bool has_ts;       /* ts: RetransmitTS, not yet answered */
	uint32_t marker;   /* SND.UNA at that time */
	uint32_t unproven; /* octets sent again, less those D-SACKed */
	uint32_t ts;       /* TSval of the first retransmission */
};

/** struct ack_news - what one acknowledgment tells about our flight */
struct ack_news {
	const struct tcp_seg *seg; /* NULL: a timer spoke, not the peer */
	uint32_t acked;            /* octets that SND.UNA moved over */
	uint32_t sacked;           /* octets SACKed for the first time */
	uint32_t delivered;    /* octets that arrived, as we know only now */
	uint64_t first_rtt_us; /* of the first that was sent once; 0: none */
	uint64_t rtt_us;       /* of the last one */
	uint64_t latest_us;    /* when the youngest of them left */
	struct tcp_sack_block dsack;
	bool has_dsack;      /* RFC 2883: something of ours arrived twice */
	bool is_pure;        /* no text, no control, no news of the window */
	bool is_duplicate;   /* by RFC 5681 section 2 */
	bool is_twice;       /* acknowledges what was sent twice: Karn */
	bool is_original;    /* what was sent once, before recover, arrived */
	bool is_reordered;   /* and behind something that left later */
	bool has_loss;       /* because of it, something counts as lost */
	bool has_lost_again; /* and that had been sent again */
};

/* ---- rtt.c ---- */

void rtt_init(struct tcb *tcb);
/** rtt_sample() - One measurement (RFC 6298 2) */
void rtt_sample(struct tcb *tcb, uint64_t sample_us);
/** rtt_syn_sent() - The SYN left for the first time */
void rtt_syn_sent(struct tcb *tcb);
/** rtt_syn_acked() - It is acknowledged */
void rtt_syn_acked(struct tcb *tcb, const struct tcp_seg *seg);
/** rtt_acked() - Text is: take a sample if there is one (Karn) */
void rtt_acked(struct tcb *tcb, const struct ack_news *news);
/** rtt_rto() - RTO with backoff */
uint64_t rtt_rto(const struct tcb *tcb);

/* ---- scoreboard.c ---- */

/** scoreboard_sent() - [seq, end) left, for the first time, as so many segments */
void scoreboard_sent(struct tcb *tcb, uint32_t seq, uint32_t end,
                     uint32_t segments);
/** scoreboard_acked() - Everything below SEG.ACK arrived; call it before
 * SND.UNA moves */
void scoreboard_acked(struct tcb *tcb, struct ack_news *news);
/** scoreboard_sacked() - So did what the SACK blocks say */
void scoreboard_sacked(struct tcb *tcb, struct ack_news *news);
/** scoreboard_lose() - The @i-th range counts as lost */
void scoreboard_lose(struct tcb *tcb, struct ack_news *news, uint32_t i);
/** scoreboard_unlose() - Nothing does */
void scoreboard_unlose(struct tcb *tcb);
/** scoreboard_renege() - Nothing is SACKed any more */
void scoreboard_renege(struct tcb *tcb);

/* ---- recovery.c ---- */

/* Duplicates that mean a loss, while nothing was ever reordered (RFC 5681). */
#define DUP_THRESH 3

void recovery_init(struct tcb *tcb);
/** recovery_ack() - What an acknowledgment tells: notice a loss, or the end */
void recovery_ack(struct tcb *tcb, struct ack_news *news);
/** recovery_reorder_timeout() - The reordering window has passed */
void recovery_reorder_timeout(struct tcb *tcb);
/** recovery_timeout() - RTO expired */
void recovery_timeout(struct tcb *tcb);
/** recovery_resize() - What is in flight and larger than a segment may be now
 * leaves again, smaller; the window stays (RFC 1191 6.4) */
void recovery_resize(struct tcb *tcb);
/** recovery_next() - The next lost text to send again
 * Return: false if there is none, or cwnd forbids it */
bool recovery_next(struct tcb *tcb, uint32_t *ret_seq, uint32_t *ret_len);
/** recovery_why() - Why that range is sent again */
struct reason recovery_why(const struct tcb *tcb,
                           const struct sent_range *range);
/** recovery_pipe() - Octets believed to be in the network (RFC 6675, 9937) */
uint32_t recovery_pipe(const struct tcb *tcb);

/* ---- rack.c: RFC 8985 section 6 ---- */

/** rack_delivered() - One range arrived (steps 2 and 3) */
void rack_delivered(struct tcb *tcb, struct ack_news *news,
                    const struct sent_range *range);
/** rack_overtaken() - An undone recovery shows that @start was only late */
void rack_overtaken(struct tcb *tcb, struct ack_news *news, uint32_t start);
/** rack_dsack_round() - Widen or reset the reordering window (step 4) */
void rack_dsack_round(struct tcb *tcb, const struct ack_news *news,
                      bool has_recovered);
/** rack_detect_loss() - Step 5; may set reorder_until_us */
void rack_detect_loss(struct tcb *tcb, struct ack_news *news);
/** rack_is_overdue() - Is this range to be lost at RTO (6.3)? */
bool rack_is_overdue(const struct tcb *tcb, const struct sent_range *range);

/* ---- tlp.c: RFC 8985 section 7 ---- */

void tlp_reset(struct tcb *tcb);
/** tlp_is_wanted() - Does a probe come before RTO? */
bool tlp_is_wanted(const struct tcb *tcb);
/** tlp_pto() - PTO, from the last sign of life or new text on */
uint64_t tlp_pto(const struct tcb *tcb);
/** tlp_sent() - The probe left; SND.NXT includes it
 * @flight:	octets that were out before */
void tlp_sent(struct tcb *tcb, bool is_retrans, uint32_t flight);
void tlp_ack(struct tcb *tcb, const struct ack_news *news);

/* ---- newreno.c: without SACK (RFC 6582) ---- */

/** newreno_count() - What left the network, as far as one can tell */
void newreno_count(struct tcb *tcb, struct ack_news *news);
void newreno_detect_loss(struct tcb *tcb, struct ack_news *news);

/* ---- sack_loss.c: with SACK and without RACK (RFC 6675) ---- */

void sack_detect_loss(struct tcb *tcb, struct ack_news *news);
/** sack_last_resort() - NextSeg rules 3 and 4, when there is no new text
 * Return: is there a range to send again now? */
bool sack_last_resort(struct tcb *tcb, uint32_t *ret_seq, uint32_t *ret_len);

/* ---- prr.c: RFC 9937 ---- */

void prr_begin(struct tcb *tcb, const struct ack_news *news);
void prr_ack(struct tcb *tcb, const struct ack_news *news);
void prr_sent(struct tcb *tcb, uint32_t octets);

/* ---- undo.c, frto.c ---- */

/** undo_arm() - A reduction for a loss: it may turn out to be a mistake */
void undo_arm(struct tcb *tcb);
/** undo_resent() - So many octets were sent again because of it */
void undo_resent(struct tcb *tcb, uint32_t octets);
/** undo_ack() - Does this show that all of them were needless? Then undo it.
 * Return: it does, and the state is LOSS_OPEN again */
bool undo_ack(struct tcb *tcb, struct ack_news *news);
/** undo_now() - Take the last reduction back */
void undo_now(struct tcb *tcb);
/** frto_begin() - RTO expired in @before (step 1) */
void frto_begin(struct tcb *tcb, enum loss_state before);
/** frto_ack() - Steps 2 and 3. Return: the timeout was spurious, and undone */
bool frto_ack(struct tcb *tcb, const struct ack_news *news);

/* ---- loss_timer.c: RFC 8985 section 8 ---- */

/** loss_timer_restart() - A sign of life, or the first text of a flight */
void loss_timer_restart(struct tcb *tcb);
/** loss_timer_set() - Let exactly the one of the three timers run that must */
void loss_timer_set(struct tcb *tcb);

#endif
