/* SPDX-License-Identifier: MIT */
/*
 * Every kind of segment in every state: hostile-input TB-19
 *
 * Each state, with its window open and closed, meets all 64 sets of FIN, SYN,
 * RST, PSH, ACK and URG, with sequence and acknowledgment numbers at and beside
 * every edge, with text and without, on a fresh connection each time, and must
 * do what the reference says (arrives.h). Both ends begin at 0, 2^31 and 2^32-1.
 */
#include "tests/unit/lib/arrives.h"
#include "tests/unit/lib/peer_state.h"
#include <stdio.h>
#include <stdlib.h>

#define TEXT   10u
#define EDGE   65536u /* of the open window */
#define BUFFER 2048u  /* of the closed one */

/* Where the two sequence spaces begin, world by world. */
static const uint32_t irs[PEER_WORLDS] = { 0, 0x80000000, 0xffffffff };
static const uint32_t iss[PEER_WORLDS] = { 0x80000000, 0xffffffff, 0 };

static const int64_t seq_off[] = {
	-70000, -(int64_t)TEXT, -1,    0,          1,
	100,    65534,          65535, 0x7ffffff0, 0x80000000,
};

#define SEQ_COUNT (sizeof(seq_off) / sizeof(seq_off[0]))
#define ACK_COUNT 8

/* Ten octets are in flight in ESTABLISHED, our FIN where one was sent. */
static const struct situation closed    = { TCPS_CLOSED, false, 0, 0, 0, EDGE };
static const struct situation listening = { TCPS_LISTEN, true, 0, 0, 0, EDGE };
static const struct situation syn_sent  = {
	 TCPS_SYN_SENT, false, 0, 1, 0, EDGE
};
static const struct situation half_open = {
	TCPS_SYN_RECEIVED, true, 0, 1, 1, EDGE
};
static const struct situation both_opened = {
	TCPS_SYN_RECEIVED, false, 0, 1, 1, EDGE
};
static const struct situation established = {
	TCPS_ESTABLISHED, false, 1, 11, 1, EDGE
};
static const struct situation fin_wait_1 = {
	TCPS_FIN_WAIT_1, false, 1, 2, 1, EDGE
};
static const struct situation fin_wait_2 = {
	TCPS_FIN_WAIT_2, false, 2, 2, 1, EDGE
};
static const struct situation close_wait = {
	TCPS_CLOSE_WAIT, false, 1, 1, 2, EDGE
};
static const struct situation closing  = { TCPS_CLOSING, false, 1, 2, 2, EDGE };
static const struct situation last_ack = {
	TCPS_LAST_ACK, false, 1, 2, 2, EDGE
};
static const struct situation full      = { TCPS_ESTABLISHED, false,     1, 11,
	                                    1 + BUFFER,       1 + BUFFER };
static const struct situation time_wait = {
	TCPS_TIME_WAIT, false, 2, 2, 2, EDGE
};

static void take_all(void)
{
	while (sent_count() > 0)
		ck_assert(next_segment(&(struct segment){ 0 }));
}

/* ---- Getting there ---- */

static void peer_closes(void)
{
	peer_sends("F. 1:1(0) ack 1");
}

static int open_actively(const struct situation *at)
{
	const int fd = app_connects();

	if (at->state == TCPS_SYN_RECEIVED)
		peer_sends("S 0:0(0) <mss 1000>");

	return fd;
}

static bool has_closed_window(const struct situation *at)
{
	return at->edge == at->rcv_nxt;
}

static void fill_window(void)
{
	for (unsigned at = 1; at < 1 + BUFFER; at += BUFFER / 4)
		peer_sends(". %u:%u(%u) ack 1", at, at + BUFFER / 4,
		           BUFFER / 4);
}

static int open_passively(const struct situation *at)
{
	int fd;

	app_sets(the_listener(), TARN_SO_RCVBUF,
	         has_closed_window(at) ? (int)BUFFER : 128 << 10);
	if (at->state == TCPS_LISTEN)
		return -1;
	peer_sends("S 0:0(0) <mss 1000>");
	if (at->state == TCPS_SYN_RECEIVED)
		return -1;
	peer_sends(". 1:1(0) ack 1");
	fd = app_accepts(the_listener());
	if (has_closed_window(at))
		fill_window();
	if (at->state == TCPS_ESTABLISHED)
		app_sends(fd, TEXT);

	return fd;
}

