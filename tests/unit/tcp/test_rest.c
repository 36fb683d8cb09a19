/* SPDX-License-Identifier: MIT */
/* test_rest.c - who goes to rest, and that nothing is lost by it */
#include "tcp/rest.h"
#include "tests/unit/lib/tcb.h"
#include <errno.h>

#define PACKED_FROM offsetof(struct tcb, number)
#define PACKED_LEN  (sizeof(struct tcb) - PACKED_FROM)

static struct env *env;
static struct tcp *tcp;
static struct tcb *tcb;
static int user;

static void setup(void)
{
	env = tcb_layer_open();
	tcb = tcb_in(TCPS_ESTABLISHED);
	tcp = tcb->tcp;
	tcp_set_user(tcb, &user);
	ck_assert_ptr_eq(tcp_take_ready(tcp), &user);
}

static void teardown(void)
{
	tcb_layer_close();
}

static void pass(uint64_t us)
{
	env->now_us += us;
	tcp_timeouts(tcp);
}

/* Return: what it is now; NULL: it stays awake */
static struct conn_rest *let_rest(void)
{
	struct conn_rest *rest;
	void *whose = NULL;

	pass(USEC_PER_SEC);
	rest = tcp_rest_next(tcp, &whose);
	if (rest)
		ck_assert_ptr_eq(whose, &user);
	ck_assert_ptr_null(tcp_rest_next(tcp, &whose));

	return rest;
}

static struct conn_rest *resting(void)
{
	struct conn_rest *rest = let_rest();

	ck_assert_ptr_nonnull(rest);

	return rest;
}

static void refuse_memory(void)
{
	env->memory.budget = env->memory.used;
}

START_TEST(silence_gives_memory_back)
{
	const size_t used = env->memory.used;
	struct tcp_usage usage;

	resting();
	ck_assert_uint_lt(env->memory.used + 1000, used);
	tcp_usage(tcp, &usage);
	ck_assert_uint_eq(usage.connections, 1);
}
END_TEST

START_TEST(one_that_spoke_is_given_more_time)
{
	void *whose;

	tcb->octets_received = 1;
	tcb->rcv.text_us     = env->now_us;
	pass(TCP_REST_NEW_US);
	ck_assert_ptr_null(tcp_rest_next(tcp, &whose));
	pass(TCP_REST_US - TCP_REST_NEW_US - 1);
	ck_assert_ptr_null(tcp_rest_next(tcp, &whose));
	pass(1);
	ck_assert_ptr_nonnull(tcp_rest_next(tcp, &whose));
}
END_TEST

/* Whatever a field holds that is no pointer, and not what is in hand. */
static void scramble(struct tcb *of, struct random *chance)
{
	uint32_t *counts[] = {
		&of->snd.wnd,
		&of->snd.max_wnd,
		&of->cc.cwnd,
		&of->cc.ssthresh,
		&of->rcv.seg_max,
		&of->ts_recent,
		&of->loss.reordering,
		&of->rack.fack,
		&of->ecn.recover,
		&of->tune.space,
		&of->snd.push[3],
		&of->loss.recover,
		&of->cc.hystart.css_baseline_us,
	};

	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		*counts[i] = random_below(chance, UINT32_MAX);
	of->rtt.srtt_us         = random_below(chance, 1u << 20);
	of->rtt.min_begin_us    = random_below(chance, UINT32_MAX);
	of->cc.ops              = &cc_reno;
	of->settings.congestion = cc_reno.name;
	of->count.segs_in       = UINT64_MAX - random_below(chance, 9);
	of->path.claimed        = (uint16_t)random_below(chance, 1500);
	of->has_ecn             = random_below(chance, 2);
	of->soft_error          = EHOSTUNREACH;
	of->retransmits         = random_below(chance, 100);
}

