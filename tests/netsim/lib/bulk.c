/* SPDX-License-Identifier: MIT */
/* bulk.c - see bulk.h */
#include "tests/netsim/lib/bulk.h"
#include "base/bytes.h"
#include "base/event.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BULK_PORT    7777
#define PATTERN_LEN  (64u << 10)
#define PATTERN_STEP 251u /* prime: no octet stands at its own offset */

/* Who runs: what B has read is compared with what A must have sent. */
struct run {
	const struct bulk *bulk;
	struct lab *lab;
	int fd[2], listener;
	uint64_t sent, received;
	uint32_t timeouts;
	uint8_t pattern[2 * PATTERN_LEN];
	uint8_t chunk[PATTERN_LEN];
};

_Noreturn static void give_up(const struct run *run, const char *what,
                              int64_t rc)
{
	fprintf(stderr, "bulk: seed %llu, at %llu us: %s: %s\n",
	        (unsigned long long)run->bulk->seed,
	        (unsigned long long)lab_now(run->lab), what,
	        tarn_strerror((int)rc));
	exit(EXIT_FAILURE);
}

static int64_t must(const struct run *run, const char *what, int64_t rc)
{
	if (rc < 0)
		give_up(run, what, rc);

	return rc;
}

static void observe(void *observer, const struct tarn_event *event)
{
	struct run *run = observer;

	if (event->kind == TARN_EVENT_TCP_TIMER &&
	    event->timer.act == TARN_TIMER_FIRED &&
	    !strcmp(event->timer.name, "retransmission"))
		run->timeouts++;
}

static void configure(struct tarn_config *config, unsigned end, void *context)
{
	struct run *run = context;

	config->congestion = run->bulk->congestion;
	if (end == 0) {
		config->observe  = observe;
		config->observer = run;
	}
	if (run->bulk->tweak)
		run->bulk->tweak(config, end);
}

static int open_socket(const struct run *run, unsigned end)
{
	struct tarn *t  = lab_stack(run->lab, end);
	const int bytes = (int)run->bulk->buffer;
	const int fd    = (int)must(run, "socket", tarn_socket(t, TARN_STREAM));

	if (bytes) {
		must(run, "SO_RCVBUF",
		     tarn_setsockopt(t, fd, TARN_SO_RCVBUF, &bytes,
		                     sizeof(bytes)));
		must(run, "SO_SNDBUF",
		     tarn_setsockopt(t, fd, TARN_SO_SNDBUF, &bytes,
		                     sizeof(bytes)));
	}

	return fd;
}

static void open_ends(struct run *run)
{
	const struct tarn_addr at = { tarn_ip4(10, 9, 0, 2), BULK_PORT };
	struct tarn *server       = lab_stack(run->lab, 1);
	int rc;

	run->fd[1]    = -1;
	run->listener = open_socket(run, 1);
	must(run, "bind", tarn_bind(server, run->listener, &at));
	must(run, "listen", tarn_listen(server, run->listener, 1));
	run->fd[0] = open_socket(run, 0);
	rc         = tarn_connect(lab_stack(run->lab, 0), run->fd[0], &at);
	if (rc != -EINPROGRESS)
		give_up(run, "connect", rc);
}

static void send_all(struct run *run)
{
	struct tarn *t = lab_stack(run->lab, 0);
	ssize_t rc;

	if (!(must(run, "readiness", tarn_readiness(t, run->fd[0])) &
	      TARN_POLLOUT))
		return;
	for (;;) {
		rc = tarn_send(t, run->fd[0],
		               run->pattern + run->sent % PATTERN_LEN,
		               PATTERN_LEN, 0);
		if (rc == -EAGAIN)
			return;
		run->sent += (uint64_t)must(run, "send", rc);
	}
}

static void receive_all(struct run *run)
{
	struct tarn *t = lab_stack(run->lab, 1);
	ssize_t len;

	if (run->fd[1] < 0)
		run->fd[1] = tarn_accept(t, run->listener, NULL);
	while (run->fd[1] >= 0) {
		len = tarn_recv(t, run->fd[1], run->chunk, PATTERN_LEN, 0);
		if (len == -EAGAIN)
			return;
		must(run, "recv", len);
		if (memcmp(run->chunk,
		           run->pattern + run->received % PATTERN_LEN,
		           (size_t)len) != 0)
			give_up(run, "an octet differs", -EBADMSG);
		run->received += (uint64_t)len;
	}
}

static void judge(struct run *run, struct bulk_result *ret)
{
	struct tarn_tcp_info info;

	must(run, "TCP_INFO",
	     tarn_getsockopt(lab_stack(run->lab, 0), run->fd[0], TARN_TCP_INFO,
	                     &info, sizeof(info)));
	*ret = (struct bulk_result){
		.octets       = run->received,
		.goodput_kbps = run->received * 8000 / run->bulk->duration_us,
		.retransmits  = info.retransmits,
		.timeouts     = run->timeouts,
	};
	wire_stats(lab_wire(run->lab), 0, &ret->wire);
}

void bulk_run(const struct bulk *bulk, struct bulk_result *ret)
{
	struct run *run   = calloc(1, sizeof(*run));
	bool is_connected = false;

	if (!run)
		abort();
	run->bulk = bulk;
	for (uint32_t i = 0; i < sizeof(run->pattern); i++)
		run->pattern[i] =
		        (uint8_t)(i % PATTERN_LEN * PATTERN_STEP >> 8 ^ i);
	if (lab_create(&bulk->path, bulk->seed, configure, run, &run->lab) < 0)
		abort();

	open_ends(run);
	do {
		receive_all(run);
		send_all(run);
		if (!is_connected && run->fd[1] >= 0) {
			is_connected = true;
			if (bulk->connected)
				bulk->connected(run->lab);
		}
	} while (lab_step(run->lab, bulk->duration_us));
	judge(run, ret);

	lab_destroy(run->lab);
	free(run);
}
