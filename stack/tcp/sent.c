/* SPDX-License-Identifier: MIT */
/*
 * sent.c - what was sent when: a bounded, sorted table of ranges
 *
 * The table is a circle, because it is a queue most of the time: a frame that
 * leaves is appended, an acknowledgment takes ranges off at the other end, and
 * neither moves anything. Only a SACK changes the middle; then the shorter of
 * the two sides moves, which is the acknowledged one as a rule.
 *
 * It starts as one range inside of the connection, so that a question and its
 * answer need no memory at all, and so that there is something to write in
 * when memory is refused. It grows by doubling up to TCP_SENT_RANGES_MAX. What
 * happens then is in make_room(), and is never an error: two ranges become one
 * that is as young as the younger of them, and is SACKed or lost only if both
 * are. To believe less of the peer's SACK is always allowed (RFC 2018 section
 * 8); to think a range younger only makes us more patient with it.
 */
#include "tcp/sent.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/limits.h"
#include "wire/seq.h"

#define SIZE_FIRST 16

static struct sent_range *range_at(struct sent *sent, uint32_t i)
{
	return sent->block ? &sent->block[(sent->first + i) & (sent->size - 1)]
	                   : &sent->one;
}

/* ---- Sums ---- */

static void add(struct sent_sum *sum, const struct sent_range *range)
{
	sum->octets += range->end - range->start;
	sum->segments += range->segments;
}

static void subtract(struct sent_sum *sum, const struct sent_range *range)
{
	sum->octets -= range->end - range->start;
	sum->segments -= range->segments;
}

static bool is_owed(const struct sent_range *range)
{
	return (range->flags & (SENT_LOST | SENT_AGAIN)) == SENT_LOST;
}

/* Count a range in all the sums that it belongs to, or take it out of them. */
static void tally(struct sent *sent, const struct sent_range *range,
                  void (*change)(struct sent_sum *, const struct sent_range *))
{
	change(&sent->all, range);
	if (range->flags & SENT_SACKED)
		change(&sent->sacked, range);
	if (range->flags & SENT_LOST)
		change(&sent->lost, range);
	if (range->flags & SENT_AGAIN)
		change(&sent->again, range);
	if (is_owed(range))
		change(&sent->owed, range);
}

/* How many frames the first @part of @len octets were, of @segments; not 0. */
static uint32_t share(uint32_t segments, uint32_t part, uint32_t len)
{
	const uint64_t product = (uint64_t)segments * part;

	return MAX((uint32_t)((product + len - 1) / len), 1);
}

/* ---- Two ranges become one ---- */

/* What is true of both. */
static uint8_t common_flags(uint8_t a, uint8_t b)
{
	const uint8_t twice = (a | b) & SENT_TWICE;

	if ((a ^ b) & (SENT_SACKED | SENT_LOST | SENT_AGAIN))
		return twice;

	return (uint8_t)(a | b | twice);
}

/* @range and @next, which begins where it ends. */
static struct sent_range united(const struct sent_range *range,
                                const struct sent_range *next)
{
	return (struct sent_range){
		.start    = range->start,
		.end      = next->end,
		.sent_us  = MAX(range->sent_us, next->sent_us),
		.first_us = MIN(range->first_us, next->first_us),
		.segments = range->segments + next->segments,
		.flags    = common_flags(range->flags, next->flags),
	};
}

/* Put one range in the place of two. */
static void unite(struct sent *sent, struct sent_range *into,
                  const struct sent_range *next)
{
	const struct sent_range both = united(into, next);

	tally(sent, into, subtract);
	tally(sent, next, subtract);
	*into = both;
	tally(sent, into, add);
}

static bool are_alike(const struct sent_range *a, const struct sent_range *b)
{
	return ((a->flags ^ b->flags) &
	        (SENT_SACKED | SENT_LOST | SENT_AGAIN)) == 0;
}

/* Halve the table where neighbours are alike: a pair, not a whole run, so that
 * it stays half as exact, and so that there is room for a long while. */
