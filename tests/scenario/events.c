/* SPDX-License-Identifier: MIT */
/*
 * events.c - whatever happens is told, with a reason and the line that gives it
 *
 *	A 10.9.0.1  ====  12 % loss, 5 % reordering, 10 ms each way  ====  B
 *
 * One run that goes everywhere: a neighbour is asked for, a connection opens
 * over losses, moves data until the peer's buffer is full, is read, closes and
 * waits; datagrams arrive whole and in fragments, and to nobody. Everything
 * that both stacks tell is collected. Then: each kind of event occurs; each
 * reason stands in the source at the line that the event names. A line that is
 * taken out of the stack takes its event with it: tools/mutations-why.
 */
#include "base/bytes.h"
#include "drivers/glance.h"
#include "drivers/jsonrow.h"
#include "drivers/lab.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <stdio.h>

#define SEC       1000000ull
#define ROWS_MAX  20000
#define OCTETS    300000u
#define LINES_MAX 6 /* of a statement */

/** struct told - what is remembered of one row */
struct told {
	struct story_row row;
	struct tarn_event event; /* if it is no frame */
	struct glance glance;    /* if it is one */
	char name[32];           /* of a timer, a queue or a call */
};

static struct told told[2][ROWS_MAX];
static unsigned told_count[2];
static struct story *story[2];
static struct lab *lab;
static struct tarn *a, *b;

static const char *name_of(const struct tarn_event *event)
{
	if (event->kind == TARN_EVENT_TCP_TIMER)
		return event->timer.name;
	if (event->kind == TARN_EVENT_QUEUE)
		return event->queue.name;
	if (event->kind == TARN_EVENT_CALL)
		return event->call.name;

	return "";
}

static void remember(void *listener, const struct story_row *row)
{
	const unsigned end = listener == &told[1];
	struct told *to    = &told[end][told_count[end]++];

	ck_assert_uint_lt(told_count[end], ROWS_MAX);
	to->row = *row;
	if (row->kind == STORY_FRAME) {
		glance_at(row->frame, row->len, &to->glance);
		return;
	}
	to->event = *row->event;
	snprintf(to->name, sizeof(to->name), "%s", name_of(row->event));
}

static void watch(struct tarn_config *config, unsigned end, void *context)
{
	(void)context;
	config->observe  = story_event;
	config->observer = story[end];
	config->rcvbuf   = end ? 65536 : config->rcvbuf;
	if (end)
		config->rcvbuf_max = 65536;
}

/* ---- The run ---- */

static int connect_to_server(int listener)
{
	const struct tarn_addr server = { tarn_ip4(10, 9, 0, 2), 80 };
	const int fd                  = tarn_socket(a, TARN_STREAM);

	ck_assert_int_eq(tarn_bind(b, listener, &server), 0);
	ck_assert_int_eq(tarn_listen(b, listener, 2), 0);
	ck_assert_int_eq(tarn_connect(a, fd, &server), -EINPROGRESS);
	lab_run(lab, lab_now(lab) + 20 * SEC);

	return fd;
}

/* A writes until it has sent everything; B sleeps first, and then reads. */
static void transfer(int from, int to)
{
	static uint8_t block[8192];
	uint32_t sent = 0, got = 0;

	for (unsigned round = 0; got < OCTETS; round++) {
		ssize_t n = 0;

		ck_assert_uint_lt(round, 5000);
		while (sent < OCTETS && n >= 0) {
			n = tarn_send(a, from, block,
			              MIN(sizeof(block), OCTETS - sent), 0);
			sent += n > 0 ? (uint32_t)n : 0;
		}
		lab_run(lab, lab_now(lab) + (round == 5 ? 5 * SEC : SEC / 20));
		for (n = 1; round > 5 && n > 0; got += n > 0 ? (uint32_t)n : 0)
			n = tarn_recv(b, to, block, sizeof(block), 0);
	}
}

static void close_both(int client, int server)
{
	char octet;

	ck_assert_int_eq(tarn_shutdown(a, client, TARN_SHUT_WR), 0);
	lab_run(lab, lab_now(lab) + 10 * SEC);
	ck_assert_int_eq(tarn_recv(b, server, &octet, 1, 0), 0);
	ck_assert_int_eq(tarn_close(b, server), 0);
	lab_run(lab, lab_now(lab) + 10 * SEC);
	ck_assert_int_eq(tarn_close(a, client), 0);
	lab_run(lab, lab_now(lab) + 200 * SEC);
}

