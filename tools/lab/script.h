/* SPDX-License-Identifier: MIT */
/*
 * script.h - a lesson as it stands in its file, read and checked
 *
 * A lesson file is words on lines; "#" starts a comment, "..." keeps blanks.
 * A line that starts in the first column opens a section or says one thing;
 * indented lines belong to the section above. docs/man/tarn-lab.5 is the
 * reference, docs/lessons/ holds the lessons.
 *
 *	title    "Three-way handshake"
 *	link     delay 50ms
 *	app      server on B
 *	    listen 80
 *	    accept
 *	app      client on A
 *	    connect B:80
 *	expect   A sent tcp = 2
 *
 * All text points into the struct lesson itself and lives as long as it does.
 */
#ifndef TOOLS_LAB_SCRIPT_H
#define TOOLS_LAB_SCRIPT_H

#include "drivers/fault.h"
#include "drivers/wire.h"

#define LAB_APPS_MAX     16
#define LAB_STEPS_MAX    64 /* of one app */
#define LAB_FAULTS_MAX   16 /* of one end */
#define LAB_SETTINGS_MAX 16 /* of one end */
#define LAB_EXPECTS_MAX  48
#define LAB_FILTERS_MAX  6
#define LAB_PREDICTS_MAX 8
#define LAB_CHOICES_MAX  5
#define LAB_BREAKS_MAX   6
#define LAB_TRIES_MAX    6
#define LAB_DROPS_MAX    8  /* of one try */
#define LAB_PATH_MAX     12 /* states */
#define LAB_WORDS_MAX    24 /* on a line */
#define LAB_NAME_LEN     32
#define LAB_RULE_LEN     64 /* of a fault rule */
#define LAB_FILE_LEN_MAX 65536
#define LAB_DEPTH_MAX    4 /* of repeat */

enum lab_end {
	LAB_A,
	LAB_B,
	LAB_WIRE,  /* who changes the link, injects and forges */
	LAB_NOONE, /* no end was named */
};

/* ---- What applications do ---- */

enum step_kind {
	STEP_LISTEN, /* port, count: backlog */
	STEP_ACCEPT,
	STEP_CONNECT,  /* peer, port, local_port */
	STEP_SEND,     /* text, or count octets of pattern */
	STEP_READ,     /* one call of at most count */
	STEP_RECEIVE,  /* until count octets, or UINT64_MAX: the end */
	STEP_SHUTDOWN, /* count: TARN_SHUT_* */
	STEP_CLOSE,
	STEP_ABORT,    /* close with SO_LINGER 0 */
	STEP_SET,      /* text: option, count: value, value: as text */
	STEP_UDP,      /* port: bound to; 0: any */
	STEP_SENDTO,   /* peer, port, text or count */
	STEP_RECVFROM, /* count: room */
	STEP_PING,     /* peer, count: octets */
	STEP_WAIT,     /* us: from now */
	STEP_AT,       /* us: since the start */
	STEP_REPEAT,   /* count times up to its END; jump: behind that */
	STEP_END,      /* jump: its REPEAT */
	STEP_SAY,      /* text */
	STEP_CRASH,    /* the stack is lost and made anew */
	/* of the wire only */
	STEP_LINK,   /* peer: who sends, NOONE: both; text: key, count: value */
	STEP_FAULT,  /* peer: who sends, rule */
	STEP_ROUTER, /* count: its MTU, 0: none; is_silent */
	STEP_REPLAY, /* peer: who sent it, selector, count: which; us: later */
	STEP_FORGE,  /* words: see forge.c */
	STEP_FLOOD,  /* peer, port, count SYNs, us: between them */
};

/** struct step - one line of an app */
struct step {
	enum step_kind kind;
	unsigned line;
	uint64_t count, us;
	const char *text; /* or NULL */
	size_t text_len;
	uint8_t peer; /* enum lab_end */
	uint16_t port, local_port;
	int flags;         /* TARN_MSG_* */
	int error;         /* "fails ECONNREFUSED": expected, > 0 */
	bool no_wait;      /* go on before it is done */
	uint64_t retry_us; /* a failure: again after that time; 0: never */
	bool is_silent;
	unsigned jump;
	unsigned word_count;
	const char *word[LAB_WORDS_MAX]; /* FORGE: the rest of the line */
	enum fault_selector selector;
	char rule[LAB_RULE_LEN];
};

struct app {
	char name[LAB_NAME_LEN];
	enum lab_end on;
	uint64_t start_us;
	unsigned line;
	unsigned step_count;
	struct step step[LAB_STEPS_MAX];
};

/* ---- What is expected ---- */

enum expect_kind {
	EXPECT_COUNT,    /* END sent|received|dropped|lost FILTER... OP N */
	EXPECT_FRAME,    /* END sent ... FILTER... at|by|after T */
	EXPECT_STATE,    /* END state S [at|by|after T] */
	EXPECT_PATH,     /* END path S S S */
	EXPECT_VALUE,    /* END METRIC first|last|min|max OP N */
	EXPECT_TIMER,    /* END timer NAME fired OP N */
	EXPECT_FINISHED, /* APP finished [at|by|after T]; APP unfinished */
	EXPECT_GOT,      /* APP got OP N; APP got all of APP */
	EXPECT_FAILED,   /* APP failed ERRNO */
	EXPECT_CALLS,    /* APP calls NAME OP N */
	EXPECT_TIME,     /* time OP T: when nothing more happened */
};

