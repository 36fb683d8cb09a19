/* SPDX-License-Identifier: MIT */
/* test_parser_call.c - system calls, their arguments and results */
#include "tests/unit/drill/parsed.h"

static const struct drill_call *call(const char *text)
{
	const struct drill_event *event = parsed(text);

	ck_assert_int_eq(event->kind, DRILL_CALL);
	ck_assert_ptr_null(event->unsupported);
	return &event->call;
}

static const struct drill_expr *arg(const struct drill_call *c, unsigned at)
{
	const struct drill_field *field = c->args;

	ck_assert_uint_lt(at, c->arg_count);
	while (at--)
		field = field->next;

	return field->value;
}

static const struct drill_field *field(const struct drill_expr *e,
                                       const char *name)
{
	for (const struct drill_field *f = e->fields; f; f = f->next)
		if (f->name && strcmp(f->name, name) == 0)
			return f;

	ck_abort_msg("no field %s", name);
	return NULL;
}

/* ---- the call ----------------------------------------------------------- */

START_TEST(a_call_with_an_error_is_read)
{
	const struct drill_call *c = call(
	        "0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in "
	        "progress)\n0 close(3) = 0");

	ck_assert_str_eq(c->name, "connect");
	ck_assert_uint_eq(c->arg_count, 3);
	ck_assert_int_eq(arg(c, 0)->integer, 3);
	ck_assert_int_eq(arg(c, 1)->kind, DRILL_ELLIPSIS);
	ck_assert_int_eq(c->result->integer, -1);
	ck_assert_str_eq(c->error, "EINPROGRESS");
	ck_assert_str_eq(c->note, "Operation now in progress");
}
END_TEST

START_TEST(results_of_all_kinds_are_read)
{
	const struct drill_call *c =
	        call("0 fcntl(3, F_GETFL) = 0x2 (flags "
	             "O_RDWR)\n0 read(4, ..., 9) = ?\n"
	             "0 f() = POLLIN|POLLOUT\n0 f() = ...");
	const struct drill_event *e = script->events;

	ck_assert_int_eq(c->result->integer, 2);
	ck_assert_str_eq(c->note, "flags O_RDWR");
	c = &(e = e->next)->call;
	ck_assert_ptr_null(c->result);
	ck_assert_ptr_null(c->error);
	c = &(e = e->next)->call;
	ck_assert_int_eq(c->result->kind, DRILL_OR);
	ck_assert_uint_eq(c->arg_count, 0);
	ck_assert_ptr_null((e = e->next)->call.result);
}
END_TEST

/* ---- plain values ------------------------------------------------------- */

START_TEST(numbers_are_read)
{
	const struct drill_call *c =
	        call("0 f(10, -1, 0x1F, 'a', '\\n', 0, 18446744073709551615, "
	             "9223372036854775807) = 0");
	static const int64_t values[] = { 10,   -1, 31, 'a',
		                          '\n', 0,  -1, INT64_MAX };

	for (unsigned i = 0; i < ARRAY_LEN(values); i++) {
		ck_assert_int_eq(arg(c, i)->kind, DRILL_INTEGER);
		ck_assert_int_eq(arg(c, i)->integer, values[i]);
	}
}
END_TEST

START_TEST(strings_are_read)
{
	const struct drill_call *c =
	        call("0 write(4, \"a\\tb\\0c\\\"\\101\\x42\\q\", 8) = 8\n"
	             "0 write(4, \"GET\"..., 100) = 100");

	ck_assert_int_eq(arg(c, 1)->kind, DRILL_STRING);
	ck_assert_uint_eq(arg(c, 1)->text_len, 9);
	ck_assert_mem_eq(arg(c, 1)->text, "a\tb\0c\"ABq", 9);
	ck_assert(!arg(c, 1)->is_cut);
	c = &script->events->next->call;
	ck_assert(arg(c, 1)->is_cut);
	ck_assert_int_eq(arg(c, 2)->integer, 100);
}
END_TEST