static bool unite_pairs(struct sent *sent)
{
	const uint32_t before = sent->count;
	uint32_t to           = 0;

	for (uint32_t from = 0; from < before; from++, to++) {
		*range_at(sent, to) = *range_at(sent, from);
		if (from + 1 == before ||
		    !are_alike(range_at(sent, to), range_at(sent, from + 1)))
			continue;
		unite(sent, range_at(sent, to), range_at(sent, from + 1));
		from++;
	}
	sent->count    = to;
	sent->is_stuck = to == before;

	return !sent->is_stuck;
}

/* ---- Room ---- */

static bool grow(struct sent *sent, struct memory *memory)
{
	const uint32_t size = sent->block ? 2 * sent->size : SIZE_FIRST;
	struct sent_range *block;

	if (size > TCP_SENT_RANGES_MAX)
		return false;
	block = memory_take(memory, size * sizeof(*block));
	if (!block)
		return false;

	for (uint32_t i = 0; i < sent->count; i++)
		block[i] = *sent_at(sent, i);
	memory_give(memory, sent->block, sent->size * sizeof(*block));
	sent->block = block;
	sent->size  = size;
	sent->first = 0;

	return true;
}

/* Return: can there be one range more? Indices may change. */
static bool make_room(struct sent *sent, struct memory *memory)
{
	const uint32_t size = sent->block ? sent->size : 1;

	if (sent->count < size || grow(sent, memory))
		return true;
	if (sent->is_stuck || !sent->block)
		return false;

	return unite_pairs(sent);
}

void sent_append(struct sent *sent, struct memory *memory, uint32_t start,
                 uint32_t end, uint32_t segments, uint64_t now_us)
{
	const struct sent_range fresh = {
		.start    = start,
		.end      = end,
		.sent_us  = now_us,
		.first_us = now_us,
		.segments = segments,
	};

	if (!make_room(sent, memory)) {
		tally(sent, &fresh, add);
		unite(sent, range_at(sent, sent->count - 1), &fresh);
		return;
	}
	*range_at(sent, sent->count++) = fresh;
	tally(sent, &fresh, add);
}

void sent_advance(struct sent *sent, uint32_t una)
{
	struct sent_range *range;

	while (sent->count > 0 && seq_leq(range_at(sent, 0)->end, una)) {
		tally(sent, range_at(sent, 0), subtract);
		sent->first++;
		sent->count--;
		sent->is_stuck = false;
	}
	if (sent->count == 0)
		return;

	range = range_at(sent, 0);
	if (!seq_lt(range->start, una))
		return;
	tally(sent, range, subtract);
	range->segments = share(range->segments, range->end - una,
	                        range->end - range->start);
	range->start    = una;
	tally(sent, range, add);
}

/* ---- In the middle ---- */

uint32_t sent_find(const struct sent *sent, uint32_t seq)
{
	const uint32_t base = sent_at(sent, 0)->start;
	const uint32_t at   = seq - base;
	uint32_t low        = 0;
	uint32_t high       = sent->count;

	if (high == 0 || at >= sent->all.octets)
		return sent->count;

	while (high - low > 1) {
		const uint32_t middle = low + (high - low) / 2;

		if (sent_at(sent, middle)->start - base <= at)
			low = middle;
		else
			high = middle;
	}

	return low;
}

/* Open a gap before the @i-th range: the shorter side moves. */
static void open_gap(struct sent *sent, uint32_t i)
{
	if (i < sent->count / 2) {
		sent->first--;
		for (uint32_t k = 0; k < i; k++)
			*range_at(sent, k) = *range_at(sent, k + 1);
	} else {
		for (uint32_t k = sent->count; k > i; k--)
			*range_at(sent, k) = *range_at(sent, k - 1);
	}
	sent->count++;
}

static void close_gap(struct sent *sent, uint32_t i)
{
	if (i < sent->count / 2) {
		for (uint32_t k = i; k > 0; k--)
			*range_at(sent, k) = *range_at(sent, k - 1);
		sent->first++;
	} else {
		for (uint32_t k = i; k + 1 < sent->count; k++)
			*range_at(sent, k) = *range_at(sent, k + 1);
	}
	sent->count--;
}

