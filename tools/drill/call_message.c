/* SPDX-License-Identifier: MIT */
/*
 * call_message.c - readv, writev, recvmsg, sendmsg
 *
 * Buffers in a list are one transfer of their sum: for a stream there is no
 * difference, and scripts look at the count. Control data is not known.
 */
#include "tools/drill/transfer.h"
#include <errno.h>

/* [{..., 10}, {..., 20}] */
static bool add_buffers(struct run *run, const struct drill_expr *list,
                        struct transfer *transfer)
{
	if (is_ellipsis(list) || list->kind != DRILL_LIST) {
		transfer->is_nowhere = !is_ellipsis(list);
		return true;
	}
	for (const struct drill_field *field = list->fields; field;
	     field                           = field->next) {
		const struct drill_expr *base =
		        argument_field(field->value, "iov_base", 0);
		const struct drill_expr *size =
		        argument_field(field->value, "iov_len", 1);
		int64_t len;

		if (!argument_integer(run, size, &len))
			return false;
		if (base && base->kind == DRILL_STRING) {
			transfer->text     = base->text;
			transfer->text_len = base->text_len;
		} else if (!is_ellipsis(base) && len > 0) {
			transfer->is_nowhere = true;
		}
		transfer->len += (size_t)len;
	}

	return true;
}

static bool take_vector(struct run *run, const struct call *call,
                        struct transfer *transfer)
{
	*transfer = (struct transfer){ .len = 0 };

	return argument_socket(run, call->arg[0], &transfer->fd) &&
	       add_buffers(run, call->arg[1], transfer);
}

enum call_status call_readv(struct run *run, struct call *call)
{
	struct transfer transfer;

	if (!take_vector(run, call, &transfer))
		return CALL_OVER;

	return transfer_receive(run, call, &transfer);
}

enum call_status call_writev(struct run *run, struct call *call)
{
	struct transfer transfer;

	if (!take_vector(run, call, &transfer))
		return CALL_OVER;

	return transfer_send(run, call, &transfer);
}

/* ---- struct msghdr ---- */

static bool has_control(const struct drill_expr *msg)
{
	const struct drill_expr *control =
	        argument_field(msg, "msg_control", 3);

	return control && control->kind == DRILL_LIST &&
	       control->field_count > 0;
}

static bool take_message(struct run *run, const struct call *call,
                         struct transfer *transfer)
{
	const struct drill_expr *msg = call->arg[1];

	*transfer = (struct transfer){ .len = 0 };
	if (!argument_socket(run, call->arg[0], &transfer->fd) ||
	    !argument_integer(run, call->arg[2], &transfer->flags) ||
	    !transfer_check_flags(run, transfer->flags))
		return false;
	if (msg->kind != DRILL_STRUCT) {
		transfer->is_nowhere = !is_ellipsis(msg);
		return true;
	}
	if (has_control(msg)) {
		run_skips(run, "needs control messages (msg_control), which "
		               "Tarn does not have");
		return false;
	}

	return add_buffers(run, argument_field(msg, "msg_iov", 1), transfer);
}

enum call_status call_recvmsg(struct run *run, struct call *call)
{
	struct transfer transfer;

	if (!take_message(run, call, &transfer))
		return CALL_OVER;

	return transfer_receive(run, call, &transfer);
}

enum call_status call_sendmsg(struct run *run, struct call *call)
{
	const struct drill_expr *name =
	        argument_field(call->arg[1], "msg_name", 0);
	struct transfer transfer;
	const int64_t fastopen = TARN_MSG_FASTOPEN;

	if (!take_message(run, call, &transfer))
		return CALL_OVER;
	/* On a connected stream the name means nothing. */
	transfer.has_peer =
	        name &&
	        ((transfer.flags & fastopen) ||
	         (transfer.fd->connection->is_udp && name->kind == DRILL_ADDR));
	if (transfer.has_peer &&
	    !argument_address(run, name, run->numbers.remote_ip,
	                      run->numbers.connect_port, &transfer.peer))
		return CALL_OVER;

	return transfer_send(run, call, &transfer);
}
