/* SPDX-License-Identifier: MIT */
/*
 * run.h - one script being played against one stack
 *
 *	run.c		the events, one after the other, in virtual time
 *	inject.c, expect.c	packets that arrive, and that must leave
 *	clock.c		waiting: for a moment, a packet, a blocked call
 *	connection.c	which connection a packet or descriptor belongs to
 *	call.c		finds the handler of a call and judges its result
 *	call_*.c	the handlers, one family each
 *	argument.c	from a script's expressions to numbers and addresses
 *	profile.c, setting.c, command.c	what the stack is told before it is made
 *	code.c		%{ assertions }%
 *	report.c	what is told about it
 *
 * Whoever finds that the script does not hold calls run_fails(), whoever finds
 * that Tarn lacks what it needs run_skips(); the first of them counts.
 */
#ifndef TOOLS_DRILL_RUN_H
#define TOOLS_DRILL_RUN_H

#include "tools/drill/flow.h"
#include "tools/drill/packet.h"
#include "tools/drill/world.h"
#include <stdio.h>

#define RUN_FDS_MAX         64
#define RUN_CONNECTIONS_MAX 64
#define RUN_PENDING_MAX     16
#define RUN_REASON_LEN      2048

enum run_verdict { RUN_GOES_ON, RUN_PASSED, RUN_FAILED, RUN_SKIPPED };

/** struct run_options - what the command line says */
struct run_options {
	bool verbose; /* tell each packet and call as it passes */
	bool freebsd; /* --profile freebsd */
	bool own;     /* --profile tarn: our own defaults */
	bool no_ladder;
	bool no_code;                 /* leave %{ assertions }% out */
	const char *const *overrides; /* "mtu=1400" ..., the last one NULL */
};

/** struct run_numbers - the addresses and limits that a script presupposes */
struct run_numbers {
	uint32_t local_ip, remote_ip; /* host order */
	uint16_t bind_port, connect_port;
	int64_t tolerance_us;
	uint32_t ts_tick_us;
	uint32_t inbound_mss; /* --mss: larger inbound segments are cut so */
	bool is_freebsd;
	bool strict_segments;     /* one line is one segment */
	bool fastopen_everywhere; /* each listener takes data in a SYN */
};

/** struct connection - one connection of the script, or a socket to be one */
struct connection {
	struct drill_flow flow;
	int fd; /* the live descriptor, or -1: not accepted yet */
	bool is_listening, is_udp;
	bool has_peer;              /* remote side of flow is known */
	bool was_closed;            /* by the script */
	uint32_t written, was_read; /* octets so far, through calls */
	uint32_t mss;               /* of a full segment, when last known */
	bool has_own_octets;        /* contents that are not drill_octet() */
};

enum fd_kind { FD_FREE, FD_SOCKET, FD_EPOLL, FD_PIPE, FD_FILE };

/** struct fd - a descriptor as the script numbers it */
struct fd {
	enum fd_kind kind;
	int number, live;
	bool nonblocking;
	struct connection *connection;     /* FD_SOCKET */
	uint64_t rcvtimeo_us, sndtimeo_us; /* 0: for ever */
	int linger_s;                      /* negative: off */
	unsigned pipe;   /* FD_PIPE: both ends have the same */
	bool is_writing; /* FD_PIPE: its writing end */
	bool closes;     /* close() has begun and waits */
};

#define CALL_ARGS_MAX 8

enum call_status { CALL_DONE, CALL_BLOCKS, CALL_OVER };

/** struct call - a call that is being made, perhaps over some time
 * @status of a handler: DONE with @result and @error; BLOCKS: try again when
 * something has happened; OVER: run_fails() or run_skips() has been called.
 */
struct call {
	const struct drill_event *event;
	const struct drill_call *script;
	const struct call_entry *entry;
	const struct drill_expr *arg[CALL_ARGS_MAX];
	uint64_t begun_us;
	uint64_t ends_us;     /* when the script says that it returns */
	uint64_t gives_up_us; /* a timeout of the call's own, or TARN_NEVER */
	bool has_begun;       /* connect, close: the first half is done */
	int64_t progress;     /* octets that are through already */
	int64_t result;       /* >= 0, or -1 with @error */
	int error;            /* positive errno, or 0 */
	bool result_is_fd; /* a live descriptor: number it as the script does */
	enum fd_kind new_kind;
	struct connection *new_connection;
	bool new_nonblocking;
};

struct run {
	const struct drill_script *script;
	const struct run_options *options;
	struct run_numbers numbers;
	struct world world;
	bool is_open; /* the stack has been made */

	const struct drill_event *event; /* in hand */
	uint64_t event_us; /* when it is due; of a call, when it was made */

