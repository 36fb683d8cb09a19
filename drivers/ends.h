/* SPDX-License-Identifier: MIT */
/*
 * ends.h - what a stack holds, as text in the manner of ss(8), and as JSON
 *
 * The words are RFC 9293's where ss(8) has Linux's: ESTABLISHED, not ESTAB.
 */
#ifndef DRIVERS_ENDS_H
#define DRIVERS_ENDS_H

#include "drivers/control_request.h"
#include "drivers/textbuf.h"
#include "tarn.h"

/** struct ends_view - one look at one stack */
struct ends_view {
	const struct control_request *request;
	const struct tarn *stack;
	uint64_t now_us;
	struct textbuf *out;
};

/** ends_wanted() - Does the request ask for this one? */
bool ends_wanted(const struct control_request *request,
                 const struct tarn_end *end);

/** ends_text() - The answer as lines: the table, or the counters asked for */
void ends_text(const struct ends_view *view);

/** ends_json() - Members of a JSON object, without the braces around them:
 * "ends":[...], and with them or instead "drops":{...}, "usage":{...} */
void ends_json(const struct ends_view *view);

/** ends_ca_name() - "recovery" for enum tarn_ca_state */
const char *ends_ca_name(uint8_t state);

#endif
