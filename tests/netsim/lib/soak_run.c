/* SPDX-License-Identifier: MIT */
/*
 * soak_run.c - two stacks, time, and the oracle; see soak.h
 *
 * What must hold, whatever was drawn:
 *
 *	- octets arrive as they were sent, and the end of a stream comes right
 *	  behind the last of them (soak_end.c)
 *	- an error has a cause in the path, in memory or at the other end
 *	- while both ends are there, something happens within PATIENCE_US
 *	- no invariant of a connection breaks (a test build stops where it does)
 *	- when all is closed and time has passed, nothing is held any more
 */
#include "base/bytes.h"
#include "tests/netsim/lib/soak.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* RTO ends at 120 s, so an hour has room for many of them. */
#define PATIENCE_US (3600 * SOAK_SEC)
/* Longer than 15 retries, TIME-WAIT, and the memory of a neighbour. */
#define SILENCE_US (4 * 3600 * SOAK_SEC)
#define STEPS_MAX  5000000 /* more is a storm of frames */

static void close_captures(struct soak *soak);

_Noreturn void soak_fail(struct soak *soak, const char *format, ...)
{
	va_list args;

	fprintf(stderr,
	        "soak: seed %" PRIu64 ", at %" PRIu64 " us: ", soak->plan.seed,
	        soak->lab ? lab_now(soak->lab) : 0);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	close_captures(soak);
	fflush(stdout);
	_exit(EXIT_FAILURE);
}

/* ---- Memory that can be refused ---- */

static void *resize(void *context, void *ptr, size_t old_size, size_t new_size)
{
	struct soak_memory *memory = context;
	void *moved;

	if (!new_size) {
		memory->blocks--;
		memory->octets -= old_size;
		free(ptr);
		return NULL;
	}
	if (memory->refuse_ppm &&
	    random_below(&memory->random, 1000000) < memory->refuse_ppm)
		return NULL;
	moved = realloc(ptr, new_size);
	if (!moved)
		return NULL;
	memory->blocks += !ptr;
	memory->octets += new_size - old_size;

	return moved;
}

/* ---- Birth ---- */

static void open_capture(struct soak *soak, const char *path, unsigned side)
{
	const struct capture_info info = { .application = "tarn " TARN_VERSION,
		                           .comment     = "soak",
		                           .interface_name = "wire",
		                           .mtu            = UINT16_MAX };
	char error[LINK_ERROR_LEN];

	if (capture_open(path, &info, &soak->capture[side], error) < 0)
		soak_fail(soak, "%s", error);
	if (story_open(capture_row, soak->capture[side], &soak->story[side]) <
	    0)
		soak_fail(soak, "no memory for the story");
}

static void close_captures(struct soak *soak)
{
	for (unsigned side = 0; side < 2; side++) {
		if (!soak->capture[side])
			continue;
		story_close(soak->story[side]);
		(void)capture_close(soak->capture[side]);
		soak->capture[side] = NULL;
	}
}

static void configure(struct tarn_config *config, unsigned side, void *context)
{
	struct soak *soak              = context;
	const struct tarn_config given = *config;

	*config         = soak->plan.config[side];
	config->ops     = given.ops;
	config->link    = given.link;
	config->ip      = given.ip;
	config->acd_off = given.acd_off;
	config->seed[0] = given.seed[0];
	config->seed[1] = given.seed[1];
	if (soak->story[side]) {
		config->observe  = story_event;
		config->observer = soak->story[side];
	}
	config->memory = (struct tarn_memory){ resize, &soak->memory[side] };
}

static void set_paths(struct soak *soak)
{
	const struct plan *plan = &soak->plan;
	const uint64_t now_us   = lab_now(soak->lab);
	const bool is_out =
	        now_us >= plan->outage_us && now_us < plan->outage_end_us;

	for (unsigned side = 0; side < 2; side++) {
		struct wire_path *path = wire_path(lab_wire(soak->lab), side);

		*path = plan->path[side];
		if (is_out)
			path->loss_ppm = 1000000;
	}
}

