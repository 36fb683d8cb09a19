/* SPDX-License-Identifier: MIT */
/*
 * ladder.h - connections as a ladder diagram in text
 *
 *	  0.000000       CLOSED |-- S 0:0(0) win 65535 ----------->| LISTEN
 *	               SYN-SENT |   <mss 1460,sackOK,...>          | SYN-RECEIVED
 *	                        |   opens the connection (RFC ...) |
 *
 * Time runs down. The left lifeline is the stack that was watched, the right
 * one its peer; the state on the arrow's line is the one before the segment,
 * the one below it is what the segment made of it. The peer's state is not
 * known but presumed, from the segments (drivers/peerstate.h).
 *
 * The text depends on the rows only. Colour is added when the output is a
 * terminal and NO_COLOR is not set.
 */
#ifndef DRIVERS_LADDER_H
#define DRIVERS_LADDER_H

#include "drivers/story.h"
#include <stdio.h>

struct ladder;

/** struct ladder_options - zeroes are good defaults */
struct ladder_options {
	bool ascii;          /* no UTF-8: arrows of '-', '<', '>' */
	bool no_why;         /* no reasons below the arrows */
	unsigned connection; /* only this one, counted from 1; 0: everything */
	const char *left, *right; /* names of the ends; NULL: "A" and "peer" */
};

/** ladder_open() - @out is borrowed and must outlive the ladder; @options may be NULL
 * Return: 0, -ENOMEM
 */
int ladder_open(FILE *out, const struct ladder_options *options,
                struct ladder **ret);

/** ladder_row() - Draw one row at once; a story's tell function, @ladder its listener */
void ladder_row(void *ladder, const struct story_row *row);

/** ladder_close() - Draw what was held back; NULL is fine */
void ladder_close(struct ladder *ladder);

enum ladder_direction { LADDER_UNKNOWN, LADDER_RX, LADDER_TX };

/** struct ladder_frame - a frame from a capture file, with what is known of it */
struct ladder_frame {
	uint64_t time_us;
	enum ladder_direction direction; /* UNKNOWN: who opens stands left */
	const uint8_t *frame;            /* from destination MAC */
	size_t len;
	/* What the left end said about it, if it did: */
	bool has_state;              /* else presumed like the peer's */
	uint8_t state_before, state; /* enum tcp_state */
	uint32_t conn;               /* its number for the connection; or 0 */
	const char *why;             /* sentence, or NULL */
	enum drop drop;
	const char *dropped; /* why it went no further, or NULL: it did */
	bool is_lost;        /* on the wire: nobody received it */
};

/** ladder_frame() - Draw a frame of a file */
void ladder_frame(struct ladder *ladder, const struct ladder_frame *frame);

/** struct ladder_remark - what happened that is no frame */
struct ladder_remark {
	uint64_t time_us;
	const char *text; /* "the retransmission timer fired" */
	uint32_t conn;    /* as in ladder_frame */
	bool has_state;
	uint8_t state; /* of the left end, from now on */
};

/** ladder_remark() - Draw it between the frames */
void ladder_remark(struct ladder *ladder, const struct ladder_remark *remark);

/** ladder_is_worth_a_line() - Of all rows, those that the frames do not tell
 * @name:	as in the log: "timer:fired"
 * @state:	the state that was entered, for tcp:state_updated
 */
bool ladder_is_worth_a_line(const char *name, unsigned state);

#endif
