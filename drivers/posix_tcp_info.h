/* SPDX-License-Identifier: MIT */
/*
 * posix_tcp_info.h - what TCP_INFO gives, in the kernel's words
 */
#ifndef DRIVERS_POSIX_TCP_INFO_H
#define DRIVERS_POSIX_TCP_INFO_H

#include "tarn.h"

/**
 * posix_tcp_info() - Write the kernel's struct tcp_info (linux/tcp.h)
 * @ret:	room for @size octets; an older, shorter struct is a prefix of it
 *
 * Return: octets written, at most @size
 */
size_t posix_tcp_info(const struct tarn_tcp_info *info, void *ret, size_t size);

#endif
