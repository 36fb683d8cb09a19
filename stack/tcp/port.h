/* SPDX-License-Identifier: MIT */
/*
 * port.h - how much each local port is used; for files in tcp/ only
 */
#ifndef TCP_PORT_H
#define TCP_PORT_H

#include "tcp/tcb.h"

enum port_of { PORT_OF_CONN, PORT_OF_LISTENER };
/** port_take() - Count one more on @port. Return: 0, -ENOMEM */
int port_take(struct tcp *tcp, uint16_t port, enum port_of of);
/** port_give() - And one less */
void port_give(struct tcp *tcp, uint16_t port, enum port_of of);
/** port_is_used() - Does any record of tcp->conns have this local port? */
bool port_is_used(const struct tcp *tcp, uint16_t port);
/** port_is_listened_to() - Does any listener, whatever its address? */
bool port_is_listened_to(const struct tcp *tcp, uint16_t port);

#endif
