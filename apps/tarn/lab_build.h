/* SPDX-License-Identifier: MIT */
/* lab_build.h - handing over to the program whose stack can break rules */
#ifndef APPS_TARN_LAB_BUILD_H
#define APPS_TARN_LAB_BUILD_H

/**
 * lab_build_exec() - Run this very command line in tarn-lab, which lies beside us
 *
 * For a command that is asked to break a rule and finds !rule_can_be_broken().
 *
 * Return: only when that failed: the exit code, after saying what to do
 */
int lab_build_exec(void);

#endif
