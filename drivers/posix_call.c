/* SPDX-License-Identifier: MIT */
/*
 * posix_call.c - one call: through the ring, and waiting if it must
 */
#include "drivers/posix_state.h"
#include <errno.h>
#include <string.h>
#include <time.h>

struct posix_request *posix_call_begin(const struct posix_ref *ref,
                                       enum posix_op op)
{
	struct posix_request *request =
	        posix_ring_claim(ref->entry.posix->ring);

	request->op   = op;
	request->name = ref->entry.name;

	return request;
}

uint8_t *posix_call_data(const struct posix_ref *ref,
                         const struct posix_request *request)
{
	return posix_ring_data(ref->entry.posix->ring, request);
}

int64_t posix_call_run(const struct posix_ref *ref,
                       struct posix_request *request)
{
	struct tarn_posix *posix = ref->entry.posix;

	/* The owner would wait for itself. It has the calls of tarn.h. */
	if (posix_is_mine(posix))
		return -EDEADLK;

	posix_ring_submit(posix->ring, request, posix->wake_fd);

	return request->result;
}

void posix_call_end(const struct posix_ref *ref, struct posix_request *request)
{
	posix_ring_release(ref->entry.posix->ring, request);
}

int64_t posix_call_simple(const struct posix_ref *ref, enum posix_op op,
                          int value)
{
	struct posix_request *request = posix_call_begin(ref, op);
	int64_t result;

	request->value = value;
	result         = posix_call_run(ref, request);
	posix_call_end(ref, request);

	return result;
}

int64_t posix_call_patiently(const struct posix_ref *ref, uint64_t deadline_us,
                             int64_t (*attempt)(const struct posix_ref *ref,
                                                void *context),
                             void *context)
{
	for (;;) {
		const uint32_t seq   = atomic_load(&ref->desc->seq);
		const int64_t result = attempt(ref, context);
		int error;

		if (result != -EAGAIN || deadline_us == 0)
			return result;
		error = posix_ring_sleep(ref->desc, seq, deadline_us);
		if (error)
			return error;
	}
}

uint64_t posix_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

uint64_t posix_deadline(uint64_t timeout_us)
{
	return timeout_us == 0 ? TARN_NEVER : posix_now() + timeout_us;
}

int64_t posix_result(int64_t result)
{
	if (result >= 0)
		return result;

	errno = (int)-result;

	return -1;
}

int64_t posix_finish(struct posix_ref *ref, int64_t result)
{
	posix_table_put(ref);

	return posix_result(result);
}

int posix_addr_read(const struct sockaddr *addr, socklen_t len,
                    struct tarn_addr *ret)
{
	struct sockaddr_in in;
	uint8_t *octet;

	if (!addr || len < sizeof(addr->sa_family))
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	if (addr->sa_family == AF_UNSPEC)
		return 0;
	if (addr->sa_family != AF_INET)
		return -EAFNOSUPPORT;
	if (len < sizeof(in))
		return -EINVAL;

	memcpy(&in, addr, sizeof(in));
	octet     = (uint8_t *)&in.sin_addr;
	ret->ip   = tarn_ip4(octet[0], octet[1], octet[2], octet[3]);
	ret->port = ntohs(in.sin_port);

	return 0;
}

void posix_addr_write(const struct tarn_addr *from, struct sockaddr *addr,
                      socklen_t *len)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port   = htons(from->port),
	};

	if (!addr || !len)
		return;

	memcpy(&in.sin_addr, from->ip.octet, sizeof(in.sin_addr));
	memcpy(addr, &in, *len < sizeof(in) ? *len : sizeof(in));
	*len = sizeof(in);
}

int posix_check_socket(const struct posix_ref *ref)
{
	if (ref->entry.kind == POSIX_EPOLL)
		return -ENOTSOCK;

	return ref->entry.posix ? 0 : -ENETDOWN;
}

uint64_t posix_patience(const struct posix_ref *ref,
                        const _Atomic uint64_t *timeout_us, int flags)
{
	if (atomic_load(&ref->desc->is_nonblocking) || (flags & MSG_DONTWAIT))
		return 0;

	return posix_deadline(atomic_load(timeout_us));
}

int64_t posix_call_get_int(const struct posix_ref *ref, enum tarn_option option,
                           int *ret)
{
	struct posix_request *request = posix_call_begin(ref, POSIX_GETOPT);
	int64_t result;

	request->value = (int32_t)option;
	request->len   = sizeof(*ret);
	result         = posix_call_run(ref, request);
	if (result >= 0)
		memcpy(ret, posix_call_data(ref, request), sizeof(*ret));
	posix_call_end(ref, request);

	return result < 0 ? result : 0;
}
