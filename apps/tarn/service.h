/* SPDX-License-Identifier: MIT */
/*
 * service.h - small servers on one stack: accept, epoll, work
 *
 * A kind of service is one function that does all it can on one connection
 * until a call says EAGAIN. Registered edge-triggered for both directions, it
 * is called again when anything has changed.
 */
#ifndef APPS_TARN_SERVICE_H
#define APPS_TARN_SERVICE_H

#include "base/list.h"
#include "drivers/host.h"

#define SERVICE_SCRATCH_LEN 65536

struct service_end;
struct services; /* all of one stack's */

/** struct service_kind - what one does; the table of a kind is constant
 * @type:	TARN_STREAM (for each accepted connection), TARN_DGRAM
 * @work:	Do what can be done now; false: close it
 * @ended:	told before it is closed, or NULL
 */
struct service_kind {
	const char *name;
	int type;
	bool (*work)(struct service_end *end);
	void (*ended)(const struct service_end *end);
};

/** struct service_end - a listener, a connection, or a datagram socket */
struct service_end {
	struct list node;
	struct services *services;
	const struct service_kind *kind;
	const void *context; /* as given to services_add() */
	int fd;
	bool is_listener;
	bool is_sent; /* the kind's own: all is said */
	struct tarn_addr peer;
	uint64_t octets; /* the kind's own count */
	uint64_t begun_us;
};

/** services_open() - Return: NULL when there is no memory */
struct services *services_open(struct host *host);
void services_close(struct services *services);

/** services_add() - Offer @kind on @port; says on stderr what goes wrong
 * Return: false when it does
 */
bool services_add(struct services *services, const struct service_kind *kind,
                  uint16_t port, const void *context);

/** services_serve() - Do what is ready; a host_set_service() function */
void services_serve(void *services);

/**
 * services_main() - A whole command: open the link, offer @kind, serve
 * @also:	another kind on the same port, or NULL
 *
 * Return: the exit code
 */
int services_main(const struct host_options *options,
                  const struct service_kind *kind,
                  const struct service_kind *also, uint16_t port,
                  const void *context);

struct host *services_host(const struct services *services);
/** services_scratch() - SERVICE_SCRATCH_LEN octets, for one call of work() */
uint8_t *services_scratch(struct services *services);

extern const struct service_kind echo_stream, echo_datagram; /* cmd_echo.c */
extern const struct service_kind sink_stream;                /* cmd_sink.c */
extern const struct service_kind source_stream;              /* cmd_source.c */

#endif
