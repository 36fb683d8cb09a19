/* SPDX-License-Identifier: MIT */
/*
 * call_option.c - getsockopt and setsockopt
 *
 * option.def says what each of Linux's options is to us and in which form its
 * value stands in a script. An option that Tarn refuses as unknown makes the
 * script skipped, unless that refusal is what the script expects.
 */
#include "base/bytes.h"
#include "tools/drill/call.h"
#include <errno.h>

enum form { INT, BUFFER, LINGER, TIME, TEXT, INFO, PMTU, IGNORED, KNOWN };

static const struct option {
	const char *level, *name;
	enum form form;
	unsigned tarn;
} options[] = {
#define OPTION(level, name, form, tarn)                                        \
	{ #level, #name, form, (unsigned)(tarn) },
#include "tools/drill/option.def"
#undef OPTION
};

enum { PMTUDISC_DONT, PMTUDISC_WANT, PMTUDISC_DO };

static const struct option *find_option(int64_t level, int64_t name)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		int64_t of_level, of_name;

		if (symbol_find(options[i].level, &of_level) &&
		    symbol_find(options[i].name, &of_name) &&
		    of_level == level && of_name == name)
			return &options[i];
	}

	return NULL;
}

static const char *word_of(const struct drill_expr *expr)
{
	return expr && expr->kind == DRILL_WORD ? expr->text
	                                        : "this socket option";
}

static bool take_option(struct run *run, const struct call *call,
                        struct fd **ret_fd, const struct option **ret)
{
	int64_t level, name;

	if (!argument_socket(run, call->arg[0], ret_fd) ||
	    !argument_integer(run, call->arg[1], &level) ||
	    !argument_integer(run, call->arg[2], &name))
		return false;
	*ret = find_option(level, name);
	if (!*ret) {
		run_skips(run, "needs %s, which Tarn does not have",
		          word_of(call->arg[2]));
		return false;
	}

	return true;
}

/* Return: DONE; or the script is skipped for Tarn does not know the option. */
static enum call_status option_returns(struct run *run, struct call *call,
                                       int rc, const struct option *option)
{
	const char *error = call->script->error;

	if (rc == -ENOPROTOOPT && !(error && strcmp(error, "ENOPROTOOPT") == 0))
		return call_needs(run, option->name);

	return call_returns(call, rc < 0 ? rc : 0);
}

/* ---- set ---- */

static bool take_two(struct run *run, const struct drill_expr *value,
                     const char *first, const char *second, int64_t ret[2])
{
	const struct drill_expr *a, *b;

	if (value && value->kind == DRILL_LIST && value->field_count == 1)
		value = value->fields->value;
	a = argument_field(value, first, 0);
	b = argument_field(value, second, 1);

	return argument_integer(run, a, &ret[0]) &&
	       argument_integer(run, b, &ret[1]);
}

static enum call_status set_linger(struct run *run, struct call *call,
                                   struct fd *fd, const struct option *option)
{
	struct tarn_linger linger;
	int64_t value[2];
	int rc;

	if (!take_two(run, call->arg[3], "onoff", "linger", value))
		return CALL_OVER;
	linger = (struct tarn_linger){ (int)value[0], (int)value[1] };
	rc = tarn_setsockopt(run->world.tarn, fd->live, TARN_SO_LINGER, &linger,
	                     sizeof(linger));
	if (rc == 0)
		fd->linger_s = linger.on ? linger.linger_s : -1;

	return option_returns(run, call, rc, option);
}

static enum call_status set_time(struct run *run, struct call *call,
                                 struct fd *fd, const struct option *option)
{
	int64_t value[2];
	uint64_t time_us;

	if (!take_two(run, call->arg[3], "tv_sec", "tv_usec", value))
		return CALL_OVER;
	time_us = (uint64_t)(value[0] * 1000000 + value[1]);
	if (option->tarn)
		fd->sndtimeo_us = time_us;
	else
		fd->rcvtimeo_us = time_us;

	return call_returns(call, 0);
}

static bool is_tarns(const char *name)
{
	return strcmp(name, "cubic") == 0 || strcmp(name, "reno") == 0;
}

static enum call_status set_text(struct run *run, struct call *call,
                                 const struct fd *fd,
                                 const struct option *option)
{
	const struct drill_expr *value = call->arg[3];
	int rc;

	if (value && value->kind == DRILL_LIST && value->field_count == 1)
		value = value->fields->value;
	if (!value || value->kind != DRILL_STRING) {
		run_fails(run, "%s takes a text", option->name);
		return CALL_OVER;
	}
	if (!is_tarns(value->text) && !call->script->error) {
		run_skips(run,
		          "needs the congestion control '%s', which Tarn does "
		          "not have",
		          value->text);
		return CALL_OVER;
	}
	rc = tarn_setsockopt(run->world.tarn, fd->live, option->tarn,
	                     value->text, value->text_len);

	return option_returns(run, call, rc, option);
}

static bool convert(struct run *run, const struct option *option, int *value)
{
	if (option->form != PMTU)
		return true;
	if (*value > PMTUDISC_DO) {
		run_skips(run, "needs this way of IP_MTU_DISCOVER, which Tarn "
		               "does not have");
		return false;
	}
	*value =
	        *value == PMTUDISC_DONT ? TARN_PMTUDISC_DONT : TARN_PMTUDISC_DO;

	return true;
}

