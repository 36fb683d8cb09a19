#!/bin/bash
# SPDX-License-Identifier: MIT
# The question whether a rule is kept leaves nothing behind, except in the lab.
# shellcheck disable=SC2317 # functions that passes() calls
. "$(dirname "$0")/lib.bash"

read -ra cc <<<"${CC:-gcc}"
cd "$root" || exit 1
mapfile -t askers < <(grep -lE 'rule_holds\(' stack/*/*.c)
without=$scratch/without
mkdir -p "$without"
cp -r stack "$without"
# Every question becomes "true"; line numbers stay.
(cd "$without" && perl -0pi -e \
	's{rule_holds\([^;{}]*?RULE_\w+\)}{"true" . "\n" x ($& =~ tr/\n//)}ge' \
	"${askers[@]}")

# assembly DIR FILE [FLAG]... - what the compiler makes of a source
assembly() {
	(cd "$1" && "${cc[@]}" -std=c17 -D_GNU_SOURCE -O2 -fPIC \
		-Istack -I. "${@:3}" -S -o - "$2")
}

# same FILE, differs FILE - with the questions, and without them
same() {
	cmp <(assembly . "$1") <(assembly "$without" "$1")
}
differs() {
	! cmp -s <(assembly . "$1" -DTARN_LAB) <(assembly "$without" "$1")
}

for file in "${askers[@]}"; do
	passes "$file: no question is left" \
		test -z "$(grep rule_holds "$without/$file")"
	passes "$file is the same without the questions" same "$file"
	passes "$file is another one in the lab" differs "$file"
done

# Every rule is asked somewhere.
while read -r symbol; do
	passes "RULE_$symbol is asked" \
		grep -qE "RULE_$symbol\b" "${askers[@]}"
done < <(sed -n 's/^RULE(\([A-Z_]*\),.*/\1/p' stack/base/rule.def)
exit "$verdict"
