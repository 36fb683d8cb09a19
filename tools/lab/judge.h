/* SPDX-License-Identifier: MIT */
/* judge.h - does what happened agree with what the lesson expects? */
#ifndef TOOLS_LAB_JUDGE_H
#define TOOLS_LAB_JUDGE_H

#include "drivers/fault_judge.h"
#include "tools/lab/chronicle.h"

#define JUDGE_TEXT_LEN 160

/** judge_expect() - Does it hold?
 * @ret_seen:	what was seen instead, in words
 */
bool judge_expect(const struct stage *stage, const struct lesson *lesson,
                  const struct chronicle *chronicle,
                  const struct expect *expect, char ret_seen[JUDGE_TEXT_LEN]);

/** judge_matches() - Is this row a frame of the kind that @filter wants? */
bool judge_matches(const struct happening *row, const struct filter *filter);
/** judge_is() - Did @end do @verb to a frame in this row? */
bool judge_is(const struct happening *row, enum lab_end end,
              enum expect_verb verb);

#endif
