/* SPDX-License-Identifier: MIT */
/*
 * stage.c - see stage.h
 *
 * One instant at a time: both stacks and all actors go on until nothing more
 * happens now, then time jumps to the next deadline of anybody. With the kernel
 * at one end (live.c) it waits instead of jumping.
 */
#include "tools/lab/stage.h"
#include "base/bytes.h"
#include "tools/lab/live.h"
#include "tools/lab/stage_state.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Two ends that answer each other without delay would never settle. */
#define ROUNDS_MAX 100000u
/* With the kernel: how long, and when it is taken to be over. */
#define LIVE_US_MAX      30000000u
#define QUIET_US         500000u
#define QUIET_WAITING_US 4000000u

struct tarn_ip stage_ip(unsigned end)
{
	return tarn_ip4(10, 9, 0, (uint8_t)(end + 1));
}

void stage_mac(unsigned end, uint8_t ret[6])
{
	const uint8_t mac[6] = { 0x02, 0x54, 10, 9, 0, (uint8_t)(end + 1) };

	memcpy(ret, mac, 6);
}

void stage_tell(struct stage *stage, struct stage_row *row)
{
	row->now_us = stage->now_us;
	stage->tell(stage->listener, row);
}

uint64_t stage_time(uint64_t stack_us)
{
	return stack_us == TARN_NEVER ? TARN_NEVER
	                              : stack_us - MIN(stack_us, WARM_US);
}

uint64_t stage_next_packet(const struct stage *stage)
{
	return wire_sent(stage->wire) + 1 - stage->warm_packets;
}

uint64_t stage_now(const struct stage *stage)
{
	return stage->now_us;
}

/* ---- Beginning and end -------------------------------------------------- */

static int create_stack(struct stage *stage, unsigned end,
                        char error[LAB_ERROR_LEN])
{
	struct tarn_config config;
	int rc;

	tarn_config_init(&config);
	config.ops        = &road_ops;
	config.link       = &stage->road[end];
	config.ip         = stage_ip(end);
	config.prefix_len = 24;
	config.gateway    = stage_ip(!end); /* to who is not there: road.c */
	config.acd_off    = true;
	config.mtu        = stage->lesson->mtu;
	config.seed[0]    = stage->seed;
	config.seed[1]    = end + 1 + 2 * stage->crashes[end];
	config.observe    = end == LAB_A ? stage_observe_a : stage_observe_b;
	config.observer   = stage;
	config.without    = stage->options.without;
	stage_mac(end, config.mac);
	rc = settings_config(stage->lesson, end, &config, error);
	if (rc < 0)
		return rc;
	rc = tarn_create(&config,
	                 stage->is_warming ? 0 : stage->now_us + WARM_US,
	                 &stage->stack[end]);
	if (rc < 0)
		snprintf(error, LAB_ERROR_LEN, "%s: stack %c: %s",
		         stage->lesson->name, 'A' + (char)end,
		         tarn_strerror(rc));

	return rc;
}

int stage_crash(struct stage *stage, unsigned end)
{
	struct stage_row row = { .kind = STAGE_CRASH, .end = end };
	char error[LAB_ERROR_LEN];

	if (!stage->stack[end]) /* the kernel's end does not crash */
		return -EOPNOTSUPP;
	tarn_destroy(stage->stack[end]);
	stage->stack[end] = NULL;
	stage->crashes[end]++;
	for (unsigned i = 0; i < stage->lesson->app_count; i++) {
		struct actor *actor = &stage->actor[i];

		if (actor->app->on != end)
			continue;
		actor->is_dead |= actor->fd >= 0 || actor->listener >= 0;
		actor->fd       = -1;
		actor->listener = -1;
	}
	stage_tell(stage, &row);

	return create_stack(stage, end, error);
}

static bool is_kernel(const struct stage *stage, unsigned end)
{
	return stage->options.is_live && stage->options.kernel == end;
}

static int open_end(struct stage *stage, unsigned end,
                    char error[LAB_ERROR_LEN])
{
	int rc = story_open(end == LAB_A ? stage_told_a : stage_told_b, stage,
	                    &stage->story[end]);

	if (rc != 0)
		return rc;

	story_set_numbering(stage->story[end],
	                    end == LAB_A ? stage_number_a : stage_number_b,
	                    stage);
	rc = road_open(stage, end, error);
	if (rc == 0 && is_kernel(stage, end))
		rc = live_open(stage->lesson, end, &stage->live, error);
	else if (rc == 0)
		rc = create_stack(stage, end, error);

	return rc;
}

