/* SPDX-License-Identifier: MIT */
/*
 * setting.h - the configuration that a script asks for in a kernel's words
 *
 * All of them call run_skips() for what Tarn cannot do.
 */
#ifndef TOOLS_DRILL_SETTING_H
#define TOOLS_DRILL_SETTING_H

#include "tools/drill/run.h"

/** setting_apply() - "net.ipv4.tcp_sack" is to be "0"; changes run->world.config */
void setting_apply(struct run *run, const char *name, const char *value);

/** setting_number() - The first number of a text. Return: false: none there */
bool setting_number(const char *text, int64_t *ret);

#endif
