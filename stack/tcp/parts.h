/* SPDX-License-Identifier: MIT */
/*
 * parts.h - what the files of tcp/ do for each other, file by file
 *
 *	input.c		 SEGMENT ARRIVES, the eight checks
 *	sequence.c	 first check	      ack.c	fifth check
 *	urgent.c	 sixth
 *	text.c		 seventh and eighth   synsent.c SYN-SENT
 *	listen.c half.c	 LISTEN, SYN queue    timewait.c TIME-WAIT
 *	establish.c	 becoming a connection
 *	cookie.c	 SYN cookies	      orphan.c	 nobody looks any more
 *	fastopen.c fastopen_client.c	      data in the SYN
 *	open.c calls.c status.c		      the user's calls
 *	output.c segment.c		      what leaves, and how it is built
 *	fastpath.c train.c fast.h	      what everybody expects, in short
 *	autotune.c			      buffers that grow with the path
 *	pathmtu.c			      how large a segment may be
 *	timeouts.c rtt.c loss_timer.c	      timers, RTO
 *	giveup.c keepalive.c		      patience, an idle peer
 *	sent.c scoreboard.c recovery.c	      what was sent, what became of it
 *	rack.c tlp.c newreno.c sack_loss.c    how a loss is noticed
 *	undo.c frto.c			      and that it was none
 *	prr.c cc*.c			      congestion
 *	sack.c				      SACK, as a receiver
 *	conn.c port.c state.c check.c isn.c icmp.c tcp.c ends.c tell.c
 */
#ifndef TCP_PARTS_H
#define TCP_PARTS_H

#include "base/rule.h"
#include "tcp/tcb.h"

/* ---- state.c ---- */

/** tcp_arrow_exists() - May @from become @to (RFC 9293 3.3.2)? */
bool tcp_arrow_exists(enum tcp_state from, enum tcp_state to);
/** tcp_set_state() - The only way to change a state: checked and told */
#define tcp_set_state(tcb, to, why) tcp_set_state_at((tcb), (to), BECAUSE(why))
void tcp_set_state_at(struct tcb *tcb, enum tcp_state to, struct reason reason);

/* ---- tell.c: what observers see; call tcp_tell_x() only if there is one ---- */

/** tcp_vars() - The variables as they stand */
void tcp_vars(const struct tcb *tcb, struct tarn_vars *ret);
/** tcp_tell_state() - note->state_before became note->state */
void tcp_tell_state(struct tcp *tcp, const struct conn_key *key,
                    const struct tarn_note *note, struct reason reason);
/** tcp_tell_decision() - A segment is owed: remember where that was decided */
void tcp_tell_decision(struct tcb *tcb, struct reason reason);
/** tcp_decided() - @why and where it was decided, as far as that is known */
struct reason tcp_decided(const struct tcb *tcb, enum why why);
void tcp_tell_cc(struct tcb *tcb, struct reason reason);
/** tcp_tell_rtt() - A sample was taken; with 0 us: and was not, for @reason
 * @before:	the variables before it; NULL: they did not change
 */
void tcp_tell_rtt(struct tcb *tcb, uint64_t sample_us,
                  const struct tarn_vars *before, struct reason reason);
void tcp_tell_timer(struct tcb *tcb, const struct tarn_event_timer *timer,
                    struct reason reason);
void tcp_tell_buffers(struct tcb *tcb, struct reason reason);
void tcp_tell_scoreboard(struct tcb *tcb, struct reason reason);

/** tcp_emit_cc() - cwnd or ssthresh changed */
#define tcp_emit_cc(tcb, why) tcp_emit_cc_at((tcb), BECAUSE(why))
static inline void tcp_emit_cc_at(struct tcb *tcb, struct reason reason)
{
	if (env_is_observed(tcb->tcp->env))
		tcp_tell_cc(tcb, reason);
}

