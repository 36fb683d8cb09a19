/* SPDX-License-Identifier: MIT */
/*
 * event.h - what the stack did, and why: the observer's view
 *
 * Events are emitted where the decision falls and in the order in which things
 * happen. A frame that arrives gives two: FRAME_RX before it is looked at, and
 * FRAME_DONE with the verdict after everything that it caused at once. So a
 * reader that wants one row per frame holds the FRAME_RX back until its
 * FRAME_DONE (drivers/story.c does).
 *
 * All pointers in an event are borrowed until the observer returns. The
 * observer must not call the stack.
 */
#ifndef BASE_EVENT_H
#define BASE_EVENT_H

#include "base/drop.h"
#include "base/why.h"
#include "tarn.h"

/** enum tcp_state - the eleven states of RFC 9293 section 3.3.2 */
enum tcp_state {
	TCPS_CLOSED,
	TCPS_LISTEN,
	TCPS_SYN_SENT,
	TCPS_SYN_RECEIVED,
	TCPS_ESTABLISHED,
	TCPS_FIN_WAIT_1,
	TCPS_FIN_WAIT_2,
	TCPS_CLOSE_WAIT,
	TCPS_CLOSING,
	TCPS_LAST_ACK,
	TCPS_TIME_WAIT,
	TCPS_COUNT,
};

/** struct tarn_vars - the variables of a connection that frames change */
struct tarn_vars {
	uint32_t cwnd, ssthresh, flight; /* octets */
	uint32_t snd_wnd, rcv_wnd;       /* octets */
	uint32_t srtt_us, rto_us;        /* 0: not measured */
	uint32_t snd_una, snd_nxt, rcv_nxt;
};

/**
 * struct tarn_note - what a connection looked like when it handled a frame
 * @why:	enum why: the reason to send, or what a received frame caused
 * @src:	where in the code @why, or the verdict on a received frame, is
 *		given: a string literal; NULL: not known
 * @conn:	the connection's number, from 1; 0: no connection
 * @state_before, @state: enum tcp_state around it (equal when sending)
 * @step:	which of the eight checks stopped a received segment, 0: none
 * @is_again:	sent frame: what it carries left before, first at @first_us
 * @effect:	received frame: enum why: what it was good for, beside @why
 * @now, @before: after the frame was processed or has left, and before that
 *
 * @now, the addresses of the numbers and the states mean something only if
 * has_conn, @before only if has_before. tarn_note_init() leaves them alone.
 */
struct tarn_note {
	uint16_t why;
	bool has_conn, has_before, is_again;
	uint8_t state_before, state, step;
	uint16_t effect;
	uint32_t conn;
	const char *src, *effect_src;
	uint64_t first_us; /* 0: not known */
	uint32_t iss, irs; /* to show relative numbers */
	struct tarn_vars now, before;
};

/** tarn_note_init() - A note that says nothing yet */
static inline void tarn_note_init(struct tarn_note *note)
{
	note->why        = WHY_NONE;
	note->has_conn   = false;
	note->has_before = false;
	note->is_again   = false;
	note->step       = 0;
	note->effect     = WHY_NONE;
	note->conn       = 0;
	note->src        = NULL;
	note->first_us   = 0;
}

enum tarn_event_kind {
	TARN_EVENT_FRAME_RX,   /* frame: it arrived */
	TARN_EVENT_FRAME_DONE, /* frame: verdict on the last FRAME_RX */
	TARN_EVENT_FRAME_TX,   /* frame: it leaves */
	TARN_EVENT_DROP,       /* drop: something that waited was given up */
	TARN_EVENT_TCP_STATE,  /* tcp: note.state_before -> note.state */
	TARN_EVENT_TCP_TIMER,  /* timer */
	TARN_EVENT_TCP_CC,     /* tcp: cwnd or ssthresh changed; note.before */
	TARN_EVENT_TCP_RTT, /* tcp: a sample, or none was taken: sample_us 0 */
	TARN_EVENT_TCP_DECISION,   /* tcp: from now on a segment is owed */
	TARN_EVENT_TCP_BUFFERS,    /* buffers: what they hold changed */
	TARN_EVENT_TCP_SCOREBOARD, /* scoreboard: what became of the flight */
	TARN_EVENT_QUEUE,          /* queue: its length changed */
	TARN_EVENT_REASSEMBLY,     /* reassembly: a datagram in parts */
	TARN_EVENT_NEIGHBOUR,      /* neighbour: its state changed */
	TARN_EVENT_ADDRESS, /* neighbour: our own address's state changed */
	TARN_EVENT_CALL,    /* call: a socket call returned */
	TARN_EVENT_READY,   /* ready: what a descriptor is ready for changed */
};

