/* SPDX-License-Identifier: MIT */
/* plot.h - the congestion window over time, for lessons too long for a ladder */
#ifndef TOOLS_LAB_PLOT_H
#define TOOLS_LAB_PLOT_H

#include "tools/lab/chronicle.h"
#include <stdio.h>

/** plot_put() - A line every so often, as the lesson says: "plot A every 40ms" */
void plot_put(FILE *out, bool ascii, const struct lesson *lesson,
              const struct chronicle *chronicle);

#endif
