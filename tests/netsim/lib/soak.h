/* SPDX-License-Identifier: MIT */
/*
 * soak.h - one random scenario: what is drawn from a seed, and living through it
 *
 *	plan.c	      draws path, configurations and applications from the seed
 *	soak_end.c    what an application does with its end of a connection
 *	soak_cause.c  which errors are no wonder
 *	soak_run.c    two stacks, time, and the oracle
 *
 * The oracle knows both ends, so it can say what a single end cannot: whether
 * an error had a cause, and whether waiting for ever is a deadlock or merely
 * what TCP does when the other end is gone and its reset was lost.
 */
#ifndef TESTS_NETSIM_LIB_SOAK_H
#define TESTS_NETSIM_LIB_SOAK_H

#include "base/random.h"
#include "drivers/capture.h"
#include "drivers/lab.h"

#define SOAK_CONNS_MAX 6
#define SOAK_TOTAL_MAX (2u << 20) /* octets a direction */
#define SOAK_CALL_MAX  200000u    /* octets that a call sends or receives */
#define SOAK_SEC       ((uint64_t)1000000)

/** enum ending - how an application ends its end */
enum ending {
	END_ORDERLY,  /* sends all, SHUT_WR, reads to the end, closes */
	END_CLOSE,    /* sends all and closes at once, whatever comes */
	END_EARLY,    /* closes at act_us */
	END_ABORT,    /* resets at act_us (SO_LINGER 0) */
	END_SHUT_RD,  /* at act_us stops reading for good; else orderly */
	END_SHUT_ALL, /* SHUT_RDWR at act_us, then closes */
	ENDINGS,
};

/** struct plan_end - one application */
struct plan_end {
	enum ending ending;
	uint64_t act_us;        /* after the scenario's beginning */
	uint32_t total;         /* octets that it wants to send */
	uint32_t write_len;     /* per call */
	uint32_t read_len;      /* per call */
	uint64_t read_pause_us; /* after each read */
	uint64_t write_pause_us;
	uint32_t sndbuf, rcvbuf; /* 0: the default */
	int maxseg;              /* 0: the default */
	bool nodelay, quickack, cork, peek, keepalive, fastopen;
};

struct plan_conn {
	unsigned opener; /* 0: A, 1: B */
	uint64_t start_us;
	struct plan_end end[2]; /* of A, of B */
};

/** struct plan - everything that a seed decides before the first frame */
struct plan {
	uint64_t seed;
	struct wire_path path[2]; /* of what A sends, of what B sends */
	uint64_t outage_us, outage_end_us; /* all is lost between; 0: none */
	struct tarn_config config[2];      /* ops and addresses excepted */
	uint32_t refuse_ppm[2];            /* chance that memory is refused */
	uint64_t listener_end_us[2];       /* TARN_NEVER: to the end */
	int backlog[2];
	unsigned conn_count;
	struct plan_conn conn[SOAK_CONNS_MAX];
	bool is_lossy;   /* so much is lost that giving up is no wonder */
	bool is_starved; /* memory may be refused */
	/* Whose listener answers with SYN cookies: it forgets the SYN, so text
	 * without the ACK before it is reset, and an ACK that comes twice makes
	 * a second connection when the first has ended. */
	bool has_cookies[2];
};

/** plan_draw() - The same plan for the same seed, on every machine */
void plan_draw(uint64_t seed, struct plan *ret);
void plan_print(const struct plan *plan);

/** struct soak_end - what became of one end so far */
struct soak_end {
	enum { END_NOT_YET, END_OPEN, END_GONE } state;
	int fd;
	uint64_t sent, received;
	bool has_shut, has_acted, has_ended, was_discarding;
	bool is_clean; /* GONE after everything went its orderly way */
	uint64_t next_read_us, next_write_us;
	int error;
};

struct soak_conn {
	const struct plan_conn *plan;
	struct soak_end end[2];
	uint16_t port;     /* the opener's, to recognise it when accepted */
	uint64_t moved_us; /* when anything last happened to it */
};

struct soak {
	struct plan plan;
	struct lab *lab;
	struct soak_memory {
		struct random random;
		uint32_t refuse_ppm, blocks;
		size_t octets;
	} memory[2];
	size_t held_at_birth[2];
	struct capture *capture[2];
	struct story *story[2];
	int listener[2]; /* -1: closed */
	struct soak_conn conn[SOAK_CONNS_MAX];
	uint64_t steps;
};

/** soak_run() - Live through the scenario of @seed; what the oracle objects to
 * ends the process with a sentence that begins with the seed
 * @capture:	where each stack writes a capture, or two times NULL
 */
void soak_run(uint64_t seed, const char *const capture[2]);

/** soak_fail() - Say what is wrong and end the process */
__attribute__((format(printf, 2, 3))) _Noreturn void
soak_fail(struct soak *soak, const char *format, ...);

/** soak_has_a_cause() - Is @error at this end no wonder? */
bool soak_has_a_cause(const struct soak *soak, const struct soak_conn *conn,
                      unsigned who, int error);

/** soak_end_work() - Let this application do all that it can do now */
void soak_end_work(struct soak *soak, struct soak_conn *conn, unsigned who);
/** soak_end_deadline() - When it wants to be called even if nothing happens */
uint64_t soak_end_deadline(const struct soak *soak,
                           const struct soak_conn *conn, unsigned who);
/** soak_end_accept() - The listener of @who has this connection for us */
void soak_end_accept(struct soak *soak, struct soak_conn *conn, unsigned who,
                     int fd);
/** soak_end_close() - Close it now, because nothing can come any more */
void soak_end_close(struct soak *soak, struct soak_conn *conn, unsigned who);

#endif
