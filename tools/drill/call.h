/* SPDX-License-Identifier: MIT */
/*
 * call.h - the handlers of calls, and what they share
 *
 * A handler evaluates the arguments, makes the call through tarn.h and says
 * DONE, BLOCKS or OVER (run.h). It is called again as long as it says BLOCKS,
 * with the same struct call, so what it has done so far it keeps there.
 */
#ifndef TOOLS_DRILL_CALL_H
#define TOOLS_DRILL_CALL_H

#include "tools/drill/argument.h"

struct call_entry {
	const char *name;
	enum call_status (*make)(struct run *run, struct call *call);
	unsigned args_min, args_max;
};

/** call_returns() - DONE, with a result or -errno */
enum call_status call_returns(struct call *call, int64_t rc);
/** call_returns_or_blocks() - The same; but -EAGAIN blocks, until it gives up
 * @timeout_us: of the descriptor (SO_RCVTIMEO); 0: for ever */
enum call_status call_returns_or_blocks(const struct run *run,
                                        struct call *call, int64_t rc,
                                        bool nonblocking, uint64_t timeout_us);
/** call_needs() - OVER: skipped because Tarn does not have @what */
enum call_status call_needs(struct run *run, const char *what);

/* call_socket.c: making, naming, ending */
enum call_status call_socket(struct run *run, struct call *call);
enum call_status call_bind(struct run *run, struct call *call);
enum call_status call_listen(struct run *run, struct call *call);
enum call_status call_accept(struct run *run, struct call *call);
enum call_status call_connect(struct run *run, struct call *call);
enum call_status call_shutdown(struct run *run, struct call *call);
enum call_status call_getsockname(struct run *run, struct call *call);
enum call_status call_getpeername(struct run *run, struct call *call);

/* call_close.c */
enum call_status call_close(struct run *run, struct call *call);

/* call_data.c: octets in and out */
enum call_status call_read(struct run *run, struct call *call);
enum call_status call_readv(struct run *run, struct call *call);
enum call_status call_recv(struct run *run, struct call *call);
enum call_status call_recvfrom(struct run *run, struct call *call);
enum call_status call_recvmsg(struct run *run, struct call *call);
enum call_status call_write(struct run *run, struct call *call);
enum call_status call_writev(struct run *run, struct call *call);
enum call_status call_send(struct run *run, struct call *call);
enum call_status call_sendto(struct run *run, struct call *call);
enum call_status call_sendmsg(struct run *run, struct call *call);

/* call_option.c */
enum call_status call_getsockopt(struct run *run, struct call *call);
enum call_status call_setsockopt(struct run *run, struct call *call);

/* call_control.c */
enum call_status call_fcntl(struct run *run, struct call *call);
enum call_status call_ioctl(struct run *run, struct call *call);

/* call_ready.c */
enum call_status call_poll(struct run *run, struct call *call);
enum call_status call_epoll_create(struct run *run, struct call *call);
enum call_status call_epoll_ctl(struct run *run, struct call *call);
enum call_status call_epoll_wait(struct run *run, struct call *call);

/* call_file.c */
enum call_status call_pipe(struct run *run, struct call *call);
enum call_status call_open(struct run *run, struct call *call);
enum call_status call_sendfile(struct run *run, struct call *call);
enum call_status call_splice(struct run *run, struct call *call);

#endif