/** tcp_effect() - What the segment in hand was good for (env_note_effect()) */
#define tcp_effect(tcb, why) env_note_effect((tcb)->tcp->env, (why))
/** tcp_emit_buffers() - What is in the buffers, or their size, changed */
#define tcp_emit_buffers(tcb, why) tcp_emit_buffers_at((tcb), BECAUSE(why))
static inline void tcp_emit_buffers_at(struct tcb *tcb, struct reason reason)
{
	if (env_is_observed(tcb->tcp->env))
		tcp_tell_buffers(tcb, reason);
}

/** tcp_emit_scoreboard() - Something counts as SACKed, lost or sent again now,
 * or no longer does */
#define tcp_emit_scoreboard(tcb, why)                                          \
	tcp_emit_scoreboard_at((tcb), BECAUSE(why))
static inline void tcp_emit_scoreboard_at(struct tcb *tcb, struct reason reason)
{
	if (env_is_observed(tcb->tcp->env))
		tcp_tell_scoreboard(tcb, reason);
}

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

/** tcb_init() - @tcb, all zero, is a connection in CLOSED, in no list */
void tcb_init(struct tcb *tcb, struct tcp *tcp, const struct conn_key *key);
/** tcb_create() - A connection in CLOSED, not yet in the table. NULL: no memory */
struct tcb *tcb_create(struct tcp *tcp, const struct conn_key *key,
                       const struct tcp_settings *settings);
/** tcb_end() - CLOSED, out of the table; released when its user has let go */
#define tcb_end(tcb, error, why) tcb_end_at((tcb), (error), BECAUSE(why))
void tcb_end_at(struct tcb *tcb, int error, struct reason reason);
/** tcb_release_if_done() - Queue for tcp_reap() what nobody needs any more */
void tcb_release_if_done(struct tcb *tcb);
/** tcb_free() - Give everything back; only tcp_reap() and tcp_destroy() call it */
void tcb_free(struct tcb *tcb);
/** tcb_check() - The first invariant that does not hold, as text, or NULL */
const char *tcb_check(const struct tcb *tcb);
/** tcb_verify() - tcb_check() and its consequence (see base/check.h) */
void tcb_verify(struct tcb *tcb);

/** tcp_owe() - Mark the connection with a reason to send */
#define tcp_owe(tcb, why) tcp_owe_at((tcb), BECAUSE(why))
void tcp_owe_at(struct tcb *tcb, struct reason reason);
/** tcp_mark_ready() - Its user may want to look */
void tcp_mark_ready(struct tcp *tcp, struct ready *ready);

/* ---- open.c ---- */

/** tcp_own_mss() - The MSS to announce: the MTU's, or less if the user says so */
uint16_t tcp_own_mss(const struct tcp *tcp, const struct conn_key *key,
                     const struct tcp_settings *settings);

/* ---- isn.c ---- */

uint32_t tcp_isn(struct tcp *tcp, const struct conn_key *key);
/** tcp_ts_offset() - The connection's own timestamp origin (RFC 7323 7.1) */
uint32_t tcp_ts_offset(const struct tcp *tcp, const struct conn_key *key);
uint32_t tcp_ts_now(const struct tcp *tcp, uint32_t offset);
/** tcp_ts_at() - What a timestamp was at @at_us */
uint32_t tcp_ts_at(uint64_t at_us, uint32_t offset);
/** tcp_port_for() - An ephemeral port for @key's other three parts; 0: none */
uint16_t tcp_port_for(struct tcp *tcp, struct conn_key key);

/* ---- input.c and its parts, by section of 3.10.7 ---- */

/** tcp_verdict() - The segment in hand goes no further (env_verdict()) */
#define tcp_verdict(tcb, drop) env_verdict((tcb)->tcp->env, (drop))