static bool is_null(const struct drill_expr *expr)
{
	return expr &&
	       (expr->kind == DRILL_INTEGER ||
	        (expr->kind == DRILL_WORD && strcmp(expr->text, "NULL") == 0));
}

static enum call_status set_int(struct run *run, struct call *call,
                                const struct fd *fd,
                                const struct option *option)
{
	int64_t number = 0, len;
	int value, rc;

	if (!argument_integer(run, call->arg[4], &len))
		return CALL_OVER;
	if (is_null(call->arg[3]))
		return call_returns(
		        call, len < (int64_t)sizeof(value) ? -EINVAL : -EFAULT);
	if (!is_ellipsis(call->arg[3]) &&
	    !argument_integer(run, call->arg[3], &number))
		return CALL_OVER;
	value = (int)number;
	if (!convert(run, option, &value))
		return CALL_OVER;
	rc = tarn_setsockopt(run->world.tarn, fd->live, option->tarn, &value,
	                     (size_t)MIN(MAX(len, 0), (int64_t)sizeof(value)));

	return option_returns(run, call, rc, option);
}

enum call_status call_setsockopt(struct run *run, struct call *call)
{
	const struct option *option;
	struct fd *fd;

	if (!take_option(run, call, &fd, &option))
		return CALL_OVER;

	switch (option->form) {
	case INT:
	case BUFFER:
	case PMTU:
		return set_int(run, call, fd, option);
	case LINGER:
		return set_linger(run, call, fd, option);
	case TIME:
		return set_time(run, call, fd, option);
	case TEXT:
		return set_text(run, call, fd, option);
	case INFO:
	case KNOWN:
		return call_returns(call, -ENOPROTOOPT);
	case IGNORED:
		break;
	}

	return call_returns(call, 0);
}

/* ---- get ---- */

static enum call_status get_int(struct run *run, struct call *call,
                                const struct fd *fd,
                                const struct option *option)
{
	int value = 0;
	int rc    = tarn_getsockopt(run->world.tarn, fd->live, option->tarn,
	                            &value, sizeof(value));

	if (option->form == BUFFER)
		value *= 2;
	if (rc >= 0 && !expect_integer(run, call->arg[3], value, option->name))
		return CALL_OVER;

	return option_returns(run, call, rc, option);
}

static enum call_status get_two(struct run *run, struct call *call,
                                const int64_t actual[2], const char *first,
                                const char *second)
{
	int64_t expected[2];

	if (is_ellipsis(call->arg[3]))
		return call_returns(call, 0);
	if (!take_two(run, call->arg[3], first, second, expected))
		return CALL_OVER;
	if (expected[0] != actual[0] || expected[1] != actual[1]) {
		run_fails(run,
		          "the value differs\n"
		          "  expected  {%s=%lld, %s=%lld}\n"
		          "  actual    {%s=%lld, %s=%lld}",
		          first, (long long)expected[0], second,
		          (long long)expected[1], first, (long long)actual[0],
		          second, (long long)actual[1]);
		return CALL_OVER;
	}

	return call_returns(call, 0);
}

static enum call_status get_text(struct run *run, struct call *call,
                                 const struct fd *fd,
                                 const struct option *option)
{
	const struct drill_expr *value = call->arg[3];
	char name[16]                  = "";
	const int rc = tarn_getsockopt(run->world.tarn, fd->live, option->tarn,
	                               name, sizeof(name) - 1);

	if (value && value->kind == DRILL_LIST && value->field_count == 1)
		value = value->fields->value;
	if (rc >= 0 && value && value->kind == DRILL_STRING &&
	    strcmp(value->text, name) != 0) {
		run_fails(run,
		          "%s differs\n"
		          "  expected  \"%s\"\n"
		          "  actual    \"%s\"",
		          option->name, value->text, name);
		return CALL_OVER;
	}

	return option_returns(run, call, rc, option);
}

enum call_status call_getsockopt(struct run *run, struct call *call)
{
	const struct option *option;
	int64_t pair[2] = { 0, 0 };
	uint64_t time_us;
	struct fd *fd;

	if (!take_option(run, call, &fd, &option))
		return CALL_OVER;

	switch (option->form) {
	case INT:
	case BUFFER:
	case PMTU:
		return get_int(run, call, fd, option);
	case LINGER:
		pair[0] = fd->linger_s >= 0;
		pair[1] = MAX(fd->linger_s, 0);
		return get_two(run, call, pair, "onoff", "linger");
	case TIME:
		time_us = option->tarn ? fd->sndtimeo_us : fd->rcvtimeo_us;
		pair[0] = (int64_t)(time_us / 1000000);
		pair[1] = (int64_t)(time_us % 1000000);
		return get_two(run, call, pair, "tv_sec", "tv_usec");
	case TEXT:
		return get_text(run, call, fd, option);
	case KNOWN:
		if (!expect_integer(run, call->arg[3], option->tarn,
		                    option->name))
			return CALL_OVER;
		break;
	case INFO:
	case IGNORED:
		break;
	}

	return call_returns(call, 0);
}
