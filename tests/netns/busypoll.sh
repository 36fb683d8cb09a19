#!/bin/bash
# SPDX-License-Identifier: MIT
# Asking the link instead of sleeping: nothing else may change, and it ends.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
#
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need nc curl
make_tap
numbers 1 4000000 "$scratch/in"

# ticks - what the processor spent on Tarn so far
ticks() {
	awk '{ print $14 + $15 }' "/proc/$tarn_pid/stat"
}

# is_idle - a second of nothing costs (almost) nothing
is_idle() {
	local before

	before=$(ticks)
	sleep 1
	[ $(($(ticks) - before)) -lt 20 ]
}

for option in --busy-poll --busy-poll=50; do
	start_tarn "echo on" "${tap[@]}" $option echo
	timeout 30 nc -N 10.9.0.2 7 <"$scratch/in" >"$scratch/out"
	same "$option: 4 MB come back" "$(sum "$scratch/in")" \
		"$(sum "$scratch/out")"
	passes "$option: who has nothing to do sleeps" is_idle
	same "and wakes up" "still here" \
		"$(echo "still here" | timeout 10 nc -N 10.9.0.2 7)"
	stop_tarn
done

# Timers and signals end a spin as they end a sleep.
mkdir "$scratch/www"
echo hello >"$scratch/www/index.html"
"$TARN" "${tap[@]}" --busy-poll=1000000 serve "$scratch/www" \
	>"$scratch/tarn.out" 2>"$scratch/tarn.err" </dev/null &
tarn_pid=$!
wait_for "$scratch/tarn.out" serving
same "a page comes" hello "$(curl -s -m 10 http://10.9.0.2/)"
kill -INT $tarn_pid
wait $tarn_pid
same "a signal ends it" 0 $?
exits "no length is refused" 2 "microseconds" "${tap[@]}" --busy-poll=x echo

exit $verdict
