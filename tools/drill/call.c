/* SPDX-License-Identifier: MIT */
/*
 * call.c - a socket call of the script, from its line to its verdict
 *
 * A call that cannot succeed yet is not made by a thread that sleeps: it is
 * kept in a list and tried again whenever something has happened, until it
 * succeeds or its time is over. Only a call whose line gives it time ("a...b")
 * may wait; any other that blocks would have stopped the script.
 */
#include "tools/drill/call.h"
#include "base/bytes.h"
#include <errno.h>
#include <inttypes.h>

static const struct call_entry entries[] = {
	{ "accept", call_accept, 1, 3 },
	{ "accept4", call_accept, 1, 4 },
	{ "bind", call_bind, 3, 3 },
	{ "close", call_close, 1, 1 },
	{ "connect", call_connect, 3, 3 },
	{ "epoll_create", call_epoll_create, 1, 1 },
	{ "epoll_create1", call_epoll_create, 1, 1 },
	{ "epoll_ctl", call_epoll_ctl, 3, 4 },
	{ "epoll_wait", call_epoll_wait, 4, 4 },
	{ "fcntl", call_fcntl, 2, 3 },
	{ "getpeername", call_getpeername, 1, 3 },
	{ "getsockname", call_getsockname, 1, 3 },
	{ "getsockopt", call_getsockopt, 5, 5 },
	{ "ioctl", call_ioctl, 2, 3 },
	{ "listen", call_listen, 2, 2 },
	{ "open", call_open, 1, 3 },
	{ "pipe", call_pipe, 1, 1 },
	{ "poll", call_poll, 3, 3 },
	{ "read", call_read, 3, 3 },
	{ "readv", call_readv, 3, 3 },
	{ "recv", call_recv, 4, 4 },
	{ "recvfrom", call_recvfrom, 4, 6 },
	{ "recvmsg", call_recvmsg, 3, 3 },
	{ "send", call_send, 4, 4 },
	{ "sendfile", call_sendfile, 4, 4 },
	{ "sendmsg", call_sendmsg, 3, 3 },
	{ "sendto", call_sendto, 4, 6 },
	{ "setsockopt", call_setsockopt, 5, 5 },
	{ "shutdown", call_shutdown, 2, 2 },
	{ "socket", call_socket, 3, 3 },
	{ "splice", call_splice, 6, 6 },
	{ "write", call_write, 3, 3 },
	{ "writev", call_writev, 3, 3 },
};

/* ---- what handlers return ---- */

enum call_status call_returns(struct call *call, int64_t rc)
{
	call->result = rc < 0 ? -1 : rc;
	call->error  = rc < 0 ? (int)-rc : 0;

	return CALL_DONE;
}

enum call_status call_returns_or_blocks(const struct run *run,
                                        struct call *call, int64_t rc,
                                        bool nonblocking, uint64_t timeout_us)
{
	if (rc != -EAGAIN || nonblocking)
		return call_returns(call, rc);
	if (timeout_us)
		call->gives_up_us = call->begun_us + timeout_us;
	if (run->world.now_us >= call->gives_up_us)
		return call_returns(call, rc);

	return CALL_BLOCKS;
}

enum call_status call_needs(struct run *run, const char *what)
{
	run_skips(run, "needs %s, which Tarn does not have", what);

	return CALL_OVER;
}

/* ---- judging ---- */

static void result_text(char *text, size_t size, int64_t result,
                        const char *error)
{
	if (result < 0 && error)
		snprintf(text, size, "%" PRId64 " %s", result, error);
	else
		snprintf(text, size, "%" PRId64, result);
}

static void tell_result(struct run *run, const struct call *call,
                        int64_t expected)
{
	char wanted[64], got[64];

	result_text(wanted, sizeof(wanted), expected, call->script->error);
	result_text(got, sizeof(got), call->result, error_name(call->error));
	run_fails(run,
	          "the result of %s differs\n"
	          "  expected  %s\n"
	          "  actual    %s",
	          call->script->name, wanted, got);
}

static void number_fd(struct run *run, const struct call *call, int64_t number)
{
	struct fd *fd =
	        fd_new(run, (int)number, call->new_kind, (int)call->result);

	if (!fd)
		return;
	fd->connection  = call->new_connection;
	fd->nonblocking = call->new_nonblocking;
}

static void judge_result(struct run *run, const struct call *call)
{
	const struct drill_call *script = call->script;
	int64_t expected;

	if (is_ellipsis(script->result))
		return;
	if (!argument_integer(run, script->result, &expected))
		return;
	if (call->result_is_fd && call->result >= 0 && expected >= 0) {
		number_fd(run, call, expected);
		return;
	}
	if (expected != call->result ||
	    (call->error && script->error &&
	     error_find(script->error) != call->error))
		tell_result(run, call, expected);
}

