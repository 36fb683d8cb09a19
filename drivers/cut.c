/* SPDX-License-Identifier: MIT */
/*
 * cut.c - see cut.h
 *
 *	link below --super-frame--> super --segment--> who asks
 *
 * The super-frame is kept until its last segment was asked for. What is sent
 * passes as it is.
 */
#include "drivers/cut.h"
#include "base/bytes.h"
#include "drivers/superframe.h"
#include <errno.h>
#include <stdlib.h>

struct cut {
	struct link below;
	size_t len; /* of the super-frame; 0: there is none */
	struct tarn_offload offload;
	uint32_t next; /* of its segments */
	uint8_t super[SUPERFRAME_LEN_MAX], segment[SUPERFRAME_LEN_MAX];
};

/* Return: the octets of the next segment, 0 when there is none left */
static size_t take_segment(struct cut *cut, uint8_t *buf, size_t size)
{
	size_t len = 0;

	if (cut->len > 0)
		len = superframe_segment(cut->super, cut->len, &cut->offload,
		                         cut->next++, cut->segment);
	if (len == 0)
		cut->len = 0;
	memcpy(buf, cut->segment, MIN(len, size));

	return len;
}

static ssize_t cut_receive(void *state, uint8_t *buf, size_t size)
{
	struct cut *cut = state;
	size_t segment_len;
	ssize_t len;

	while ((segment_len = take_segment(cut, buf, size)) == 0) {
		cut->offload = (struct tarn_offload){ 0 };
		len          = cut->below.super_ops->receive(
		                 cut->below.state, cut->super, sizeof(cut->super),
		                 &cut->offload);
		if (len <= 0 || (size_t)len > sizeof(cut->super))
			return len;
		cut->len  = (size_t)len;
		cut->next = 0;
	}

	return (ssize_t)segment_len;
}

static int cut_transmit(void *state, const struct tarn_slice *part,
                        unsigned part_count)
{
	static const struct tarn_offload none;
	struct cut *cut = state;

	return cut->below.super_ops->transmit(cut->below.state, part,
	                                      part_count, &none);
}

static void cut_advance(void *state, uint64_t now_us)
{
	struct cut *cut = state;

	if (cut->below.advance)
		cut->below.advance(cut->below.state, now_us);
}

static uint64_t cut_deadline(const void *state)
{
	const struct cut *cut = state;

	if (cut->len > 0)
		return 0; /* at once */

	return cut->below.deadline ? cut->below.deadline(cut->below.state)
	                           : TARN_NEVER;
}

static void cut_close(void *state)
{
	struct cut *cut = state;

	link_close(&cut->below);
	free(cut);
}

static const struct tarn_link_ops cut_ops = {
	.receive  = cut_receive,
	.transmit = cut_transmit,
};

int cut_open(struct link *below, struct link *ret)
{
	struct cut *cut = calloc(1, sizeof(*cut));

	if (!cut)
		return -ENOMEM;

	cut->below = *below;
	*ret       = (struct link){
		      .ops       = &cut_ops,
		      .state     = cut,
		      .fd        = below->fd,
		      .is_finite = below->is_finite,
		      .advance   = cut_advance,
		      .deadline  = cut_deadline,
		      .close     = cut_close,
	};

	return 0;
}