static int go_to(const struct situation *at)
{
	int fd;

	if (at->state == TCPS_CLOSED)
		return -1;
	if (at->state == TCPS_SYN_SENT ||
	    (at->state == TCPS_SYN_RECEIVED && !at->is_passive))
		return open_actively(at);

	fd = open_passively(at);
	if (at->state == TCPS_CLOSE_WAIT || at->state == TCPS_LAST_ACK)
		peer_closes();
	if (at->nxt == 2)
		app_shuts_down(fd);
	if (at->state == TCPS_CLOSING || at->state == TCPS_TIME_WAIT)
		peer_closes();
	if (at->una == 2)
		peer_sends(". %u:%u(0) ack 2", at->rcv_nxt, at->rcv_nxt);

	return fd;
}

/* ---- Looking ---- */

static const struct situation *place;
static struct seg seg;
static struct outcome wanted;

static const char *flags_text(void)
{
	static char text[8];

	snprintf(text, sizeof(text), "-%s%s%s%s%s%s", seg.fin ? "F" : "",
	         seg.syn ? "S" : "", seg.rst ? "R" : "", seg.psh ? "P" : "",
	         seg.has_ack ? "." : "", seg.urg ? "U" : "");

	return text;
}

_Noreturn static void disagree(const char *what, long long got, long long want)
{
	peer_fails(__FILE__, __LINE__,
	           "%s, %s seq RCV.NXT%+d ack SND.UNA%+d, %u octets: "
	           "%s is %lld, the reference says %lld",
	           tarn_tcp_state_name(place->state), flags_text(),
	           (int)(seg.seq - place->rcv_nxt), (int)(seg.ack - place->una),
	           seg.len, what, got, want);
}

static void expect(const char *what, int64_t got, int64_t want)
{
	if (got != want)
		disagree(what, got, want);
}

static void check_ack_reply(const struct segment *got)
{
	expect("flags", got->flags, SEG_ACK);
	expect("SEQ", (uint32_t)relative_seq(got), place->nxt);
	expect("ACK", (uint32_t)relative_ack(got), wanted.rcv_nxt);
}

static void check_reset(const struct segment *got)
{
	if (wanted.reply == RST) {
		expect("flags", got->flags, SEG_RST);
		expect("SEQ", (uint32_t)relative_seq(got), seg.ack);
		return;
	}
	expect("flags", got->flags, SEG_RST | SEG_ACK);
	expect("SEQ", got->seq, 0);
	expect("ACK", (uint32_t)relative_ack(got), seg.seq + seg_length(&seg));
}

static void check_syn_ack(const struct segment *got)
{
	expect("flags", got->flags, SEG_SYN | SEG_ACK);
	expect("ACK", (uint32_t)relative_ack(got), wanted.rcv_nxt);
}

static void check_reply(void)
{
	const bool may_be_silent =
	        wanted.reply == NOTHING || wanted.reply == ACK_OR_NOTHING;
	struct segment got, more;

	if (!next_segment(&got)) {
		if (!may_be_silent)
			disagree("reply", NOTHING, wanted.reply);
		return;
	}
	if (wanted.reply == NOTHING)
		disagree("reply", got.flags, NOTHING);
	else if (wanted.reply == RST || wanted.reply == RST_ACK)
		check_reset(&got);
	else if (wanted.reply == SYN_ACK ||
	         (wanted.reply == SYN_ACK_OR_ACK && got.flags & SEG_SYN))
		check_syn_ack(&got);
	else
		check_ack_reply(&got);
	if (next_segment(&more))
		disagree("a second reply", more.flags, NOTHING);
}

static void check_delivery(int fd)
{
	int64_t delivered = has_closed_window(place) ? -(int64_t)BUFFER : 0;
	uint8_t buf[BUFFER];
	ssize_t got = 0;

	while (fd >= 0 &&
	       (got = tarn_recv(stack(), fd, buf, sizeof(buf), 0)) > 0)
		delivered += got; /* urgent text comes in pieces */
	if (!(place->state == TCPS_ESTABLISHED && wanted.state == TCPS_CLOSED &&
	      has_closed_window(place)))
		expect("delivered", delivered, wanted.delivered);
	settle();
	take_all();
}

static void check_half_open(void)
{
	struct tarn_usage usage;

	tarn_usage(stack(), &usage);
	expect("half-open", usage.half_open,
	       wanted.state == TCPS_SYN_RECEIVED &&
	               place->state != TCPS_SYN_SENT &&
	               (place->is_passive || place->state == TCPS_TIME_WAIT));
}

/* ---- One case, and all of them ---- */

static void clean_up(int fd)
{
	const struct tarn_linger linger = { .on = 1, .linger_s = 0 };

	if (fd < 0) {
		peer_sends("R %u:%u(0)", wanted.rcv_nxt, wanted.rcv_nxt);
	} else {
		tarn_setsockopt(stack(), fd, TARN_SO_LINGER, &linger,
		                sizeof(linger));
		app_closes(fd);
		if (place->state == TCPS_TIME_WAIT)
			peer_sends("R %u:%u(0)", wanted.rcv_nxt,
			           wanted.rcv_nxt);
	}
	take_all();
}