static bool ends_in_time(struct run *run, const struct call *call)
{
	const struct drill_time end = { .when = DRILL_AT };

	return !call->event->time.blocks ||
	       clock_is_timely(run, &end, call->ends_us, run->world.now_us,
	                       "the return of the call");
}

static void finish(struct run *run, const struct call *call)
{
	const struct drill_event *event = run->event;

	/* A fault is told of the call's own line. */
	run->event = call->event;
	if (ends_in_time(run, call))
		judge_result(run, call);
	if (run_is_over(run))
		return;
	run_tells(run, call->event->source);
	run->event = event;
}

/* ---- making ---- */

static bool take_arguments(struct run *run, struct call *call)
{
	const struct drill_field *field = call->script->args;
	const unsigned count            = call->script->arg_count;

	if (count < call->entry->args_min || count > call->entry->args_max) {
		run_fails(run, "%s takes %u to %u arguments, not %u",
		          call->entry->name, call->entry->args_min,
		          call->entry->args_max, count);
		return false;
	}
	for (unsigned i = 0; field && i < CALL_ARGS_MAX;
	     field      = field->next, i++)
                call->arg[i] = field->value;

	return true;
}

static bool prepare(struct run *run, const struct drill_event *event,
                    struct call *call)
{
	const struct drill_time *time = &event->time;
	const uint64_t base_us        = time->end_is_relative
	                                        ? run->event_us - (uint64_t)time->at_us
	                                        : run->world.born_us;

	*call = (struct call){ .event       = event,
		               .script      = &event->call,
		               .begun_us    = run->world.now_us,
		               .ends_us     = base_us + (uint64_t)time->end_us,
		               .gives_up_us = TARN_NEVER };
	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		if (strcmp(entries[i].name, event->call.name) == 0)
			call->entry = &entries[i];
	if (!call->entry) {
		run_skips(run, "needs the call %s, which Tarn does not have",
		          event->call.name);
		return false;
	}

	return take_arguments(run, call);
}

static void wait_in_list(struct run *run, const struct call *call)
{
	if (!call->event->time.blocks)
		run_fails(run,
		          "%s blocks\n"
		          "  expected  a return at once\n"
		          "  actual    none before something else happens",
		          call->script->name);
	else if (run->pending_count == RUN_PENDING_MAX)
		run_fails(run, "more than %d calls block", RUN_PENDING_MAX);
	else
		run->pending[run->pending_count++] = *call;
}

void call_begin(struct run *run, const struct drill_event *event)
{
	struct call call;

	if (!prepare(run, event, &call))
		return;

	switch (call.entry->make(run, &call)) {
	case CALL_DONE:
		finish(run, &call);
		break;
	case CALL_BLOCKS:
		wait_in_list(run, &call);
		break;
	case CALL_OVER:
		break;
	}
	if (!run_is_over(run))
		clock_settle(run);
}

/* ---- blocked calls ---- */

static bool is_late(struct run *run, const struct call *call)
{
	const uint64_t limit_us =
	        call->ends_us + (uint64_t)run->numbers.tolerance_us;

	if (run->world.now_us <= limit_us)
		return false;
	run->event = call->event;
	run_fails(run, "%s should return at %.6f s and still blocks",
	          call->script->name, run_seconds(run, call->ends_us));

	return true;
}

static enum call_status retry_one(struct run *run, struct call *call)
{
	const struct drill_event *event = run->event;
	enum call_status status;

	run->event = call->event;
	status     = call->entry->make(run, call);
	if (!run_is_over(run))
		run->event = event;
	if (status == CALL_BLOCKS && is_late(run, call))
		return CALL_OVER;

	return status;
}

bool call_retry(struct run *run)
{
	bool has_ended = false;

	for (unsigned i = 0; i < run->pending_count && !run_is_over(run);) {
		struct call call              = run->pending[i];
		const enum call_status status = retry_one(run, &call);

		run->pending[i] = call;
		if (status == CALL_BLOCKS) {
			i++;
			continue;
		}
		run->pending_count--;
		memmove(&run->pending[i], &run->pending[i + 1],
		        (run->pending_count - i) * sizeof(call));
		has_ended = true;
		if (status == CALL_DONE)
			finish(run, &call);
	}

	return has_ended;
}

uint64_t call_deadline(const struct run *run)
{
	uint64_t deadline_us = TARN_NEVER;

	for (unsigned i = 0; i < run->pending_count; i++) {
		const struct call *call = &run->pending[i];
		const uint64_t late_us =
		        call->ends_us + (uint64_t)run->numbers.tolerance_us + 1;

		deadline_us = MIN(deadline_us, late_us);
		if (call->gives_up_us > run->world.now_us)
			deadline_us = MIN(deadline_us, call->gives_up_us);
	}

	return deadline_us;
}
