/* SPDX-License-Identifier: MIT */
/*
 * reassembly-timeout, arp-cache, port-unreachable, and UDP's checksum: rules
 * below TCP
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "base/event.h"
#include "base/rule.h"
#include "drivers/lab.h"
#include "tests/unit/lib/test.h"
#include <errno.h>

#define SEC      1000000ull
#define UDP_PORT 5000

static uint32_t broken;
static unsigned arp_requests; /* that A sent */

static void observe(void *observer, const struct tarn_event *event)
{
	(void)observer;
	if (event->kind == TARN_EVENT_FRAME_TX &&
	    event->note.why == WHY_ARP_REQUEST)
		arp_requests++;
}

static void tweak(struct tarn_config *config, unsigned end, void *context)
{
	(void)context;
	config->without = broken;
	if (end == 0)
		config->observe = observe;
}

static struct lab *two_stacks(uint32_t without)
{
	const struct wire_path path = { .delay_us = 1000 };
	struct lab *lab;

	broken       = without;
	arp_requests = 0;
	ck_assert_int_eq(lab_create(&path, 1, tweak, NULL, &lab), 0);

	return lab;
}

/* A socket of A's, connected to B's port. */
static int connected_to_b(struct lab *lab)
{
	const struct tarn_addr to = { tarn_ip4(10, 9, 0, 2), UDP_PORT };
	const int fd              = tarn_socket(lab_stack(lab, 0), TARN_DGRAM);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(tarn_connect(lab_stack(lab, 0), fd, &to), 0);

	return fd;
}

static void send_one(struct lab *lab, int fd)
{
	ck_assert_int_eq(tarn_send(lab_stack(lab, 0), fd, "x", 1, 0), 1);
	lab_run(lab, lab_now(lab) + SEC);
}

/* ---- arp-cache ---- */

static unsigned questions_for_ten_datagrams(uint32_t without)
{
	struct lab *lab            = two_stacks(without);
	const int fd               = connected_to_b(lab);
	const int sink             = tarn_socket(lab_stack(lab, 1), TARN_DGRAM);
	const struct tarn_addr any = { .port = UDP_PORT };

	ck_assert_int_eq(tarn_bind(lab_stack(lab, 1), sink, &any), 0);
	for (unsigned i = 0; i < 10; i++)
		send_one(lab, fd);
	lab_destroy(lab);

	return arp_requests;
}

START_TEST(without_the_cache_every_packet_asks)
{
	ck_assert_uint_eq(questions_for_ten_datagrams(BIT(RULE_ARP_CACHE)), 10);
}
END_TEST

START_TEST(with_the_cache_the_first_one_asks)
{
	ck_assert_uint_eq(questions_for_ten_datagrams(0), 1);
}
END_TEST

/* ---- port-unreachable ---- */

static ssize_t answer_of_a_closed_port(uint32_t without)
{
	struct lab *lab = two_stacks(without);
	const int fd    = connected_to_b(lab);
	uint8_t octet;
	ssize_t rc;

	send_one(lab, fd);
	lab_run(lab, lab_now(lab) + 60 * SEC);
	rc = tarn_recv(lab_stack(lab, 0), fd, &octet, 1, 0);
	lab_destroy(lab);

	return rc;
}

START_TEST(without_the_message_the_client_waits)
{
	ck_assert_int_eq(answer_of_a_closed_port(BIT(RULE_PORT_UNREACHABLE)),
	                 -EAGAIN);
}
END_TEST

START_TEST(with_the_message_it_knows)
{
	ck_assert_int_eq(answer_of_a_closed_port(0), -ECONNREFUSED);
}
END_TEST

/* ---- reassembly-timeout ---- */

#define ETH_LEN  14
#define IP_LEN   20
#define UDP_LEN  8
#define TEXT_LEN 16 /* of each fragment's text */

/** struct inbox - one frame for a stack that nobody hears */
struct inbox {
	uint8_t frame[128];
	size_t len;
};

static ssize_t receive(void *link, uint8_t *buf, size_t size)
{
	struct inbox *inbox = link;
	const size_t len    = inbox->len;

	ck_assert_uint_le(len, size);
	memcpy(buf, inbox->frame, len);
	inbox->len = 0;

	return (ssize_t)len;
}

static int transmit(void *link, const struct tarn_slice *part, unsigned count)
{
	(void)link;
	(void)part;
	(void)count;

	return 0;
}

static void write_ip(uint8_t *ip, size_t len, uint16_t flags_and_offset)
{
	static const uint8_t addresses[] = { 10, 9, 0, 1, 10, 9, 0, 2 };

	memset(ip, 0, IP_LEN);
	ip[0] = 0x45;
	put_be16(ip + 2, (uint16_t)(IP_LEN + len));
	put_be16(ip + 4, 7); /* both datagrams have this identification */
	put_be16(ip + 6, flags_and_offset);
	ip[8] = 64;
	ip[9] = 17;
	memcpy(ip + 12, addresses, sizeof(addresses));
	put_be16(ip + 10, checksum_fold(checksum_add(0, ip, IP_LEN)));
}

