/* SPDX-License-Identifier: MIT */
/*
 * checksum.h - the Internet checksum (RFC 1071)
 *
 * A sum is built up as an unfolded one's complement sum in 64 bits and folded
 * at the end:
 *
 *	uint64_t sum = checksum_add(0, header, 20);
 *	put_be16(header + 10, checksum_fold(sum));
 *
 * Each part but the last must have an even length, unless checksum_add_at()
 * is told the part's offset.
 */
#ifndef BASE_CHECKSUM_H
#define BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/** checksum_add() - @sum plus @len octets that start at an even offset */
uint64_t checksum_add(uint64_t sum, const void *data, size_t len);

/** checksum_add_at() - The same for octets at @offset of the whole, odd or even */
uint64_t checksum_add_at(uint64_t sum, const void *data, size_t len,
                         size_t offset);

/** checksum_at() - What a sum of octets counts that lie at @offset of the whole
 * @part:	their sum as if they began at an even place
 */
uint64_t checksum_at(uint64_t part, size_t offset);

/** checksum_fold() - The complement of the sum, as the header field holds it
 *
 * Over data that includes a right checksum the result is 0.
 */
uint16_t checksum_fold(uint64_t sum);

#endif
