/* SPDX-License-Identifier: MIT */
/* arrives.c - see arrives.h */
#include "tests/unit/lib/arrives.h"

uint32_t seg_length(const struct seg *seg)
{
	return seg->len + seg->syn + seg->fin;
}

/* ---- 3.10.7.1 to 3.10.7.3 ---- */

static enum reply in_closed(const struct seg *seg)
{
	if (seg->rst)
		return NOTHING;

	return seg->has_ack ? RST : RST_ACK;
}

static void in_listen(const struct seg *seg, struct outcome *ret)
{
	if (seg->rst)
		return;
	if (seg->has_ack) {
		ret->reply = RST;
	} else if (seg->syn && !seg->fin) { /* SYN,FIN: drop.def */
		ret->reply   = SYN_ACK;
		ret->state   = TCPS_SYN_RECEIVED;
		ret->rcv_nxt = seg->seq + 1;
	}
}

static void in_syn_sent(const struct situation *at, const struct seg *seg,
                        struct outcome *ret)
{
	if (seg->has_ack && seg->ack != at->nxt) {
		ret->reply = seg->rst ? NOTHING : RST;
		return;
	}
	if (seg->rst) {
		if (seg->has_ack)
			ret->state = TCPS_CLOSED;
		return;
	}
	if (!seg->syn)
		return;
	ret->rcv_nxt = seg->seq + 1;
	if (!seg->has_ack) { /* text and FIN may be kept or left to the peer */
		ret->reply = SYN_ACK;
		ret->state = TCPS_SYN_RECEIVED;
		return;
	}
	ret->reply     = ACK;
	ret->state     = seg->fin ? TCPS_CLOSE_WAIT : TCPS_ESTABLISHED;
	ret->delivered = seg->len;
	ret->rcv_nxt += seg->len + seg->fin;
}

/* ---- 3.10.7.4 ---- */

static bool in_window(const struct situation *at, uint32_t seq)
{
	return seq - at->rcv_nxt < at->edge - at->rcv_nxt;
}

static bool is_acceptable(const struct situation *at, const struct seg *seg)
{
	/* A closed window takes nothing, but at RCV.NXT all but text and FIN
	 * counts: "special allowance" of 3.10.7.4, MUST-66. */
	if (at->edge == at->rcv_nxt)
		return seg->seq == at->rcv_nxt && !seg->syn;
	if (in_window(at, seg->seq))
		return true;
	/* A half-open record knows a SYN that comes again by its number. */
	if (at->is_passive && seg->syn)
		return false;

	return seg_length(seg) > 0 &&
	       in_window(at, seg->seq + seg_length(seg) - 1);
}

/* Wholly: otherwise an ACK that says where the window is does no harm. */
static bool is_inside(const struct situation *at, const struct seg *seg)
{
	return in_window(at, seg->seq) &&
	       (seg_length(seg) == 0 ||
	        in_window(at, seg->seq + seg_length(seg) - 1));
}

/* second: RFC 5961 3.2; a closed window is as wide as its left edge */
static void check_rst(const struct situation *at, const struct seg *seg,
                      struct outcome *ret)
{
	if (seg->seq == at->rcv_nxt)
		ret->state = at->is_passive ? TCPS_LISTEN : TCPS_CLOSED;
	else if (in_window(at, seg->seq))
		ret->reply = ACK;
	else if (is_acceptable(at, seg)) /* reaches into it from the left */
		ret->reply = ACK_OR_NOTHING;
}

/* fifth: true to go on */
static bool check_ack(const struct situation *at, const struct seg *seg,
                      struct outcome *ret)
{
	const bool is_new = seg->ack - at->una - 1 < at->nxt - at->una;
	const bool is_old = at->una - seg->ack <= ARRIVES_WINDOW;

	if (at->state == TCPS_SYN_RECEIVED) {
		ret->reply = is_new ? NOTHING : RST;
		ret->state = is_new ? TCPS_ESTABLISHED : at->state;
		return is_new;
	}
	if (!is_new && !is_old) {
		ret->reply = ACK;
		return false;
	}
	if (seg->ack != at->nxt || at->una == at->nxt)
		return true;
	if (at->state == TCPS_FIN_WAIT_1)
		ret->state = TCPS_FIN_WAIT_2;
	else if (at->state == TCPS_CLOSING)
		ret->state = TCPS_TIME_WAIT;
	else if (at->state == TCPS_LAST_ACK)
		ret->state = TCPS_CLOSED;

