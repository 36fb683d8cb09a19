/* SPDX-License-Identifier: MIT */
/* report.h - what is told of a script */
#ifndef TOOLS_DRILL_REPORT_H
#define TOOLS_DRILL_REPORT_H

#include "tools/drill/run.h"

/**
 * report_tell() - One script's outcome; a failure with everything about it
 *
 * For the ladder of a failure the script is played once more, with an observer:
 * the same script gives the same frames.
 */
void report_tell(const struct run *run);

#endif
