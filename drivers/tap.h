/* SPDX-License-Identifier: MIT */
/*
 * tap.h - a TAP device: Ethernet frames to and from the Linux kernel
 *
 * tap_open() is one of link_open()'s kinds. tap_make() is for whoever prepares
 * a device for others, as `tarn shell` does.
 */
#ifndef DRIVERS_TAP_H
#define DRIVERS_TAP_H

#include "drivers/link.h"

/**
 * tap_open() - Create the TAP @name, or attach to it when it exists
 *
 * A device that is down is set up, and one without an address on the kernel's
 * side gives one line on stderr that says how to add it.
 *
 * Return: 0; -EPERM (no privilege), -ENOENT (no /dev/net/tun), -EBUSY (another
 *	   process has it), -EINVAL (not a TAP, impossible name), -errno
 */
int tap_open(const char *name, const struct link_options *options,
             struct link *ret, char error[LINK_ERROR_LEN]);

/** tap_make() - Create the TAP @name so that it stays after we let go of it
 *
 * Return: as tap_open()
 */
int tap_make(const char *name, char error[LINK_ERROR_LEN]);

#endif