enum expect_op { OP_EQ, OP_NE, OP_LE, OP_GE, OP_LT, OP_GT };
enum expect_verb { VERB_SENT, VERB_RECEIVED, VERB_DROPPED, VERB_LOST };

enum filter_kind {
	FILTER_PROTOCOL, /* selector */
	FILTER_AGAIN,    /* a retransmission */
	FILTER_FORGED,   /* by the wire's apps */
	FILTER_WHY,      /* text: symbol of why.def */
	FILTER_DROP,     /* text: symbol of drop.def */
	FILTER_LEN,      /* octets of payload, op, value */
	FILTER_WINDOW,   /* octets, unscaled, op, value */
	FILTER_SACK,     /* number of SACK blocks, op, value */
};

struct filter {
	enum filter_kind kind;
	enum fault_selector selector;
	enum expect_op op;
	uint64_t value;
	const char *text;
};

struct expect {
	enum expect_kind kind;
	unsigned line;
	bool is_not;
	int with_out;       /* index into lesson.breaks; -1: the rule holds */
	int of_try;         /* index into lesson.tries; -1: none */
	const char *source; /* the line, for reports */
	enum lab_end end;
	unsigned app, of_app; /* indices; of_app UINT_MAX: a number */
	enum expect_verb verb;
	enum expect_op op;
	uint64_t value;
	const char *text; /* name of a timer, metric, call */
	unsigned filter_count;
	struct filter filter[LAB_FILTERS_MAX];
	uint32_t ordinal; /* FRAME: which that matches; 0: any of them */
	unsigned state_count;
	uint8_t state[LAB_PATH_MAX];
	int error;
	const char *which; /* VALUE: first, last, min, max */
};

/* ---- What is asked ---- */

struct choice {
	const char *text, *answer; /* why it is right or wrong */
	bool is_right;
};

/** struct predict - the run stops before a moment and asks */
struct predict {
	unsigned line;
	enum lab_end end;
	enum expect_verb verb; /* SENT or RECEIVED */
	struct filter filter;
	uint32_t ordinal;
	const char *question;
	unsigned choice_count;
	struct choice choice[LAB_CHOICES_MAX];
};

/** struct lab_break - "without RULE": the disaster */
struct lab_break {
	unsigned line;
	const char *rule, *text;
};

/** struct lab_try - "try --drop 2": what to do next, and what for */
struct lab_try {
	const char *arguments, *text;
	unsigned drop_count; /* frames that the arguments lose */
	uint64_t drop[LAB_DROPS_MAX];
};

/** What the ladder has lines for besides frames and states; bits of ladder_with */
enum ladder_with {
	WITH_RTT      = 1, /* each round trip that is measured */
	WITH_CWND     = 2,
	WITH_TIMERS   = 4, /* armed and cancelled, not only fired */
	WITH_CALLS    = 8,
	WITH_ABSOLUTE = 16, /* sequence numbers as they are on the wire */
	WITH_ARP      = 32,
};

struct setting {
	unsigned line;
	const char *name, *value;
};

struct lesson {
	char name[LAB_NAME_LEN]; /* the file's, without .lab */
	const char *title, *question, *shows, *rfc;
	uint64_t seed;
	uint64_t limit_us; /* of virtual time */
	struct wire_path path[2];
	uint16_t mtu;
	uint16_t router_mtu; /* 0: no router */
	bool is_router_silent;
	bool is_cold; /* "arp cold": neighbours are not known at the start */
	uint64_t ladder_from_us; /* what came before has no lines */
	unsigned ladder_with;    /* enum ladder_with */
	uint64_t plot_every_us;  /* "plot A every 40ms", 0: a ladder */
	enum lab_end plot_end;
	const char *kernel, *no_kernel; /* who it may play; or why it may not */
	unsigned setting_count[2], fault_count[2];
	struct setting setting[2][LAB_SETTINGS_MAX];
	char fault[2][LAB_FAULTS_MAX][LAB_RULE_LEN]; /* as in fault.h */
	unsigned app_count, expect_count, predict_count, break_count, try_count;
	struct app app[LAB_APPS_MAX];
	struct expect expect[LAB_EXPECTS_MAX];
	struct predict predict[LAB_PREDICTS_MAX];
	struct lab_break breaks[LAB_BREAKS_MAX];
	struct lab_try tries[LAB_TRIES_MAX];
	char *text;  /* the file; the words above are pieces of it */
	char *lines; /* the file again, a string a line, for reports */
};

#define LAB_ERROR_LEN 512

/**
 * lesson_parse() - Read a lesson
 * @name:	for messages and as its name: "handshake" or a path
 * @error:	on failure: "NAME:LINE: what is wrong; what would be right"
 *
 * Return: 0, -EINVAL, -E2BIG (too many of something), -ENOMEM
 */
int lesson_parse(const char *name, const char *text, size_t len,
                 struct lesson **ret, char error[LAB_ERROR_LEN]);
void lesson_free(struct lesson *lesson);

#endif
