/* SPDX-License-Identifier: MIT */
/*
 * rowtext.h - a story's row in words, the same ones in every rendering
 *
 * All return @text, NUL-terminated and cut when @size is too small; "" when
 * there is nothing to say.
 */
#ifndef DRIVERS_ROWTEXT_H
#define DRIVERS_ROWTEXT_H

#include "drivers/story.h"

#define ROWTEXT_LEN 256

/** rowtext_why() - "acknowledges the peer's FIN (RFC 9293 3.10.7.4 eighth)" */
char *rowtext_why(char *text, size_t size, enum why why);

/** rowtext_drop() - "TCP_CHECKSUM: TCP checksum is wrong (RFC 9293 3.1 MUST-3)" */
char *rowtext_drop(char *text, size_t size, enum drop drop);

/** rowtext_event() - What happened, for a row that is no frame: "the retransmission timer fired" */
char *rowtext_event(char *text, size_t size, const struct tarn_event *event);

/** rowtext_events() - "in|out" for TARN_POLL* bits; "none" for none */
char *rowtext_events(char *text, size_t size, uint32_t events);

/** rowtext_errno() - "EAGAIN" for what a call returned, -errno */
const char *rowtext_errno(int64_t result);

/** rowtext_event_name() - Its name in the log: "timer:fired" */
const char *rowtext_event_name(const struct tarn_event *event);

#endif
