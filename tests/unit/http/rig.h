/* SPDX-License-Identifier: MIT */
/*
 * rig.h - the server in virtual time: B serves a temporary directory, A is us
 *
 *	rig_setup();
 *	struct client *c = rig_client();
 *	rig_say(c, "GET / HTTP/1.1\r\n...");
 *	rig_run(SEC);
 *	... c->rcv, c->is_ended
 */
#ifndef TESTS_UNIT_HTTP_RIG_H
#define TESTS_UNIT_HTTP_RIG_H

#include "apps/http/limits.h"
#include "apps/http/server.h"
#include "drivers/lab.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEC             HTTP_USEC_PER_SEC
#define MS              (SEC / 1000)
#define RIG_CLIENTS_MAX 64
#define RIG_WALL_S      784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */
#define RIG_BIG_LEN     1000000

/** struct client - one connection from A to the server, used by hand */
struct client {
	int fd;
	bool reads; /* false: it lets the window fill */
	char *rcv;  /* all that came, NUL-terminated */
	size_t len;
	bool is_ended; /* FIN came, or error is set */
	int error;     /* -ECONNRESET ... */
	uint64_t ended_us;
};

static struct {
	struct lab *lab;
	struct http_server *server;
	struct http_server_config config;
	uint64_t deadline_us;
	char dir[64];
	int root_fd;
	struct client client[RIG_CLIENTS_MAX];
	unsigned client_count;
	char log[1 << 18];
	size_t log_len;
} rig;

