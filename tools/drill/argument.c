/* SPDX-License-Identifier: MIT */
/* argument.c - evaluates expressions, looks up constants; see argument.h */
#include "tools/drill/argument.h"
#include "base/bytes.h"
#include <errno.h>
#include <inttypes.h>

#define BRACKETS_MAX 8 /* "[[[5]]]": nobody means more */

static const struct {
	const char *name;
	int64_t value;
} symbols[] = {
#define SYMBOL(name, value) { #name, value },
#include "tools/drill/symbol.def"
#undef SYMBOL
};

static const struct {
	const char *name;
	int value;
} errors[] = {
#define ERROR(name) { #name, name },
#include "tools/drill/error.def"
#undef ERROR
};

bool symbol_find(const char *name, int64_t *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++)
		if (strcmp(symbols[i].name, name) == 0) {
			*ret = symbols[i].value;
			return true;
		}
	*ret = error_find(name);

	return *ret != 0;
}

int error_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].value;

	return 0;
}

const char *error_name(int error)
{
	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		if (errors[i].value == error)
			return errors[i].name;

	return "?";
}

/* ---- numbers ---- */

static bool combine(struct run *run, const struct drill_expr *expr,
                    int64_t *ret)
{
	int64_t left, right;

	if (!argument_integer(run, expr->left, &left) ||
	    !argument_integer(run, expr->right, &right))
		return false;

	switch (expr->op) {
	case '|':
		*ret = left | right;
		return true;
	case '&':
		*ret = left & right;
		return true;
	case '+':
		*ret = left + right;
		return true;
	case '-':
		*ret = left - right;
		return true;
	case '*':
		*ret = left * right;
		return true;
	case '<':
		*ret = (int64_t)((uint64_t)left << (right & 63));
		return true;
	default:
		run_fails(run, "the operator '%c' is not known", expr->op);
		return false;
	}
}

static bool look_up(struct run *run, const char *name, int64_t *ret)
{
	if (symbol_find(name, ret))
		return true;
	run_skips(run, "needs the constant %s, which Tarn does not have", name);

	return false;
}

bool argument_integer(struct run *run, const struct drill_expr *expr,
                      int64_t *ret)
{
	for (unsigned i = 0; expr && i < BRACKETS_MAX &&
	                     expr->kind == DRILL_LIST && expr->field_count == 1;
	     i++)
		expr = expr->fields->value;
	if (!expr) {
		run_fails(run, "a number is missing");
		return false;
	}

	switch (expr->kind) {
	case DRILL_INTEGER:
		*ret = expr->integer;
		return true;
	case DRILL_WORD:
		return look_up(run, expr->text, ret);
	case DRILL_OR:
		return combine(run, expr, ret);
	case DRILL_NOT:
		if (!argument_integer(run, expr->left, ret))
			return false;
		*ret = ~*ret;
		return true;
	default:
		run_fails(run, "a number is expected where something else is "
		               "written");
		return false;
	}
}

/* ---- descriptors ---- */

bool argument_fd(struct run *run, const struct drill_expr *expr,
                 struct fd **ret)
{
	int64_t number;

	if (!argument_integer(run, expr, &number))
		return false;
	*ret = fd_find(run, (int)number);
	if (*ret)
		return true;
	run_fails(run, "descriptor %" PRId64 " is not open", number);

	return false;
}

bool argument_socket(struct run *run, const struct drill_expr *expr,
                     struct fd **ret)
{
	if (!argument_fd(run, expr, ret))
		return false;
	if ((*ret)->kind == FD_SOCKET)
		return true;
	run_fails(run, "descriptor %d is no socket", (*ret)->number);

	return false;
}

/* ---- structs ---- */

const struct drill_expr *argument_field(const struct drill_expr *expr,
                                        const char *name, unsigned at)
{
	unsigned index = 0;

	if (!expr || (expr->kind != DRILL_STRUCT && expr->kind != DRILL_LIST))
		return NULL;
	for (const struct drill_field *field = expr->fields; field;
	     field                           = field->next, index++)
                if (field->name ? strcmp(field->name, name) == 0 : index == at)
                        return field->value;

	return NULL;
}

static struct tarn_addr address_of(uint32_t ip, uint16_t port)
{
	struct tarn_addr addr = {
		.ip   = tarn_ip4((uint8_t)(ip >> 24), (uint8_t)(ip >> 16),
		                 (uint8_t)(ip >> 8), (uint8_t)ip),
		.port = port,
	};

	return addr;
}

bool argument_address(struct run *run, const struct drill_expr *expr,
                      uint32_t address, uint16_t port, struct tarn_addr *ret)
{
	if (is_ellipsis(expr)) {
		*ret = address_of(address, port);
		return true;
	}
	if (expr->kind != DRILL_ADDR) {
		run_fails(run, "an address is expected where something else "
		               "is written");
		return false;
	}
	if (expr->family && strcmp(expr->family, "AF_INET") != 0) {
		run_skips(run, "needs %s, which Tarn does not have",
		          expr->family);
		return false;
	}
	*ret = address_of(expr->addr_ip, expr->addr_port);

	return true;
}

bool expect_integer(struct run *run, const struct drill_expr *expr,
                    int64_t actual, const char *what)
{
	int64_t expected;

	if (is_ellipsis(expr))
		return true;
	if (!argument_integer(run, expr, &expected))
		return false;
	if (expected == actual)
		return true;
	run_fails(run,
	          "%s differs\n"
	          "  expected  %" PRId64 "\n"
	          "  actual    %" PRId64,
	          what, expected, actual);

	return false;
}