/** seq_acceptable() - The four cases of 3.10.7.4's first check (sequence.c) */
bool seq_acceptable(const struct tcp_seg *seg, uint32_t rcv_nxt, uint32_t wnd);
/** tcp_check_sequence() - first: timestamps, acceptability, trimming (sequence.c) */
enum drop tcp_check_sequence(struct tcb *tcb, struct tcp_seg *seg);
/** tcp_check_ack() - fifth (ack.c) */
enum drop tcp_check_ack(struct tcb *tcb, struct tcp_seg *seg);
/** tcp_check_urg() - sixth (urgent.c) */
enum drop tcp_check_urg(struct tcb *tcb, struct tcp_seg *seg);
/** tcp_process_text() - seventh, tcp_check_fin() - eighth (text.c) */
enum drop tcp_process_text(struct tcb *tcb, struct tcp_seg *seg);
enum drop tcp_check_fin(struct tcb *tcb, struct tcp_seg *seg);
/** tcp_note_answer() - Text is sent: is it the answer to what arrived just now? */
void tcp_note_answer(struct tcb *tcb);
/** tcp_forget_holes() - What was kept beyond RCV.NXT is wanted no more */
void tcp_forget_holes(struct tcb *tcb);
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

/* ---- push.c ---- */

/** push_note() - The application has written, and says nothing more for now */
void push_note(struct tcb *tcb);
/** push_acked() - SND.UNA moved */
void push_acked(struct tcb *tcb);
/** push_is_in() - Does the text [@seq, @seq + @len) hold such an end? */
bool push_is_in(const struct tcb *tcb, uint32_t seq, uint32_t len);

/* ---- urgent.c ---- */

/** urgent_fin() - The peer's FIN came: a pointer beyond it points at nothing */
void urgent_fin(struct tcb *tcb);
/** urgent_readable() - Octets that one read may give: it stops at the mark */
uint32_t urgent_readable(const struct tcb *tcb);
/** urgent_read() - Octets were read: is that the end of urgent mode? */
void urgent_read(struct tcb *tcb);
/** urgent_acked() - SND.UNA moved */
void urgent_acked(struct tcb *tcb);
/** urgent_write() - URG and pointer, if the segment in @hdr begins before SND.UP */
void urgent_write(struct tcb *tcb, struct tcp_hdr *hdr);

/* ---- listen.c, half.c ---- */

/** listener_at() - The listener on just this address, or NULL */
struct tcp_listener *listener_at(const struct tcp *tcp,
                                 const struct tarn_ip *ip, uint16_t port);
struct tcp_listener *listener_find(const struct tcp *tcp,
                                   const struct conn_key *key);
/** listener_is_full() - Has its accept queue no room? */
bool listener_is_full(const struct tcp_listener *listener);
void half_timeouts(struct tcp *tcp);
void half_free(struct conn_half *half);
/** half_init() - Learn from a SYN; in no queue and no table yet */
void half_init(struct conn_half *half, struct tcp_listener *listener,
               const struct tcp_seg *seg, uint32_t iss);
/** half_tell_birth() - Number it and tell observers: LISTEN -> SYN-RECEIVED */
#define half_tell_birth(half, why) half_tell_birth_at((half), BECAUSE(why))
void half_tell_birth_at(struct conn_half *half, struct reason reason);
/** half_syn_ack() - The SYN,ACK that it owes */
struct tcp_answer half_syn_ack(const struct conn_half *half,
                               struct reason reason);
/** half_yield() - @heir takes its 4-tuple over; @half is gone */
void half_yield(struct conn_half *half, struct tcb *heir);
/** half_create() - Queue a SYN and answer it. Return: why not, or DROP_NONE */
enum drop half_create(struct tcp_listener *listener, struct tcp_seg *seg,
                      uint32_t iss);
/** listener_established() - A connection waits for accept */
void listener_established(struct tcb *tcb);

/* ---- establish.c ---- */

/** half_become_tcb() - A connection in SYN-RECEIVED takes its place; @half is
 * gone if it was in the table. Return: NULL: no memory, nothing changed */