START_TEST(operators_bind_as_in_c)
{
	const struct drill_expr *e =
	        arg(call("0 f(A | B & ~C, 1 + 2 * 3, (1 | 2) * 3) = 0"), 0);

	ck_assert_int_eq(e->op, '|');
	ck_assert_str_eq(e->left->text, "A");
	ck_assert_int_eq(e->right->op, '&');
	ck_assert_int_eq(e->right->right->kind, DRILL_NOT);
	ck_assert_str_eq(e->right->right->left->text, "C");
	e = arg(&script->events->call, 1);
	ck_assert_int_eq(e->op, '+');
	ck_assert_int_eq(e->right->op, '*');
	e = arg(&script->events->call, 2);
	ck_assert_int_eq(e->op, '*');
	ck_assert_int_eq(e->left->op, '|');
}
END_TEST

/* ---- lists and structs -------------------------------------------------- */

START_TEST(lists_are_read)
{
	const struct drill_call *c =
	        call("0 setsockopt(3, SOL_SOCKET, SO_RCVBUF, [4096], 4) = 0\n"
	             "0 f([], [1, 2,], [[3]]) = 0");

	ck_assert_int_eq(arg(c, 3)->kind, DRILL_LIST);
	ck_assert_uint_eq(arg(c, 3)->field_count, 1);
	ck_assert_int_eq(arg(c, 3)->fields->value->integer, 4096);
	c = &script->events->next->call;
	ck_assert_uint_eq(arg(c, 0)->field_count, 0);
	ck_assert_uint_eq(arg(c, 1)->field_count, 2);
	ck_assert_int_eq(arg(c, 2)->fields->value->kind, DRILL_LIST);
}
END_TEST

START_TEST(structs_are_read_with_and_without_names)
{
	const struct drill_call *c = call(
	        "0 poll([{fd=4, events=POLLIN|POLLOUT, revents=0}], 1, 0) = "
	        "0\n0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, "
	        "linger=0}, 8) = 0\n0 writev(4, [{\"ab\", 2}, {..., 5}], 2) "
	        "= 7");
	const struct drill_expr *e = arg(c, 0)->fields->value;

	ck_assert_int_eq(e->kind, DRILL_STRUCT);
	ck_assert_int_eq(field(e, "fd")->value->integer, 4);
	ck_assert_int_eq(field(e, "events")->value->kind, DRILL_OR);
	e = arg(&script->events->next->call, 3);
	ck_assert_int_eq(field(e, "linger")->value->integer, 0);
	e = arg(&script->events->next->next->call, 1);
	ck_assert_ptr_null(e->fields->value->fields->name);
	ck_assert_int_eq(e->fields->next->value->fields->value->kind,
	                 DRILL_ELLIPSIS);
}
END_TEST

START_TEST(a_message_with_control_data_is_read)
{
	const struct drill_call *c = call(
	        "0 recvmsg(4, {msg_name(...)=...,\n"
	        "  msg_iov(2)=[{..., 10}, {..., 5}],\n"
	        "  msg_flags=MSG_ERRQUEUE,\n"
	        "  msg_control=[{cmsg_level=CMSG_LEVEL_IP,\n"
	        "    cmsg_type=CMSG_TYPE_RECVERR,\n"
	        "    cmsg_data={ee_errno=0, ee_origin=SO_EE_ORIGIN_ZEROCOPY,\n"
	        "      ee_type=0, ee_code=0, ee_info=0, ee_data=0}}]},\n"
	        "  MSG_ERRQUEUE) = 0");
	const struct drill_expr *e = arg(c, 1);

	ck_assert_int_eq(field(e, "msg_name")->size->kind, DRILL_ELLIPSIS);
	ck_assert_int_eq(field(e, "msg_iov")->size->integer, 2);
	ck_assert_uint_eq(field(e, "msg_iov")->value->field_count, 2);
	e = field(e, "msg_control")->value->fields->value;
	ck_assert_str_eq(field(e, "cmsg_level")->value->text, "SOL_IP");
	ck_assert_uint_eq(field(e, "cmsg_data")->value->field_count, 6);
}
END_TEST

