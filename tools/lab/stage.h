/* SPDX-License-Identifier: MIT */
/*
 * stage.h - a lesson being played: two stacks, a wire, actors, virtual time
 *
 * The stage has no clock and no chance but the seed's: the same lesson with
 * the same options tells the same rows. That is also how one goes back: play
 * again, up to one moment earlier.
 */
#ifndef TOOLS_LAB_STAGE_H
#define TOOLS_LAB_STAGE_H

#include "drivers/story.h"
#include "tools/lab/script.h"

#define STAGE_DROPS_MAX 32 /* frames to lose by number */

/** struct stage_options - what the command line says about a run */
struct stage_options {
	bool has_seed;
	uint64_t seed;
	uint32_t without;    /* tarn_config.without */
	bool is_live;        /* real time, the kernel at one end */
	enum lab_end kernel; /* which */
	unsigned drop_count;
	uint64_t drop[STAGE_DROPS_MAX]; /* numbers of frames to lose */
};

enum stage_kind {
	STAGE_STORY,     /* story: an end tells */
	STAGE_LOST,      /* packet, by: it died */
	STAGE_DOUBLED,   /* packet: it arrives twice */
	STAGE_CORRUPTED, /* packet: a bit is flipped */
	STAGE_FORGED,    /* packet, frame: put on the wire by an app of it */
	STAGE_SAY,       /* text: narration */
	STAGE_APP,       /* actor, phase, text */
	STAGE_CRASH,     /* end: its stack is made anew */
};

enum stage_phase { PHASE_BLOCKS, PHASE_RUNS, PHASE_ENDS, PHASE_FAILS };

/** struct stage_row - something happened; pointers are borrowed for the call */
struct stage_row {
	enum stage_kind kind;
	uint64_t now_us;
	unsigned end;    /* whose view, or who sends: LAB_A, LAB_B */
	uint64_t packet; /* number of the frame; 0: none */
	const struct story_row *story;
	const char *by; /* LOST: "fault", "loss", "queue", "mtu", "fragments",
	                 * "nobody";
	                 * FORGED: "router", or NULL */
	const char *text;
	const uint8_t *frame; /* FORGED */
	size_t len;
	unsigned actor;
	enum stage_phase phase;
	bool is_again; /* frame sent: its octets had been sent before */
	uint64_t of;   /* and the number of the frame that carried them first */
};

struct stage;

int stage_open(const struct lesson *lesson, const struct stage_options *options,
               void (*tell)(void *listener, const struct stage_row *row),
               void *listener, struct stage **ret, char error[LAB_ERROR_LEN]);
void stage_close(struct stage *stage);

/** stage_step() - Up to and with the next instant at which anything happens
 * Return: false when nothing is due any more, or the lesson's limit is reached
 */
bool stage_step(struct stage *stage);
uint64_t stage_now(const struct stage *stage);

/** struct stage_actor - how an app fared */
struct stage_actor {
	bool is_finished, is_dead; /* dead: its stack crashed under it */
	uint64_t finished_us;
	int error;     /* > 0: what an unexpected failure was */
	unsigned line; /* the step it stands at */
	const uint8_t *sent, *got;
	size_t sent_len, got_len;
	bool is_cut; /* more octets than are kept */
};
void stage_actor(const struct stage *stage, unsigned actor,
                 struct stage_actor *ret);

/** stage_has_errors() - Did an app fail that was not expected to? Then say how */
bool stage_has_errors(const struct stage *stage, char error[LAB_ERROR_LEN]);

#endif