static void ask_for_each_other(struct stage *stage)
{
	for (unsigned end = 0; end < 2 && !stage->lesson->is_cold; end++) {
		const struct tarn_ip peer = stage_ip(!end);

		/* Whether it is answered, the lesson will see. */
		if (stage->stack[end] &&
		    tarn_ping(stage->stack[end], &peer, 1, NULL, 0) < 0)
			return;
	}
}

static void poll_both(struct stage *stage, uint64_t now_us)
{
	wire_advance(stage->wire, now_us);
	for (unsigned i = 0; i < 8; i++)
		tarn_poll(stage->stack[i % 2], now_us);
}

static void warm_virtually(struct stage *stage)
{
	for (uint64_t now_us = 0; now_us < WARM_US; now_us += WARM_US / 8) {
		poll_both(stage, now_us);
		ask_for_each_other(stage);
	}
	poll_both(stage, WARM_US);
}

/* The same in real time, which ends as the lesson's begins. */
static void warm_live(struct stage *stage)
{
	bool has_asked = false;
	uint64_t now_us;

	while ((now_us = live_now(stage->live)) < WARM_US) {
		wire_advance(stage->wire, now_us);
		live_pump(stage->live, stage);
		for (unsigned end = 0; end < 2; end++)
			if (stage->stack[end])
				tarn_poll(stage->stack[end], now_us);
		if (!has_asked)
			ask_for_each_other(stage);
		has_asked = true;
		live_wait(stage->live, now_us + WARM_US / 100);
	}
}

/*
 * So that no lesson but that of ARP begins with ARP, both ends ask for each
 * other before its time begins, over a wire without delay or faults.
 */
static void warm_up(struct stage *stage)
{
	struct wire_path kept[2];

	for (unsigned end = 0; end < 2; end++) {
		struct wire_path *path = wire_path(stage->wire, end);

		kept[end] = *path;
		*path     = (struct wire_path){ .delay_us = 0 };
	}
	if (stage->live)
		warm_live(stage);
	else
		warm_virtually(stage);
	for (unsigned end = 0; end < 2; end++)
		*wire_path(stage->wire, end) = kept[end];
	stage->warm_packets = wire_sent(stage->wire);
}

static void open_actors(struct stage *stage)
{
	for (unsigned i = 0; i < stage->lesson->app_count; i++) {
		struct actor *actor = &stage->actor[i];

		actor->app        = &stage->lesson->app[i];
		actor->listener   = -1;
		actor->fd         = -1;
		actor->is_waiting = true;
		actor->wake_us    = actor->app->start_us;
	}
}

int stage_open(const struct lesson *lesson, const struct stage_options *options,
               void (*tell)(void *listener, const struct stage_row *row),
               void *listener, struct stage **ret, char error[LAB_ERROR_LEN])
{
	struct stage *stage = calloc(1, sizeof(*stage));
	int rc;

	if (!stage) {
		snprintf(error, LAB_ERROR_LEN, "out of memory");
		return -ENOMEM;
	}
	stage->lesson           = lesson;
	stage->options          = *options;
	stage->tell             = tell;
	stage->listener         = listener;
	stage->router_mtu       = lesson->router_mtu;
	stage->is_router_silent = lesson->is_router_silent;
	stage->seed = options->has_seed ? options->seed : lesson->seed;
	snprintf(error, LAB_ERROR_LEN, "out of memory");
	rc = wire_create(&lesson->path[LAB_A], stage->seed, &stage->wire);
	if (rc == 0) {
		*wire_path(stage->wire, LAB_B) = lesson->path[LAB_B];
		wire_watch(stage->wire, stage_wire_told, stage);
	}
	stage->is_warming = true;
	for (unsigned end = 0; rc == 0 && end < 2; end++)
		rc = open_end(stage, end, error);
	if (rc < 0) {
		stage_close(stage);
		return rc;
	}
	warm_up(stage);
	stage->is_warming = false;
	open_actors(stage);
	*ret = stage;

	return 0;
}

void stage_close(struct stage *stage)
{
	if (!stage)
		return;
	live_close(stage->live);
	for (unsigned end = 0; end < 2; end++) {
		if (stage->stack[end])
			tarn_destroy(stage->stack[end]);
		story_close(stage->story[end]);
		road_close(&stage->road[end]);
	}
	wire_destroy(stage->wire);
	for (unsigned i = 0; i < stage->kept_count; i++)
		free(stage->kept[i].frame);
	for (unsigned i = 0; i < LAB_APPS_MAX; i++) {
		free(stage->actor[i].sent);
		free(stage->actor[i].got);
	}
	free(stage);
}

