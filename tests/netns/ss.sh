#!/bin/bash
# SPDX-License-Identifier: MIT
# tarn ss shows what a running instance holds, and which cure there is if none is.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
. "$(dirname "$0")/lib.bash"
need nc python3
export TARN_RUNTIME_DIR=$scratch/run
exits "nothing runs: it says what to start" 1 "tarn shell" ss
make_tap
start_tarn "echo on" "${tap[@]}" echo
nc 10.9.0.2 7 < <(printf hello; exec sleep 30) >"$scratch/echoed" &
client=$!
wait_for "$scratch/echoed" hello

ss() {
	"$TARN" ss "$@" >"$scratch/ss" 2>"$scratch/ss.err"
}

ss
says "a connection is shown" "$scratch/ss" "ESTABLISHED"
says "with its ends" "$scratch/ss" "10.9.0.2:7"
same "listeners are not" 0 "$(grep -c LISTEN "$scratch/ss")"
ss -l
same "-l shows listeners only" "1 0" \
	"$(grep -c LISTEN "$scratch/ss") $(grep -c ESTABLISHED "$scratch/ss")"
ss -ua
same "-u shows UDP only" "1 0" \
	"$(grep -c '^udp' "$scratch/ss") $(grep -c '^tcp' "$scratch/ss")"
ss -tin
says "-i tells what arrived" "$scratch/ss" " bytes_received:5 "
says "what was sent" "$scratch/ss" " bytes_sent:5 "
says "and the congestion window" "$scratch/ss" " cwnd:14"
ss -s
says "-s counts" "$scratch/ss" "TCP: 1 connections"
ss --drops -a
says "--drops names each reason" "$scratch/ss" "TCP_CHECKSUM"

ss -a -o --json
same "--json is JSON" "LISTEN ESTABLISHED -" "$(python3 -c '
import json, sys
ends = json.load(open(sys.argv[1]))[0]["ends"]
print(*dict.fromkeys(end["state"] for end in ends))' "$scratch/ss")"

ss --name tap0
same "it is called by its link" 0 $?
ss --name 10.9.0.2 --pid "$tarn_pid"
same "or its address, or its process" 0 $?
exits "another name is nobody's" 1 "no running instance is called" ss --name x
exits "another process is nobody's" 1 "has process id 1" ss --pid 1

# Whoever asks rubbish, or asks nothing at all, is answered or given up.
socket=$TARN_RUNTIME_DIR/$tarn_pid.sock
same "rubbish is refused by name" "error this instance does not understand 'x'" \
	"$(echo x | nc -N -U "$socket")"
for _ in 1 2 3 4 5 6; do
	nc -U "$socket" < <(exec sleep 30) >/dev/null &
done
sleep 0.3
ss
same "six silent clients do not keep the seventh out" 0 $?
same "nobody else may enter the directory" 700 "$(stat -c %a "$TARN_RUNTIME_DIR")"

kill "$client"
wait "$client" 2>/dev/null
stop_tarn
same "SIGTERM ends it cleanly" 0 "$tarn_rc"
same "and takes the socket away" "" "$(ls "$TARN_RUNTIME_DIR")"

# Killed, it cannot; whoever looks next does.
start_tarn "echo on" "${tap[@]}" echo
kill -KILL "$tarn_pid"
wait "$tarn_pid" 2>/dev/null
same "a stale socket stays" "$tarn_pid.sock" "$(ls "$TARN_RUNTIME_DIR")"
exits "and means that nothing runs" 1 "tarn shell" ss
same "and is removed" "" "$(ls "$TARN_RUNTIME_DIR")"

chmod 777 "$TARN_RUNTIME_DIR"
exits "a directory open to others is not believed" 1 "cannot be trusted" ss

exit $verdict