struct tcb *half_become_tcb(struct conn_half *half);
/** half_establish() - The same, and then @seg, which acknowledges our SYN,
 * goes through the eight checks. Return: why not, or DROP_NONE */
enum drop half_establish(struct conn_half *half, struct tcp_seg *seg);
/** half_end() - CLOSED, and forgotten */
#define half_end(half, why) half_end_at((half), BECAUSE(why))
void half_end_at(struct conn_half *half, struct reason reason);

/* ---- cookie.c: SYN cookies ---- */

/** cookie_is_due() - Shall the next SYN get a cookie and no record? */
bool cookie_is_due(const struct tcp_listener *listener);
/** cookie_answer() - SYN,ACK with a cookie. Return: why not, or DROP_NONE */
enum drop cookie_answer(struct tcp_listener *listener, struct tcp_seg *seg);
/** cookie_may_come() - Has the listener sent cookies that are still valid? */
bool cookie_may_come(const struct tcp_listener *listener);
/** cookie_arrives() - An ACK for a listener: a connection, or a reset */
enum drop cookie_arrives(struct tcp_listener *listener, struct tcp_seg *seg);

/* ---- fastopen.c: TCP Fast Open, the server's side ---- */

/** enum fastopen_verdict - what a listener makes of a SYN */
enum fastopen_verdict {
	FASTOPEN_IGNORE, /* an ordinary SYN */
	FASTOPEN_ACCEPT, /* its data count, its peer is known */
};
/** fastopen_judge() - @ret_grant: the cookie for the SYN,ACK, or none */
enum fastopen_verdict fastopen_judge(struct tcp_listener *listener,
                                     const struct tcp_seg *seg,
                                     struct tcp_fastopen *ret_grant);
/** fastopen_accept() - A connection at once. Return: why not, or DROP_NONE */
enum drop fastopen_accept(struct tcp_listener *listener, struct tcp_seg *seg,
                          const struct tcp_fastopen *grant);
/** fastopen_settle() - Our SYN is acknowledged, or the connection has ended */
void fastopen_settle(struct tcb *tcb, bool was_reset);
/** fastopen_listener_closes() - Nobody counts its pending ones any more */
void fastopen_listener_closes(struct tcp_listener *listener);

/* ---- fastopen_client.c: the same, the client's side ---- */

/** fastopen_write() - The option of our first SYN or SYN,ACK */
void fastopen_write(const struct tcb *tcb, struct tcp_options *opt);
/** fastopen_answered() - The SYN,ACK came, SEG.ACK is acceptable: learn from it,
 * let go of the text that it acknowledges; the rest will be sent again */
void fastopen_answered(struct tcb *tcb, const struct tcp_seg *seg);
/** fastopen_met() - A SYN came instead: the text will be sent again */
void fastopen_met(struct tcb *tcb);
/** fastopen_failed() - No SYN,ACK came at all */
void fastopen_failed(struct tcb *tcb);

/* ---- orphan.c: closed by us, not yet by the peer ---- */

/** orphan_enter() - Its user has let go: count it */
void orphan_enter(struct tcb *tcb);
/** orphan_leave() - It is being freed */
void orphan_leave(struct tcb *tcb);
/** orphan_is_one_too_many() - Is config.orphans_max exceeded? */
bool orphan_is_one_too_many(const struct tcp *tcp);
/** orphan_waits() - In FIN-WAIT-2: how long may the peer take for its FIN? */
void orphan_waits(struct tcb *tcb);

/* ---- timewait.c ---- */

/** wait_enter() - TIME-WAIT: a small record takes the 4-tuple over */
#define wait_enter(tcb, why) wait_enter_at((tcb), BECAUSE(why))
void wait_enter_at(struct tcb *tcb, struct reason reason);
void wait_timeouts(struct tcp *tcp);
void wait_free(struct conn_wait *wait);

/* ---- segment.c: building what leaves ---- */

/** segment_send() - Fill in everything that all segments of @tcb have, and send
 * @hdr: seq and control bits set by the caller; SYN adds the SYN's options
 */
