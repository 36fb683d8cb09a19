/* SPDX-License-Identifier: MIT */
/*
 * fuzz_net.c - the internet layer: frames, calls and time from the input
 *
 * The input is a list of steps: a raw frame, a sound ARP packet, a sound IPv4
 * packet or fragment (so that the checksums do not keep the fuzzer out), a
 * packet or ping of our own, a confirmation, or time that passes.
 *
 * The oracle: what is sent is well-formed, padded with zeroes, and never an
 * answer to many; no bound of limits.h is exceeded; what is handed up lies
 * within its packet; and when the timers have run out nothing is held but the
 * gateway's entry, and after the end nothing at all.
 */
#include "base/bytes.h"
#include "base/checksum.h"
#include "net/net_state.h"
#include "tests/fuzz/fuzz.h"

#define MTU         1500
#define FRAME_MAX   (MTU + 20)
#define QUIET_US    (2000 * USEC_PER_SEC) /* longer than any timer */
#define STEPS_MAX   400
#define SUBNET      0x0a090000u /* 10.9.0.0/24 */
#define OUR_HOST    2
#define GATEWAY     254
#define IP_AT       ETH_HDR_LEN
#define PAYLOAD_AT  (IP_AT + IP4_HDR_LEN)
#define ETH_LEN_MIN 60
#define QUOTE_LEN   (ICMP_HDR_LEN + IP4_HDR_LEN + 8)

struct input {
	const uint8_t *at, *end;
};

static struct env env;
static struct net *net;
static struct net_rx rx;
static uint8_t frame[FRAME_MAX];

