/* SPDX-License-Identifier: MIT */
/* ladder_text.h - a segment in words, for ladder.c */
#ifndef DRIVERS_LADDER_TEXT_H
#define DRIVERS_LADDER_TEXT_H

#include "drivers/peerstate.h"

#define LADDER_TEXT_LEN 240

/** ladder_text_segment() - "S. 0:0(0) ack 1", relative to the ISNs of @flow (NULL: absolute) */
void ladder_text_segment(const struct flow *flow, unsigned from,
                         const struct glance *segment,
                         char ret[LADDER_TEXT_LEN]);

/** ladder_text_window() - "win 65535", scaled if both ends offered to */
void ladder_text_window(const struct flow *flow, unsigned from,
                        const struct glance *segment,
                        char ret[LADDER_TEXT_LEN]);

/** ladder_text_options() - A SYN's options as they stand, else SACK blocks, or ""
 * @frame, @len: the frame that @segment was read from
 */
void ladder_text_options(const struct flow *flow, unsigned from,
                         const struct glance *segment, const uint8_t *frame,
                         size_t len, char ret[LADDER_TEXT_LEN]);

#endif
