/* SPDX-License-Identifier: MIT */
/* peer.c - a scenario's life: worlds, clock, beginning and end; see peer.h */
#include "tests/unit/lib/peer.h"
#include "stack.h"
#include "tcp/tcb.h"
#include "tests/unit/lib/peer_state.h"
#include <string.h>

/* Polls at one moment before the stack is said to spin. */
#define TURNS_MAX 10000
/* How long nothing happens before everything must be gone: longer than any
 * orphan's retries and any neighbour's memory. */
#define LONG_SILENCE_US (7200 * SEC)

/* Of real time, for a scenario under sanitizers on a busy machine. */
#define SCENARIO_SECONDS_MAX 300

struct peer peer;

/* Both ISS and the clock: near zero, near 2^31, near 2^32; the third is born
 * 200 ms before a millisecond clock of 32 bits wraps. */
static const struct {
	uint32_t irs, iss;
	uint64_t born_us;
} worlds[PEER_WORLDS] = {
	{ 0x00000100, 0x00000200, 10 * SEC },
	{ 0x7fffff00, 0xffffff00, 86400 * SEC },
	{ 0xffffff00, 0x7fffff00, 4294967096000ull },
};

/* The answers to ARP are none of the script's. */
static bool is_arp(const struct tarn_event_frame *frame)
{
	const uint8_t *octet = frame->part[0].data;

	return frame->part[0].len >= 14 && octet[12] == 0x08 &&
	       octet[13] == 0x06;
}

static void observe(void *observer, const struct tarn_event *event)
{
	(void)observer;
	if (event->kind == TARN_EVENT_FRAME_DONE && !is_arp(&event->frame))
		peer.drop = event->frame.drop;
	if (event->kind == TARN_EVENT_TCP_STATE) {
		struct flow *flow = find_flow(event->tcp.peer.port);

		if (flow) {
			flow->has_state = true;
			flow->state     = event->note.state;
		}
	}
}

void peer_begin(int world)
{
	memset(&peer, 0, sizeof(peer));
	peer.is_hasty = world == PEER_WORLD_HASTY;
	peer.world    = world % PEER_WORLDS;
	peer.born_us  = worlds[peer.world].born_us;
	peer.now_us   = peer.born_us;
	peer.window   = 65535;
	peer.listener = -1;
	peer_port(PEER_PORT);

	tarn_config_init(&peer.config);
	peer.config.ops     = &peer_link_ops;
	peer.config.link    = &peer;
	peer.config.ip      = tarn_ip4(10, 9, 0, 2);
	peer.config.acd_off = true;
	peer.config.seed[0] = 0x7461726e;
	peer.config.seed[1] = (uint64_t)world + 1;
	peer.config.observe = observe;
	memory_begin(&peer.config);
}

struct tarn_config *peer_config(void)
{
	ck_assert_msg(!peer.tarn, "the stack has been made already");

	return &peer.config;
}

static void fix_iss(uint32_t iss)
{
	struct tcp *tcp = tarn_tcp(peer.tarn);

	tcp->has_fixed_iss = true;
	tcp->fixed_iss     = iss;
}

void peer_free_iss(void)
{
	tarn_tcp(stack())->has_fixed_iss = false;
}

void peer_open(void)
{
	ck_assert_msg(!peer.tarn, "the stack has been made already");
	ck_assert_int_eq(tarn_create(&peer.config, peer.now_us, &peer.tarn), 0);
	fix_iss(worlds[peer.world].iss);
	tarn_tcp(peer.tarn)->is_hasty = peer.is_hasty;
	settle();
	peer.memory_at_birth = memory_held();
}

struct tarn *stack(void)
{
	if (!peer.tarn)
		peer_open();

	return peer.tarn;
}

/* ---- Flows ---- */

struct flow *find_flow(uint16_t peer_port)
{
	for (size_t i = 0; i < peer.flow_count; i++) {
		if (peer.flows[i].peer_port == peer_port)
			return &peer.flows[i];
	}

	return NULL;
}

struct flow *flow_of_port(uint16_t peer_port)
{
	struct flow *flow = find_flow(peer_port);

	if (flow)
		return flow;
	ck_assert_uint_lt(peer.flow_count, FLOWS_MAX);
	flow  = &peer.flows[peer.flow_count++];
	*flow = (struct flow){
		.peer_port  = peer_port,
		.stack_port = STACK_PORT,
		.irs        = worlds[peer.world].irs,
	};

	return flow;
}

void peer_port(uint16_t port)
{
	peer.flow = flow_of_port(port);
}

