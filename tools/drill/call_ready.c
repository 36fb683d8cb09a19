/* SPDX-License-Identifier: MIT */
/*
 * call_ready.c - poll and epoll, with their timeouts
 *
 * The core answers at once; a timeout is a call that blocks until something is
 * ready or its time is up (milliseconds; negative: for ever).
 */
#include "base/bytes.h"
#include "tools/drill/call.h"
#include <errno.h>
#include <inttypes.h>

#define POLL_MAX 16
/* POLLRDNORM, POLLWRNORM and their bands, which Linux sets beside IN and OUT. */
#define NORMAL 0x3c0

/* Nothing is ready yet: Return BLOCKS, or DONE with 0 when the time is up. */
static enum call_status wait_more(const struct run *run, struct call *call,
                                  int64_t timeout_ms)
{
	if (timeout_ms >= 0)
		call->gives_up_us =
		        call->begun_us + (uint64_t)timeout_ms * 1000u;
	if (run->world.now_us >= call->gives_up_us)
		return call_returns(call, 0);

	return CALL_BLOCKS;
}

/* ---- poll ---- */

struct asked {
	struct tarn_pollfd fds[POLL_MAX];
	const struct drill_expr *revents[POLL_MAX];
	int number[POLL_MAX];
	size_t count;
};

static bool take_one(struct run *run, const struct drill_expr *expr,
                     struct asked *asked)
{
	struct tarn_pollfd *pollfd = &asked->fds[asked->count];
	int64_t number, events;
	struct fd *fd;

	if (!argument_integer(run, argument_field(expr, "fd", 0), &number) ||
	    !argument_integer(run, argument_field(expr, "events", 1), &events))
		return false;
	fd                            = fd_find(run, (int)number);
	pollfd->fd                    = fd ? fd->live : INT32_MAX;
	pollfd->events                = (uint16_t)(events & ~NORMAL);
	asked->revents[asked->count]  = argument_field(expr, "revents", 2);
	asked->number[asked->count++] = (int)number;

	return true;
}

static bool take_list(struct run *run, const struct drill_expr *list,
                      struct asked *asked)
{
	if (list->kind == DRILL_STRUCT)
		return take_one(run, list, asked);
	if (list->kind != DRILL_LIST) {
		run_fails(run, "poll takes a list of descriptors");
		return false;
	}
	for (const struct drill_field *field = list->fields; field;
	     field                           = field->next) {
		if (asked->count == POLL_MAX) {
			run_fails(run, "poll of more than %d descriptors",
			          POLL_MAX);
			return false;
		}
		if (!take_one(run, field->value, asked))
			return false;
	}

	return true;
}

static bool are_expected(struct run *run, const struct asked *asked)
{
	for (size_t i = 0; i < asked->count; i++) {
		int64_t expected;

		if (is_ellipsis(asked->revents[i]))
			continue;
		if (!argument_integer(run, asked->revents[i], &expected))
			return false;
		expected &= ~NORMAL;
		if (expected == asked->fds[i].revents)
			continue;
		run_fails(run,
		          "revents of descriptor %d differ\n"
		          "  expected  0x%" PRIx64 "\n"
		          "  actual    0x%x",
		          asked->number[i], expected, asked->fds[i].revents);
		return false;
	}

	return true;
}

enum call_status call_poll(struct run *run, struct call *call)
{
	struct asked asked = { .count = 0 };
	int64_t timeout_ms;
	int ready;

	if (!take_list(run, call->arg[0], &asked) ||
	    !argument_integer(run, call->arg[2], &timeout_ms))
		return CALL_OVER;

	ready = tarn_poll_fds(run->world.tarn, asked.fds, asked.count);
	if (ready == 0 && wait_more(run, call, timeout_ms) == CALL_BLOCKS)
		return CALL_BLOCKS;
	if (!are_expected(run, &asked))
		return CALL_OVER;

	return call_returns(call, ready);
}

/* ---- epoll ---- */

enum call_status call_epoll_create(struct run *run, struct call *call)
{
	int fd;

	fd                 = tarn_epoll_create(run->world.tarn);
	call->new_kind     = FD_EPOLL;
	call->result_is_fd = true;

	return call_returns(call, fd);
}

/* What an event gives back is written as whatever union member one likes. */
static const struct drill_expr *event_data(const struct drill_expr *expr)
{
	static const char *const names[] = { "fd", "ptr", "u32", "u64" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct drill_expr *data =
		        argument_field(expr, names[i], 1);

		if (data)
			return data;
	}

	return NULL;
}

static bool take_event(struct run *run, const struct drill_expr *expr,
                       struct tarn_epoll_event *ret)
{
	const struct drill_expr *number = event_data(expr);
	int64_t events, data = 0;

	if (!argument_integer(run, argument_field(expr, "events", 0),
	                      &events) ||
	    (number && !argument_integer(run, number, &data)))
		return false;
	*ret = (struct tarn_epoll_event){
		.events = (uint32_t)events & ~(uint32_t)NORMAL,
		.data   = (uint64_t)data,
	};

	return true;
}

enum call_status call_epoll_ctl(struct run *run, struct call *call)
{
	struct tarn_epoll_event event = { 0 };
	struct fd *set, *fd;
	int64_t op;

	if (!argument_fd(run, call->arg[0], &set) ||
	    !argument_integer(run, call->arg[1], &op) ||
	    !argument_fd(run, call->arg[2], &fd))
		return CALL_OVER;
	if (call->arg[3] && call->arg[3]->kind == DRILL_STRUCT &&
	    !take_event(run, call->arg[3], &event))
		return CALL_OVER;

	return call_returns(call, tarn_epoll_ctl(run->world.tarn, set->live,
	                                         (int)op, fd->live, &event));
}

static bool is_event_expected(struct run *run, const struct drill_expr *expr,
                              const struct tarn_epoll_event *actual)
{
	struct tarn_epoll_event expected;

	if (is_ellipsis(expr) || expr->kind != DRILL_STRUCT)
		return true;
	if (!take_event(run, expr, &expected))
		return false;
	if (expected.events == actual->events && expected.data == actual->data)
		return true;
	run_fails(run,
	          "the event differs\n"
	          "  expected  {events=0x%x, fd=%" PRIu64 "}\n"
	          "  actual    {events=0x%x, fd=%" PRIu64 "}",
	          expected.events, expected.data, actual->events, actual->data);

	return false;
}

static const struct drill_expr *event_at(const struct drill_expr *expr,
                                         unsigned at)
{
	if (expr && expr->kind == DRILL_LIST)
		return argument_field(expr, "", at);

	return at == 0 ? expr : NULL;
}

enum call_status call_epoll_wait(struct run *run, struct call *call)
{
	struct tarn_epoll_event events[POLL_MAX];
	int64_t max, timeout_ms;
	struct fd *set;
	int count;

	if (!argument_fd(run, call->arg[0], &set) ||
	    !argument_integer(run, call->arg[2], &max) ||
	    !argument_integer(run, call->arg[3], &timeout_ms))
		return CALL_OVER;

	count = tarn_epoll_wait(run->world.tarn, set->live, events,
	                        (int)MIN(max, (int64_t)POLL_MAX));
	if (count == 0 && wait_more(run, call, timeout_ms) == CALL_BLOCKS)
		return CALL_BLOCKS;
	for (int i = 0; i < count; i++)
		if (!is_event_expected(run, event_at(call->arg[1], (unsigned)i),
		                       &events[i]))
			return CALL_OVER;

	return call_returns(call, count);
}