/* The first or the second half of a datagram of @octet, without a checksum. */
static void fragment_arrives(struct inbox *inbox, bool is_first, int octet)
{
	static const uint8_t eth[ETH_LEN] = { 0x02, 0x54, 10, 9, 0, 2, 0x02,
		                              0x54, 10,   9,  0, 1, 8, 0 };
	uint8_t *ip = inbox->frame + ETH_LEN, *udp = ip + IP_LEN;
	const size_t hdr = is_first ? UDP_LEN : 0;

	memcpy(inbox->frame, eth, ETH_LEN);
	write_ip(ip, hdr + TEXT_LEN,
	         is_first ? 0x2000 : (UDP_LEN + TEXT_LEN) / 8);
	if (is_first) {
		put_be16(udp, 4000);
		put_be16(udp + 2, UDP_PORT);
		put_be16(udp + 4, UDP_LEN + 2 * TEXT_LEN);
		put_be16(udp + 6, 0);
	}
	memset(udp + hdr, octet, TEXT_LEN);
	inbox->len = ETH_LEN + IP_LEN + hdr + TEXT_LEN;
}

/* One datagram in one piece, with a checksum that nothing can have. */
static void damaged_datagram_arrives(struct inbox *inbox)
{
	uint8_t *ip = inbox->frame + ETH_LEN, *udp = ip + IP_LEN;

	fragment_arrives(inbox, true, 'x');
	write_ip(ip, UDP_LEN + TEXT_LEN, 0);
	put_be16(udp + 4, UDP_LEN + TEXT_LEN);
	put_be16(udp + 6, 0xbad);
}

/** struct lone - a stack whose link is an inbox, and its socket */
struct lone {
	struct inbox inbox;
	struct tarn *tarn;
	int fd;
};

static void lone_open(struct lone *lone, uint32_t without)
{
	static const struct tarn_link_ops ops = { .receive  = receive,
		                                  .transmit = transmit };
	const struct tarn_addr any            = { .port = UDP_PORT };
	struct tarn_config config;

	*lone = (struct lone){ .fd = -1 };
	tarn_config_init(&config);
	config.ops     = &ops;
	config.link    = &lone->inbox;
	config.ip      = tarn_ip4(10, 9, 0, 2);
	config.acd_off = true;
	config.seed[0] = 1;
	config.without = without;
	ck_assert_int_eq(tarn_create(&config, 0, &lone->tarn), 0);
	lone->fd = tarn_socket(lone->tarn, TARN_DGRAM);
	ck_assert_int_eq(tarn_bind(lone->tarn, lone->fd, &any), 0);
}

/* The old datagram's second half is lost, and then the new one's first. */
static ssize_t halves_of_two_datagrams(uint32_t without, uint8_t got[64])
{
	struct lone lone;
	ssize_t rc;

	lone_open(&lone, without);
	fragment_arrives(&lone.inbox, true, 'o');
	tarn_poll(lone.tarn, SEC);
	tarn_poll(lone.tarn, 60 * SEC);
	fragment_arrives(&lone.inbox, false, 'n');
	tarn_poll(lone.tarn, 61 * SEC);
	rc = tarn_recv(lone.tarn, lone.fd, got, 64, 0);
	tarn_destroy(lone.tarn);

	return rc;
}

START_TEST(without_the_timeout_two_datagrams_become_one)
{
	uint8_t got[64];

	ck_assert_int_eq(
	        halves_of_two_datagrams(BIT(RULE_REASSEMBLY_TIMEOUT), got),
	        2 * TEXT_LEN);
	for (unsigned i = 0; i < 2 * TEXT_LEN; i++)
		ck_assert_int_eq(got[i], i < TEXT_LEN ? 'o' : 'n');
}
END_TEST

START_TEST(with_the_timeout_neither_is_delivered)
{
	uint8_t got[64];

	ck_assert_int_eq(halves_of_two_datagrams(0, got), -EAGAIN);
}
END_TEST

/* ---- checksum ---- */

static ssize_t damaged_datagram(uint32_t without)
{
	struct lone lone;
	uint8_t got[64];
	ssize_t rc;

	lone_open(&lone, without);
	damaged_datagram_arrives(&lone.inbox);
	tarn_poll(lone.tarn, SEC);
	rc = tarn_recv(lone.tarn, lone.fd, got, sizeof(got), 0);
	tarn_destroy(lone.tarn);

	return rc;
}

START_TEST(without_the_checksum_a_damaged_datagram_is_delivered)
{
	ck_assert_int_eq(damaged_datagram(BIT(RULE_CHECKSUM)), TEXT_LEN);
}
END_TEST

START_TEST(with_the_checksum_it_is_dropped)
{
	ck_assert_int_eq(damaged_datagram(0), -EAGAIN);
}
END_TEST

static Suite *suite(void)
{
	Suite *s  = suite_create("rules/below_tcp");
	TCase *tc = tcase_create("below_tcp");

	tcase_add_test(tc, without_the_cache_every_packet_asks);
	tcase_add_test(tc, with_the_cache_the_first_one_asks);
	tcase_add_test(tc, without_the_message_the_client_waits);
	tcase_add_test(tc, with_the_message_it_knows);
	tcase_add_test(tc, without_the_timeout_two_datagrams_become_one);
	tcase_add_test(tc, with_the_timeout_neither_is_delivered);
	tcase_add_test(tc,
	               without_the_checksum_a_damaged_datagram_is_delivered);
	tcase_add_test(tc, with_the_checksum_it_is_dropped);
	suite_add_tcase(s, tc);

	return s;
}

TEST_MAIN(suite)