START_TEST(it_wakes_octet_by_octet_as_it_was)
{
	static uint8_t before[PACKED_LEN];
	struct random chance;

	random_init(&chance, (uint64_t[]){ 8, 9 });
	for (int round = 0; round < 200; round++) {
		struct conn_rest *rest;
		struct tcb view;

		scramble(tcb, &chance);
		memcpy(before, (uint8_t *)tcb + PACKED_FROM, PACKED_LEN);
		rest = resting();
		rest_view(tcp, rest, &view);
		ck_assert_mem_eq((uint8_t *)&view + PACKED_FROM, before,
		                 PACKED_LEN);
		tcb = tcp_wake(tcp, rest);
		ck_assert_mem_eq((uint8_t *)tcb + PACKED_FROM, before,
		                 PACKED_LEN);
		ck_assert_ptr_eq(tcb->ready.user, &user);
		ck_assert_ptr_eq(conn_find(tcp, &tcb->conn.key), &tcb->conn);
	}
}
END_TEST

static void owe(void)
{
	tcp_owe(tcb, WHY_DATA);
}

static void fly(void)
{
	tcb_sends(tcb, 1);
}

static void have_failed(void)
{
	tcb->error = ECONNRESET;
}

static void discard(void)
{
	tcb->rcv.discard = true;
}

static void be_urgent(void)
{
	tcb->rcv.is_urgent = true;
}

static void hold_a_fin(void)
{
	tcb->rcv.fin_waits = true;
}

static void hold_text(void)
{
	ck_assert_int_eq(ring_reserve(&tcb->rcv.ring, &env->memory, 1), 0);
}

static void wait_for_a_timer(void)
{
	tcp_timer_arm(tcb, TCP_TIMER_CORK, env->now_us + 60 * USEC_PER_SEC,
	              WHY_TIMER_CORK);
}

static void have_news(void)
{
	tcp_mark_ready(tcp, &tcb->ready);
}

static void belong_to_nobody(void)
{
	tcp_set_user(tcb, NULL);
}

static void be_half_closed(void)
{
	tcp_set_state(tcb, TCPS_CLOSE_WAIT, WHY_GOT_FIN);
	tcb->rcv.fin = true;
}

static void see(void *observer, const struct tarn_event *event)
{
	(void)observer;
	(void)event;
}

static void be_observed(void)
{
	env->config.observe = see;
}

static void (*const in_the_way[])(void) = {
	owe,
	fly,
	have_failed,
	discard,
	be_urgent,
	hold_a_fin,
	hold_text,
	have_news,
	wait_for_a_timer,
	be_observed,
	be_half_closed,
	belong_to_nobody,
};

START_TEST(something_in_hand_keeps_it_awake)
{
	in_the_way[_i]();
	ck_assert_ptr_null(let_rest());
	env->config.observe = NULL;
}
END_TEST

START_TEST(without_memory_for_the_record_it_stays_awake)
{
	refuse_memory();
	ck_assert_ptr_null(let_rest());
	ck_assert_ptr_eq(conn_find(tcp, &tcb->conn.key), &tcb->conn);
}
END_TEST

/* An acknowledgment of nothing new, as the datagram that brings it. */
static enum drop hear_ack(const struct conn_rest *rest)
{
	const struct conn_key *key = &rest->conn.key;
	uint8_t octet[TCP_HDR_LEN_MAX];
	const struct tcp_hdr hdr = {
		.src_port = key->peer_port,
		.dst_port = key->local_port,
		.seq      = rest->rcv_nxt,
		.ack      = rest->snd_una,
		.ack_bit  = true,
		.window   = 1000,
	};
	const struct net_rx rx = {
		.kind         = NET_RX_DATAGRAM,
		.proto        = IP_PROTO_TCP,
		.src          = key->peer_ip,
		.dst          = key->local_ip,
		.data         = octet,
		.len          = tcp_hdr_write(octet, &hdr),
		.has_good_sum = true,
	};

	return tcp_input(tcp, &rx);
}

START_TEST(a_segment_wakes_it_and_its_user_is_told)
{
	void *whose;

	ck_assert_int_eq(hear_ack(resting()), DROP_NONE);
	tcb = tcp_woken_next(tcp, &whose);
	ck_assert_ptr_nonnull(tcb);
	ck_assert_ptr_eq(whose, &user);
	ck_assert_uint_eq(tcb->snd.wnd, 1000);
	ck_assert_ptr_null(tcp_woken_next(tcp, &whose));
	ck_assert_ptr_nonnull(let_rest());
}
END_TEST

