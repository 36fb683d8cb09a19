#!/bin/bash
# SPDX-License-Identifier: MIT
# Every example in README and the manual pages compiles, and one that is wrong
# would be seen.
. "$(dirname "$0")/lib.bash"

cc="${CC:-gcc} -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror \
	-I$root/stack -I$root"
cd "$root" || exit 1
tools/check-examples "$cc" README.md docs/man/*.3 || verdict=1

put wrong.3 <<'END'
.Sh EXAMPLES
.Bd -literal
#include <tarn.h>
int main(void) { return tarn_absent(); }
.Ed
END
put wrong.md <<'END'
```c
#include <tarn.h>
int main(void) { return tarn_absent(); }
```
END
complains "a wrong example in a manual page" "does not compile" \
	tools/check-examples "$cc" "$scratch/wrong.3"
complains "a wrong example in Markdown" "does not compile" \
	tools/check-examples "$cc" "$scratch/wrong.md"
exit "$verdict"
