# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # variables for who sources this
#
# lib.bash - for tests of our tools: a scratch directory and two verdicts
#
# A test of a checker gives it something wrong and wants to see it complain, and
# something right and wants silence: a checker that never goes red is no checker.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
verdict=0

# put FILE - standard input becomes a file in the scratch directory
put() {
	mkdir -p "$scratch/$(dirname "$1")"
	cat >"$scratch/$1"
}

# passes NAME COMMAND... - it must exit 0
passes() {
	local name=$1
	shift
	if "$@" >"$scratch/.out" 2>&1; then
		echo "ok $name"
	else
		echo "not ok $name: exit code $?"
		cat "$scratch/.out"
		verdict=1
	fi
}

# complains NAME TEXT COMMAND... - it must fail and say TEXT
complains() {
	local name=$1 text=$2
	shift 2
	if "$@" >"$scratch/.out" 2>&1; then
		echo "not ok $name: exit code 0"
		verdict=1
	elif ! grep -qF -- "$text" "$scratch/.out"; then
		echo "not ok $name: said nothing about '$text'"
		cat "$scratch/.out"
		verdict=1
	else
		echo "ok $name"
	fi
}
