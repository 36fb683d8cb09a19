/* SPDX-License-Identifier: MIT */
/*
 * sock.h - descriptors over TCP and UDP
 *
 * The socket calls of tarn.h are implemented in sock/; stack.c creates this
 * layer, lets it drain what became ready, and hands it out by tarn_sock().
 */
#ifndef SOCK_SOCK_H
#define SOCK_SOCK_H

#include "tcp/tcp.h"
#include "udp/udp.h"

struct socks; /* the layer; one per stack */

int socks_create(struct env *env, struct net *net, struct tcp *tcp,
                 struct udp *udp, struct socks **ret);
/** socks_destroy() - Drop every descriptor without telling TCP or UDP */
void socks_destroy(struct socks *socks);

/** socks_drain() - Take what became ready in TCP and UDP and tell the epoll sets */
void socks_drain(struct socks *socks);

uint32_t socks_count(const struct socks *socks);

/** tarn_socks() - The layer of a stack; defined in stack.c */
struct tarn;
struct socks *tarn_socks(struct tarn *t);

#endif