	return ret->state != TCPS_CLOSED;
}

static enum tcp_state after_fin(enum tcp_state state)
{
	switch (state) {
	case TCPS_FIN_WAIT_1:
		return TCPS_CLOSING;
	case TCPS_FIN_WAIT_2:
		return TCPS_TIME_WAIT;
	case TCPS_ESTABLISHED:
		return TCPS_CLOSE_WAIT;
	default:
		return state;
	}
}

/* seventh and eighth */
static void process_text_and_fin(const struct situation *at,
                                 const struct seg *seg, struct outcome *ret)
{
	const uint32_t end = seg->seq + seg->len;
	const bool is_in_order =
	        at->rcv_nxt - seg->seq <= seg->len; /* begins at or before */

	if (ret->state == TCPS_CLOSE_WAIT || ret->state == TCPS_CLOSING ||
	    ret->state == TCPS_LAST_ACK || ret->state == TCPS_TIME_WAIT) {
		ret->reply = seg_length(seg) ? ACK_OR_NOTHING : NOTHING;
		if (at->state == TCPS_CLOSING && !seg_length(seg))
			ret->reply = NOTHING;
		return;
	}
	if (seg_length(seg) == 0)
		return;
	ret->reply = ACK;
	if (!is_in_order || at->edge == at->rcv_nxt)
		return;
	ret->delivered = end - at->rcv_nxt;
	ret->rcv_nxt   = end + seg->fin;
	if (seg->fin)
		ret->state = after_fin(ret->state);
}

static void in_other_states(const struct situation *at, const struct seg *seg,
                            struct outcome *ret)
{
	const bool completes_simultaneous_open =
	        at->state == TCPS_SYN_RECEIVED && !at->is_passive && seg->syn &&
	        seg->has_ack && seg->seq + 1 == at->rcv_nxt;

	if (seg->rst) {
		check_rst(at, seg, ret);
	} else if (completes_simultaneous_open) { /* figure 7, line 6 */
		struct seg rest = *seg;

		rest.syn = false;
		rest.seq++;
		if (check_ack(at, &rest, ret))
			process_text_and_fin(at, &rest, ret);
		if (ret->reply == NOTHING)
			ret->reply = ACK_OR_NOTHING;
	} else if (!is_acceptable(at, seg)) { /* first */
		ret->reply = at->is_passive && seg->syn ? SYN_ACK_OR_ACK : ACK;
	} else if (seg->syn) { /* fourth */
		ret->reply = at->is_passive ? NOTHING : ACK;
		ret->state = at->is_passive ? TCPS_LISTEN : at->state;
	} else if (!seg->has_ack) { /* fifth */
		ret->reply = is_inside(at, seg) ? NOTHING : ACK_OR_NOTHING;
	} else if (check_ack(at, seg, ret)) {
		process_text_and_fin(at, seg, ret);
	}
}

/* RFC 1337 fix F1; RFC 6191 2, without timestamps on either side */
static void in_time_wait(const struct situation *at, const struct seg *seg,
                         struct outcome *ret)
{
	const bool is_newer = seg->seq - at->rcv_nxt < 0x80000000u;

	if (seg->rst)
		return;
	ret->reply = ACK_OR_NOTHING;
	if (seg->syn && !seg->has_ack && !seg->fin && is_newer) {
		ret->reply   = SYN_ACK;
		ret->state   = TCPS_SYN_RECEIVED;
		ret->rcv_nxt = seg->seq + 1;
	}
}

struct outcome foretell(const struct situation *at, const struct seg *seg)
{
	struct outcome ret = { NOTHING, at->state, at->rcv_nxt, 0 };

	if (at->state == TCPS_CLOSED)
		ret.reply = in_closed(seg);
	else if (at->state == TCPS_LISTEN)
		in_listen(seg, &ret);
	else if (at->state == TCPS_SYN_SENT)
		in_syn_sent(at, seg, &ret);
	else if (at->state == TCPS_TIME_WAIT)
		in_time_wait(at, seg, &ret);
	else
		in_other_states(at, seg, &ret);

	return ret;
}