static inline void rig_file(const char *name, const void *data, size_t len)
{
	const int fd =
	        openat(rig.root_fd, name, O_CREAT | O_WRONLY | O_TRUNC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

/* What big.bin holds. */
static inline const char *rig_big(void)
{
	static char big[RIG_BIG_LEN];

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 2654435761u >> 13);

	return big;
}

/* index.html "<p>index\n", a.txt "text a\n", sub/index.html, bare/, big.bin */
static inline void rig_site(void)
{
	snprintf(rig.dir, sizeof(rig.dir), "/tmp/tarn-http-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(rig.dir));
	rig.root_fd = open(rig.dir, O_RDONLY | O_DIRECTORY);
	ck_assert_int_ge(rig.root_fd, 0);
	rig_file("index.html", "<p>index\n", 9);
	rig_file("a.txt", "text a\n", 7);
	rig_file("empty.txt", "", 0);
	rig_file("big.bin", rig_big(), RIG_BIG_LEN);
	ck_assert_int_eq(mkdirat(rig.root_fd, "sub", 0755), 0);
	ck_assert_int_eq(mkdirat(rig.root_fd, "bare", 0755), 0);
	rig_file("sub/index.html", "sub\n", 4);
}

static inline void rig_remove_site(void)
{
	char command[128];

	close(rig.root_fd);
	snprintf(command, sizeof(command), "rm -rf %s", rig.dir);
	ck_assert_int_eq(system(command), 0);
}

static inline int64_t rig_wall_s(void *context)
{
	(void)context;
	return RIG_WALL_S + (int64_t)(lab_now(rig.lab) / SEC);
}

static inline void rig_log(void *context, const char *line, size_t len)
{
	(void)context;
	ck_assert_uint_lt(rig.log_len + len, sizeof(rig.log));
	memcpy(rig.log + rig.log_len, line, len);
	rig.log_len += len;
	rig.log[rig.log_len] = '\0';
}

static inline void rig_tweak(struct tarn_config *config, unsigned end,
                             void *context)
{
	(void)end;
	(void)context;
	config->msl_us = SEC; /* so that TIME-WAIT does not fill the tests */
}

/* Opens lab and server with rig.config, which a test may have changed. */
static inline void rig_open(void)
{
	const struct wire_path path = { .delay_us = MS };

	ck_assert_int_eq(lab_create(&path, 1, rig_tweak, NULL, &rig.lab), 0);
	ck_assert_int_eq(http_server_open(lab_stack(rig.lab, 1), &rig.config,
	                                  &rig.server),
	                 0);
}

static inline void rig_prepare(void)
{
	memset(&rig, 0, sizeof(rig));
	rig_site();
	http_server_config_init(&rig.config);
	rig.config.site.root_fd = rig.root_fd;
	rig.config.wall_s       = rig_wall_s;
	rig.config.log          = rig_log;
}

static inline void rig_setup(void)
{
	rig_prepare();
	rig_open();
}

/* ---- clients ---- */

static inline struct tarn *rig_a(void)
{
	return lab_stack(rig.lab, 0);
}

static inline struct client *rig_client_from(uint8_t last_octet)
{
	const struct tarn_addr peer  = { tarn_ip4(10, 9, 0, 2), 80 };
	const struct tarn_addr local = { tarn_ip4(10, 9, 0, last_octet), 0 };
	struct client *c             = &rig.client[rig.client_count++];

	ck_assert_uint_le(rig.client_count, RIG_CLIENTS_MAX);
	*c    = (struct client){ .reads = true, .rcv = calloc(1, 1) };
	c->fd = tarn_socket(rig_a(), TARN_STREAM);
	ck_assert_int_ge(c->fd, 0);
	ck_assert_int_eq(tarn_bind(rig_a(), c->fd, &local), 0);
	ck_assert_int_eq(tarn_connect(rig_a(), c->fd, &peer), -EINPROGRESS);

	return c;
}

static inline struct client *rig_client(void)
{
	return rig_client_from(1);
}

static inline void client_read(struct client *c)
{
	static char chunk[65536];
	ssize_t n;

	while (c->reads && !c->is_ended) {
		n = tarn_recv(rig_a(), c->fd, chunk, sizeof(chunk), 0);
		if (n == -EAGAIN || n == -ENOTCONN)
			return;
		if (n <= 0) {
			c->is_ended = true;
			c->error    = (int)n;
			c->ended_us = lab_now(rig.lab);
			return;
		}
		c->rcv = realloc(c->rcv, c->len + (size_t)n + 1);
		memcpy(c->rcv + c->len, chunk, (size_t)n);
		c->len += (size_t)n;
		c->rcv[c->len] = '\0';
	}
}

static inline void rig_turn(void)
{
	rig.deadline_us = http_server_step(rig.server, lab_now(rig.lab));
	for (unsigned i = 0; i < rig.client_count; i++)
		client_read(&rig.client[i]);
}

/* Lets @for_us pass. */
static inline void rig_run(uint64_t for_us)
{
	const uint64_t until_us = lab_now(rig.lab) + for_us;
	bool has_moved;

	do {
		rig_turn();
		has_moved = lab_step(rig.lab, rig.deadline_us < until_us
		                                      ? rig.deadline_us
		                                      : until_us);
	} while (has_moved || lab_now(rig.lab) < until_us);
	rig_turn();
}

/* Sends all of it; the client must be connected (rig_run() after its start). */
static inline void rig_say_bytes(struct client *c, const void *data, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const ssize_t n = tarn_send(
		        rig_a(), c->fd, (const char *)data + at, len - at, 0);

		ck_assert_msg(n > 0 || n == -EAGAIN, "send: %zd", n);
		if (n > 0)
			at += (size_t)n;
		if (at < len)
			rig_run(10 * MS);
	}
}

static inline void rig_say(struct client *c, const char *text)
{
	rig_say_bytes(c, text, strlen(text));
}

/* A new client that says @text; returns when the server has had its time. */
static inline struct client *rig_ask(const char *text)
{
	struct client *c = rig_client();

	rig_run(10 * MS);
	rig_say(c, text);
	rig_run(100 * MS);

	return c;
}

static inline void client_close(struct client *c)
{
	tarn_close(rig_a(), c->fd);
	c->fd       = -1;
	c->is_ended = true;
}

static inline unsigned count_of(const char *text, const char *part)
{
	unsigned count = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		count++;

	return count;
}

static inline void assert_begins(const struct client *c, const char *text)
{
	ck_assert_msg(strncmp(c->rcv, text, strlen(text)) == 0,
	              "not \"%s\": \"%.300s\"", text, c->rcv);
}

static inline void assert_contains(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in \"%.600s\"",
	              part, text);
}

static inline void assert_ends_with(const struct client *c, const char *text)
{
	const size_t len = strlen(text);

	ck_assert_msg(c->len >= len &&
	                      memcmp(c->rcv + c->len - len, text, len) == 0,
	              "no \"%s\" at the end of \"%.600s\"", text, c->rcv);
}

/* Everything is closed, and nothing is left: not in the server, not in B. */
static inline void rig_teardown(void)
{
	struct tarn_usage usage;

	for (unsigned i = 0; i < rig.client_count; i++) {
		if (rig.client[i].fd >= 0)
			tarn_close(rig_a(), rig.client[i].fd);
		free(rig.client[i].rcv);
	}
	rig.client_count = 0;
	rig_run(300 * SEC);
	ck_assert(http_server_is_idle(rig.server));
	http_server_close(rig.server);
	lab_run(rig.lab, lab_now(rig.lab) + 10 * SEC);
	tarn_usage(lab_stack(rig.lab, 1), &usage);
	ck_assert_uint_eq(usage.connections + usage.half_open, 0);
	ck_assert_uint_eq(usage.descriptors + usage.listeners, 0);
	lab_destroy(rig.lab);
	rig_remove_site();
}

#endif
