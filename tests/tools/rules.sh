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

# object WHICH FILE [FLAG]... - compile it "with" or "without" the questions
object() {
	local from=$root

	[ "$1" = with ] || from=$without
	(cd "$from" && "${cc[@]}" -std=c17 -D_GNU_SOURCE -O2 -fPIC -Istack -I. \
		"${@:3}" -c -o "$scratch/$1.o" "$2")
}

# same FILE, differs FILE - with the questions, and without them
same() {
	object with "$1" && object without "$1" &&
		cmp "$scratch/with.o" "$scratch/without.o"
}
differs() {
	object with "$1" -DTARN_LAB &&
		! cmp -s "$scratch/with.o" "$scratch/without.o"
}

for file in "${askers[@]}"; do
	passes "$file: no question is left" \
		test -z "$(grep rule_holds "$without/$file")"
	passes "$file is the same without the questions" same "$file"
	passes "$file is another one in the lab" differs "$file"
done

# What asks nothing is compiled once only, for both builds.
passes "no header but rule.h asks" test "$(grep -lrE 'TARN_LAB|rule_holds\(' \
	stack --include='*.h')" = stack/base/rule.h

# Every rule is asked somewhere.
while read -r symbol; do
	passes "RULE_$symbol is asked" \
		grep -qE "RULE_$symbol\b" "${askers[@]}"
done < <(sed -n 's/^RULE(\([A-Z_]*\),.*/\1/p' stack/base/rule.def)
exit "$verdict"