bool sent_cut(struct sent *sent, struct memory *memory, uint32_t seq)
{
	struct sent_range left, right;
	uint32_t i = sent_find(sent, seq);

	if (i == sent->count || sent_at(sent, i)->start == seq)
		return true;
	if (!make_room(sent, memory))
		return false;

	i     = sent_find(sent, seq);
	left  = *sent_at(sent, i);
	right = left;
	tally(sent, &left, subtract);
	left.end    = seq;
	right.start = seq;
	left.segments =
	        share(left.segments, seq - left.start, right.end - left.start);
	right.segments =
	        MAX(right.segments - MIN(left.segments, right.segments), 1);

	open_gap(sent, i);
	*range_at(sent, i)     = left;
	*range_at(sent, i + 1) = right;
	tally(sent, &left, add);
	tally(sent, &right, add);

	return true;
}

void sent_mark(struct sent *sent, uint32_t i, uint8_t flags)
{
	struct sent_range *range = range_at(sent, i);

	CHECK(i < sent->count);
	tally(sent, range, subtract);
	range->flags = flags;
	tally(sent, range, add);
}

/* Put the @i-th range and the next together. */
static void unite_next(struct sent *sent, uint32_t i)
{
	unite(sent, range_at(sent, i), range_at(sent, i + 1));
	*range_at(sent, i + 1) = *range_at(sent, i);
	close_gap(sent, i);
	sent->is_stuck = false;
}

void sent_resend(struct sent *sent, struct memory *memory, uint32_t start,
                 uint32_t end, uint64_t now_us)
{
	struct sent_range fresh;
	uint32_t i;

	(void)sent_cut(sent, memory, start);
	(void)sent_cut(sent, memory, end);
	i = sent_find(sent, start);
	CHECK(i < sent->count);
	while (i + 1 < sent->count && seq_lt(sent_at(sent, i + 1)->start, end))
		unite_next(sent, i);

	fresh = *sent_at(sent, i);
	tally(sent, &fresh, subtract);
	fresh.flags |= SENT_AGAIN | SENT_TWICE;
	fresh.flags &= (uint8_t)~SENT_SACKED;
	fresh.sent_us = now_us;
	if (fresh.start == start && fresh.end == end)
		fresh.segments = 1;
	*range_at(sent, i) = fresh;
	tally(sent, &fresh, add);
}

bool sent_join(struct sent *sent, uint32_t i)
{
	if (i + 1 >= sent->count)
		return false;
	if (!(sent_at(sent, i)->flags & sent_at(sent, i + 1)->flags &
	      SENT_SACKED))
		return false;

	unite_next(sent, i);

	return true;
}

void sent_release(struct sent *sent, struct memory *memory)
{
	memory_give(memory, sent->block, sent->size * sizeof(*sent->block));
	*sent = (struct sent){ 0 };
}

/* ---- What is always true ---- */

static bool is_legal(uint8_t flags)
{
	if (flags & SENT_SACKED)
		return !(flags & (SENT_LOST | SENT_AGAIN));

	return !(flags & SENT_AGAIN) || (flags & SENT_TWICE);
}

static bool are_equal(struct sent_sum a, struct sent_sum b)
{
	return a.octets == b.octets && a.segments == b.segments;
}

static bool sums_are_right(const struct sent *sent)
{
	struct sent fresh = { 0 };

	for (uint32_t i = 0; i < sent->count; i++)
		tally(&fresh, sent_at(sent, i), add);

	return are_equal(fresh.all, sent->all) &&
	       are_equal(fresh.sacked, sent->sacked) &&
	       are_equal(fresh.lost, sent->lost) &&
	       are_equal(fresh.again, sent->again) &&
	       are_equal(fresh.owed, sent->owed);
}

const char *sent_check(const struct sent *sent, uint32_t most)
{
	if (sent->count > (sent->block ? sent->size : 1))
		return "the table of what was sent fits in its memory";
	if (sent->sacked.octets + sent->lost.octets > sent->all.octets)
		return "what is SACKed is not lost";

	for (uint32_t i = 0; i < MIN(sent->count, most); i++) {
		const struct sent_range *range = sent_at(sent, i);

		if (!seq_lt(range->start, range->end))
			return "a range that was sent has octets";
		if (i > 0 && sent_at(sent, i - 1)->end != range->start)
			return "what was sent is sorted and has no hole";
		if (!is_legal(range->flags))
			return "what is SACKed is neither lost nor on its way";
	}
	if (sent->count <= most && !sums_are_right(sent))
		return "the sums over what was sent are right";

	return NULL;
}
