/* SPDX-License-Identifier: MIT */
/*
 * vnet.h - the virtio-net header in front of each frame of an offloading TAP
 *
 *	 0     1          2         4          6            8             10
 *	+-----+----------+---------+----------+------------+-------------+
 *	|flags| GSO type | hdr_len | gso_size | csum_start | csum_offset |
 *	+-----+----------+---------+----------+------------+-------------+
 *
 * Virtio 1.2 section 5.1.6; the numbers little-endian, which the TAP must be
 * told (TUNSETVNETLE).
 */
#ifndef DRIVERS_VNET_H
#define DRIVERS_VNET_H

#include "tarn.h"

#define VNET_HDR_LEN 10

/** vnet_hdr_read() - What the header says of its frame
 *
 * Of super-frames we take TCP over IPv4 only: the others we never asked for,
 * and without a gso_size they are dropped for their length.
 */
void vnet_hdr_read(const uint8_t hdr[VNET_HDR_LEN], struct tarn_offload *ret);

/** vnet_hdr_write() - Its inverse */
void vnet_hdr_write(uint8_t hdr[VNET_HDR_LEN],
                    const struct tarn_offload *offload);

#endif
