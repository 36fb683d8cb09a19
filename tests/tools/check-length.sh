#!/bin/bash
# SPDX-License-Identifier: MIT
# One line too many is seen, the last allowed one is not.
. "$(dirname "$0")/lib.bash"

# lines N - N lines of code
lines() {
	seq -f '	line(%g);' "$1"
}

{ printf 'int f(void)\n{\n'; lines 57; echo '}'; } | put fits.c
{ printf 'int f(int a,\n      int b)\n{\n'; lines 57; echo '}'; } | put long.c
{ printf 'int a;\nint f(void)\n{\n'; lines 57; echo '}'; } | put after.c
lines 450 | put file-fits.c
lines 451 | put file-long.c
lines 201 | put Makefile

check=$root/tools/check-length
passes "function of 60 lines" "$check" "$scratch/fits.c"
passes "what stands before it does not count" "$check" "$scratch/after.c"
complains "function of 61 lines" "long.c:1: function of 61 lines" \
	"$check" "$scratch/long.c"
passes "file of 450 lines" "$check" "$scratch/file-fits.c"
complains "file of 451 lines" "file of 451 lines" "$check" "$scratch/file-long.c"
complains "Makefile of 201 lines" "file of 201 lines" "$check" "$scratch/Makefile"
exit "$verdict"
