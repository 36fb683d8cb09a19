/* SPDX-License-Identifier: MIT */
/*
 * fuzz_stack.c - a whole stack, driven by frames, time and socket calls
 *
 * The input is a program: an octet chooses what happens next, the ones behind
 * it are the arguments. Segments are given relative to what the stack itself
 * said last (its ACK, its sequence number, its timestamp), so that a short
 * input reaches every state; raw frames, half of them with their checksums
 * made right, reach the rest. The peer answers ARP by itself.
 *
 * What must hold, whatever the input:
 *	- each frame that leaves is well-formed (segment.h judges it);
 *	- text that leaves is the application's, and text that is delivered is
 *	  the peer's, octet for octet (unless raw frames could have forged it);
 *	- tarn_poll() comes to rest, and one event draws a bounded answer;
 *	- when all is closed and nobody answers, everything is given back.
 */
#include "tarn.h"
#include "tests/unit/lib/loose_peer.h"

#define DESCRIPTORS   16
#define LISTENER_PORT 80

static struct {
	const uint8_t *data; /* the program */
	size_t len, at;
	int fd[DESCRIPTORS]; /* negative: none */
	uint32_t sent[DESCRIPTORS], received[DESCRIPTORS];
	bool is_forged; /* raw frames with right checksums were injected */
} fuzz;

/* ---- The program ---- */

static uint8_t take8(void)
{
	return fuzz.at < fuzz.len ? fuzz.data[fuzz.at++] : 0;
}

static uint16_t take16(void)
{
	const unsigned high = take8();

	return (uint16_t)(high << 8 | take8());
}

/* A distance: small ones often, and the far ends of the number space. */
static uint32_t take_distance(void)
{
	const uint8_t choice = take8();

	if (choice < 128)
		return choice < 64 ? 0 : (uint32_t)choice - 96;
	if (choice < 192)
		return take16();
	if (choice < 224)
		return (uint32_t)-take16();

	return (uint32_t)take16() << 16 | take16();
}

/* ---- What the peer does ---- */

static size_t take_options(struct segment *segment,
                           const struct loose_flow *flow)
{
	const uint8_t choice  = take8();
	const uint32_t clock  = (uint32_t)(loose.now_us / 1000);
	const uint32_t val[2] = { clock, flow->tsval };
	uint8_t *at           = segment->options;

	if (choice < 96)
		return 0;
	if (choice >= 224) {
		const size_t len = choice % 11 * 4u;

		for (size_t i = 0; i < len; i++)
			at[i] = take8();
		return len;
	}
	memcpy(at, "\x02\x04\x03\xe8\x04\x02\x08\x0a", 8);
	if (!(segment->flags & SEG_SYN))
		memcpy(at, "\x01\x01\x01\x01\x01\x01", 6);
	for (unsigned i = 0; i < 8; i++)
		at[8 + i] = (uint8_t)(val[i / 4] >> (24 - i % 4 * 8));
	memcpy(at + 16, "\x01\x03\x03", 3);
	at[19] = choice & 15;
	if (segment->flags & SEG_SYN || choice < 192)
		return segment->flags & SEG_SYN ? 20 : 16;
	memcpy(at + 16, "\x01\x01\x05\x0a", 4);
	for (unsigned i = 0; i < 2; i++) {
		const uint32_t edge = flow->stack_nxt - take16();

		for (unsigned j = 0; j < 4; j++)
			at[20 + 4 * i + j] = (uint8_t)(edge >> (24 - 8 * j));
	}

	return 28;
}

static void peer_sends(uint8_t which)
{
	static uint8_t frame[SEGMENT_FRAME_MAX], text[1500];
	struct loose_flow *flow = &loose.flow[which % LOOSE_FLOWS];
	const uint8_t kind      = take8();
	struct segment segment  = {
		 .src_mac  = { 0x02, 0x54, 10, 9, 0, 1 },
		 .dst_mac  = { 0x02, 0x54, 10, 9, 0, 2 },
		 .src_ip   = 0x0a090001,
		 .dst_ip   = 0x0a090002,
		 .ttl      = 64,
		 .src_port = (uint16_t)(LOOSE_FIRST_PORT + which % LOOSE_FLOWS),
		 .dst_port = flow->stack_port,
		 .flags    = kind,
		 .window   = 65535,
	};

	segment.seq = (kind & SEG_SYN ? flow->irs : flow->stack_ack) +
	              take_distance();
	segment.ack = flow->stack_nxt + take_distance();
	if (which & 0x10)
		segment.window = take16();
	if (which & 0x20)
		segment.text_len = take16() % 1401;
	if (kind & SEG_URG)
		segment.urgent = take16();
	for (size_t i = 0; i < segment.text_len; i++)
		text[i] = loose_octet(true, segment.seq + !!(kind & SEG_SYN) +
		                                    (uint32_t)i);
	segment.text        = text;
	segment.options_len = take_options(&segment, flow);
	loose_queue(frame, segment_write(&segment, frame));
}