enum drop segment_send(struct tcb *tcb, struct tcp_hdr *hdr, uint32_t text_at,
                       uint32_t text_len, struct reason reason);
/** tcp_agrees_to_sack(), tcp_agrees_to_wscale() - Do we want the option? */
bool tcp_agrees_to_sack(const struct tcp *tcp);
bool tcp_agrees_to_wscale(const struct tcp *tcp);
/** segment_text_max() - Octets of text that fit beside the options of now */
uint32_t segment_text_max(const struct tcb *tcb);
/** super_text_max() - Octets of text that one super-frame takes: whole segments,
 * and just one where nobody would cut it, or its segments must differ */
uint32_t super_text_max(const struct tcb *tcb);
/** segment_count() - How many segments so much text makes: a super-frame, more
 * than one; none for no text */
uint32_t segment_count(const struct tcb *tcb, uint32_t text_len);
/** struct tcp_answer - a segment sent without a struct tcb */
struct tcp_answer {
	struct conn_key key;
	struct tcp_hdr hdr; /* ports are filled in from key */
	struct tarn_note note;
	uint8_t ttl, tos;
};
void segment_answer(struct tcp *tcp, struct tcp_answer *answer);
/** segment_reset() - The RST that RFC 9293 3.10.7.1 prescribes for @seg */
#define segment_reset(tcp, seg, why)                                           \
	segment_reset_at((tcp), (seg), BECAUSE(why))
void segment_reset_at(struct tcp *tcp, const struct tcp_seg *seg,
                      struct reason reason);
/** tcp_window_field() - The window to announce; moves the edge, never back */
uint16_t tcp_window_field(struct tcb *tcb, bool is_syn);
/** tcp_window_wants_update() - Would an update now move the edge far enough? */
bool tcp_window_wants_update(const struct tcb *tcb);

/* ---- autotune.c ---- */

/** autotune_text() - Text of @seg moved RCV.NXT: has a round trip ended? */
void autotune_text(struct tcb *tcb, const struct tcp_seg *seg);
/** autotune_copied() - The application took @len octets: grow the window? */
void autotune_copied(struct tcb *tcb, uint32_t len);
/** autotune_acked() - cwnd may have grown: grow the send buffer? */
void autotune_acked(struct tcb *tcb);

/* ---- output.c ---- */

/** tcp_output() - Send what is owed and what both windows allow */
void tcp_output(struct tcb *tcb);
/** tcp_usable_window() - Octets that the peer's window still takes */
uint32_t tcp_usable_window(const struct tcb *tcb);

/* ---- timeouts.c ---- */

/** tcp_timer_arm() - Or move it: it will expire at @deadline_us */
#define tcp_timer_arm(tcb, which, deadline_us, why)                            \
	tcp_timer_arm_at((tcb), (which), (deadline_us), BECAUSE(why))
void tcp_timer_arm_at(struct tcb *tcb, enum tcp_timer which,
                      uint64_t deadline_us, struct reason reason);
/** tcp_timer_cancel() - Fine if it is not armed */
#define tcp_timer_cancel(tcb, which, why)                                      \
	tcp_timer_cancel_at((tcb), (which), BECAUSE(why))
void tcp_timer_cancel_at(struct tcb *tcb, enum tcp_timer which,
                         struct reason reason);
/** tcb_timeouts() - Do what is due, and set the wheel for what comes next */
void tcb_timeouts(struct tcb *tcb);
/** tcp_timer_name() - "retransmission": for observers */
const char *tcp_timer_name(enum tcp_timer which);

/* ---- giveup.c ---- */

/** give_up_or_try_again() - One more time without an answer. Return: go on */
bool give_up_or_try_again(struct tcb *tcb);
/** give_up_deadline() - When the user timeout ends it, or TARN_NEVER */
uint64_t give_up_deadline(const struct tcb *tcb);
/** give_up_error() - What to tell when we give up: what ICMP said, or ETIMEDOUT */
int give_up_error(const struct tcb *tcb);