static void send_datagram(int fd, const void *data, size_t len,
                          const struct tarn_addr *to)
{
	ck_assert_int_eq(tarn_sendto(a, fd, data, len, 0, to), (ssize_t)len);
}

static void send_datagrams(void)
{
	const struct tarn_addr to     = { tarn_ip4(10, 9, 0, 2), 53 };
	const struct tarn_addr nobody = { tarn_ip4(10, 9, 0, 2), 54 };
	const struct tarn_addr silent = { tarn_ip4(10, 9, 0, 77), 53 };
	static uint8_t data[4000];
	const int reader = tarn_socket(b, TARN_DGRAM);
	const int writer = tarn_socket(a, TARN_DGRAM);

	ck_assert_int_eq(tarn_bind(b, reader, &to), 0);
	for (unsigned i = 0; i < 20; i++) {
		send_datagram(writer, data, sizeof(data), &to);
		send_datagram(writer, data, 10, &to);
		send_datagram(writer, data, 10, &nobody);
		lab_run(lab, lab_now(lab) + SEC);
		while (tarn_recv(b, reader, data, sizeof(data), 0) > 0)
			;
	}
	send_datagram(writer, data, 10, &silent);
	lab_run(lab, lab_now(lab) + 60 * SEC);
	tarn_close(a, writer);
	tarn_close(b, reader);
}

static void run(void)
{
	const struct wire_path path = { .delay_us    = 10000,
		                        .loss_ppm    = 120000,
		                        .reorder_ppm = 50000 };
	int client, server, listener;

	for (unsigned end = 0; end < 2; end++) {
		told_count[end] = 0;
		ck_assert_int_eq(story_open(remember, &told[end], &story[end]),
		                 0);
	}
	ck_assert_int_eq(lab_create(&path, 7, watch, NULL, &lab), 0);
	a        = lab_stack(lab, 0);
	b        = lab_stack(lab, 1);
	listener = tarn_socket(b, TARN_STREAM);
	client   = connect_to_server(listener);
	server   = tarn_accept(b, listener, NULL);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(tarn_accept(b, listener, NULL), -EAGAIN);
	transfer(client, server);
	close_both(client, server);
	tarn_close(b, listener);
	send_datagrams();
	lab_destroy(lab);
	for (unsigned end = 0; end < 2; end++)
		story_close(story[end]);
}

/* ---- What must be in it ---- */

static unsigned count_events(enum tarn_event_kind kind, const char *name,
                             enum why why)
{
	unsigned count = 0;

	for (unsigned end = 0; end < 2; end++)
		for (unsigned i = 0; i < told_count[end]; i++) {
			const struct told *one = &told[end][i];

			count += one->row.kind == STORY_EVENT &&
			         one->event.kind == kind &&
			         (!name || strcmp(one->name, name) == 0) &&
			         (why == WHY_NONE || one->event.why == why);
		}

	return count;
}

