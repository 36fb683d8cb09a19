/* SPDX-License-Identifier: MIT */
/*
 * live.h - the Linux kernel in the place of one end, in real time
 *
 *	Tarn -- road -- wire -- pump -- TAP -- the kernel, and its sockets
 *
 * The wire with its delay and faults stays between the two; only what lies
 * behind its other end changes. The process moves into a private network
 * namespace for it, so nothing touches the machine's own network.
 */
#ifndef TOOLS_LAB_LIVE_H
#define TOOLS_LAB_LIVE_H

#include "tools/lab/stage.h"

struct live;

/** live_open() - Enter a namespace, make a TAP, give the kernel end @end's address */
int live_open(const struct lesson *lesson, unsigned end, struct live **ret,
              char error[LAB_ERROR_LEN]);
void live_close(struct live *live);

/** live_now() - Microseconds since live_open() */
uint64_t live_now(const struct live *live);
/** live_pump() - Carry what waits between the wire's end and the TAP
 * Return: did anything move?
 */
bool live_pump(struct live *live, struct stage *stage);
/** live_wait() - Until a frame comes from the kernel, or @until_us */
void live_wait(const struct live *live, uint64_t until_us);

#endif