/** A frame. @part holds it in 1 to 3 slices; FRAME_DONE has the same ones. */
struct tarn_event_frame {
	const struct tarn_slice *part;
	unsigned part_count;
	enum drop drop;              /* FRAME_DONE: why it went no further */
	struct tarn_offload offload; /* it may stand for many segments */
};

/** A connection did something: who it is */
struct tarn_event_tcp {
	struct tarn_addr local, peer;
	uint64_t sample_us;      /* TCP_RTT: the round trip measured */
	uint64_t min_us, var_us; /* TCP_RTT: the least lately; RTTVAR */
};

/** Octets from @start up to @end, counted from the first of the stream (1) */
struct tarn_range {
	uint32_t start, end;
};

#define TARN_HOLES_MAX 4 /* ranges told of the receive buffer */
#define TARN_MARKS_MAX 8 /* ranges told of each kind of the flight */

/** What the two buffers of a connection hold, and may hold; octets */
struct tarn_event_buffers {
	uint32_t snd_used, snd_size, rcv_used, rcv_size;
	unsigned count; /* ranges beyond RCV.NXT, of which 4 are told */
	struct tarn_range out_of_order[TARN_HOLES_MAX];
};

/** What the sender believes of its flight: the rest is on its way */
struct tarn_event_scoreboard {
	unsigned sacked_count, lost_count, again_count;
	struct tarn_range sacked[TARN_MARKS_MAX]; /* the peer has it */
	struct tarn_range lost[TARN_MARKS_MAX];   /* and not sent again yet */
	struct tarn_range again[TARN_MARKS_MAX];  /* sent again, on its way */
};

/** Something waits in a bounded queue, or no longer */
struct tarn_event_queue {
	const char *name; /* "accept", "SYN", "UDP", "ARP", "reassembly" */
	uint32_t count, limit;
	struct tarn_addr who; /* whose: our socket, or a neighbour (port 0) */
};

/** A datagram that arrives in fragments */
struct tarn_event_reassembly {
	struct tarn_ip src, dst;
	uint16_t id;
	uint8_t proto;
	uint32_t start, end; /* the fragment in hand, octets of datagram */
	uint32_t have, want; /* octets; want 0: the last one is missing */
};

enum tarn_timer_act {
	TARN_TIMER_ARMED, /* it did not run, and does now */
	TARN_TIMER_FIRED,
	TARN_TIMER_CANCELLED,
	TARN_TIMER_MOVED, /* it runs on, to another deadline */
};

struct tarn_event_timer {
	const char *name; /* "retransmission", "delayed ACK", "2MSL", ... */
	enum tarn_timer_act act;
	uint64_t deadline_us;
};

struct tarn_event_neighbour {
	struct tarn_ip ip;
	uint8_t mac[6];
	const char *from, *to; /* names of states */
};

#define TARN_ARGS_LEN 64 /* octets of text, NUL included */

struct tarn_event_call {
	const char *name; /* "connect" */
	int fd;
	int64_t result;   /* what it returned: a negative one is -errno */
	const char *args; /* "10.9.0.2:80", "4096"; "": none told */
};

struct tarn_event_ready {
	int fd;
	uint32_t before, now; /* TARN_POLL* */
};

struct tarn_event {
	enum tarn_event_kind kind;
	uint64_t now_us;
	enum why why;
	const char *src; /* where in the code: a literal; NULL: not known */
	struct tarn_note note;
	union {
		struct tarn_event_frame frame;
		struct tarn_event_tcp tcp;
		struct tarn_event_timer timer;
		struct tarn_event_neighbour neighbour;
		struct tarn_event_call call;
		struct tarn_event_ready ready;
		struct tarn_event_buffers buffers;
		struct tarn_event_scoreboard scoreboard;
		struct tarn_event_queue queue;
		struct tarn_event_reassembly reassembly;
		enum drop drop;
	};
};

/** tarn_tcp_state_name() - "SYN-RECEIVED" for enum tcp_state, as the RFC writes it */
const char *tarn_tcp_state_name(unsigned state);

#endif
