/* SPDX-License-Identifier: MIT */
/* stop.h - SIGINT and SIGTERM ask the loops of this process to end */
#ifndef DRIVERS_STOP_H
#define DRIVERS_STOP_H

#include <stdbool.h>

/** stop_catch_signals() - From now on; a second such signal ends the process
 *
 * SIGPIPE is ignored: a closed pipe is an error of the write.
 */
void stop_catch_signals(void);

/** stop_is_asked() - Has one come? */
bool stop_is_asked(void);

/** stop_fd() - Readable for ever once one has come; -1: none is caught */
int stop_fd(void);

#endif
