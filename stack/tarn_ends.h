/* SPDX-License-Identifier: MIT */
/*
 * tarn_ends.h - what a stack holds right now, for who wants to look
 *
 * tarn.h includes this, behind struct tarn_tcp_info. An "end" is our end of a
 * conversation, whether it has begun (a connection), waits for one (a
 * listener, a datagram socket) or is over (TIME-WAIT).
 */
#ifndef TARN_ENDS_H
#define TARN_ENDS_H

#include "tarn.h"

#ifdef __cplusplus
extern "C" {
#endif

enum tarn_end_kind {
	TARN_END_CONNECTION,
	TARN_END_HALF_OPEN, /* a SYN that waits for the end of its handshake */
	TARN_END_TIME_WAIT,
	TARN_END_LISTENER,
	TARN_END_DATAGRAM,
};

#define TARN_END_TIMERS_MAX 8

/** struct tarn_end_timer - something that will happen if nothing else does */
struct tarn_end_timer {
	const char *name; /* "retransmission", "2MSL", ... */
	uint64_t deadline_us;
};

/** struct tarn_end - one of them
 * @number:	the connection's, as observers see it, from 1; 0: it has none
 * @peer:	port 0: nobody in particular
 * @state_name:	RFC 9293's name of the state; of a datagram socket "-"
 * @receive_queue: octets that wait for the application; of a listener,
 *		connections that wait for accept
 * @send_queue:	octets that are not acknowledged; of a listener, its backlog
 * @is_orphan:	the application has closed it, the stack still has it
 * @timer:	those that are armed, @timer_count of them
 * @info:	TARN_END_CONNECTION only
 */
struct tarn_end {
	enum tarn_end_kind kind;
	uint32_t number;
	struct tarn_addr local, peer;
	const char *state_name;
	uint64_t receive_queue, send_queue;
	bool is_orphan;
	unsigned timer_count;
	struct tarn_end_timer timer[TARN_END_TIMERS_MAX];
	struct tarn_tcp_info info;
};

/**
 * tarn_ends() - Tell of each end that the stack holds, in no order that means
 * anything
 * @tell:	must not call the stack; @end is borrowed until it returns
 */
TARN_API void tarn_ends(const struct tarn *t,
                        void (*tell)(void *context, const struct tarn_end *end),
                        void *context);

#ifdef __cplusplus
}
#endif

#endif /* TARN_ENDS_H */