	struct fd fds[RUN_FDS_MAX];
	struct connection *connections[RUN_CONNECTIONS_MAX];
	unsigned connection_count;
	struct connection *under_test;
	uint16_t next_port; /* of peers whose port the script does not write */
	int64_t pipe_len[RUN_FDS_MAX];
	unsigned pipe_count;

	struct call pending[RUN_PENDING_MAX];
	unsigned pending_count;

	FILE *code; /* what python will be told; NULL: nothing yet */
	char *code_text;
	size_t code_len;

	bool has_last_info; /* of the connection under test, at the end */
	struct tarn_tcp_info last_info;
	struct run *scratch; /* where the script can be played once more */

	enum run_verdict verdict;
	unsigned fault_line;
	char reason[RUN_REASON_LEN];
};

/* ---- run.c ---- */

/**
 * run_script() - Play it from beginning to end
 * @observe: sees what the stack does; may be NULL
 *
 * The verdict, reason and fault_line of @run say how it went.
 */
void run_script(struct run *run, const struct drill_script *script,
                const struct run_options *options,
                void (*observe)(void *observer, const struct tarn_event *event),
                void *observer);

#define RUN_PRINTF(a, b) __attribute__((format(printf, a, b)))

void run_fails(struct run *run, const char *format, ...) RUN_PRINTF(2, 3);
void run_skips(struct run *run, const char *format, ...) RUN_PRINTF(2, 3);
static inline bool run_is_over(const struct run *run)
{
	return run->verdict != RUN_GOES_ON;
}

/** run_tells() - With --verbose: what has passed */
void run_tells(const struct run *run, const char *text);

/** run_seconds() - A moment as the script counts: since it began */
double run_seconds(const struct run *run, uint64_t at_us);

/* ---- inject.c, expect.c ---- */

/** packet_arrives() - At the time of the event in hand */
void packet_arrives(struct run *run, const struct drill_packet *packet);
/** packet_expected() - Wait for it, take it and judge it */
void packet_expected(struct run *run, const struct drill_packet *packet);

/** cookie_is_foreign() - Does it need a cookie that Linux alone makes? (cookie.c) */
bool cookie_is_foreign(const struct drill_packet *packet);

/* ---- clock.c ---- */

/** clock_settle() - Let the stack and the blocked calls do what they can now */
void clock_settle(struct run *run);
/** clock_wait_until() - Live through the time up to @at_us; it may have passed */
void clock_wait_until(struct run *run, uint64_t at_us);
/** clock_wait_packet() - The next packet, or NULL when none came by @limit_us */
struct world_frame *clock_wait_packet(struct run *run, uint64_t limit_us);
/** clock_wait_calls() - Until no call is blocked any more */
void clock_wait_calls(struct run *run);
/** clock_is_timely() - Is @at_us when the event should be? Else run_fails() */
bool clock_is_timely(struct run *run, const struct drill_time *time,
                     uint64_t due_us, uint64_t at_us, const char *what);

/* ---- connection.c ---- */

/** connection_new() - Return: NULL after run_fails() */
struct connection *connection_new(struct run *run);
/** connection_of_packet() - To whom the script means it; NULL after run_fails() */
struct connection *connection_of_packet(struct run *run,
                                        const struct drill_packet *packet);
/** connection_sent() - Who sent this live packet, or NULL */
struct connection *connection_sent(struct run *run, const uint8_t *ip,
                                   size_t len);
/** connection_from() - The one with this peer, which has no descriptor yet */
struct connection *connection_from(struct run *run,
                                   const struct tarn_addr *peer);
/** connection_learn_port() - Ask the stack which local port it has */
void connection_learn_port(struct run *run, struct connection *connection);

struct fd *fd_find(struct run *run, int number);
/** fd_new() - Return: NULL after run_fails() */
struct fd *fd_new(struct run *run, int number, enum fd_kind kind, int live);

/* ---- call.c ---- */

void call_begin(struct run *run, const struct drill_event *event);
/** call_retry() - Try all blocked calls again. Return: did one end? */
bool call_retry(struct run *run);
/** call_deadline() - When the next blocked call gives up, or is late */
uint64_t call_deadline(const struct run *run);

/* ---- command.c, code.c ---- */

/** command_prepare() - What commands ahead of the first packet set */
void command_prepare(struct run *run);
/** command_run() - At its time */
void command_run(struct run *run, const struct drill_event *event);

/** code_collect() - Keep the values of now and the text for later */
void code_collect(struct run *run, const struct drill_event *event);
/** code_judge() - Have everything that was collected run by python */
void code_judge(struct run *run);

/* ---- profile.c ---- */

/** profile_apply() - The configuration that field scripts presuppose */
void profile_apply(struct run *run);

#endif
