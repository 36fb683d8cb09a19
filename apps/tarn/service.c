/* SPDX-License-Identifier: MIT */
/*
 * service.c - small servers on one stack: accept, epoll, work
 *
 * Edge-triggered for connections and datagrams: work() goes on until EAGAIN,
 * so nothing is overlooked, and the set is not touched again per event. Level-
 * triggered for listeners: when descriptors run out, the rest waits its turn.
 */
#include "apps/tarn/service.h"
#include "apps/tarn/command.h"
#include "base/bytes.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SERVICE_BACKLOG 128
#define SERVICE_EVENTS  64 /* taken at once */

struct services {
	struct host *host;
	int epfd;
	struct list ends;
	uint8_t scratch[SERVICE_SCRATCH_LEN];
};

struct services *services_open(struct host *host)
{
	struct services *services = malloc(sizeof(*services));

	if (!services)
		return NULL;
	services->host = host;
	services->epfd = tarn_epoll_create(host_stack(host));
	list_init(&services->ends);
	if (services->epfd < 0) {
		free(services);
		return NULL;
	}

	return services;
}

struct host *services_host(const struct services *services)
{
	return services->host;
}

uint8_t *services_scratch(struct services *services)
{
	return services->scratch;
}

static void remove_end(struct service_end *end)
{
	if (end->kind->ended && !end->is_listener)
		end->kind->ended(end);
	tarn_close(host_stack(end->services->host), end->fd);
	list_remove(&end->node);
	free(end);
}

/* Watch @like's descriptor, taken: on failure it is closed. */
static int add_end(struct services *services, const struct service_end *like,
                   struct service_end **ret)
{
	struct tarn *t = host_stack(services->host);
	struct service_end *end;
	struct tarn_epoll_event event;
	int rc;

	end = malloc(sizeof(*end));
	if (!end) {
		tarn_close(t, like->fd);
		return -ENOMEM;
	}
	*end  = *like;
	event = (struct tarn_epoll_event){
		.events = end->is_listener
		                  ? TARN_POLLIN
		                  : TARN_POLLIN | TARN_POLLOUT | TARN_EPOLLET,
		.data   = (uintptr_t)end,
	};
	rc = tarn_epoll_ctl(t, services->epfd, TARN_EPOLL_CTL_ADD, end->fd,
	                    &event);
	if (rc < 0) {
		tarn_close(t, end->fd);
		free(end);
		return rc;
	}
	list_append(&services->ends, &end->node);
	*ret = end;

	return 0;
}

static void accept_all(struct service_end *listener)
{
	struct services *services = listener->services;
	struct service_end like   = *listener, *end;

	like.is_listener = false;
	like.begun_us    = host_now(services->host);
	for (;;) {
		like.fd = tarn_accept(host_stack(services->host), listener->fd,
		                      &like.peer);
		if (like.fd < 0)
			return;
		/* No memory: the peer sees a close, and may come again. */
		if (add_end(services, &like, &end) < 0)
			continue;
		/* At once: the next step may wait for him to speak first. */
		if (!end->kind->work(end))
			remove_end(end);
	}
}

static int open_port(struct services *services, struct service_end *end,
                     uint16_t port)
{
	const struct tarn_addr any = { .port = port };
	struct tarn *t             = host_stack(services->host);
	int one                    = 1, rc;

	end->fd = tarn_socket(t, end->kind->type);
	if (end->fd < 0)
		return end->fd;

	tarn_setsockopt(t, end->fd, TARN_SO_REUSEADDR, &one, sizeof(one));
	rc = tarn_bind(t, end->fd, &any);
	if (!rc && end->is_listener)
		rc = tarn_listen(t, end->fd, SERVICE_BACKLOG);
	if (rc) {
		tarn_close(t, end->fd);
		return rc;
	}

	return add_end(services, end, &end);
}

bool services_add(struct services *services, const struct service_kind *kind,
                  uint16_t port, const void *context)
{
	const struct tarn_addr here = { .port = port };
	struct service_end end      = {
		     .services    = services,
		     .kind        = kind,
		     .context     = context,
		     .is_listener = kind->type == TARN_STREAM,
	};
	const int rc = open_port(services, &end, port);

	if (rc < 0)
		command_complain(&here, rc);

	return rc == 0;
}

static void remove_all(struct services *services)
{
	LIST_FOR_EACH_SAFE(node, &services->ends)
		remove_end(CONTAINER_OF(node, struct service_end, node));
}

void services_serve(void *context)
{
	struct tarn_epoll_event event[SERVICE_EVENTS];
	struct services *services = context;
	struct service_end *end;
	int count;

	/* A clean stop waits for connections to end, so they have to. */
	if (host_is_stopping(services->host)) {
		remove_all(services);
		return;
	}

	do {
		count = tarn_epoll_wait(host_stack(services->host),
		                        services->epfd, event, SERVICE_EVENTS);
		for (int i = 0; i < count; i++) {
			end = (struct service_end *)(uintptr_t)event[i].data;
			if (end->is_listener)
				accept_all(end);
			else if (!end->kind->work(end))
				remove_end(end);
		}
	} while (count == SERVICE_EVENTS);
}

void services_close(struct services *services)
{
	remove_all(services);
	tarn_close(host_stack(services->host), services->epfd);
	free(services);
}

static int run(struct host *host, struct services *services)
{
	int rc;

	/* After the loop's last step too: what came with it is served. */
	do {
		rc = host_step(host, TARN_NEVER);
		services_serve(services);
	} while (rc == 0);

	return rc;
}

int services_main(const struct host_options *options,
                  const struct service_kind *kind,
                  const struct service_kind *also, uint16_t port,
                  const void *context)
{
	char text[TARN_ADDR_TEXT_LEN];
	struct services *services;
	struct host *host;
	bool is_ready;
	int rc = 0;

	host = command_open(options);
	if (!host)
		return EXIT_FAILURE;
	services = services_open(host);
	is_ready = services && services_add(services, kind, port, context) &&
	           (!also || services_add(services, also, port, context));

	if (is_ready) {
		fprintf(stderr, "tarn: %s on %s port %u; Ctrl-C ends it\n",
		        kind->name, tarn_ip_text(&options->ip, text), port);
		rc = run(host, services);
	}
	if (services)
		services_close(services);
	rc = command_close(host, rc);

	return is_ready ? rc : EXIT_FAILURE;
}