static void listen_on(struct soak *soak, unsigned side)
{
	const struct tarn_addr any = { .port = (uint16_t)(7000 + side) };
	struct tarn *t             = lab_stack(soak->lab, side);
	const int fd               = tarn_socket(t, TARN_STREAM);
	const int waiting          = soak->plan.backlog[side];

	if (fd < 0 || tarn_bind(t, fd, &any) < 0 ||
	    tarn_listen(t, fd, soak->plan.backlog[side]) < 0)
		soak_fail(soak, "no listener");
	if (soak->plan.config[side].fastopen & TARN_FASTOPEN_SERVER)
		tarn_setsockopt(t, fd, TARN_TCP_FASTOPEN, &waiting,
		                sizeof(waiting));
	soak->listener[side] = fd;
}

static void begin(struct soak *soak, uint64_t seed)
{
	const struct wire_path none = { 0 };
	const uint64_t key[2]       = { seed, 0x6d656d };

	if (lab_create(&none, seed, configure, soak, &soak->lab) < 0)
		soak_fail(soak, "the stacks were not created");
	for (unsigned side = 0; side < 2; side++) {
		soak->held_at_birth[side] = soak->memory[side].octets;
		listen_on(soak, side);
		random_init(&soak->memory[side].random, key);
		soak->memory[side].refuse_ppm = soak->plan.refuse_ppm[side];
	}
	for (unsigned i = 0; i < soak->plan.conn_count; i++)
		soak->conn[i].plan = &soak->plan.conn[i];
}

/* ---- Life ---- */

static struct soak_conn *find_conn(struct soak *soak, unsigned opener,
                                   uint16_t port)
{
	for (unsigned i = 0; i < soak->plan.conn_count; i++) {
		struct soak_conn *conn = &soak->conn[i];

		if (conn->plan->opener == opener && conn->port == port &&
		    conn->end[!opener].state == END_NOT_YET)
			return conn;
	}

	return NULL;
}

static void accept_all(struct soak *soak, unsigned side)
{
	struct tarn *t = lab_stack(soak->lab, side);
	struct soak_conn *conn;
	struct tarn_addr peer;
	int fd;

	if (soak->listener[side] < 0)
		return;
	if (lab_now(soak->lab) >= soak->plan.listener_end_us[side]) {
		tarn_close(t, soak->listener[side]);
		soak->listener[side] = -1;
		return;
	}
	while ((fd = tarn_accept(t, soak->listener[side], &peer)) >= 0) {
		conn = find_conn(soak, !side, peer.port);
		if (!conn && !soak->plan.has_cookies[side])
			soak_fail(soak, "%c accepts a stranger from port %u",
			          "AB"[side], peer.port);
		if (conn)
			soak_end_accept(soak, conn, side, fd);
		else
			tarn_close(t, fd);
	}
	if (fd != -EAGAIN && !soak->plan.is_starved)
		soak_fail(soak, "accept: %s", tarn_strerror(fd));
}

/* Both there, and nothing happens: a deadlock. One gone: nobody will ever say
 * so, because its reset was lost and nothing is owed to it. */
static void check_patience(struct soak *soak, struct soak_conn *conn)
{
	if (lab_now(soak->lab) < conn->moved_us + PATIENCE_US)
		return;
	if (conn->end[0].state == END_OPEN && conn->end[1].state == END_OPEN &&
	    !soak->plan.is_starved)
		soak_fail(soak,
		          "connection %u: nothing happens since %" PRIu64
		          " us: A sent %" PRIu64 ", received %" PRIu64
		          "; B sent %" PRIu64 ", received %" PRIu64,
		          (unsigned)(conn - soak->conn), conn->moved_us,
		          conn->end[0].sent, conn->end[0].received,
		          conn->end[1].sent, conn->end[1].received);
	for (unsigned who = 0; who < 2; who++)
		if (conn->end[who].state == END_OPEN)
			soak_end_close(soak, conn, who);
}

/* Return: is it over? The acceptor of what was never accepted has no part. */
static bool work(struct soak *soak)
{
	bool is_over = true;

	set_paths(soak);
	for (unsigned side = 0; side < 2; side++)
		accept_all(soak, side);
	for (unsigned i = 0; i < soak->plan.conn_count; i++) {
		struct soak_conn *conn = &soak->conn[i];

		for (unsigned who = 0; who < 2; who++)
			soak_end_work(soak, conn, who);
		check_patience(soak, conn);
		for (unsigned who = 0; who < 2; who++)
			is_over &= conn->end[who].state == END_GONE ||
			           (conn->plan->opener != who &&
			            conn->end[who].state == END_NOT_YET);
	}

	return is_over;
}

