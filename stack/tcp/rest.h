/* SPDX-License-Identifier: MIT */
/*
 * rest.h - a connection at which nothing happens; for files in tcp/ only
 */
#ifndef TCP_REST_H
#define TCP_REST_H

#include "tcp/parts.h"

/**
 * struct conn_rest - an established connection, silent, with nothing in hand
 * @timer:	in tcp->rest_wheel: its keep-alive
 * @user:	whose it is: struct ready.user
 * @packed:	where its struct tcb differs from what born_us and the five
 *		numbers let expect
 */
struct conn_rest {
	struct conn conn; /* first */
	struct timer timer;
	void *user;
	uint64_t born_us;
	uint32_t number, iss, irs;
	uint32_t snd_una, rcv_nxt;
	uint16_t packed_len;
	uint8_t packed[];
};

static inline struct conn_rest *rest_of(struct conn *conn)
{
	return CONTAINER_OF(conn, struct conn_rest, conn);
}

/** rest_look_later() - After a while, see whether it may go to rest */
void rest_look_later(struct tcb *tcb);
/** rest_look() - A while has passed: may it? */
void rest_look(struct tcb *tcb);
/** rest_wake() - It is a struct tcb again; its user will be told
 * Return: NULL: no memory, it rests on */
struct tcb *rest_wake(struct tcp *tcp, struct conn_rest *rest);
/** rest_view() - What it would be if it woke, in no list and no table */
void rest_view(struct tcp *tcp, const struct conn_rest *rest, struct tcb *ret);
void rest_timeouts(struct tcp *tcp);
void rest_free_all(struct tcp *tcp);

/* ---- pack.c ---- */

#define PACK_LEN_MAX(len) ((len) + (len) / 8 + 2)

/** pack_write() - Where do @len octets (a multiple of 8) differ from @expected?
 * Return: octets written to @ret, at most PACK_LEN_MAX(len) */
size_t pack_write(const void *data, const void *expected, size_t len,
                  uint8_t *ret);
/** pack_read() - @data, which holds what was expected, becomes what it was
 * Return: octets of @packed that were read */
size_t pack_read(const uint8_t *packed, void *data, size_t len);

#endif
