#!/bin/bash
# SPDX-License-Identifier: MIT
# A rule that is taken out is missed by its lesson's judge, and found again.
# shellcheck disable=SC2317 # functions that passes() calls
. "$(dirname "$0")/lib.bash"

built=$(cd "$(dirname "${TARN:-$root/build/tarn}")" && pwd) || exit 1
cd "$root" || exit 1
# Beside the build, so that nobody's exercise there is touched.
mkdir "$scratch/build"
for part in gen obj command; do
	[ ! -e "$built/$part" ] || ln -s "$built/$part" "$scratch/build/$part"
done
copy=$scratch/build/exercise

grade() {
	(cd "$copy" && build/tarn lab "$1" --grade)
}

# write_it FILE - what a learner does at last; the tree has the solution
write_it() {
	cp "$root/$1" "$copy/$1" &&
		make -C "$copy" -s B=build ${CC:+CC="$CC"} build/tarn
}

# exercise RULE FILE LESSON
exercise() {
	rm -rf "$copy"
	passes "$1 is taken out" tools/lab-exercise "$1" -b "$scratch/build"
	passes "$2 says so" grep -q "EXERCISE $1" "$copy/$2"
	complains "the lesson $3 misses $1" "of" grade "$3"
	passes "$1 is written again" write_it "$2"
	passes "the lesson $3 finds it" grade "$3"
}

exercise nagle stack/tcp/output.c nagle
exercise delayed-ack stack/tcp/text.c delayed-ack

complains "a copy that exists is left alone" "somebody's work" \
	tools/lab-exercise nagle -b "$scratch/build"
complains "an unknown rule is refused" "invalid choice" \
	tools/lab-exercise no-such-rule -b "$scratch/build"

exit "$verdict"
