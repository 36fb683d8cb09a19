/* SPDX-License-Identifier: MIT */
/*
 * A SYN flood of a million spoofed segments, and real clients during it
 * (RFC 4987; rows TR-01 and TR-02 of the hostile list)
 *
 *	attacker: 10 SYNs a millisecond, each from another address -+
 *								    v
 *	client 10.9.0.1, a stack of its own <------------------> server 10.9.0.2
 *
 * The client's address is also the server's gateway, so what answers the flood
 * leaves by it and is lost there. A hundred seconds pass, longer than a
 * half-open record lives, so the SYN queue is emptied and filled again.
 */
#include "stack.h"
#include "tests/unit/lib/segment.h"
#include "tests/unit/lib/test.h"
#include <errno.h>
#include <string.h>

#define MSEC          1000ull
#define SYNS_PER_MSEC 10
#define FLOOD_MSEC    100000
#define VISITS        20
#define VISIT_OCTETS  20000
#define QUEUE_FRAMES  256
#define IP_DST_AT     30
#define TCP_FLAGS_AT  47
#define SERVER_PORT   80

struct frame {
	size_t len;
	uint8_t octet[SEGMENT_FRAME_MAX];
};

/** struct end - a stack, and what is on its way to it */
struct end {
	struct tarn *tarn;
	struct end *other;
	struct frame queue[QUEUE_FRAMES];
	unsigned first, count;
	unsigned flood_now; /* SYNs of the attacker that are due */
};

static struct end server, client;
static uint64_t now_us, flood_sent, answers;
static uint8_t syn[SEGMENT_FRAME_MAX];
static size_t syn_len;
static bool is_ack_flood;

static uint32_t next_random(void)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;

	return (uint32_t)(state >> 16);
}

/* ---- The attacker ---- */

static void write_syn(void)
{
	static const struct segment first = {
		.src_mac     = { 0x02, 0x54, 10, 9, 0, 1 },
		.dst_mac     = { 0x02, 0x54, 10, 9, 0, 2 },
		.src_ip      = 0xc6120001,
		.dst_ip      = 0x0a090002,
		.ttl         = 64,
		.src_port    = 1024,
		.dst_port    = SERVER_PORT,
		.flags       = SEG_SYN,
		.window      = 65535,
		.options     = { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0,
		                 0, 1, 0, 0,    0, 0, 1, 3,  3, 7 },
		.options_len = 20,
	};

	syn_len = segment_write(&first, syn);
	if (is_ack_flood)
		syn[TCP_FLAGS_AT] = SEG_ACK;
}

/* Another address of 198.18.0.0/15, port and number. */
static void change_syn(void)
{
	const uint32_t address = next_random(), number = next_random();

	syn[27] = 18 + (address & 1);
	syn[28] = (uint8_t)(address >> 8);
	syn[29] = (uint8_t)(1 + (address >> 16) % 254);
	syn[34] = (uint8_t)(4 + (address >> 24) % 250);
	syn[35] = (uint8_t)number;
	memcpy(syn + 38, &number, sizeof(number));
	if (is_ack_flood) {
		const uint32_t guess = next_random();

		memcpy(syn + 42, &guess, sizeof(guess));
	}
	segment_reseal(syn, syn_len);
}

/* ---- The link ---- */

static ssize_t receive(void *link, uint8_t *buf, size_t size)
{
	struct end *end           = link;
	const struct frame *frame = &end->queue[end->first];

	if (end->count > 0) {
		ck_assert_uint_le(frame->len, size);
		memcpy(buf, frame->octet, frame->len);
		end->first = (end->first + 1) % QUEUE_FRAMES;
		end->count--;
		return (ssize_t)frame->len;
	}
	if (end->flood_now == 0)
		return 0;

	end->flood_now--;
	flood_sent++;
	change_syn();
	memcpy(buf, syn, syn_len);

	return (ssize_t)syn_len;
}

static bool is_for_nobody(const struct frame *frame)
{
	return frame->octet[12] == 0x08 && frame->octet[13] == 0x00 &&
	       frame->octet[IP_DST_AT] != 10;
}

static int transmit(void *link, const struct tarn_slice *part, unsigned count)
{
	struct end *other = ((struct end *)link)->other;
	struct frame *frame =
	        &other->queue[(other->first + other->count) % QUEUE_FRAMES];

	ck_assert_uint_lt(other->count, QUEUE_FRAMES);
	frame->len = 0;
	for (unsigned i = 0; i < count; i++) {
		if (part[i].len)
			memcpy(frame->octet + frame->len, part[i].data,
			       part[i].len);
		frame->len += part[i].len;
	}
	if (is_for_nobody(frame))
		answers++;
	else
		other->count++;

	return 0;
}

static const struct tarn_link_ops link_ops = { receive, transmit };

static void open_end(struct end *end, struct end *other, uint8_t host,
                     enum tarn_syn_cookies cookies)
{
	struct tarn_config config;

	memset(end, 0, sizeof(*end));
	end->other = other;
	tarn_config_init(&config);
	config.ops         = &link_ops;
	config.link        = end;
	config.ip          = tarn_ip4(10, 9, 0, host);
	config.gateway     = tarn_ip4(10, 9, 0, (uint8_t)(3 - host));
	config.acd_off     = true;
	config.seed[0]     = 7;
	config.seed[1]     = host;
	config.syn_cookies = (uint8_t)cookies;
	ck_assert_int_eq(tarn_create(&config, now_us, &end->tarn), 0);
}

static void poll_both(void)
{
	do {
		tarn_poll(server.tarn, now_us);
		tarn_poll(client.tarn, now_us);
	} while (server.count + client.count + server.flood_now > 0);
}

