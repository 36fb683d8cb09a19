/* SPDX-License-Identifier: MIT */
/*
 * plan.c - a random scenario from a seed; see soak.h
 *
 * Uniform chance would make nearly every scenario the same middling one. So
 * sizes are drawn by order of magnitude, most settings keep their default, and
 * each disturbance is absent in most scenarios: what is rare meets what is
 * rare often enough in ten thousand of them.
 */
#include "base/bytes.h"
#include "base/limits.h"
#include "tests/netsim/lib/soak.h"
#include <inttypes.h>
#include <stdio.h>

#define CALLS_MAX 4000 /* of an application, so that it ends */

static bool one_in(struct random *random, uint32_t n)
{
	return random_below(random, n) == 0;
}

static uint32_t between(struct random *random, uint32_t low, uint32_t high)
{
	return low + random_below(random, high - low + 1);
}

/* Every order of magnitude between the two is as likely as any other. */
static uint32_t scaled(struct random *random, uint32_t low, uint32_t high)
{
	uint32_t doublings = 0, value;

	while (doublings < 31 && (low << doublings) < high / 2)
		doublings++;
	low <<= random_below(random, doublings + 1);
	value = between(random, low, 2 * low);

	return MIN(value, high);
}

/* ---- The path ---- */

static void draw_path(struct random *random, struct plan *plan,
                      struct wire_path *ret)
{
	const uint32_t kind  = random_below(random, 20);
	const uint32_t worst = kind < 5    ? 0
	                       : kind < 15 ? 20000
	                       : kind < 19 ? 150000
	                                   : 400000;

	*ret = (struct wire_path){
		.delay_us     = scaled(random, 10, 400000),
		.queue_frames = scaled(random, 2, 2000),
	};
	if (one_in(random, 2))
		ret->rate_bps = 8ull * scaled(random, 5000, 100u << 20);
	if (one_in(random, 3))
		ret->jitter_us = scaled(random, 10, 200000);
	if (worst == 0)
		return;
	ret->loss_ppm = random_below(random, worst);
	if (one_in(random, 2))
		ret->dup_ppm = random_below(random, worst);
	if (one_in(random, 3))
		ret->corrupt_ppm = random_below(random, worst / 4);
	if (one_in(random, 2)) {
		ret->reorder_ppm = random_below(random, 300000);
		ret->reorder_us  = scaled(random, 10, 300000);
	}
	/* ARP has no checksum: a flipped bit can mislead for a minute. */
	plan->is_lossy |= ret->loss_ppm > 30000 || ret->corrupt_ppm > 0;
}

static void draw_outage(struct random *random, struct plan *plan)
{
	if (!one_in(random, 8))
		return;
	plan->outage_us = scaled(random, 1000, 60 * 1000000u);
	plan->outage_end_us =
	        plan->outage_us + scaled(random, 1000, 40 * 1000000u);
	plan->is_lossy = true;
}

/* ---- A stack ---- */

static void draw_switches(struct random *random, struct tarn_config *config)
{
	bool *const off[] = {
		&config->no_window_scale,
		&config->no_timestamps,
		&config->no_sack,
		&config->no_idle_restart,
		&config->no_dsack,
		&config->no_rack,
		&config->no_tlp,
		&config->no_prr,
		&config->no_frto,
		&config->no_hystart,
		&config->no_limited_transmit,
		&config->no_path_mtu,
		&config->no_autotune,
		&config->rst_ends_time_wait,
	};

	for (unsigned i = 0; i < ARRAY_LEN(off); i++)
		*off[i] = one_in(random, 6);
	if (one_in(random, 3))
		config->ecn = (uint8_t)random_below(random, 3);
	if (one_in(random, 4))
		config->syn_cookies = (uint8_t)random_below(random, 3);
	if (one_in(random, 3))
		config->fastopen = (uint8_t)random_below(random, 8);
	if (one_in(random, 2))
		config->congestion = one_in(random, 2) ? "reno" : "cubic";
}