void peer_forgets(void)
{
	peer.flow_count = 0;
	peer.flow       = NULL;
}

void peer_flow(uint16_t port, uint16_t port_of_stack)
{
	peer_port(port);
	peer.flow->stack_port = port_of_stack;
}

void peer_iss(uint32_t irs, uint32_t iss)
{
	stack();
	peer.flow->irs = irs;
	fix_iss(iss);
}

void peer_initial(uint32_t by)
{
	peer.flow->irs += by;
}

void peer_window(uint16_t window)
{
	peer.window = window;
}

void peer_tsval(uint32_t tsval)
{
	peer.has_tsval = true;
	peer.tsval     = tsval;
}

void peer_ignores_arp(void)
{
	peer.ignores_arp = true;
}

unsigned peer_arp_requests(void)
{
	return peer.arp_requests;
}

uint16_t stack_port(void)
{
	return peer.flow->stack_port;
}

uint32_t stack_tsval(void)
{
	return peer.flow->stack_tsval;
}

/* ---- Time ---- */

uint64_t now_us(void)
{
	return peer.now_us;
}

void settle(void)
{
	struct tarn *t = stack();

	for (unsigned turn = 0;; turn++) {
		peer.deadline_us = tarn_poll(t, peer.now_us);
		if (!answer_arp() && peer.rx_at == peer.rx_count &&
		    peer.deadline_us > peer.now_us)
			return;
		if (turn == TURNS_MAX)
			peer_fails(__FILE__, __LINE__,
			           "tarn_poll() asks to be called at once, "
			           "again and again");
	}
}

static bool step(uint64_t until_us)
{
	if (peer.deadline_us > until_us)
		return false;
	peer.now_us = peer.deadline_us;
	settle();

	return true;
}

void time_passes(uint64_t us)
{
	const uint64_t until_us = now_us() + us;

	settle();
	while (step(until_us))
		;
	peer.now_us = until_us;
	settle();
}

void expect_wait(const char *file, int line, uint64_t us)
{
	const uint64_t begin_us = now_us();
	const uint64_t late_us  = us + us / 100 + MSEC;

	settle();
	if (sent_count() > 0)
		peer_fails(file, line,
		           "something was sent before any time "
		           "had passed");
	while (sent_count() == 0 && step(begin_us + late_us))
		;
	if (sent_count() == 0)
		peer_fails(file, line, "nothing was sent within %llu us",
		           (unsigned long long)late_us);
	if (now_us() - begin_us < us)
		peer_fails(file, line, "sent after %llu us, expected %llu",
		           (unsigned long long)(now_us() - begin_us),
		           (unsigned long long)us);
}

/* ---- The end ---- */

static void check_usage(void)
{
	struct tarn_usage usage;

	tarn_usage(peer.tarn, &usage);
	ck_assert_msg(usage.connections == 0, "a connection is left");
	ck_assert_msg(usage.half_open == 0, "a half-open one is left");
	ck_assert_msg(usage.time_wait == 0, "a TIME-WAIT record is left");
	ck_assert_msg(usage.listeners == 0, "a listener is left");
	ck_assert_msg(usage.udp == 0, "a UDP endpoint is left");
	ck_assert_msg(usage.descriptors == 0, "a descriptor is left");
	ck_assert_msg(usage.neighbours == 0, "a neighbour is left");
	ck_assert_msg(usage.reassemblies == 0, "a reassembly is left");
	ck_assert_msg(peer.deadline_us == TARN_NEVER, "a timer is armed");
	ck_assert_msg(memory_held() == peer.memory_at_birth,
	              "%zu octets are held, %zu at birth", memory_held(),
	              peer.memory_at_birth);
}

static void close_everything(void)
{
	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++) {
		if (peer.is_adopted[fd])
			app_closes(fd);
	}
}

void peer_end(void)
{
	settle();
	expect_nothing(__FILE__, __LINE__, 0);
	memory_refuse(0, false);
	peer.is_mute = true;
	close_everything();
	time_passes(LONG_SILENCE_US);
	check_usage();
	tarn_destroy(peer.tarn);
	ck_assert_msg(memory_held() == 0, "%zu octets leaked", memory_held());
}

int scenario_run(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);

	for (size_t i = 0; i < count; i++) {
		TCase *tcase = tcase_create(tests[i]->name);

		tcase_set_timeout(tcase, SCENARIO_SECONDS_MAX);
		tcase_add_loop_test(tcase, tests[i], 0, PEER_WORLD_HASTY + 1);
		suite_add_tcase(suite, tcase);
	}

	return test_run(suite);
}