/* ---- Time --------------------------------------------------------------- */

static uint64_t next_deadline_us(const struct stage *stage)
{
	uint64_t next_us = stage_time(wire_deadline(stage->wire));

	for (unsigned end = 0; end < 2; end++) {
		next_us = MIN(next_us, stage->deadline_us[end]);
		next_us = MIN(next_us, road_deadline(&stage->road[end]));
	}
	for (unsigned i = 0; i < stage->lesson->app_count; i++)
		next_us = MIN(next_us, actor_deadline(&stage->actor[i]));

	return next_us;
}

static void poll_stacks(struct stage *stage)
{
	for (unsigned end = 0; end < 2; end++) {
		road_advance(&stage->road[end], stage->now_us);
		if (!stage->stack[end]) {
			stage->deadline_us[end] = TARN_NEVER;
			continue;
		}
		stage->deadline_us[end] = stage_time(
		        tarn_poll(stage->stack[end], stage->now_us + WARM_US));
	}
}

/* All that happens at the present instant. */
static void settle(struct stage *stage)
{
	unsigned rounds = 0;
	bool has_acted;

	wire_advance(stage->wire, stage->now_us + WARM_US);
	do {
		has_acted = stage->live && live_pump(stage->live, stage);
		poll_stacks(stage);
		for (unsigned i = 0; i < stage->lesson->app_count; i++)
			has_acted |= actor_run(stage, &stage->actor[i]);
	} while ((has_acted || next_deadline_us(stage) <= stage->now_us) &&
	         ++rounds < ROUNDS_MAX);
}

static bool are_all_over(const struct stage *stage)
{
	for (unsigned i = 0; i < stage->lesson->app_count; i++)
		if (!actor_is_over(&stage->actor[i]))
			return false;

	return true;
}

/* The kernel never says that it is done: when nothing has moved for long. */
static bool step_live(struct stage *stage)
{
	const uint64_t limit_us = MIN(stage->lesson->limit_us, LIVE_US_MAX);
	const uint64_t packets  = wire_sent(stage->wire);
	const uint64_t patience =
	        are_all_over(stage) ? QUIET_US : QUIET_WAITING_US;

	settle(stage);
	if (wire_sent(stage->wire) != packets)
		stage->quiet_us = stage->now_us;
	if (stage->now_us > limit_us ||
	    stage->now_us - stage->quiet_us > patience)
		return false;
	live_wait(stage->live,
	          MIN(next_deadline_us(stage), limit_us) + WARM_US);
	stage->now_us = live_now(stage->live) - WARM_US;

	return true;
}

bool stage_step(struct stage *stage)
{
	uint64_t next_us;

	if (stage->live)
		return step_live(stage);
	settle(stage);
	next_us = next_deadline_us(stage);
	if (next_us == TARN_NEVER || next_us > stage->lesson->limit_us)
		return false;
	stage->now_us = MAX(stage->now_us, next_us);

	return true;
}

/* ---- Looking ------------------------------------------------------------ */

void stage_actor(const struct stage *stage, unsigned at,
                 struct stage_actor *ret)
{
	const struct actor *actor = &stage->actor[at];

	*ret = (struct stage_actor){
		.is_finished = actor->is_finished,
		.is_dead     = actor->is_dead,
		.finished_us = actor->finished_us,
		.error       = actor->error,
		.line        = actor->app->step_count
		                       ? actor->app
                                          ->step[MIN(actor->pc,
		                                            actor->app->step_count -
		                                                    1)]
                                          .line
		                       : actor->app->line,
		.sent        = actor->sent,
		.got         = actor->got,
		.sent_len    = actor->sent_len,
		.got_len     = actor->got_len,
		.is_cut      = actor->is_cut,
	};
}

bool stage_has_errors(const struct stage *stage, char error[LAB_ERROR_LEN])
{
	for (unsigned i = 0; i < stage->lesson->app_count; i++) {
		struct stage_actor actor;

		stage_actor(stage, i, &actor);
		if (!actor.error || actor.is_dead)
			continue;
		snprintf(error, LAB_ERROR_LEN, "%s.lab:%u: app %s: %s",
		         stage->lesson->name, actor.line,
		         stage->lesson->app[i].name,
		         tarn_strerror(-actor.error));
		return true;
	}

	return false;
}
