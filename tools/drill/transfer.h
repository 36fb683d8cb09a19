/* SPDX-License-Identifier: MIT */
/* transfer.h - octets in or out of a socket, however the call is spelled */
#ifndef TOOLS_DRILL_TRANSFER_H
#define TOOLS_DRILL_TRANSFER_H

#include "tools/drill/call.h"

struct transfer {
	struct fd *fd;
	size_t len;
	int64_t flags;    /* Linux's MSG_* */
	const char *text; /* contents that the script gives; or NULL */
	size_t text_len;
	bool is_nowhere; /* the buffer's address is a number: EFAULT */
	bool has_peer;   /* of sendto */
	struct tarn_addr peer;
};

/** transfer_send() - Send @transfer->len octets; a call's progress is kept */
enum call_status transfer_send(struct run *run, struct call *call,
                               struct transfer *transfer);
/** transfer_receive() - Receive up to @transfer->len octets */
enum call_status transfer_receive(struct run *run, struct call *call,
                                  struct transfer *transfer);

/** transfer_check_flags() - run_skips() for what Tarn does not have */
bool transfer_check_flags(struct run *run, int64_t flags);

#endif
