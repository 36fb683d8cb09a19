#!/bin/bash
# SPDX-License-Identifier: MIT
#
# lab.sh [--golden] - every lesson, each of its disasters and all its tries
#
# What a run prints is compared with tests/lab/golden, NAME.txt or
# NAME.without-RULE.txt; --golden writes these anew (make golden-lab). Each run
# is made twice: virtual time and one seed give the same octets.
# shellcheck disable=SC2317 # functions that passes() calls
. "$(dirname "$0")/lib.bash"

cd "$root" || exit 1
tarn=${TARN:-build/tarn}
golden=tests/lab/golden
mapfile -t lessons < <(basename -s .lab docs/lessons/*.lab)

lab() {
	"$tarn" lab --no-files "$@"
}

# in_lesson NAME WORD - what follows WORD in quotes, or as a word, a line each
in_lesson() {
	sed -nE "s/^$2 \"?([^\" ]+( [^\"]*)?)\"? \".*/\1/p" "docs/lessons/$1.lab"
}

# as_golden FILE ARGUMENT... - exit code 0, twice the same, and as it was
as_golden() {
	local file=$golden/$1.txt
	shift
	lab "$@" >"$scratch/1" || { cat "$scratch/1"; return 1; }
	lab "$@" >"$scratch/2"
	cmp "$scratch/1" "$scratch/2" && diff -u "$file" "$scratch/1"
}

# each ACTION - ACTION FILE ARGUMENT... for every lesson and every disaster
each() {
	local name rule

	for name in "${lessons[@]}"; do
		"$1" "$name" "$name"
		while read -r rule; do
			"$1" "$name.without-$rule" "$name" --without "$rule"
		done < <(in_lesson "$name" without)
	done
}

if [ "${1-}" = --golden ]; then
	write() { lab "${@:2}" >"$golden/$1.txt"; }
	rm -f "$golden"/*.txt
	each write
	exit 0
fi

check() { passes "$1" as_golden "$@"; }
each check

# ---- tries ------------------------------------------------------------------
# A try that the lesson foretells has its own exit code; any other is only run.
for name in "${lessons[@]}"; do
	while read -r arguments; do
		read -ra words <<<"$arguments"
		passes "$name $arguments" lab "$name" "${words[@]}"
	done < <(in_lesson "$name" try | grep -e '^--drop')
done

# ---- predict ----------------------------------------------------------------
# answers NAME - the letters of the right choices
answers() {
	awk '/^predict/ { n = 0 }
	     /^    (right|wrong) / { n++ }
	     /^    right / { print substr("abcde", n, 1) }' \
		"docs/lessons/$1.lab"
}

all_right() {
	answers "$1" | lab "$1" --predict
}
none_right() {
	answers "$1" | sed "y/abcde/bcaaa/" | lab "$1" --predict
}
for name in "${lessons[@]}"; do
	passes "$name --predict: all right" all_right "$name"
	complains "$name --predict: none right" "0 of " none_right "$name"
done

# ---- step -------------------------------------------------------------------
# Back from the fourth event to the third shows what the first three showed.
back_is_where_one_was() {
	printf 'n\nn\nn\nq\n' | lab handshake --step | tail -n +3 >"$scratch/3"
	printf 'n\nn\nn\nn\nb\nq\n' | lab handshake --step |
		sed '1,/^--- back/d' >"$scratch/43"
	diff -u "$scratch/3" "$scratch/43"
}
losing_the_next_frame_changes_what_follows() {
	printf 'n\nn\nd\n%s' "$(printf 'n\n%.0s' {1..40})" |
		lab handshake --step >"$scratch/lost"
	grep -q 'frame #1 will be lost' "$scratch/lost" &&
		grep -q '✗ fault' "$scratch/lost" &&
		grep -q '#2 .*again: #1' "$scratch/lost"
}
every_way_out_is_0() {
	printf 'n\nN\n?\nr\nx\nq\n' | lab handshake --step &&
		lab handshake --step </dev/null
}
passes "step: back" back_is_where_one_was
passes "step: lose a frame" losing_the_next_frame_changes_what_follows
passes "step: leave" every_way_out_is_0

# ---- what is wrong ----------------------------------------------------------
put wrong.lab <<'END'
title "wrong"
app a on A
    jump
END
put unfulfilled.lab <<'END'
title "unfulfilled"
app a on A
    connect B:80 fails ECONNREFUSED
expect A sent syn = 2
END
complains "an error names file and line" "wrong.lab:3: " \
	lab "$scratch/wrong.lab"
complains "an expectation that does not hold" "(seen: 1)" \
	lab "$scratch/unfulfilled.lab"
complains "no such lesson" "no lesson 'nonsense'" lab nonsense
complains "no such rule" "no rule 'gravity'" lab handshake --without gravity
exit_code() {
	local want=$1
	shift
	lab "$@" >"$scratch/out" 2>&1
	[ $? -eq "$want" ]
}
passes "exit code 0" exit_code 0 handshake
passes "exit code 1" exit_code 1 "$scratch/unfulfilled.lab"
passes "exit code 2" exit_code 2 nonsense

# ---- the manual -------------------------------------------------------------
awk -v to="$scratch/manual" '
	/^\.Bd -literal/ { getline; on = $0 == "# lab"; n += on }
	/^\.Ed/ { on = 0 }
	on { print > (to n ".lab") }' docs/man/tarn-lab.5
for file in "$scratch"/manual*.lab; do
	passes "example in tarn-lab(5): $(sed -n 's/^title *//p' "$file")" \
		lab "$file"
done

# ---- seed, ascii ------------------------------------------------------------
another_seed_has_other_numbers() {
	! cmp -s <(lab handshake --seed 1) <(lab handshake --seed 2)
}
ascii_is_ascii() {
	! lab handshake --ascii --drop 2 | LC_ALL=C grep -q '[^ -~]'
}
passes "seed" another_seed_has_other_numbers
passes "ascii" ascii_is_ascii
exit "$verdict"