static const struct {
	const char *name; /* NULL: any */
	enum tarn_event_kind kind;
	enum why why; /* NONE: any */
} wanted[] = {
	{ NULL, TARN_EVENT_DROP, WHY_NONE },
	{ NULL, TARN_EVENT_TCP_STATE, WHY_GOT_FIN },
	{ "retransmission", TARN_EVENT_TCP_TIMER, WHY_TIMER_RETRANSMIT },
	{ "retransmission", TARN_EVENT_TCP_TIMER, WHY_RETRANSMIT_TIMEOUT },
	{ "retransmission", TARN_EVENT_TCP_TIMER, WHY_TIMER_ALL_ACKED },
	{ "loss probe", TARN_EVENT_TCP_TIMER, WHY_TIMER_PROBE },
	{ "reordering", TARN_EVENT_TCP_TIMER, WHY_TIMER_REORDER },
	{ "persist", TARN_EVENT_TCP_TIMER, WHY_TIMER_PERSIST },
	{ "persist", TARN_EVENT_TCP_TIMER, WHY_WINDOW_PROBE },
	{ "delayed ACK", TARN_EVENT_TCP_TIMER, WHY_TIMER_DELAYED_ACK },
	{ "SYN,ACK", TARN_EVENT_TCP_TIMER, WHY_TIMER_SYN_ACK },
	{ "2MSL", TARN_EVENT_TCP_TIMER, WHY_TIMER_2MSL },
	{ "2MSL", TARN_EVENT_TCP_TIMER, WHY_TIMEOUT_2MSL },
	{ NULL, TARN_EVENT_TCP_CC, WHY_CC_SLOW_START },
	{ NULL, TARN_EVENT_TCP_CC, WHY_CC_RECOVERY },
	{ NULL, TARN_EVENT_TCP_RTT, WHY_RTT_SAMPLE },
	{ NULL, TARN_EVENT_TCP_DECISION, WHY_ACK_HOLE },
	{ NULL, TARN_EVENT_TCP_DECISION, WHY_ACK_QUICK },
	{ NULL, TARN_EVENT_TCP_DECISION, WHY_ACK_SECOND },
	{ NULL, TARN_EVENT_TCP_DECISION, WHY_ACK_DELAYED },
	{ NULL, TARN_EVENT_TCP_DECISION, WHY_ACK_FIN },
	{ NULL, TARN_EVENT_TCP_DECISION, WHY_HANDSHAKE_ACK },
	{ NULL, TARN_EVENT_TCP_DECISION, WHY_WINDOW_UPDATE },
	{ NULL, TARN_EVENT_TCP_DECISION, WHY_WINDOW_PROBE },
	{ NULL, TARN_EVENT_TCP_BUFFERS, WHY_APP_WROTE },
	{ NULL, TARN_EVENT_TCP_BUFFERS, WHY_APP_READ },
	{ NULL, TARN_EVENT_TCP_BUFFERS, WHY_NEW_TEXT },
	{ NULL, TARN_EVENT_TCP_BUFFERS, WHY_NEW_TEXT_KEPT },
	{ NULL, TARN_EVENT_TCP_BUFFERS, WHY_NEW_ACK },
	{ NULL, TARN_EVENT_TCP_SCOREBOARD, WHY_NEW_SACK },
	{ NULL, TARN_EVENT_TCP_SCOREBOARD, WHY_LOST },
	{ "accept", TARN_EVENT_QUEUE, WHY_GOT_ACK_OF_SYN },
	{ "accept", TARN_EVENT_QUEUE, WHY_APP_ACCEPTED },
	{ "SYN", TARN_EVENT_QUEUE, WHY_GOT_SYN },
	{ "UDP", TARN_EVENT_QUEUE, WHY_UDP_QUEUED },
	{ "ARP", TARN_EVENT_QUEUE, WHY_ARP_WAITS },
	{ "reassembly", TARN_EVENT_QUEUE, WHY_FRAGMENT_KEPT },
	{ NULL, TARN_EVENT_REASSEMBLY, WHY_FRAGMENT_KEPT },
	{ NULL, TARN_EVENT_REASSEMBLY, WHY_FRAGMENTS_WHOLE },
	{ NULL, TARN_EVENT_NEIGHBOUR, WHY_ARP_RESOLVED },
	{ "connect", TARN_EVENT_CALL, WHY_NONE },
	{ "recv", TARN_EVENT_CALL, WHY_NONE },
	{ NULL, TARN_EVENT_READY, WHY_READY },
};

START_TEST(each_kind_of_event_occurs)
{
	run();
	for (unsigned i = 0; i < ARRAY_LEN(wanted); i++)
		ck_assert_msg(count_events(wanted[i].kind, wanted[i].name,
		                           wanted[i].why) > 0,
		              "kind %d %s, why %s", wanted[i].kind,
		              wanted[i].name ? wanted[i].name : "",
		              why_symbol(wanted[i].why));
}
END_TEST

/* ---- Reasons stand where the event says ---- */

/* Do the lines from @src ("stack/x.c:12") on, a statement, hold @symbol? */
static bool stands_at(const char *src, const char *symbol)
{
	const char *colon = strrchr(src, ':');
	char path[128], line[200];
	const long at = colon ? strtol(colon + 1, NULL, 10) : 0;
	bool is_there = false;
	FILE *file;

	snprintf(path, sizeof(path), "%.*s", (int)(colon ? colon - src : 0),
	         src);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s: no such file", src);
	for (long i = 1; fgets(line, sizeof(line), file); i++)
		if (i >= at - 1 && i < at + LINES_MAX && strstr(line, symbol))
			is_there = true;
	fclose(file);

	return is_there;
}

static const char *symbol_of(const struct told *one)
{
	if (one->row.drop != DROP_NONE)
		return drop_symbol(one->row.drop);
	if (one->row.kind == STORY_EVENT && one->event.kind == TARN_EVENT_DROP)
		return drop_symbol(one->event.drop);
	if (one->row.kind == STORY_EVENT && one->event.kind == TARN_EVENT_CALL)
		return one->name;
	if (one->row.reason.why != WHY_NONE)
		return why_symbol(one->row.reason.why);

	return NULL;
}