static uint64_t next_deadline_us(const struct soak *soak)
{
	const struct plan *plan = &soak->plan;
	const uint64_t now_us   = lab_now(soak->lab);
	const uint64_t fixed[]  = {
		 plan->outage_us,
		 plan->outage_end_us,
                soak->listener[0] < 0 ? 0 : plan->listener_end_us[0],
                soak->listener[1] < 0 ? 0 : plan->listener_end_us[1],
	};
	uint64_t deadline_us = TARN_NEVER;

	for (unsigned i = 0; i < ARRAY_LEN(fixed); i++)
		if (fixed[i] > now_us)
			deadline_us = MIN(deadline_us, fixed[i]);
	for (unsigned i = 0; i < plan->conn_count; i++) {
		const struct soak_conn *conn = &soak->conn[i];

		for (unsigned who = 0; who < 2; who++) {
			deadline_us = MIN(deadline_us,
			                  soak_end_deadline(soak, conn, who));
			if (conn->end[who].state == END_OPEN)
				deadline_us = MIN(deadline_us,
				                  conn->moved_us + PATIENCE_US);
		}
	}

	return deadline_us;
}

/* ---- Death ---- */

static void check_side(struct soak *soak, unsigned side)
{
	const struct tarn *t = lab_stack(soak->lab, side);
	struct tarn_usage usage;

	tarn_usage(t, &usage);
	if (usage.connections || usage.half_open || usage.time_wait ||
	    usage.listeners || usage.udp || usage.descriptors ||
	    usage.neighbours || usage.reassemblies)
		soak_fail(soak,
		          "%c still holds %u connections, %u half-open, %u in "
		          "TIME-WAIT, %u listeners, %u descriptors, %u "
		          "neighbours",
		          "AB"[side], usage.connections, usage.half_open,
		          usage.time_wait, usage.listeners, usage.descriptors,
		          usage.neighbours);
	if (soak->memory[side].octets != soak->held_at_birth[side])
		soak_fail(soak, "%c holds %zu octets, %zu at its birth",
		          "AB"[side], soak -> memory[side].octets,
		          soak->held_at_birth[side]);
	if (tarn_drop_count(t, "INVARIANT"))
		soak_fail(soak, "%c: an invariant did not hold", "AB"[side]);
}

static void end(struct soak *soak)
{
	for (unsigned side = 0; side < 2; side++) {
		if (soak->listener[side] >= 0)
			tarn_close(lab_stack(soak->lab, side),
			           soak->listener[side]);
		soak->memory[side].refuse_ppm = 0;
	}
	lab_run(soak->lab, lab_now(soak->lab) + SILENCE_US);
	for (unsigned side = 0; side < 2; side++)
		check_side(soak, side);

	lab_destroy(soak->lab);
	soak->lab = NULL;
	for (unsigned side = 0; side < 2; side++)
		if (soak->memory[side].blocks || soak->memory[side].octets)
			soak_fail(soak, "%c leaks %u blocks, %zu octets",
			          "AB"[side], soak -> memory[side].blocks,
			          soak->memory[side].octets);
}

static void print_result(const struct soak *soak)
{
	printf("all closed after %" PRIu64 " us and %" PRIu64 " steps\n",
	       lab_now(soak->lab), soak->steps);
	for (unsigned i = 0; i < soak->plan.conn_count; i++)
		for (unsigned who = 0; who < 2; who++) {
			const struct soak_end *end = &soak->conn[i].end[who];

			printf("%u %c: sent %" PRIu64 ", received %" PRIu64
			       "%s%s%s\n",
			       i, "AB"[who], end -> sent, end -> received,
			       end -> state == END_NOT_YET ? ", never there"
			                                   : "",
			       end->is_clean ? ", orderly" : "",
			       end->error ? ", an error" : "");
		}
}

void soak_run(uint64_t seed, const char *const capture[2])
{
	struct soak *soak = calloc(1, sizeof(*soak));

	if (!soak)
		abort();
	plan_draw(seed, &soak->plan);
	if (capture[0]) {
		plan_print(&soak->plan);
		for (unsigned side = 0; side < 2; side++)
			open_capture(soak, capture[side], side);
	}
	begin(soak, seed);
	while (!work(soak)) {
		(void)lab_step(soak->lab, next_deadline_us(soak));
		if (++soak->steps > STEPS_MAX)
			soak_fail(soak, "too many steps");
	}
	if (capture[0])
		print_result(soak);
	end(soak);
	close_captures(soak);
	free(soak);
}
