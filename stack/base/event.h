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

/**
 * struct tarn_note - what a connection looked like when it handled a frame
 * @why:	enum why: the reason to send, or what a received frame caused
 * @conn:	the connection's number, from 1; 0: no connection
 * @state_before, @state: enum tcp_state around it (equal when sending)
 * @step:	which of the eight checks stopped a received segment, 0: none
 *
 * Everything from @conn on means something only if has_conn.
 */
struct tarn_note {
	uint16_t why;
	bool has_conn;
	uint8_t state_before, state, step;
	uint32_t conn;
	uint32_t cwnd, ssthresh, flight; /* octets */
	uint32_t snd_wnd, rcv_wnd;       /* octets */
	uint32_t srtt_us, rto_us;        /* 0: not measured */
	uint32_t snd_una, snd_nxt, rcv_nxt;
	uint32_t iss, irs; /* to show relative numbers */
};

enum tarn_event_kind {
	TARN_EVENT_FRAME_RX,   /* frame: it arrived */
	TARN_EVENT_FRAME_DONE, /* frame: verdict on the last FRAME_RX */
	TARN_EVENT_FRAME_TX,   /* frame: it leaves */
	TARN_EVENT_DROP,       /* drop: something that waited was given up */
	TARN_EVENT_TCP_STATE,  /* tcp: note.state_before -> note.state */
	TARN_EVENT_TCP_TIMER,  /* timer */
	TARN_EVENT_TCP_CC,     /* tcp: cwnd or ssthresh changed */
	TARN_EVENT_TCP_RTT,    /* tcp: a sample; note.srtt_us, rto_us */
	TARN_EVENT_NEIGHBOUR,  /* neighbour: its state changed */
	TARN_EVENT_ADDRESS,    /* neighbour: our own address's state changed */
	TARN_EVENT_CALL,       /* call: a socket call returned */
};

/** A frame. @part holds it in 1 to 3 slices; FRAME_DONE has the same ones. */
struct tarn_event_frame {
	const struct tarn_slice *part;
	unsigned part_count;
	enum drop drop; /* FRAME_DONE: why it went no further */
};

/** A connection did something: who it is */
struct tarn_event_tcp {
	struct tarn_addr local, peer;
	uint64_t sample_us; /* TCP_RTT: the round trip measured */
};

enum tarn_timer_act {
	TARN_TIMER_ARMED,
	TARN_TIMER_FIRED,
	TARN_TIMER_CANCELLED
};

struct tarn_event_timer {
	const char *name; /* "retransmission", "delayed ACK", ... */
	enum tarn_timer_act act;
	uint64_t deadline_us;
};

struct tarn_event_neighbour {
	struct tarn_ip ip;
	uint8_t mac[6];
	const char *from, *to; /* names of states */
};

struct tarn_event_call {
	const char *name; /* "connect" */
	int fd;
	int64_t result; /* what it returned */
};

struct tarn_event {
	enum tarn_event_kind kind;
	uint64_t now_us;
	enum why why;
	struct tarn_note note;
	union {
		struct tarn_event_frame frame;
		struct tarn_event_tcp tcp;
		struct tarn_event_timer timer;
		struct tarn_event_neighbour neighbour;
		struct tarn_event_call call;
		enum drop drop;
	};
};

/** tarn_tcp_state_name() - "SYN-RECEIVED" for enum tcp_state, as the RFC writes it */
const char *tarn_tcp_state_name(unsigned state);

#endif
