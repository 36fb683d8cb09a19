/* SPDX-License-Identifier: MIT */
/* stack.h - the insides of a stack, for tests; nothing else may include it */
#ifndef STACK_H
#define STACK_H

#include "base/env.h"
#include "net/net.h"
#include "sock/sock.h"
#include "tcp/tcp.h"
#include "udp/udp.h"

struct tcp *tarn_tcp(struct tarn *t);
struct udp *tarn_udp(struct tarn *t);
struct net *tarn_net(struct tarn *t);
struct env *tarn_env(struct tarn *t);

#endif