/* ---- The applications ---- */

static int listener, serving = -1, visiting = -1;
static size_t visit_sent, visit_back;
static unsigned visits;

/* An echo server for one client at a time. */
static void serve(void)
{
	uint8_t buf[4096];
	ssize_t n;

	if (serving < 0)
		serving = tarn_accept(server.tarn, listener, NULL);
	if (serving < 0)
		return;

	n = tarn_recv(server.tarn, serving, buf, sizeof(buf), 0);
	if (n > 0) {
		ck_assert_int_eq(
		        tarn_send(server.tarn, serving, buf, (size_t)n, 0), n);
	} else if (n != -EAGAIN) {
		tarn_close(server.tarn, serving);
		serving = -1;
	}
}

static void begin_visit(void)
{
	const struct tarn_addr to = { .ip   = tarn_ip4(10, 9, 0, 2),
		                      .port = SERVER_PORT };

	visiting = tarn_socket(client.tarn, TARN_STREAM);
	ck_assert_int_ge(visiting, 0);
	ck_assert_int_eq(tarn_connect(client.tarn, visiting, &to),
	                 -EINPROGRESS);
	visit_sent = visit_back = 0;
}

static void visit(void)
{
	uint8_t buf[1000];
	ssize_t n;

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(visit_sent + i);
	if (visit_sent < VISIT_OCTETS) {
		n = tarn_send(client.tarn, visiting, buf, sizeof(buf), 0);
		ck_assert(n == -EAGAIN || n > 0);
		visit_sent += n > 0 ? (size_t)n : 0;
	}
	n = tarn_recv(client.tarn, visiting, buf, sizeof(buf), 0);
	for (ssize_t i = 0; i < n; i++)
		ck_assert_uint_eq(buf[i], (uint8_t)(visit_back + (size_t)i));
	visit_back += n > 0 ? (size_t)n : 0;
	if (visit_back == VISIT_OCTETS) {
		tarn_close(client.tarn, visiting);
		visiting = -1;
		visits++;
	}
}

/* ---- The flood ---- */

static void open_both(enum tarn_syn_cookies cookies)
{
	const struct tarn_addr any = { .port = SERVER_PORT };

	now_us     = 10000 * MSEC;
	flood_sent = answers = 0;
	visits               = 0;
	open_end(&server, &client, 2, cookies);
	open_end(&client, &server, 1, cookies);
	listener = tarn_socket(server.tarn, TARN_STREAM);
	ck_assert_int_eq(tarn_bind(server.tarn, listener, &any), 0);
	ck_assert_int_eq(tarn_listen(server.tarn, listener, 16), 0);
	write_syn();
}

static void close_both(void)
{
	tarn_destroy(server.tarn);
	tarn_destroy(client.tarn);
}

static void one_millisecond(unsigned syns)
{
	now_us += MSEC;
	server.flood_now = syns;
	poll_both();
	serve();
	if (visiting >= 0)
		visit();
}

START_TEST(a_million_syns_leave_memory_flat_and_clients_connect)
{
	struct tarn_usage usage;
	size_t most = 0;

	is_ack_flood = false;
	open_both(TARN_SYN_COOKIES_WHEN_FULL);
	for (unsigned ms = 0; ms < FLOOD_MSEC; ms++) {
		if (ms % (FLOOD_MSEC / VISITS) == 1000)
			begin_visit();
		one_millisecond(SYNS_PER_MSEC);
		tarn_usage(server.tarn, &usage);
		ck_assert_uint_le(usage.half_open, 4096);
		if (ms == 1000) /* the queue is full, nobody is there */
			most = usage.memory;
		if (ms > 1000 && usage.connections == 0)
			ck_assert_uint_le(usage.memory, most);
	}
	ck_assert_uint_eq(flood_sent, 1000000);
	ck_assert_uint_ge(answers, 1000000); /* each was answered */
	ck_assert_uint_eq(visits, VISITS);
	ck_assert_uint_lt(most, 4096 * 512);
	ck_assert_uint_lt(usage.memory_peak, most + 200000);

	/* And when it is over, nothing is left of it. */
	for (unsigned s = 0; s < 120; s++) {
		now_us += 1000 * MSEC;
		poll_both();
	}
	tarn_usage(server.tarn, &usage);
	ck_assert_uint_eq(usage.half_open, 0);
	close_both();
}
END_TEST

START_TEST(guessed_acks_make_no_connection)
{
	struct tarn_usage usage;

	is_ack_flood = true;
	open_both(TARN_SYN_COOKIES_ALWAYS);
	begin_visit(); /* so that cookies are about */
	for (unsigned ms = 0; ms < 10000; ms++) {
		one_millisecond(SYNS_PER_MSEC);
		tarn_usage(server.tarn, &usage);
		ck_assert_uint_le(usage.connections, 1);
	}
	ck_assert_uint_eq(visits, 1);
	/* The first came before there was any cookie. */
	ck_assert_uint_eq(
	        tarn_drop_count(server.tarn, "TCP_COOKIE") +
	                tarn_drop_count(server.tarn, "TCP_LISTEN_ACK"),
	        flood_sent);
	close_both();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tcp SYN flood");
	TCase *tcase = tcase_create("flood");

	tcase_set_timeout(tcase, 600);
	tcase_add_test(tcase,
	               a_million_syns_leave_memory_flat_and_clients_connect);
	tcase_add_test(tcase, guessed_acks_make_no_connection);
	suite_add_tcase(suite, tcase);

	return test_run(suite);
}
