#!/bin/bash
# SPDX-License-Identifier: MIT
# `make bench` measures, stops when asked to and leaves nothing behind. How fast
# anything is, is not judged here.
#
#	10.9.0.1 tap0 -- Tarn, the link alone		10.9.1.1 veth0 -- veth1 kernel
#
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need python3 unshare nsenter ethtool
build=$root/${BUILD:-build}
[ -x "$build/tools/bench/client" ] || skip_all "$build/tools/bench is not built"

bench() {
	python3 "$root/tools/bench" -b "$build" --out "$scratch/out" \
		--without lwip,iperf3,tarn-busy "$@"
}

# holds WHAT - the table has a line of numbers for that peer
holds() {
	grep -qE "$1 +[0-9.,]+ +[0-9.]+" "$scratch/table" ||
		{ cat "$scratch/table" "$scratch/err"; return 1; }
}

# failed PROGRAM - nobody answers: a failure with a name, and exit code 3
failed() {
	grep -qF "failed: ping: $1" "$scratch/table" ||
		{ cat "$scratch/table" "$scratch/err"; return 1; }
}

bench -n 1 -d 0.2 bulk-in ping >"$scratch/table" 2>"$scratch/err"
case $? in
0 | 1) good "it measures, whatever it finds" ;;
*) bad "it measures" "exit code $?"; cat "$scratch/table" "$scratch/err" ;;
esac
passes "bulk, the kernel" holds "kernel, veth"
passes "bulk, the link alone" holds "the link alone"
passes "progress is told" grep -q 'bulk-in: Tarn$' "$scratch/err"
passes "a page is written" grep -q '</html>' "$scratch/out/bench.html"

# A build in which tarn ends at once.
mkdir -p "$scratch/tools"
ln -s "$build/tools/bench" "$scratch/tools/bench"
cat >"$scratch/tarn" <<-'END'
	#!/bin/sh
	[ "$1" = --help ]
	END
chmod +x "$scratch/tarn"
build=$scratch bench -n 1 -d 0.2 ping >"$scratch/table" 2>"$scratch/err"
same "who does not run cannot be measured: exit code 3" 3 $?
passes "and the report says so" failed "Tarn: Tarn ended with 1"

# Ctrl-C, in the middle of a run.
bench -n 50 -d 1 ping >"$scratch/table" 2>"$scratch/err" &
wait_for "$scratch/err" "[3/"
pid=$(pgrep -P $! -f tools/bench | head -n 1)
kill -INT "${pid:-$!}"
wait $!
same "Ctrl-C: exit code 130" 130 $?
passes "what there was is reported" holds "kernel, veth"
same "and nobody is left" "" "$(pgrep -f "$build/tools/bench/[cs]")"

exit $verdict
