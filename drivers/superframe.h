/* SPDX-License-Identifier: MIT */
/*
 * superframe.h - a super-frame cut into the segments that it stands for
 *
 * What a network card does for a stack that offloads. Here it is done for
 * whoever must see the segments: observers, faults and wires made of memory.
 */
#ifndef DRIVERS_SUPERFRAME_H
#define DRIVERS_SUPERFRAME_H

#include "tarn.h"

#define SUPERFRAME_LEN_MAX (65535 + 14) /* octets, from the destination MAC */

/**
 * superframe_segment() - One of the segments, as it would be on a wire
 * @frame:	the super-frame, or a plain frame whose sum is not complete
 * @len:	its octets, at most SUPERFRAME_LEN_MAX
 * @index:	which segment, from 0
 * @buf:	@len octets of room
 *
 * A frame that is nothing of what @offload says is its own only segment.
 *
 * Return: the segment's octets, or 0 when there are not so many
 */
size_t superframe_segment(const uint8_t *frame, size_t len,
                          const struct tarn_offload *offload, uint32_t index,
                          uint8_t *buf);

#endif
