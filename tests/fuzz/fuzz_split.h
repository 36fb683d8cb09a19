/* SPDX-License-Identifier: MIT */
/*
 * fuzz_split.h - cutting an input into pieces that its first octet chooses
 */
#ifndef TESTS_FUZZ_FUZZ_SPLIT_H
#define TESTS_FUZZ_FUZZ_SPLIT_H

#include "apps/http/message.h"
#include "tests/fuzz/fuzz.h"

/** fuzz_piece() - The length of the next piece, 1 to 64 octets, mostly short */
static inline size_t fuzz_piece(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;

	return 1 + (*state >> 28 ? *state >> 24 & 7 : *state >> 22 & 63);
}

/**
 * fuzz_feed_split() - Read a head piece by piece, each time at a new address
 * @data:	first the octet that chooses, then the message
 * @ret_buf:	the buffer in its last state, to be freed; or NULL
 */
static inline void fuzz_feed_split(struct http_head *head, enum http_kind kind,
                                   const uint8_t *data, size_t len,
                                   uint8_t **ret_buf)
{
	uint8_t *buf            = fuzz_copy(data + 1, len - 1);
	uint32_t state          = data[0];
	enum http_result result = HTTP_MORE;
	size_t at               = 0;

	http_head_init(head, kind);
	while (at < len - 1 && result == HTTP_MORE) {
		const size_t piece = fuzz_piece(&state);
		uint8_t *moved;

		at     = len - 1 - at < piece ? len - 1 : at + piece;
		moved  = fuzz_copy(buf, at);
		result = http_head_feed(head, moved, at);
		memcpy(buf, moved, at);
		free(moved);
	}
	if (ret_buf)
		*ret_buf = buf;
	else
		free(buf);
}

#endif