static bool is_connected(enum tcp_state state)
{
	return state == TCPS_ESTABLISHED || state == TCPS_CLOSE_WAIT;
}

static void meet(void)
{
	static uint16_t port;
	int fd;

	peer_forgets();
	port = (uint16_t)(port % 20000 + 1);
	peer_port((uint16_t)(20000 + port));
	peer_iss(irs[peer.world], iss[peer.world]);
	fd = go_to(place);
	take_all();
	if (place->state != TCPS_CLOSED && place->state != TCPS_LISTEN)
		state_is(place->state);

	if (seg.has_ack)
		peer_sends("%s %d:%d(%u) ack %d urg %d", flags_text(),
		           (int32_t)seg.seq, (int32_t)(seg.seq + seg.len),
		           seg.len, (int32_t)seg.ack, seg.urg ? TEXT / 2 : 0);
	else
		peer_sends("%s %d:%d(%u) urg %d", flags_text(),
		           (int32_t)seg.seq, (int32_t)(seg.seq + seg.len),
		           seg.len, seg.urg ? TEXT / 2 : 0);
	wanted = foretell(place, &seg);
	check_reply();
	check_half_open();
	if (place->state != TCPS_CLOSED && place->state != TCPS_LISTEN)
		state_is(wanted.state);
	if (fd < 0 && is_connected(wanted.state))
		fd = app_accepts(the_listener());
	check_delivery(fd);
	clean_up(fd);
	time_passes(10 * MSEC);
}

static void meet_with_acks(void)
{
	const uint32_t acks[ACK_COUNT] = {
		place->una - 65536, place->una - 65535,       place->una - 1,
		place->una,         place->una + 1,           place->nxt,
		place->nxt + 1,     place->una + 0x80000000u,
	};

	for (unsigned i = 0; i < (seg.has_ack ? ACK_COUNT : 1); i++) {
		seg.ack = seg.has_ack ? acks[i] : 0;
		meet();
	}
}

static void meet_everything(const struct situation *at)
{
	/* PSH and URG make it four times as long: make check asks for them. */
	const unsigned flag_sets = getenv("TARN_EXHAUSTIVE") ? 64 : 16;

	place = at;
	for (unsigned flags = 0; flags < flag_sets; flags++) {
		for (unsigned i = 0; i < 2 * SEQ_COUNT; i++) {
			seg = (struct seg){
				.fin     = flags & 1,
				.syn     = flags & 2,
				.rst     = flags & 4,
				.has_ack = flags & 8,
				.psh     = flags & 16,
				.urg     = flags & 32,
				.seq = at->rcv_nxt + (uint32_t)seq_off[i / 2],
				.len = i % 2 ? TEXT : 0,
			};
			meet_with_acks();
		}
	}
}

SCENARIO(closed_meets_everything)
{
	meet_everything(&closed);
}

SCENARIO(listen_meets_everything)
{
	meet_everything(&listening);
}

SCENARIO(syn_sent_meets_everything)
{
	meet_everything(&syn_sent);
}

SCENARIO(syn_received_meets_everything)
{
	meet_everything(&half_open);
}

SCENARIO(simultaneous_open_meets_everything)
{
	meet_everything(&both_opened);
}

SCENARIO(established_meets_everything)
{
	meet_everything(&established);
}

SCENARIO(established_with_closed_window_meets_everything)
{
	meet_everything(&full);
}

SCENARIO(fin_wait_1_meets_everything)
{
	meet_everything(&fin_wait_1);
}

SCENARIO(fin_wait_2_meets_everything)
{
	meet_everything(&fin_wait_2);
}

SCENARIO(close_wait_meets_everything)
{
	meet_everything(&close_wait);
}

SCENARIO(closing_meets_everything)
{
	meet_everything(&closing);
}

SCENARIO(last_ack_meets_everything)
{
	meet_everything(&last_ack);
}

SCENARIO(time_wait_meets_everything)
{
	meet_everything(&time_wait);
}

SCENARIO_MAIN("tcp matrix", closed_meets_everything, listen_meets_everything,
              syn_sent_meets_everything, syn_received_meets_everything,
              simultaneous_open_meets_everything, established_meets_everything,
              established_with_closed_window_meets_everything,
              fin_wait_1_meets_everything, fin_wait_2_meets_everything,
              close_wait_meets_everything, closing_meets_everything,
              last_ack_meets_everything, time_wait_meets_everything)