/* ---- addresses ---------------------------------------------------------- */

START_TEST(socket_addresses_are_recognised)
{
	const struct drill_expr *e = arg(
	        call("0 bind(3, {sa_family = AF_INET, sin_port = "
	             "htons(8080), sin_addr = inet_addr(\"192.0.2.1\")}, 16)"
	             " = 0\n0 bind(3, {sa_family = AF_INET, sin_port = "
	             "htons(0), sin_addr = htonl(INADDR_ANY)}, 16) = 0"),
	        1);

	ck_assert_int_eq(e->kind, DRILL_ADDR);
	ck_assert_str_eq(e->family, "AF_INET");
	ck_assert_uint_eq(e->addr_port, 8080);
	ck_assert_uint_eq(e->addr_ip, 0xc0000201);
	e = arg(&script->events->next->call, 1);
	ck_assert_int_eq(e->kind, DRILL_ADDR);
	ck_assert_uint_eq(e->addr_ip, 0);
}
END_TEST

START_TEST(functions_are_evaluated_or_named)
{
	const struct drill_event *e = parsed(
	        "0 f(htons(80), inet_pton(AF_INET, \"1.2.3.4\", &x)) = 0\n"
	        "0 f(sizeof(int)) = 0\n0 f(inet_addr(\"::1\")) = 0");

	ck_assert_int_eq(arg(&e->call, 0)->integer, 80);
	ck_assert_int_eq(arg(&e->call, 1)->integer, 0x01020304);
	e = e->next;
	ck_assert_str_eq(e->unsupported, "a function in an argument");
	e = e->next;
	ck_assert_str_eq(e->unsupported, "IPv6");
}
END_TEST

/* ---- mistakes ----------------------------------------------------------- */

static const struct {
	const char *text, *part;
} mistakes[] = {
	{ "0 f(1 2) = 0", "expected ')' or ','" },
	{ "0 f([1) = 0", "expected ']' or ','" },
	{ "0 f({a=1) = 0", "expected '}' or ','" },
	{ "0 f({a=}) = 0", "no value stands here" },
	{ "0 f({a(1=2}) = 0", "expected ')'" },
	{ "0 f(\"a) = 0", "this string does not end in its line" },
	{ "0 f('ab') = 0", "this character does not end" },
	{ "0 f(18446744073709551616) = 0", "expected a number of 64 bits" },
	{ "0 f(0x) = 0", "expected a number of 64 bits" },
	{ "0 f(inet_addr(\"1.2.3\")) = 0", "this is no address" },
	{ "0 f() = ", "no value stands here" },
	{ "0 f() = -1 E (what", "does not end; expected )" },
	{ "0 f([[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
	  "too many brackets" },
	{ "0 f(~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~1",
	  "too many brackets" },
};

START_TEST(mistake_is_named)
{
	refused(mistakes[_i].text, mistakes[_i].part);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("parser_call");
	TCase *t = parsed_case(s, "parser_call");

	tcase_add_test(t, a_call_with_an_error_is_read);
	tcase_add_test(t, results_of_all_kinds_are_read);
	tcase_add_test(t, numbers_are_read);
	tcase_add_test(t, strings_are_read);
	tcase_add_test(t, operators_bind_as_in_c);
	tcase_add_test(t, lists_are_read);
	tcase_add_test(t, structs_are_read_with_and_without_names);
	tcase_add_test(t, a_message_with_control_data_is_read);
	tcase_add_test(t, socket_addresses_are_recognised);
	tcase_add_test(t, functions_are_evaluated_or_named);
	tcase_add_loop_test(t, mistake_is_named, 0, ARRAY_LEN(mistakes));

	return s;
}

TEST_MAIN(suite)
