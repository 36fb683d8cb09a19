/* SPDX-License-Identifier: MIT */
/*
 * tarn_ends(): whoever looks from outside sees each end once, with its timers,
 * and a connection keeps its number from SYN to the end of TIME-WAIT
 */
#include "tests/unit/lib/peer.h"

#define ENDS_MAX 16

static struct tarn_end ends[ENDS_MAX];
static unsigned end_count;

static void keep(void *context, const struct tarn_end *end)
{
	(void)context;
	ck_assert_uint_lt(end_count, ENDS_MAX);
	ends[end_count++] = *end;
}

/* The only end of this kind; there must be one. */
static const struct tarn_end *the(enum tarn_end_kind kind)
{
	const struct tarn_end *found = NULL;

	end_count = 0;
	tarn_ends(stack(), keep, NULL);
	for (unsigned i = 0; i < end_count; i++) {
		if (ends[i].kind != kind)
			continue;
		ck_assert_ptr_null(found);
		found = &ends[i];
	}
	ck_assert_ptr_nonnull(found);

	return found;
}

static const struct tarn_end_timer *timer_of(const struct tarn_end *end,
                                             const char *name)
{
	for (unsigned i = 0; i < end->timer_count; i++)
		if (strcmp(end->timer[i].name, name) == 0)
			return &end->timer[i];

	ck_abort_msg("no timer is called %s", name);
}

SCENARIO(listener_shows_its_queue_and_backlog)
{
	const struct tarn_end *end;

	app_listens(STACK_PORT, 5);
	end = the(TARN_END_LISTENER);
	ck_assert_str_eq(end->state_name, "LISTEN");
	ck_assert_uint_eq(end->local.port, STACK_PORT);
	ck_assert_uint_eq(end->peer.port, 0);
	ck_assert_uint_eq(end->send_queue, 5);
	ck_assert_uint_eq(end->receive_queue, 0);
	ck_assert_uint_eq(end_count, 1);
}

SCENARIO(half_open_shows_when_the_syn_ack_goes_again)
{
	const struct tarn_end *end;

	app_listens(STACK_PORT, 5);
	peer_flow(PEER_PORT, STACK_PORT);
	peer_sends("S 0:0(0) <mss 1000>");
	stack_sends("S. 0:0(0) ack 1");
	end = the(TARN_END_HALF_OPEN);
	ck_assert_str_eq(end->state_name, "SYN-RECEIVED");
	ck_assert_uint_eq(end->peer.port, PEER_PORT);
	ck_assert_uint_eq(timer_of(end, "SYN-ACK")->deadline_us,
	                  now_us() + SEC);
	peer_sends("R 1:1(0)");
}

SCENARIO(connection_shows_queues_and_timers)
{
	const int fd = peer_connects("mss 1000");
	const struct tarn_end *end;

	peer_sends("P. 1:301(300) ack 1");
	stack_sends(". 1:1(0) ack 301");
	app_sends(fd, 700);
	stack_sends("P. 1:701(700) ack 301");

	end = the(TARN_END_CONNECTION);
	ck_assert_str_eq(end->state_name, "ESTABLISHED");
	ck_assert_uint_eq(end->receive_queue, 300);
	ck_assert_uint_eq(end->send_queue, 700);
	ck_assert_uint_eq(end->info.flight, 700);
	ck_assert_uint_gt(end->number, 0);
	ck_assert_uint_eq(end->number, app_info(fd).number);
	ck_assert(!end->is_orphan);
	ck_assert_uint_gt(end->timer_count, 0);
	for (unsigned i = 0; i < end->timer_count; i++)
		ck_assert_uint_gt(end->timer[i].deadline_us, now_us());
	peer_sends(". 301:301(0) ack 701");
	ck_assert_uint_eq(the(TARN_END_CONNECTION)->timer_count, 0);
	app_receives(fd, 300);
}

SCENARIO(time_wait_keeps_the_number_and_counts_down)
{
	const int fd          = peer_connects("mss 1000");
	const uint32_t number = the(TARN_END_CONNECTION)->number;
	const struct tarn_end *end;

	app_closes(fd);
	stack_sends("F. 1:1(0) ack 1");
	end = the(TARN_END_CONNECTION);
	ck_assert_str_eq(end->state_name, "FIN-WAIT-1");
	ck_assert(end->is_orphan);
	peer_sends("F. 1:1(0) ack 2");
	stack_sends(". 2:2(0) ack 2");

	end = the(TARN_END_TIME_WAIT);
	ck_assert_uint_eq(end->number, number);
	ck_assert_str_eq(end->state_name, "TIME-WAIT");
	ck_assert_uint_eq(timer_of(end, "2MSL")->deadline_us,
	                  now_us() + 60 * SEC);
	time_passes(61 * SEC);
	end_count = 0;
	tarn_ends(stack(), keep, NULL);
	ck_assert_uint_eq(end_count, 1); /* the listener */
}

SCENARIO(datagram_socket_shows_what_waits)
{
	const struct tarn_addr local = { .port = 53 };
	const int fd                 = tarn_socket(stack(), TARN_DGRAM);
	const struct tarn_end *end;

	ck_assert_int_ge(app_adopts(fd), 0);
	end_count = 0;
	tarn_ends(stack(), keep, NULL);
	ck_assert_uint_eq(end_count, 0); /* not bound: nobody can reach it */
	ck_assert_int_eq(tarn_bind(stack(), fd, &local), 0);
	end = the(TARN_END_DATAGRAM);
	ck_assert_uint_eq(end->local.port, 53);
	ck_assert_uint_eq(end->number, 0);
}

SCENARIO_MAIN("ends", listener_shows_its_queue_and_backlog,
              half_open_shows_when_the_syn_ack_goes_again,
              connection_shows_queues_and_timers,
              time_wait_keeps_the_number_and_counts_down,
              datagram_socket_shows_what_waits)
