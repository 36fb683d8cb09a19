/* SPDX-License-Identifier: MIT */
/*
 * option.h - the options of TCP between octets and script
 *
 * stack/wire/ has a reader and a writer of its own, for what is right and means
 * something. These two keep what a test must see: the order, each NOP, unknown
 * kinds and wrong lengths.
 */
#ifndef TOOLS_DRILL_OPTION_H
#define TOOLS_DRILL_OPTION_H

#include "tools/drill/flow.h"

/** option_len() - Octets in the header */
size_t option_len(const struct drill_option *option);
/** options_len() - Of all options, filled up to whole words */
size_t options_len(const struct drill_packet *packet);

/** options_put() - The peer's options: options_len() octets, zeroed before */
void options_put(uint8_t *p, const struct drill_packet *packet,
                 const struct drill_flow *flow);

/** packet_options_read() - The stack's options, with the script's numbers
 *
 * An option of a known kind with a wrong length is raw. EOL does not end the
 * list: a script writes each octet of padding.
 *
 * Return: false when a length is below 2 or beyond @end
 */
bool packet_options_read(const uint8_t *at, const uint8_t *end,
                         const struct drill_flow *flow,
                         struct drill_packet *ret);

#endif