static void draw_config(struct random *random, struct plan *plan, unsigned side)
{
	struct tarn_config *config = &plan->config[side];

	tarn_config_init(config);
	config->mtu = (uint16_t)(one_in(random, 3) ? scaled(random, 576, 9000)
	                                           : 1500);
	if (one_in(random, 2))
		config->rcvbuf = scaled(random, TCP_BUF_MIN, 1 << 20);
	if (one_in(random, 2))
		config->sndbuf = scaled(random, TCP_BUF_MIN, 1 << 20);
	if (one_in(random, 3))
		config->wscale = (uint8_t)random_below(random, 15);
	if (one_in(random, 3))
		config->initial_window = (uint8_t)between(random, 1, 40);
	if (one_in(random, 3))
		config->delayed_ack_us = scaled(random, 1000, 490000);
	if (one_in(random, 3))
		config->rto_us_min = scaled(random, 2000, 1000000);
	config->msl_us =
	        one_in(random, 4) ? TCP_MSL_US : scaled(random, 1000, 2000000);
	draw_switches(random, config);

	if (one_in(random, 8)) {
		config->memory_max = scaled(random, 200000, 4000000);
		plan->is_starved   = true;
	}
	if (one_in(random, 8)) {
		plan->refuse_ppm[side] = scaled(random, 100, 200000);
		plan->is_starved       = true;
	}
	if (one_in(random, 8)) {
		config->syn_queue_max = between(random, 1, 4);
		plan->is_lossy        = true; /* as if the SYN were lost */
	}
	plan->has_cookies[side] =
	        config->syn_cookies == TARN_SYN_COOKIES_ALWAYS ||
	        (config->syn_cookies == TARN_SYN_COOKIES_WHEN_FULL &&
	         config->syn_queue_max < TCP_SYN_QUEUE_MAX);
}

/* ---- Applications ---- */

static enum ending draw_ending(struct random *random)
{
	const uint32_t dice = random_below(random, 10);

	if (dice < 6)
		return END_ORDERLY;
	if (dice < 7)
		return END_CLOSE;

	return (enum ending)between(random, END_EARLY, ENDINGS - 1);
}

static void draw_end(struct random *random, struct plan_end *end,
                     uint64_t start_us)
{
	*end = (struct plan_end){
		.ending    = draw_ending(random),
		.act_us    = start_us + scaled(random, 1, 20 * 1000000u),
		.total     = scaled(random, 50, SOAK_TOTAL_MAX),
		.write_len = scaled(random, 1, SOAK_CALL_MAX),
		.read_len  = scaled(random, 1, SOAK_CALL_MAX),
		.nodelay   = one_in(random, 3),
		.quickack  = one_in(random, 4),
		.cork      = one_in(random, 8),
		.peek      = one_in(random, 8),
		.keepalive = one_in(random, 8),
		.fastopen  = one_in(random, 3),
	};
	if (one_in(random, 6)) {
		end->total    = 0;
		end->fastopen = false; /* whose first send would connect */
	}
	if (one_in(random, 3))
		end->read_pause_us = scaled(random, 100, 500000);
	if (one_in(random, 3))
		end->write_pause_us = scaled(random, 100, 500000);
	if (one_in(random, 4))
		end->sndbuf = scaled(random, TCP_BUF_MIN, 1 << 20);
	if (one_in(random, 4))
		end->rcvbuf = scaled(random, TCP_BUF_MIN, 1 << 20);
	if (one_in(random, 6))
		end->maxseg = (int)between(random, 88, 2000);
}

/* An application of small steps has little to do. */
static void bound_calls(struct plan_conn *conn)
{
	for (unsigned who = 0; who < 2; who++) {
		const struct plan_end *peer = &conn->end[!who];
		struct plan_end *end        = &conn->end[who];

		end->total = MIN(end->total, end->write_len * CALLS_MAX);
		end->total = MIN(end->total, peer->read_len * CALLS_MAX);
		end->total = MIN(end->total, SOAK_TOTAL_MAX);
	}
}

static void draw_conn(struct random *random, struct plan_conn *conn)
{
	conn->opener = random_below(random, 2);
	conn->start_us =
	        one_in(random, 2) ? 0 : scaled(random, 100, 10 * 1000000u);
	for (unsigned who = 0; who < 2; who++)
		draw_end(random, &conn->end[who], conn->start_us);
	bound_calls(conn);
}

