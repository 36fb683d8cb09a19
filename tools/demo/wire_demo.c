/* SPDX-License-Identifier: MIT */
/*
 * wire_demo.c - a page from our server to our client, without any network
 *
 *	A 10.9.0.1  client |---- wire, 1 Gbit/s, 1 ms ----| B 10.9.0.2  server
 *
 * For `make run` where no TAP can be had: both ends are stacks in this process
 * and time is virtual. B is watched, as it is on the TAP.
 *
 *	wire_demo SITE PATH OUT [CAPTURE]
 */
#include "apps/http/client.h"
#include "apps/http/server.h"
#include "drivers/capture.h"
#include "drivers/lab.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEED     1
#define LIMIT_US (3600ull * 1000000) /* of virtual time */

struct demo {
	struct lab *lab;
	struct http_server *server;
	struct http_client *client;
	struct capture *capture; /* NULL: nobody watches */
	struct story *story;
	FILE *out;
	int status; /* of the answer */
};

_Noreturn static void die(const char *what, int rc)
{
	(void)fprintf(stderr, "wire_demo: %s: %s\n", what, tarn_strerror(rc));
	exit(EXIT_FAILURE);
}

static int need(int rc, const char *what)
{
	if (rc < 0)
		die(what, rc);

	return rc;
}

static void watch_server(struct tarn_config *config, unsigned end,
                         void *context)
{
	struct demo *demo = context;

	if (end == 1 && demo->capture) {
		config->observe  = story_event;
		config->observer = demo->story;
	}
}

static void open_capture(struct demo *demo, const char *path)
{
	const struct capture_info info = {
		.application = "tarn " TARN_VERSION,
		.comment     = "tools/demo/wire_demo.c, two stacks on a wire",
		.interface_name = "wire",
		.mtu            = 1500,
	};
	char error[LINK_ERROR_LEN];

	if (capture_open(path, &info, &demo->capture, error) < 0) {
		(void)fprintf(stderr, "wire_demo: %s\n", error);
		exit(EXIT_FAILURE);
	}
	need(story_open(capture_row, demo->capture, &demo->story), "story");
}

/* Virtual time has no date of its own. */
static int64_t no_date(void *context)
{
	(void)context;
	return 0;
}

static void open_server(struct demo *demo, const char *site)
{
	struct http_server_config config;

	http_server_config_init(&config);
	config.local        = (struct tarn_addr){ .port = 80 };
	config.wall_s       = no_date;
	config.site.root_fd = open(site, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	need(config.site.root_fd < 0 ? -errno : 0, site);
	need(http_server_open(lab_stack(demo->lab, 1), &config, &demo->server),
	     "server");
}

static int take_head(void *context, const uint8_t *head, size_t len,
                     const struct http_response *response)
{
	struct demo *demo = context;

	(void)head;
	(void)len;
	demo->status = response->status;

	return 0;
}

static int take_body(void *context, const uint8_t *data, size_t len)
{
	struct demo *demo = context;

	return fwrite(data, 1, len, demo->out) == len ? 0 : -ENOSPC;
}

static void open_client(struct demo *demo, const char *path)
{
	const struct http_client_config config = {
		.peer    = { tarn_ip4(10, 9, 0, 2), 80 },
		.method  = "GET",
		.target  = path,
		.host    = "10.9.0.2",
		.head    = take_head,
		.body    = take_body,
		.context = demo,
	};

	need(http_client_open(lab_stack(demo->lab, 0), &config,
	                      lab_now(demo->lab), &demo->client),
	     "client");
}

/* One turn of both applications, then of wire and stacks. */
static void turn(struct demo *demo)
{
	const uint64_t now_us = lab_now(demo->lab);
	const uint64_t served = http_server_step(demo->server, now_us);
	const uint64_t asked  = http_client_step(demo->client, now_us);
	const uint64_t next   = served < asked ? served : asked;

	(void)lab_step(demo->lab, next < LIMIT_US ? next : LIMIT_US);
}

static bool fetch(struct demo *demo)
{
	while (http_client_end(demo->client) == HTTP_CLIENT_RUNNING &&
	       lab_now(demo->lab) < LIMIT_US)
		turn(demo);

	printf("wire: %llu octets in %llu.%06llu s of virtual time\n",
	       (unsigned long long)http_client_received(demo->client),
	       (unsigned long long)(lab_now(demo->lab) / 1000000),
	       (unsigned long long)(lab_now(demo->lab) % 1000000));

	return http_client_end(demo->client) == HTTP_CLIENT_DONE &&
	       demo->status == 200;
}

/* The client closes, the server answers, and their last segments pass. */
static int finish(struct demo *demo)
{
	struct http_server_stats stats = { .connections = 1 };

	http_client_close(demo->client);
	while (stats.connections && lab_step(demo->lab, LIMIT_US)) {
		(void)http_server_step(demo->server, lab_now(demo->lab));
		http_server_stats(demo->server, &stats);
	}
	lab_run(demo->lab, LIMIT_US);
	http_server_close(demo->server);
	lab_destroy(demo->lab);
	story_close(demo->story);

	return capture_close(demo->capture) | fclose(demo->out);
}

int main(int argc, char **argv)
{
	const struct wire_path path = { .rate_bps = 1000000000,
		                        .delay_us = 1000 };
	struct demo demo            = { 0 };
	bool ok;

	if (argc < 4 || argc > 5) {
		(void)fprintf(stderr,
		              "usage: wire_demo SITE PATH OUT [CAPTURE]\n");
		return 2;
	}
	demo.out = fopen(argv[3], "wb");
	need(demo.out ? 0 : -errno, argv[3]);
	if (argc == 5)
		open_capture(&demo, argv[4]);
	need(lab_create(&path, SEED, watch_server, &demo, &demo.lab), "lab");
	open_server(&demo, argv[1]);
	open_client(&demo, argv[2]);
	ok = fetch(&demo);
	if (finish(&demo) != 0 || !ok) {
		(void)fprintf(stderr, "wire_demo: %s did not arrive whole\n",
		              argv[2]);
		return EXIT_FAILURE;
	}

	return EXIT_SUCCESS;
}
