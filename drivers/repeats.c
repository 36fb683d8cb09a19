/* SPDX-License-Identifier: MIT */
/* repeats.c - see repeats.h */
#include "drivers/repeats.h"
#include "base/bytes.h"
#include "drivers/glance.h"
#include "wire/seq.h"

static void remember(struct repeats *repeats, const struct story_row *row,
                     const struct glance *segment)
{
	const size_t at = repeats->count++ % REPEATS_MAX;

	repeats->sent[at].conn   = row->note.conn;
	repeats->sent[at].seq    = segment->tcp.seq;
	repeats->sent[at].len    = glance_seq_len(segment);
	repeats->sent[at].now_us = row->now_us;
	repeats->sent[at].packet = row->packet;
}

/* Was it sent then, on this connection, and did it hold that number? */
static bool is_first(const struct repeats *repeats, size_t at,
                     const struct tarn_note *note, uint32_t seq)
{
	return repeats->sent[at].conn == note->conn &&
	       repeats->sent[at].now_us == note->first_us &&
	       seq_in(seq, repeats->sent[at].seq, repeats->sent[at].len);
}

uint64_t repeats_of(struct repeats *repeats, const struct story_row *row)
{
	const size_t held = MIN(repeats->count, REPEATS_MAX);
	struct glance segment;

	if (row->is_rx || !row->note.has_conn)
		return 0;
	glance_at(row->frame, row->len, &segment);
	if (segment.kind != GLANCE_TCP || glance_seq_len(&segment) == 0)
		return 0;
	if (!row->note.is_again) {
		remember(repeats, row, &segment);
		return 0;
	}
	for (size_t i = 1; i <= held; i++) {
		const size_t at = (repeats->count - i) % REPEATS_MAX;

		if (is_first(repeats, at, &row->note, segment.tcp.seq))
			return repeats->sent[at].packet;
	}

	return 0;
}