void plan_draw(uint64_t seed, struct plan *ret)
{
	const uint64_t key[2] = { seed, 0x736f616b };
	struct random random;

	random_init(&random, key);
	*ret = (struct plan){ .seed = seed };
	for (unsigned side = 0; side < 2; side++) {
		draw_path(&random, ret, &ret->path[side]);
		draw_config(&random, ret, side);
		ret->backlog[side] = (int)between(&random, 1, 8);
		ret->listener_end_us[side] =
		        one_in(&random, 6)
		                ? scaled(&random, 1000, 20 * 1000000u)
		                : TARN_NEVER;
	}
	draw_outage(&random, ret);
	ret->conn_count = between(&random, 1, SOAK_CONNS_MAX);
	for (unsigned i = 0; i < ret->conn_count; i++)
		draw_conn(&random, &ret->conn[i]);
}

/* ---- What was drawn, for people ---- */

static void print_side(const struct plan *plan, unsigned side)
{
	const struct tarn_config *config = &plan->config[side];
	const struct wire_path *path     = &plan->path[side];

	printf("%c: mtu %u rcvbuf %u sndbuf %u wscale %u iw %u memory %zu "
	       "refuse %u ppm backlog %d\n",
	       "AB"[side], config -> mtu, config -> rcvbuf, config -> sndbuf,
	       config -> wscale, config -> initial_window, config -> memory_max,
	       plan -> refuse_ppm[side], plan -> backlog[side]);
	printf("   no: wscale %d ts %d sack %d dsack %d rack %d tlp %d prr %d "
	       "frto %d pmtu %d autotune %d; ecn %u cookies %u fastopen %u "
	       "syn queue %u\n",
	       config->no_window_scale, config->no_timestamps, config->no_sack,
	       config->no_dsack, config->no_rack, config->no_tlp,
	       config->no_prr, config->no_frto, config->no_path_mtu,
	       config->no_autotune, config->ecn, config->syn_cookies,
	       config->fastopen, config->syn_queue_max);
	printf("   delayed ACK %" PRIu64 " us, RTO min %" PRIu64 " us, MSL "
	       "%" PRIu64 " us, listener ends %" PRId64 " us\n",
	       config->delayed_ack_us, config->rto_us_min, config->msl_us,
	       (int64_t)plan->listener_end_us[side]);
	printf("   sends over: %" PRIu64 " bit/s, %" PRIu64 " us + %" PRIu64
	       ", queue %u, loss %u dup %u corrupt %u reorder %u ppm by "
	       "%" PRIu64 " us\n",
	       path->rate_bps, path->delay_us, path->jitter_us,
	       path->queue_frames, path->loss_ppm, path->dup_ppm,
	       path->corrupt_ppm, path->reorder_ppm, path->reorder_us);
}

static void print_end(const struct plan_end *end, unsigned who)
{
	static const char *const name[] = {
		[END_ORDERLY] = "orderly",   [END_CLOSE] = "close when sent",
		[END_EARLY] = "early close", [END_ABORT] = "abort",
		[END_SHUT_RD] = "SHUT_RD",   [END_SHUT_ALL] = "SHUT_RDWR",
	};

	printf("   %c: %s (at %" PRIu64 " us), sends %u by %u pause %" PRIu64
	       ", reads by %u pause %" PRIu64 ", sndbuf %u rcvbuf %u maxseg %d"
	       "%s%s%s%s%s%s\n",
	       "AB"[who], name[end->ending], end -> act_us, end -> total,
	       end -> write_len, end -> write_pause_us, end -> read_len,
	       end -> read_pause_us, end -> sndbuf, end -> rcvbuf,
	       end -> maxseg, end -> nodelay ? " nodelay" : "",
	       end->quickack ? " quickack" : "", end->cork ? " cork" : "",
	       end->peek ? " peek" : "", end->keepalive ? " keepalive" : "",
	       end->fastopen ? " fastopen" : "");
}

void plan_print(const struct plan *plan)
{
	printf("seed %" PRIu64 "%s%s\n", plan->seed,
	       plan->is_lossy ? ", lossy" : "",
	       plan->is_starved ? ", starved" : "");
	for (unsigned side = 0; side < 2; side++)
		print_side(plan, side);
	if (plan->outage_us)
		printf("all is lost from %" PRIu64 " to %" PRIu64 " us\n",
		       plan->outage_us, plan->outage_end_us);
	for (unsigned i = 0; i < plan->conn_count; i++) {
		printf("%u: %c connects at %" PRIu64 " us\n", i,
		       "AB"[plan->conn[i].opener], plan -> conn[i].start_us);
		for (unsigned who = 0; who < 2; who++)
			print_end(&plan->conn[i].end[who], who);
	}
}
