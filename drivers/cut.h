/* SPDX-License-Identifier: MIT */
/*
 * cut.h - a link that offloads, for who wants to see segments
 *
 * Faults and the gate of a live page are about segments, one by one. Above the
 * cut there are plain frames with complete sums, whatever the link below does.
 */
#ifndef DRIVERS_CUT_H
#define DRIVERS_CUT_H

#include "drivers/link.h"

/**
 * cut_open() - Cut what comes from @below
 * @below:	taken on success: closing @ret closes it
 *
 * Return: 0, -ENOMEM
 */
int cut_open(struct link *below, struct link *ret);

#endif
