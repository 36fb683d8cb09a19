#!/bin/bash
# SPDX-License-Identifier: MIT
# The sum is right, and nothing that goes wrong is counted as passed.
. "$(dirname "$0")/lib.bash"

# program NAME - standard input becomes a test script
program() {
	put "tests/netns/$1.sh"
	chmod +x "$scratch/tests/netns/$1.sh"
}
run() {
	TARN_TEST_SECONDS=1 "$scratch/tools/run-tests" "$@" | tail -n 1
}
# sums NAME EXPECTED TEST...
sums() {
	local name=$1 expected=$2 got
	shift 2
	got=$(run "$@")
	if [ "$got" = "$expected" ]; then
		echo "ok $name"
	else
		echo "not ok $name: '$got', not '$expected'"
		verdict=1
	fi
}

mkdir -p "$scratch/tools"
cp "$root/tools/run-tests" "$scratch/tools/"
program good <<<$'#!/bin/sh\necho ok a; echo ok b; echo "skip c: no reason"'
program bad <<<$'#!/bin/sh\necho ok a; echo "not ok b: reason"; exit 1'
program checked <<<$'#!/bin/sh\necho "66%: Checks: 9, Failures: 2, Errors: 1"; exit 1'
program crash <<<$'#!/bin/sh\necho ok a; kill -SEGV $$'
program silent <<<$'#!/bin/sh\nexit 0'
program slow <<<$'#!/bin/sh\necho ok a; exec sleep 60'
program liar <<<$'#!/bin/sh\necho ok a; exit 3'

sums "ok and skip" "2 passed, 0 failed, 1 skipped" netns/good
sums "not ok" "1 passed, 1 failed" netns/bad
sums "Check's summary" "6 passed, 3 failed" netns/checked
sums "a crash fails" "1 passed, 1 failed" netns/crash
sums "silence fails" "0 passed, 1 failed" netns/silent
sums "too slow fails" "1 passed, 1 failed" netns/slow
sums "a bad exit code fails" "1 passed, 1 failed" netns/liar
sums "a sum of several" "3 passed, 1 failed, 1 skipped" netns/good netns/bad
sums "no test at all fails" "0 passed, 1 failed" netns/absent
passes "exit code of success" "$scratch/tools/run-tests" netns/good
complains "exit code of failure" "FAIL  netns/bad" \
	"$scratch/tools/run-tests" netns/bad
complains "a failing program's output is shown" "netns/bad.sh: not ok b: reason" \
	"$scratch/tools/run-tests" netns/bad
exit "$verdict"
