/* SPDX-License-Identifier: MIT */
/*
 * bulk.c - two stacks move octets in memory: what does an observer cost?
 *
 *	bulk MIB [observe]
 *
 * Both stacks and the wire live in this process and in virtual time, so user
 * time, or the instructions that valgrind counts, are those of the stack.
 * "observe" gives both an observer that only counts. To see what the question
 * for an observer costs, let env_is_observed() return false and compare.
 */
#include "drivers/lab.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEC 1000000u

static void count(void *observer, const struct tarn_event *event)
{
	uint64_t *events = observer;

	(void)event;
	(*events)++;
}

static void let_observe(struct tarn_config *config, unsigned end, void *events)
{
	(void)end;
	config->observe  = count;
	config->observer = events;
}

/* As many blocks as the send buffer takes. Return: octets */
static uint64_t fill(struct tarn *t, int fd, uint64_t left)
{
	static uint8_t block[65536];
	uint64_t sent = 0;
	ssize_t n     = 1;

	while (n > 0 && sent < left) {
		n = tarn_send(t, fd, block, sizeof(block), 0);
		sent += n > 0 ? (uint64_t)n : 0;
	}

	return sent;
}

static uint64_t drain(struct tarn *t, int fd)
{
	static uint8_t block[65536];
	uint64_t got = 0;
	ssize_t n    = 1;

	while (n > 0) {
		n = tarn_recv(t, fd, block, sizeof(block), 0);
		got += n > 0 ? (uint64_t)n : 0;
	}

	return got;
}

/* Return: the two ends' descriptors are open */
static bool connect_ends(struct lab *lab, int ret[2])
{
	const struct tarn_addr server = { tarn_ip4(10, 9, 0, 2), 80 };
	struct tarn *a = lab_stack(lab, 0), *b = lab_stack(lab, 1);
	const int listener = tarn_socket(b, TARN_STREAM);

	ret[0] = tarn_socket(a, TARN_STREAM);
	if (tarn_bind(b, listener, &server) < 0 ||
	    tarn_listen(b, listener, 1) < 0 ||
	    tarn_connect(a, ret[0], &server) != -EINPROGRESS)
		return false;
	lab_run(lab, SEC);
	ret[1] = tarn_accept(b, listener, NULL);

	return ret[1] >= 0;
}

static void move(struct lab *lab, const int fd[2], uint64_t octets)
{
	uint64_t sent = 0, got = 0;

	while (got < octets) {
		if (sent < octets)
			sent += fill(lab_stack(lab, 0), fd[0], octets - sent);
		lab_step(lab, lab_now(lab) + SEC);
		got += drain(lab_stack(lab, 1), fd[1]);
	}
}

int main(int argc, char **argv)
{
	const struct wire_path path = { .delay_us = 100 };
	const bool is_observed = argc > 2 && strcmp(argv[2], "observe") == 0;
	const uint64_t mib     = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	uint64_t events        = 0;
	struct lab *lab;
	int fd[2];

	if (mib == 0 || (argc > 2 && !is_observed)) {
		fprintf(stderr, "usage: bulk MIB [observe]\n");
		return 2;
	}
	if (lab_create(&path, 1, is_observed ? let_observe : NULL, &events,
	               &lab) < 0 ||
	    !connect_ends(lab, fd)) {
		fprintf(stderr, "bulk: no connection\n");
		return 1;
	}
	move(lab, fd, mib << 20);
	printf("%" PRIu64 " MiB, %" PRIu64 " events\n", mib, events);
	lab_destroy(lab);

	return 0;
}
