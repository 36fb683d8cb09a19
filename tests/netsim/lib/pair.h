/* SPDX-License-Identifier: MIT */
/*
 * pair.h - two stacks and one connection between them, step by step
 *
 * Where bulk.h always has something to send, here the test plays both
 * applications. Errors that no test expects stop it.
 */
#ifndef TESTS_NETSIM_LIB_PAIR_H
#define TESTS_NETSIM_LIB_PAIR_H

#include "drivers/lab.h"

struct pair {
	struct lab *lab;
	int fd[2]; /* the connection's ends: A called, B was called */
};

/** pair_open() - Make both stacks, and connect A to B
 * @tweak: may change each end's config; NULL: no
 */
void pair_open(struct pair *ret, const struct wire_path *path,
               void (*tweak)(struct tarn_config *config, unsigned end));
void pair_close(struct pair *pair);

/** pair_run() - Let @us of virtual time pass */
void pair_run(const struct pair *pair, uint64_t us);

/** pair_send() - @len octets of zero, or as many as fit. Return: how many */
size_t pair_send(const struct pair *pair, unsigned end, size_t len);
/** pair_receive() - At most @len octets. Return: how many there were */
size_t pair_receive(const struct pair *pair, unsigned end, size_t len);

struct tarn_tcp_info pair_info(const struct pair *pair, unsigned end);

#endif