static uint8_t take(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static struct tarn_ip host(uint8_t number)
{
	return ip4_from_u32(SUBNET + number);
}

/* ---- what is sent ---- */

static void check_ip4(const uint8_t *packet, size_t len, bool to_all)
{
	struct ip4_hdr hdr;

	REQUIRE(ip4_hdr_read(packet, len, &hdr) == DROP_NONE);
	REQUIRE(hdr.hdr_len == IP4_HDR_LEN && hdr.total_len <= MTU);
	REQUIRE(net_is_local(net, &hdr.src) && hdr.ttl > 0);
	REQUIRE(to_all == net_is_broadcast(net, &hdr.dst));
	for (size_t i = hdr.total_len; i < len; i++)
		REQUIRE(packet[i] == 0);
	if (hdr.proto != IP_PROTO_ICMP || hdr.more_fragments || hdr.offset)
		return;

	REQUIRE(!to_all);
	REQUIRE(checksum_fold(checksum_add(0, packet + hdr.hdr_len,
	                                   hdr.total_len - IP4_HDR_LEN)) == 0);
}

static void check_arp(const uint8_t *packet, size_t len)
{
	struct arp_hdr arp;

	REQUIRE(arp_hdr_read(packet, len, &arp) == 0);
	REQUIRE(!memcmp(arp.sender_mac, net->mac, ETH_ADDR_LEN));
	REQUIRE(net_is_local(net, &arp.sender_ip) ||
	        (arp.operation == ARP_REQUEST && ip4_u32(&arp.sender_ip) == 0));
	for (size_t i = ARP_LEN; i < len; i++)
		REQUIRE(packet[i] == 0);
}

static int transmit(void *link, const struct tarn_slice *part,
                    unsigned part_count)
{
	uint8_t sent[FRAME_MAX];
	struct eth_hdr eth;
	size_t len = 0;

	(void)link;
	for (unsigned i = 0; i < part_count; i++) {
		REQUIRE(len + part[i].len <= MTU + ETH_HDR_LEN);
		memcpy(sent + len, part[i].data, part[i].len);
		len += part[i].len;
	}
	REQUIRE(len >= ETH_LEN_MIN && eth_hdr_read(sent, len, &eth) > 0);
	REQUIRE(!memcmp(eth.src, net->mac, ETH_ADDR_LEN));
	REQUIRE(!eth_is_group(eth.dst) ||
	        !memcmp(eth.dst, eth_broadcast, ETH_ADDR_LEN));
	if (eth.type == ETH_TYPE_ARP)
		check_arp(sent + IP_AT, len - IP_AT);
	else
		check_ip4(sent + IP_AT, len - IP_AT, eth_is_group(eth.dst));

	return env.now_us % 7 == 0 ? -1 : 0; /* a link that is full at times */
}

static const struct tarn_link_ops ops = { .transmit = transmit };

/* ---- steps ---- */

static void check_rx(enum drop drop)
{
	if (drop != DROP_NONE || rx.kind == NET_RX_NOTHING)
		return;

	REQUIRE(rx.proto == IP_PROTO_TCP || rx.proto == IP_PROTO_UDP);
	REQUIRE(rx.data >= rx.packet);
	REQUIRE((size_t)(rx.data - rx.packet) + rx.len <= rx.packet_len);
	REQUIRE(rx.packet_len <= IP4_PACKET_LEN_MAX);
	(void)checksum_add(0, rx.packet, rx.packet_len); /* all readable */
	if (rx.kind == NET_RX_ERROR)
		REQUIRE(rx.len >= 8 && net_is_local(net, &rx.src));
	else
		net_unreachable(net, &rx, ICMP_UNREACHABLE_PORT);
}

static void receive(size_t len)
{
	uint8_t *copy = fuzz_copy(frame, len);

	check_rx(net_input(net, copy, len, &rx));
	free(copy);
}

static void put_eth(uint8_t flags, uint16_t type)
{
	struct eth_hdr eth = { .src = { 2, 0, 0, 0, 0, 1 }, .type = type };

	memcpy(eth.dst, flags & 0x80 ? eth_broadcast : net->mac, ETH_ADDR_LEN);
	eth_hdr_write(frame, &eth);
}

static size_t take_octets(struct input *in, uint8_t *to, size_t max)
{
	const size_t wanted = (size_t)take(in) * 6;
	const size_t len    = MIN(MIN(wanted, max), (size_t)(in->end - in->at));

	if (len)
		memcpy(to, in->at, len);
	in->at += len;

	return len;
}

static void step_raw(struct input *in)
{
	receive(take_octets(in, frame, sizeof(frame)));
}

static void step_arp(struct input *in)
{
	const uint8_t flags = take(in), mac = take(in), sender = take(in);
	struct arp_hdr arp = { .operation = flags & 1 ? ARP_REPLY : ARP_REQUEST,
		               .sender_mac = { 2, 0, 0, 0, 0, mac & 3 },
		               .sender_ip  = host(sender),
		               .target_ip  = host(OUR_HOST) };

	if (flags & 2)
		arp.sender_ip = ip4_from_u32(0);
	if (flags & 4)
		arp.target_ip = host(take(in));
	put_eth(flags, ETH_TYPE_ARP);
	arp_hdr_write(frame + IP_AT, &arp);
	receive(IP_AT + ARP_LEN);
}

static void mend_icmp(uint8_t *icmp, size_t len)
{
	if (len < ICMP_HDR_LEN)
		return;

	put_be16(icmp + 2, 0);
	put_be16(icmp + 2, checksum_fold(checksum_add(0, icmp, len)));
}

static void step_ip4(struct input *in)
{
	static const uint8_t protos[] = { IP_PROTO_ICMP, IP_PROTO_UDP,
		                          IP_PROTO_TCP, 47 };
	const uint8_t flags           = take(in);
	const uint8_t where           = take(in);
	struct ip4_hdr hdr            = { .ttl   = 64,
		                          .proto = protos[flags & 3],
		                          .src   = host(take(in)),
		                          .dst   = host(OUR_HOST) };
	size_t len;

	if (flags & 4) {
		hdr.id             = where >> 6;
		hdr.offset         = (uint16_t)(8 * (where & 31));
		hdr.more_fragments = where & 32;
	}
	if (flags & 8)
		hdr.dst = host(where);
	if (flags & 0x80)
		hdr.dst = ip4_from_u32(UINT32_MAX);
	put_eth(flags, ETH_TYPE_IP4);
	len           = take_octets(in, frame + PAYLOAD_AT, MTU - IP4_HDR_LEN);
	hdr.total_len = (uint16_t)(IP4_HDR_LEN + len);
	ip4_hdr_write(frame + IP_AT, &hdr);
	if (hdr.proto == IP_PROTO_ICMP && !(flags & 16))
		mend_icmp(frame + PAYLOAD_AT, len);
	receive(PAYLOAD_AT + len);
}

/* An ICMP error from @from about a packet that we could have sent to @to, or
 * an answer to a ping. Return: the packet's length */
static size_t put_quote(uint8_t type_code, uint8_t proto, uint8_t to,
                        uint8_t from)
{
	static const uint8_t types[] = { ICMP_UNREACHABLE, ICMP_TIME_EXCEEDED,
		                         ICMP_PARAMETER_PROBLEM,
		                         ICMP_ECHO_REPLY };
	const uint32_t word          = (uint32_t)net->ping.id << 16;
	const struct icmp_hdr error  = { .type = types[type_code & 3],
		                         .code = type_code >> 4,
		                         .word = word };
	const struct icmp_hdr echo   = { .type = ICMP_ECHO_REQUEST,
		                         .word = word };
	const struct ip4_hdr inner   = { .total_len = 100,
		                         .ttl       = 1,
		                         .proto     = proto & 17,
		                         .src       = host(OUR_HOST),
		                         .dst       = host(to) };
	const struct ip4_hdr outer   = { .total_len = IP4_HDR_LEN + QUOTE_LEN,
		                         .ttl       = 64,
		                         .proto     = IP_PROTO_ICMP,
		                         .src       = host(from),
		                         .dst       = host(OUR_HOST) };
	uint8_t *icmp                = frame + PAYLOAD_AT;

	put_eth(0, ETH_TYPE_IP4);
	ip4_hdr_write(frame + IP_AT, &outer);
	icmp_hdr_write(icmp, &error);
	ip4_hdr_write(icmp + ICMP_HDR_LEN, &inner);
	icmp_hdr_write(icmp + ICMP_HDR_LEN + IP4_HDR_LEN, &echo);

	return PAYLOAD_AT + QUOTE_LEN;
}

/* Sound, or spoilt in one octet behind the ICMP checksum. */
static void step_quote(struct input *in)
{
	const uint8_t type_code = take(in), proto = take(in), to = take(in);
	const uint8_t from = take(in), at = take(in), octet = take(in);
	const size_t len = put_quote(type_code, proto, to, from);

	if (type_code & 4)
		frame[PAYLOAD_AT + ICMP_HDR_LEN + at % 28] = octet;
	mend_icmp(frame + PAYLOAD_AT, QUOTE_LEN);
	receive(len);
}

static void step_send(struct input *in)
{
	static const uint8_t payload[65600];
	const uint8_t flags   = take(in);
	const struct ip_tx tx = { .dst   = flags & 1 ? ip4_from_u32(0xc0000201)
		                                     : host(take(in)),
		                  .proto = IP_PROTO_UDP,
		                  .dont_fragment     = flags & 2,
		                  .broadcast_allowed = flags & 4 };
	const size_t len      = (size_t)take(in) * (flags >= 248 ? 256 : 12);
	struct pkt pkt;

	pkt_init(&pkt);
	memset(pkt_push(&pkt, 8), 0x55, 8);
	pkt_payload(&pkt, payload, len / 3);
	pkt_payload(&pkt, payload, len - len / 3);
	(void)ip_output(net, &pkt, &tx);
}

static void step_ping(struct input *in)
{
	static const uint8_t payload[65507];
	const struct tarn_ip peer = host(take(in));
	const uint8_t size        = take(in);
	const size_t len          = size == 255 ? sizeof(payload) : 12u * size;
	struct tarn_ping_reply reply;

	(void)net_ping(net, &peer, 0, payload, len);
	(void)net_ping_reply(net, &reply);
}

static void step_confirm(struct input *in)
{
	const struct tarn_ip peer = host(take(in));
	struct tarn_ip unreached;

	net_confirm(net, &peer);
	(void)net_unreached(net, &unreached);
}

static void run_until(uint64_t end_us)
{
	while (net_deadline(net) <= end_us) {
		env.now_us = MAX(env.now_us, net_deadline(net));
		net_timeouts(net);
	}
	env.now_us = end_us;
	net_timeouts(net);
}

static void step_time(struct input *in)
{
	run_until(env.now_us + (1ull << take(in) % 30));
}

static void (*const steps[])(struct input *) = {
	step_raw,  step_arp,     step_ip4,  step_ip4,   step_send,
	step_ping, step_confirm, step_time, step_quote,
};

static void check_bounds(void)
{
	REQUIRE(net->reassembly.bytes <= REASM_BYTES_MAX);
	REQUIRE(net_reassembly_count(net) <= REASM_DATAGRAMS_MAX);
	REQUIRE(net_neighbour_count(net) <= NEIGH_ENTRIES_MAX);
	REQUIRE(net->neighbours.pending_bytes <= NEIGH_PENDING_BYTES_MAX);
}

/* ---- the run ---- */

static void observe(void *observer, const struct tarn_event *event)
{
	(void)observer;
	REQUIRE(event->now_us == env.now_us);
}

static void open_layer(uint8_t flags)
{
	static const uint64_t seed[2] = { 1, 2 };

	memset(&env, 0, sizeof(env));
	env.now_us = USEC_PER_SEC;
	memory_init(&env.memory, NULL, flags & 16 ? 64u << 10 : 16u << 20);
	random_init(&env.random, seed);
	env.config = (struct tarn_config){
		.ops        = &ops,
		.mtu        = MTU,
		.ip         = host(OUR_HOST),
		.prefix_len = 24,
		.gateway    = host(GATEWAY),
		.acd_off    = flags & 1,
		.acd_fast   = flags & 2,
		.observe    = flags & 4 ? observe : NULL,
	};
	REQUIRE(net_create(&env, &net) == 0);
	if (flags & 8)
		run_until(env.now_us + 20 * USEC_PER_SEC);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, data + len };
	size_t base;

	open_layer(take(&in));
	base = env.memory.used;
	for (unsigned i = 0; i < STEPS_MAX && in.at < in.end; i++) {
		steps[take(&in) % ARRAY_LEN(steps)](&in);
		check_bounds();
	}

	run_until(env.now_us + QUIET_US);
	REQUIRE(net_reassembly_count(net) == 0 && net->reassembly.bytes == 0);
	REQUIRE(net->neighbours.pending_bytes == 0);
	REQUIRE(net_neighbour_count(net) <= 1);
	REQUIRE(net_neighbour_count(net) == 1 || env.memory.used <= base);
	net_destroy(net);
	REQUIRE(env.memory.used == 0);

	return 0;
}
