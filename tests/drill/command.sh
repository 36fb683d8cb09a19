#!/bin/bash
# SPDX-License-Identifier: MIT
# tarn drill as a command: its paths, options, output and exit codes.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# expect NAME CODE PATTERN ARGUMENT... - exit code, and a line that matches
expect() {
	local name=$1 code=$2 pattern=$3 out rc

	shift 3
	out=$("$TARN" drill "$@" 2>&1)
	rc=$?
	if [ "$rc" -ne "$code" ]; then
		echo "not ok $name: exit code $rc, not $code: $out"
	elif ! grep -qE -- "$pattern" <<<"$out"; then
		echo "not ok $name: no line matches $pattern: $out"
	else
		echo "ok $name"
	fi
}

cat >"$scratch/passes.pkt" <<'PKT'
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 1000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
PKT
mkdir "$scratch/tree"
sed 's/mss 1460/mss 1461/' "$scratch/passes.pkt" >"$scratch/tree/fails.pkt"
echo '0 socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) = 3' \
	>"$scratch/tree/skipped.pkt"
echo 'this is no script' >"$scratch/tree/readme.txt"
echo '0 nonsense' >"$scratch/broken"

expect 'a script passes' 0 '^1 passed, 0 failed, 0 skipped$' "$scratch/passes.pkt"
expect 'a script fails' 1 '^not ok .*fails.pkt:5: .*options' "$scratch/tree/fails.pkt"
expect 'a failure shows both sides' 1 '^  actual +> S\. .*mss 1460' "$scratch/tree/fails.pkt"
expect 'a failure draws the ladder' 1 'S\. 0:0\(0\) ack 1.*▶' "$scratch/tree/fails.pkt"
expect 'a script is skipped' 0 '^skip .*skipped.pkt:1: .*IPv6' "$scratch/tree/skipped.pkt"
expect 'a tree is walked' 1 '^1 passed, 1 failed, 1 skipped$' "$scratch/passes.pkt" "$scratch/tree"
expect 'scripts are listed' 0 'tree/fails.pkt$' --list "$scratch/tree"
expect 'a mistake is shown' 1 '^not ok .*broken:[12]:' "$scratch/broken"
expect 'parsing only' 0 '^1 passed' --dry-run "$scratch/tree/fails.pkt"
expect 'a missing file' 2 'cannot read' "$scratch/absent.pkt"
expect 'no path' 2 '^usage:'
expect 'a wrong option' 2 '^usage:' --nonsense "$scratch/passes.pkt"
expect 'a wrong profile' 2 'linux, freebsd' --profile beos "$scratch/passes.pkt"
expect 'each event is told' 0 '^ +0\.000000  \+0 listen' -v "$scratch/passes.pkt"
expect 'an option of the public tool' 1 'mss 1360' --mtu=1400 "$scratch/passes.pkt"
expect 'a word is replaced' 0 '^1 passed' -D mss=mss "$scratch/passes.pkt"

if [ "$("$TARN" drill - <"$scratch/passes.pkt" | tail -n 1)" = \
	'1 passed, 0 failed, 0 skipped' ]; then
	echo 'ok standard input'
else
	echo 'not ok standard input'
fi
