#!/bin/bash
# SPDX-License-Identifier: MIT
# ICMP echo, both ways.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need ping
make_tap

start_tarn "echo on" "${tap[@]}" echo
passes "the kernel pings Tarn" ping -q -c 3 -i 0.2 -W 2 10.9.0.2
passes "with as much as a frame takes" ping -q -c 2 -i 0.2 -W 2 -s 1472 10.9.0.2
passes "and with more, in fragments" ping -q -c 2 -i 0.2 -W 2 -s 4000 10.9.0.2
stop_tarn

tarn_ping() {
	timeout 20 "$TARN" "${tap[@]}" ping "$@" >"$scratch/out" 2>"$scratch/err"
	rc=$?
}

tarn_ping -c 3 -i 0.1 10.9.0.1
same "Tarn pings the kernel" 0 "$rc"
same "each reply is a line" 3 \
	"$(grep -c '^64 bytes from 10.9.0.1: icmp_seq=[123] ttl=64 time=' "$scratch/out")"
says "the summary is ping's" "$scratch/out" \
	"3 packets transmitted, 3 received, 0% packet loss, time "
says "with round-trip times" "$scratch/out" "rtt min/avg/max/mdev = "

tarn_ping -c 2 -i 0.1 -s 4000 10.9.0.1
same "Tarn pings the kernel in fragments" 0 "$rc"
says "whose replies are put together" "$scratch/out" "4008 bytes from 10.9.0.1"

tarn_ping -c 1 10.9.0.77
same "a ping of nobody fails" 1 "$rc"
says "and says what was lost" "$scratch/out" "0 received, 100% packet loss"

tarn_ping -c 1 192.0.2.1
same "a ping of another network fails" 1 "$rc"
says "and names the cure" "$scratch/err" "--gateway"

start_tarn_ping() {
	"$TARN" "${tap[@]}" ping -i 0.1 10.9.0.1 >"$scratch/out" 2>&1 &
	tarn_pid=$!
	wait_for "$scratch/out" "icmp_seq=3"
}
start_tarn_ping
kill -INT "$tarn_pid" 2>/dev/null
wait "$tarn_pid"
same "SIGINT ends an endless ping with exit code 0" 0 "$?"
says "after the summary" "$scratch/out" "ping statistics"

exit $verdict
