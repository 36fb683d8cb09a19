/* SPDX-License-Identifier: MIT */
/*
 * event.c - names that renderers of events need
 *
 * The states are TCP's (enum tcp_state in tcp/tcp.h), and base/ may not look
 * up there, so no static_assert can tie this table to them: tcp's unit tests
 * compare the two.
 */
#include "base/event.h"
#include "base/bytes.h"

/* RFC 9293 section 3.3.2, in the order of enum tcp_state. */
static const char *const state_names[] = {
	"CLOSED",      "LISTEN",     "SYN-SENT",   "SYN-RECEIVED",
	"ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
	"CLOSING",     "LAST-ACK",   "TIME-WAIT",
};

const char *tarn_tcp_state_name(unsigned state)
{
	return state < ARRAY_LEN(state_names) ? state_names[state] : "?";
}