START_TEST(without_memory_to_wake_the_segment_is_dropped_by_name)
{
	struct conn_rest *rest = resting();
	void *whose;

	refuse_memory();
	ck_assert_int_eq(hear_ack(rest), DROP_TCP_MEMORY);
	ck_assert_ptr_null(tcp_wake(tcp, rest));
	ck_assert_ptr_null(tcp_woken_next(tcp, &whose));

	env->memory.budget = SIZE_MAX;
	ck_assert_int_eq(hear_ack(rest), DROP_NONE);
}
END_TEST

static void sleep_with_keep_alive(void)
{
	tcb->settings.keep_alive      = true;
	tcb->settings.keep_idle_s     = 10;
	tcb->settings.keep_interval_s = 1;
	tcb->settings.keep_probes     = 3;
	keep_alive_heard(tcb);
	keep_alive_update(tcb);
	resting();
}

START_TEST(keep_alive_wakes_it)
{
	void *whose;

	sleep_with_keep_alive();
	pass(9 * USEC_PER_SEC - 1);
	ck_assert_ptr_null(tcp_woken_next(tcp, &whose));
	pass(1);
	tcb = tcp_woken_next(tcp, &whose);
	ck_assert_ptr_nonnull(tcb);
	ck_assert(tcp_owes(tcb, WHY_KEEP_ALIVE));
}
END_TEST

START_TEST(keep_alive_waits_for_memory)
{
	void *whose;

	sleep_with_keep_alive();
	refuse_memory();
	pass(9 * USEC_PER_SEC);
	ck_assert_ptr_null(tcp_woken_next(tcp, &whose));
	ck_assert_uint_le(tcp_deadline(tcp), env->now_us + TCP_REST_RETRY_US);
	env->memory.budget = SIZE_MAX;
	pass(TCP_REST_RETRY_US);
	ck_assert_ptr_nonnull(tcp_woken_next(tcp, &whose));
}
END_TEST

static void count_end(void *context, const struct tarn_end *end)
{
	uint32_t *number = context;

	ck_assert_uint_eq(*number, 0);
	ck_assert_int_eq(end->kind, TARN_END_CONNECTION);
	ck_assert_str_eq(end->state_name, "ESTABLISHED");
	*number = end->number;
}

START_TEST(who_asks_for_all_connections_sees_it)
{
	const uint32_t number = tcb->number;
	uint32_t told         = 0;

	resting();
	tcp_ends(tcp, count_end, &told);
	ck_assert_uint_eq(told, number);
}
END_TEST

START_TEST(it_can_be_reset_without_memory)
{
	struct conn_rest *rest = resting();
	const size_t used      = env->memory.used;
	struct tcp_usage usage;

	refuse_memory();
	tcp_rest_abort(tcp, rest);
	tcp_usage(tcp, &usage);
	ck_assert_uint_eq(usage.connections, 0);
	ck_assert_uint_lt(env->memory.used, used);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("tcp/rest");
	TCase *tc = tcase_create("rest");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, silence_gives_memory_back);
	tcase_add_test(tc, one_that_spoke_is_given_more_time);
	tcase_add_test(tc, it_wakes_octet_by_octet_as_it_was);
	tcase_add_loop_test(tc, something_in_hand_keeps_it_awake, 0,
	                    ARRAY_LEN(in_the_way));
	tcase_add_test(tc, without_memory_for_the_record_it_stays_awake);
	tcase_add_test(tc, a_segment_wakes_it_and_its_user_is_told);
	tcase_add_test(tc,
	               without_memory_to_wake_the_segment_is_dropped_by_name);
	tcase_add_test(tc, keep_alive_wakes_it);
	tcase_add_test(tc, keep_alive_waits_for_memory);
	tcase_add_test(tc, who_asks_for_all_connections_sees_it);
	tcase_add_test(tc, it_can_be_reset_without_memory);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
