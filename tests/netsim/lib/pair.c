/* SPDX-License-Identifier: MIT */
/* pair.c - see pair.h */
#include "tests/netsim/lib/pair.h"
#include "base/bytes.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define PAIR_PORT  7777
#define PAIR_SEED  1
#define CONNECT_US 60000000ull
#define OCTETS_MAX 65536

static const uint8_t zeroes[OCTETS_MAX];

static int64_t must(const char *what, int64_t rc)
{
	if (rc < 0) {
		fprintf(stderr, "pair: %s: %s\n", what, tarn_strerror((int)rc));
		exit(EXIT_FAILURE);
	}

	return rc;
}

/* lab_create() hands on a context; a test needs none. */
struct tweak {
	void (*call)(struct tarn_config *config, unsigned end);
};

static void tweak_end(struct tarn_config *config, unsigned end, void *context)
{
	const struct tweak *tweak = context;

	if (tweak->call)
		tweak->call(config, end);
}

void pair_open(struct pair *ret, const struct wire_path *path,
               void (*tweak)(struct tarn_config *config, unsigned end))
{
	const struct tarn_addr at = { tarn_ip4(10, 9, 0, 2), PAIR_PORT };
	struct tweak context      = { tweak };
	struct tarn *a, *b;
	int listener;

	must("lab_create",
	     lab_create(path, PAIR_SEED, tweak_end, &context, &ret->lab));
	a          = lab_stack(ret->lab, 0);
	b          = lab_stack(ret->lab, 1);
	listener   = (int)must("socket", tarn_socket(b, TARN_STREAM));
	ret->fd[0] = (int)must("socket", tarn_socket(a, TARN_STREAM));
	must("bind", tarn_bind(b, listener, &at));
	must("listen", tarn_listen(b, listener, 1));
	if (tarn_connect(a, ret->fd[0], &at) != -EINPROGRESS)
		must("connect", -EPROTO);
	do
		ret->fd[1] = tarn_accept(b, listener, NULL);
	while (ret->fd[1] < 0 && lab_step(ret->lab, CONNECT_US));
	must("accept", ret->fd[1]);
}

void pair_close(struct pair *pair)
{
	lab_destroy(pair->lab);
}

void pair_run(const struct pair *pair, uint64_t us)
{
	lab_run(pair->lab, lab_now(pair->lab) + us);
}

size_t pair_send(const struct pair *pair, unsigned end, size_t len)
{
	const ssize_t rc = tarn_send(lab_stack(pair->lab, end), pair->fd[end],
	                             zeroes, MIN(len, OCTETS_MAX), 0);

	return rc == -EAGAIN ? 0 : (size_t)must("send", rc);
}

size_t pair_receive(const struct pair *pair, unsigned end, size_t len)
{
	static uint8_t octets[OCTETS_MAX];
	const ssize_t rc = tarn_recv(lab_stack(pair->lab, end), pair->fd[end],
	                             octets, MIN(len, OCTETS_MAX), 0);

	return rc == -EAGAIN ? 0 : (size_t)must("recv", rc);
}

struct tarn_tcp_info pair_info(const struct pair *pair, unsigned end)
{
	struct tarn_tcp_info info = { 0 };

	must("TCP_INFO",
	     tarn_getsockopt(lab_stack(pair->lab, end), pair->fd[end],
	                     TARN_TCP_INFO, &info, sizeof(info)));

	return info;
}
