/* SPDX-License-Identifier: MIT */
/* event.c - names that renderers of events need */
#include "base/event.h"
#include "base/bytes.h"
#include <assert.h>

/* RFC 9293 section 3.3.2 */
static const char *const state_names[] = {
	[TCPS_CLOSED]       = "CLOSED",
	[TCPS_LISTEN]       = "LISTEN",
	[TCPS_SYN_SENT]     = "SYN-SENT",
	[TCPS_SYN_RECEIVED] = "SYN-RECEIVED",
	[TCPS_ESTABLISHED]  = "ESTABLISHED",
	[TCPS_FIN_WAIT_1]   = "FIN-WAIT-1",
	[TCPS_FIN_WAIT_2]   = "FIN-WAIT-2",
	[TCPS_CLOSE_WAIT]   = "CLOSE-WAIT",
	[TCPS_CLOSING]      = "CLOSING",
	[TCPS_LAST_ACK]     = "LAST-ACK",
	[TCPS_TIME_WAIT]    = "TIME-WAIT",
};
static_assert(ARRAY_LEN(state_names) == TCPS_COUNT, "one name per state");

const char *tarn_tcp_state_name(unsigned state)
{
	return state < TCPS_COUNT ? state_names[state] : "?";
}