START_TEST(each_reason_stands_in_the_source_where_the_event_says)
{
	run();
	for (unsigned end = 0; end < 2; end++)
		for (unsigned i = 0; i < told_count[end]; i++) {
			const struct told *one = &told[end][i];
			const char *symbol     = symbol_of(one);
			const char *src        = one->row.src;

			if (!symbol)
				continue;
			ck_assert_msg(src && src[0], "%s has no line", symbol);
			ck_assert_msg(stands_at(src, symbol), "%s is not at %s",
			              symbol, src);
		}
}
END_TEST

START_TEST(each_segment_has_a_reason_or_a_verdict)
{
	run();
	for (unsigned end = 0; end < 2; end++)
		for (unsigned i = 0; i < told_count[end]; i++) {
			const struct told *one = &told[end][i];

			if (one->row.kind == STORY_FRAME &&
			    one->glance.kind == GLANCE_TCP)
				ck_assert_msg(symbol_of(one) != NULL,
				              "end %u, row %u", end, i);
		}
}
END_TEST

/* ---- Values ---- */

START_TEST(sent_text_moves_snd_nxt_and_what_is_acknowledged_moves_snd_una)
{
	unsigned moved = 0, acked = 0;

	run();
	for (unsigned i = 0; i < told_count[0]; i++) {
		const struct told *one       = &told[0][i];
		const struct tarn_note *note = &one->row.note;

		if (one->row.kind != STORY_FRAME || !note->has_before)
			continue;
		if (!one->row.is_rx && one->glance.text_len > 0 &&
		    !note->is_again) {
			ck_assert_uint_eq(note->now.snd_nxt,
			                  note->before.snd_nxt +
			                          glance_seq_len(&one->glance));
			moved++;
		}
		if (one->row.is_rx && note->effect == WHY_NEW_ACK) {
			ck_assert_uint_ne(note->now.snd_una,
			                  note->before.snd_una);
			acked++;
		}
	}
	ck_assert_uint_gt(moved, 100);
	ck_assert_uint_gt(acked, 20);
}
END_TEST

/* The frame that was sent at @at_us with this number first. */
static bool was_sent(uint64_t at_us, uint32_t seq)
{
	for (unsigned i = 0; i < told_count[0]; i++) {
		const struct told *one = &told[0][i];

		if (one->row.kind == STORY_FRAME && !one->row.is_rx &&
		    one->glance.kind == GLANCE_TCP &&
		    one->row.now_us == at_us && !one->row.note.is_again &&
		    seq - one->glance.tcp.seq < glance_seq_len(&one->glance))
			return true;
	}

	return false;
}

START_TEST(retransmission_knows_when_its_octets_left_first)
{
	unsigned again = 0;

	run();
	for (unsigned i = 0; i < told_count[0]; i++) {
		const struct told *one       = &told[0][i];
		const struct tarn_note *note = &one->row.note;

		if (one->row.kind != STORY_FRAME || one->row.is_rx ||
		    !note->is_again)
			continue;
		again++;
		ck_assert_uint_ne(one->row.packet_of, 0);
		ck_assert_msg(was_sent(note->first_us, one->glance.tcp.seq),
		              "seq %u, first at %llu us",
		              one->glance.tcp.seq - note->iss,
		              (unsigned long long)note->first_us);
	}
	ck_assert_uint_gt(again, 3);
}
END_TEST

START_TEST(window_changes_say_what_was_before)
{
	uint32_t last = 0;

	run();
	for (unsigned i = 0; i < told_count[0]; i++) {
		const struct told *one       = &told[0][i];
		const struct tarn_note *note = &one->row.note;

		if (one->row.kind != STORY_EVENT ||
		    one->event.kind != TARN_EVENT_TCP_CC)
			continue;
		ck_assert(note->has_before);
		if (last > 0)
			ck_assert_uint_eq(note->before.cwnd, last);
		last = note->now.cwnd;
	}
	ck_assert_uint_gt(last, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("events");
	TCase *tc = tcase_create("events");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, each_kind_of_event_occurs);
	tcase_add_test(tc,
	               each_reason_stands_in_the_source_where_the_event_says);
	tcase_add_test(tc, each_segment_has_a_reason_or_a_verdict);
	tcase_add_test(
	        tc,
	        sent_text_moves_snd_nxt_and_what_is_acknowledged_moves_snd_una);
	tcase_add_test(tc, retransmission_knows_when_its_octets_left_first);
	tcase_add_test(tc, window_changes_say_what_was_before);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
