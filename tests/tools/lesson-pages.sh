#!/bin/bash
# SPDX-License-Identifier: MIT
# Each lesson has a page, the course names it, and what pages show is what the
# lab prints.
. "$(dirname "$0")/lib.bash"

tarn=${TARN:-$root/build/tarn}
[[ $tarn == /* ]] || tarn=$PWD/$tarn
lessons=$root/docs/lessons

# excerpt PAGE - the first console block, without its command line
excerpt() {
	awk '/^```console$/ { inside = 1; next }
	     /^```$/ { if (inside) exit }
	     inside && !/^\$ / { print }' "$1"
}

# is_real PAGE - its excerpt is a piece of what its command prints
is_real() {
	local command block
	command=$(sed -n '/^```console$/{n;s/^\$ tarn //p;q}' "$1")
	block=$(excerpt "$1")
	[ -n "$command" ] && [ -n "$block" ] || return 1
	# shellcheck disable=SC2086 # words of a command line
	(cd "$scratch" && "$tarn" $command --out out) |
		sed 's/ *$//' >"$scratch/printed"
	[[ $(cat "$scratch/printed") == *"$block"* ]]
}

for lab in "$lessons"/*.lab; do
	name=$(basename "$lab" .lab)
	passes "$name has a page" test -f "$lessons/$name.md"
	passes "$name is in the course" grep -qF "($name.md)" "$lessons/README.md"
	passes "the page of $name shows what is printed" \
		is_real "$lessons/$name.md"
done

# A page that shows what was never printed is found.
mkdir "$scratch/wrong"
sed 's/ESTABLISHED/ESTABLISHT/' "$lessons/nagle.md" >"$scratch/wrong/nagle.md"
if is_real "$scratch/wrong/nagle.md"; then
	echo "not ok a page that lies is found"
	verdict=1
else
	echo "ok a page that lies is found"
fi

exit "$verdict"
