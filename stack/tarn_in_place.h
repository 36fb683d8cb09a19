/* SPDX-License-Identifier: MIT */
/*
 * tarn_in_place.h - a stream's octets, without a copy (a part of tarn.h)
 *
 * What these calls show lies in the stack's own buffers. It stays where it is
 * until the next tarn_poll() or half of one, the next call that receives from
 * (or sends on) the same descriptor, tarn_shutdown() and tarn_close() of it; other
 * descriptors' calls do not touch it. Only the thread that owns the stack may
 * look. The second piece is where the buffer begins anew; its len is 0 if there is
 * none.
 */
#ifndef TARN_IN_PLACE_H
#define TARN_IN_PLACE_H

#include "tarn.h"

#ifdef __cplusplus
extern "C" {
#endif

/** tarn_recv_peek() - Where the octets lie that tarn_recv() would give
 *
 * All that may be read now, TARN_SO_RCVLOWAT or not; it ends at the urgent mark.
 * Nothing is taken: tarn_recv() gives the same octets.
 *
 * Return: octets in both pieces; 0: the peer closed; -EOPNOTSUPP (a datagram
 *	   socket), or as tarn_recv()
 */
TARN_API ssize_t tarn_recv_peek(struct tarn *t, int fd,
                                struct tarn_slice ret[2]) TARN_CHECKED;

/** tarn_recv_consume() - Take the first @len octets of what was shown
 *
 * Return: 0; -EINVAL (there are not so many, or the urgent mark is before),
 *	   -EBADF, -ENOTCONN, -EOPNOTSUPP
 */
TARN_API int tarn_recv_consume(struct tarn *t, int fd, size_t len) TARN_CHECKED;

/** tarn_send_reserve() - Room for @len octets, or as many as may be queued now
 *
 * The caller writes into the pieces in their order, from the beginning, and
 * says by tarn_send_commit() how much. What was in the room before is undefined.
 *
 * Return: octets of room, at most @len; -EOPNOTSUPP (a datagram socket), or as
 *	   tarn_send()
 */
TARN_API ssize_t tarn_send_reserve(struct tarn *t, int fd, size_t len,
                                   struct tarn_iovec ret[2]) TARN_CHECKED;

/** tarn_send_commit() - The first @len octets of the room are written: queue them
 * @len:	0: none, and what was reserved is given back
 * @flags:	TARN_MSG_MORE or 0
 *
 * Return: @len; -EINVAL (more than the room), -EOPNOTSUPP (another flag), or as
 *	   tarn_send()
 */
TARN_API ssize_t tarn_send_commit(struct tarn *t, int fd, size_t len,
                                  int flags) TARN_CHECKED;

#ifdef __cplusplus
}
#endif

#endif