static uint16_t fold(const uint8_t *data, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)data[i] << (i % 2 ? 0 : 8);
	sum = (sum >> 16) + (sum & 0xffff);

	return (uint16_t) ~(sum + (sum >> 16));
}

/* The octets that follow in the program, behind addresses that are right. */
static void raw_frame(uint8_t how)
{
	uint8_t frame[SEGMENT_FRAME_MAX] =
	        "\x02\x54\x0a\x09\x00\x02\x02\x54\x0a\x09\x00\x01\x08\x00"
	        "\x45\x00\x00\x00\x00\x00\x40\x00\x40\x06\x00\x00"
	        "\x0a\x09\x00\x01\x0a\x09\x00\x02\x9c\x40\x00\x50";
	const size_t from = how & 0x10 ? 38 : 0;
	size_t len        = from + take8();

	for (size_t i = from; i < len; i++)
		frame[i] = take8();
	if (how & 0x20)
		frame[23] = 1; /* ICMP */
	if (how & 0x40 && len >= 54 && frame[14] == 0x45) {
		fuzz.is_forged = true;
		segment_reseal(frame, len);
		if (frame[23] == 1) {
			uint16_t sum;

			frame[36] = frame[37] = 0;
			sum                   = fold(frame + 34, len - 34);
			frame[36]             = (uint8_t)(sum >> 8);
			frame[37]             = (uint8_t)sum;
		}
	}
	loose_queue(frame, len);
}

/* ---- What the application does ---- */

static int adopt(int fd)
{
	if (fd < 0)
		return -1;
	for (int i = 0; i < DESCRIPTORS; i++) {
		if (fuzz.fd[i] >= 0)
			continue;
		fuzz.fd[i]   = fd;
		fuzz.sent[i] = fuzz.received[i] = 0;
		return fd;
	}
	tarn_close(loose.tarn, fd);

	return -1;
}

static void app_listens(uint8_t how)
{
	const struct tarn_addr any = { .port = LISTENER_PORT };
	const int fd = adopt(tarn_socket(loose.tarn, TARN_STREAM));

	if (fd >= 0 && tarn_bind(loose.tarn, fd, &any) == 0)
		(void)!tarn_listen(loose.tarn, fd, how & 7);
}

static void app_connects(uint8_t how)
{
	const struct tarn_addr to = {
		.ip   = tarn_ip4(10, 9, 0, 1),
		.port = (uint16_t)(LOOSE_FIRST_PORT + how % LOOSE_FLOWS),
	};
	const int fd = adopt(tarn_socket(loose.tarn, TARN_STREAM));

	if (fd >= 0)
		(void)!tarn_connect(loose.tarn, fd, &to);
}

static void app_accepts(int at)
{
	struct tarn_addr from;
	const int fd = tarn_accept(loose.tarn, fuzz.fd[at], &from);

	if (fd >= 0)
		adopt(fd);
}

/* Into the stack's own room, all of it or less. */
static void app_sends_in_place(int at, size_t len)
{
	struct tarn_iovec room[2];
	const ssize_t got =
	        tarn_send_reserve(loose.tarn, fuzz.fd[at], len, room);
	uint32_t seq = fuzz.sent[at] + 1;

	if (got < 0)
		return;
	REQUIRE((size_t)got <= len);
	REQUIRE(room[0].len + room[1].len == (size_t)got);
	for (unsigned i = 0; i < 2; i++)
		for (size_t o = 0; o < room[i].len; o++)
			((uint8_t *)room[i].base)[o] =
			        loose_octet(false, seq++);
	len = take8() & 1 ? (size_t)got : (size_t)got / 2;
	REQUIRE(tarn_send_commit(loose.tarn, fuzz.fd[at], len, 0) ==
	        (ssize_t)len);
	fuzz.sent[at] += (uint32_t)len;
}

