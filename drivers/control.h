/* SPDX-License-Identifier: MIT */
/*
 * control.h - a running stack answers questions about itself
 *
 * A Unix socket for each stack of the process, served by the loop without ever
 * waiting: four clients at a time, of which the oldest makes room; a request of
 * one short line; an answer of bounded length. Nothing can be changed here.
 *
 *	client:	ss tcp info LF
 *	answer:	tarn PID LINK ADDRESS LF, then what was asked for; or
 *		error SENTENCE LF
 */
#ifndef DRIVERS_CONTROL_H
#define DRIVERS_CONTROL_H

#include "drivers/host.h"

struct control;

#define CONTROL_CLIENTS_MAX 4           /* then the oldest is closed */
#define CONTROL_ANSWER_MAX  (16u << 20) /* octets; then rows are left out */
#define CONTROL_STACKS_MAX  16          /* of one process; then no socket */

/**
 * control_open() - Let @host answer; it must have its stack
 * @name:	of the link, for the heading: "tap:tap0"
 *
 * Return: 0; -errno: it cannot be reached, which is no reason to stop
 */
int control_open(struct host *host, const char *name, const struct tarn_ip *ip,
                 struct control **ret);

/** control_close() - Also removes the socket; NULL is fine */
void control_close(struct control *control);

#endif
