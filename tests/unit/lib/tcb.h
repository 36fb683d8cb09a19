/* SPDX-License-Identifier: MIT */
/*
 * tcb.h - a connection in any state, without a peer, for tests of tcp/
 *
 * A layer with a link that swallows every frame. Time is env->now_us, which a
 * test sets as it likes.
 */
#ifndef TESTS_UNIT_LIB_TCB_H
#define TESTS_UNIT_LIB_TCB_H

#include "tcp/parts.h"
#include "tests/unit/lib/test.h"

#define TCB_MSS 1000u
#define TCB_ISS 0xfffff000u /* so that numbers wrap during the test */

/** tcb_layer_open() - Make the layer; Return: its environment */
struct env *tcb_layer_open(void);
/** tcb_layer_close() - Destroy everything and check that no memory is left */
void tcb_layer_close(void);

/**
 * tcb_in() - A connection in @state, with TCB_MSS and a wide peer window
 *
 * Nothing is queued or in flight; SYN, and FIN where the state implies it, are
 * acknowledged or not as the state says.
 */
struct tcb *tcb_in(enum tcp_state state);

/** tcb_sends() - Queue @len octets of text and count them as sent in frames */
void tcb_sends(struct tcb *tcb, uint32_t len);

/**
 * tcb_hears() - An acknowledgment arrives at the fifth check
 * @ack, @block:	offsets from TCB_ISS + 1, the first number of text
 */
void tcb_hears(struct tcb *tcb, uint32_t ack,
               const struct tcp_sack_block *block, uint8_t count);
/** tcb_hears_sack() - The same, with one block */
void tcb_hears_sack(struct tcb *tcb, uint32_t ack, uint32_t left,
                    uint32_t right);
/** tcb_resends() - Count [seq, seq + len) as sent again now; an offset, too */
void tcb_resends(struct tcb *tcb, uint32_t seq, uint32_t len);

#endif