static void app_sends(int at, uint8_t how)
{
	static uint8_t buf[65535];
	const size_t len = how & 0x20 ? take16() : how & 0x1f;
	ssize_t taken;

	if (how & 0x80) {
		app_sends_in_place(at, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		buf[i] = loose_octet(false, fuzz.sent[at] + 1 + (uint32_t)i);
	taken = tarn_send(loose.tarn, fuzz.fd[at], buf, len,
	                  how & 0x40 ? TARN_MSG_MORE : 0);
	REQUIRE(taken <= (ssize_t)len);
	if (taken > 0)
		fuzz.sent[at] += (uint32_t)taken;
}

/* What was received must be the peer's octets of these numbers. */
static void check_received(int at, const uint8_t *buf, ssize_t len)
{
	struct tarn_tcp_info info;
	uint32_t seq;

	if (fuzz.is_forged ||
	    tarn_getsockopt(loose.tarn, fuzz.fd[at], TARN_TCP_INFO, &info,
	                    sizeof(info)) != sizeof(info))
		return;
	seq = info.irs + 1 + fuzz.received[at];
	for (ssize_t i = 0; i < len; i++)
		REQUIRE(buf[i] == loose_octet(true, seq + (uint32_t)i));
}

/* Out of the stack's own buffer, at most @size octets. */
static void app_receives_in_place(int at, size_t size)
{
	struct tarn_slice seen[2];
	const ssize_t got = tarn_recv_peek(loose.tarn, fuzz.fd[at], seen);

	if (got <= 0)
		return;
	REQUIRE(seen[0].len + seen[1].len == (size_t)got);
	check_received(at, seen[0].data, (ssize_t)seen[0].len);
	size = size < (size_t)got ? size : (size_t)got;
	REQUIRE(tarn_recv_consume(loose.tarn, fuzz.fd[at], size) == 0);
	fuzz.received[at] += (uint32_t)size;
}

static void app_receives(int at, uint8_t how)
{
	static uint8_t buf[65535];
	const size_t size = how & 0x20 ? take16() : how & 0x1f;
	const bool peeks  = how & 0x40;
	ssize_t got;

	if (how & 0x80) {
		app_receives_in_place(at, size);
		return;
	}
	got = tarn_recv(loose.tarn, fuzz.fd[at], buf, size,
	                peeks ? TARN_MSG_PEEK : 0);
	REQUIRE(got <= (ssize_t)size);
	check_received(at, buf, got);
	if (got > 0 && !peeks)
		fuzz.received[at] += (uint32_t)got;
}

static void app_sets(int at, uint8_t how)
{
	const struct tarn_linger linger = { .on = how & 1, .linger_s = 0 };
	const int value                 = how & 0x20 ? take16() : how & 0x1f;

	if (how & 0x10)
		(void)!tarn_setsockopt(loose.tarn, fuzz.fd[at], TARN_SO_LINGER,
		                       &linger, sizeof(linger));
	else
		(void)!tarn_setsockopt(loose.tarn, fuzz.fd[at],
		                       take8() % TARN_OPTION_COUNT, &value,
		                       sizeof(value));
}

static void app_closes(int at)
{
	if (fuzz.fd[at] >= 0)
		REQUIRE(tarn_close(loose.tarn, fuzz.fd[at]) == 0);
	fuzz.fd[at] = -1;
}

static void app_calls(uint8_t how)
{
	const uint8_t which = take8();
	const int at        = which % DESCRIPTORS;

	switch (which / DESCRIPTORS % 8) {
	case 0:
		app_accepts(at);
		break;
	case 1:
	case 2:
		app_sends(at, how);
		break;
	case 3:
	case 4:
		app_receives(at, how);
		break;
	case 5:
		app_sets(at, how);
		break;
	case 6:
		(void)!tarn_shutdown(loose.tarn, fuzz.fd[at], how % 3);
		break;
	default:
		app_closes(at);
	}
}

/* ---- One run ---- */

static void step(void)
{
	const uint8_t what = take8(), how = take8();

	loose.answers = 0;
	if (what < 112)
		peer_sends(how);
	else if (what < 128)
		raw_frame(how);
	else if (what < 200)
		app_calls(how);
	else if (what < 208)
		app_listens(how);
	else if (what < 216)
		app_connects(how);
	else if (what < 220)
		loose.refuse_at = loose.requests + 1 + how % 8;
	else if (what < 224)
		loose.is_mute = how & 1;
	else
		loose_time_passes((uint64_t)(how + 1) << (what & 15));
	if (what & 1) /* else what comes next arrives in the same poll */
		loose_settle();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t clock = len > 0 ? data[0] & 31 : 0;
	size_t held_at_birth;

	loose_begin(1000000ull << clock, 1 + (len > 1 ? data[1] : 0u));
	held_at_birth = loose.held;
	memset(&fuzz, 0, sizeof(fuzz));
	fuzz.data = data;
	fuzz.len  = len;
	fuzz.at   = 2;
	for (int i = 0; i < DESCRIPTORS; i++)
		fuzz.fd[i] = -1;
	for (unsigned i = 0; i < LOOSE_FLOWS; i++) {
		loose.flow[i].stack_port = LISTENER_PORT;
		loose.flow[i].irs        = (uint32_t)take16() << 16;
		loose.flow[i].stack_ack  = loose.flow[i].irs + 1;
	}

	app_listens(4);
	while (fuzz.at < fuzz.len)
		step();
	loose.refuse_at = 0;
	for (int i = 0; i < DESCRIPTORS; i++)
		app_closes(i);
	loose_end(held_at_birth);

	return 0;
}
