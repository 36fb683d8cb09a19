/* SPDX-License-Identifier: MIT */
/*
 * argument.h - from a script's expressions to what a call takes
 *
 * All of them return false after run_fails() or run_skips().
 */
#ifndef TOOLS_DRILL_ARGUMENT_H
#define TOOLS_DRILL_ARGUMENT_H

#include "tools/drill/run.h"

/** symbol_find() - The number that @name stands for; false: not known */
bool symbol_find(const char *name, int64_t *ret);
/** error_find() - The positive errno of "EAGAIN", or 0 */
int error_find(const char *name);
/** error_name() - "EAGAIN" for its errno, or "?" */
const char *error_name(int error);

/** argument_integer() - A number, a constant, "A|B", "[5]" */
bool argument_integer(struct run *run, const struct drill_expr *expr,
                      int64_t *ret);
/** argument_fd() - An open descriptor of the script */
bool argument_fd(struct run *run, const struct drill_expr *expr,
                 struct fd **ret);
/** argument_socket() - The same, and it is a socket's */
bool argument_socket(struct run *run, const struct drill_expr *expr,
                     struct fd **ret);
/** argument_address() - A sockaddr; "..." is @address, @port
 * @is_remote: 0.0.0.0 stays what it is, too
 */
bool argument_address(struct run *run, const struct drill_expr *expr,
                      uint32_t address, uint16_t port, struct tarn_addr *ret);

/** argument_field() - The value named @name in a struct, or, if the fields have
 * no names, the @at-th; NULL: there is none */
const struct drill_expr *argument_field(const struct drill_expr *expr,
                                        const char *name, unsigned at);

static inline bool is_ellipsis(const struct drill_expr *expr)
{
	return !expr || expr->kind == DRILL_ELLIPSIS;
}

/** expect_integer() - @actual is what the script writes; "..." takes any */
bool expect_integer(struct run *run, const struct drill_expr *expr,
                    int64_t actual, const char *what);

#endif