/* ---- pathmtu.c ---- */

/** path_mtu_init() - The handshake told the peer's MSS: how large are segments?
 * @peer_mss:	octets of segment that the peer takes, and we
 */
void path_mtu_init(struct tcb *tcb, uint32_t peer_mss);
/** path_mtu_claim() - ICMP says that the packet with @seq was too large
 * @quoted_len:	of the packet, octets
 * @mtu:	of the next hop; 0: it does not say
 */
enum drop path_mtu_claim(struct tcb *tcb, uint32_t seq, uint32_t quoted_len,
                         uint16_t mtu);
/** path_mtu_timeout() - RTO expired: because a segment was too large? */
void path_mtu_timeout(struct tcb *tcb);
/** path_mtu_acked() - So much text was acknowledged: it got through */
void path_mtu_acked(struct tcb *tcb, uint32_t text);
/** path_mtu_wants_df() - Must routers not fragment our packets? */
bool path_mtu_wants_df(const struct tcb *tcb);

/* ---- keepalive.c ---- */

/** keep_alive_update() - The state or the settings changed: is it wanted now? */
void keep_alive_update(struct tcb *tcb);
/** keep_alive_heard() - The peer is there: an acceptable segment arrived */
void keep_alive_heard(struct tcb *tcb);
/** keep_alive_postpone() - It is due: too early, since the peer was heard? */
bool keep_alive_postpone(struct tcb *tcb);
void keep_alive_timeout(struct tcb *tcb);

/* ---- sack.c ---- */

/** sack_write() - The blocks for the next acknowledgment (receiver) */
void sack_write(struct tcb *tcb, struct tcp_options *opt);
/** sack_option_len() - Octets of header that sack_write() may take */
uint32_t sack_option_len(const struct tcb *tcb);
/** sack_note_block() - Text at @seq arrived out of order */
void sack_note_block(struct tcb *tcb, uint32_t seq);

/* ---- status.c ---- */

/** tcp_count_in() - For TARN_TCP_INFO: a segment of this connection arrived */
void tcp_count_in(struct tcb *tcb, const struct tcp_seg *seg);

/* ---- icmp.c ---- */

/** tcp_soft_error() - Something is wrong, but may pass: note it */
void tcp_soft_error(struct tcb *tcb, int error);

/* ---- ecn.c ---- */

/** ecn_agrees() - Does this SYN ask for ECN, and may we? */
bool ecn_agrees(const struct tcp *tcp, const struct tcp_hdr *syn);
/** ecn_learn() - From the peer's SYN or SYN,ACK: has_ecn */
void ecn_learn(struct tcb *tcb, const struct tcp_hdr *hdr);
/** ecn_fill() - ECE and CWR of a segment that leaves; seq, SYN, RST are set
 * Return: the ECN bits of its TOS octet */
uint8_t ecn_fill(struct tcb *tcb, struct tcp_hdr *hdr, uint32_t text_len);
/** ecn_text_arrives() - Acceptable text: was it marked? */
void ecn_text_arrives(struct tcb *tcb, const struct tcp_seg *seg);
/** ecn_is_echo() - Does it echo a mark? Then cwnd does not grow (6.1.2) */
bool ecn_is_echo(const struct tcb *tcb, const struct tcp_seg *seg);
/** ecn_acked() - An acceptable ACK: does it echo a mark? */
void ecn_acked(struct tcb *tcb, const struct tcp_seg *seg, uint32_t una_before);

/* ---- calls.c ---- */

/** tcp_abort_now() - ABORT from within: RST if the state asks for it, then CLOSED */
#define tcp_abort_now(tcb, error, why)                                         \
	tcp_abort_now_at((tcb), (error), BECAUSE(why))
void tcp_abort_now_at(struct tcb *tcb, int error, struct reason reason);

#endif
