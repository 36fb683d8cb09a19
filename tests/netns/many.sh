#!/bin/bash
# SPDX-License-Identifier: MIT
# 96,000 idle connections from the kernel; then they are still there.
#
#	the kernel 10.9.0.1, .101 ... .106 -- tap0 -- 10.9.0.2 Tarn, echo
#
# Six processes with an address each, for a process may have 20,000 descriptors
# and an address has 28,000 ports. MANY=1000 asks for as many each.
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need python3
each=${MANY:-16000}
processes=6
[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -gt $((each + 50)) ] ||
	skip_all "a process may have only $(ulimit -Hn) descriptors"
ulimit -n $((each + 50))
make_tap
for i in $(seq $processes); do
	ip addr add "10.9.0.10$i/24" dev tap0
done
start_tarn "echo on" "${tap[@]}" echo

cat >"$scratch/hold.py" <<'HOLD'
import socket, sys
source, count = sys.argv[1], int(sys.argv[2])
held = []
for i in range(count):
    held.append(socket.create_connection(("10.9.0.2", 7), 20, (source, 0)))
print("held", len(held), flush=True)
sys.stdin.readline()
for i in range(0, count, max(count // 100, 1)):
    held[i].sendall(b"still there")
    assert held[i].recv(100) == b"still there"
print("all there", flush=True)
sys.stdin.readline()
HOLD

# rss_kib PID - resident memory
rss_kib() {
	awk '/^VmRSS/ { print $2 }' "/proc/$1/status"
}

# hold I - one process, whose standard input is descriptor 1I
hold() {
	mkfifo "$scratch/go$1"
	python3 "$scratch/hold.py" "10.9.0.10$1" "$each" <"$scratch/go$1" \
		>"$scratch/hold$1" 2>"$scratch/error$1" &
	eval "exec 1$1>'$scratch/go$1'"
}

# all_say TEXT SECONDS - every process does
all_say() {
	local tries=0

	until [ "$(cat "$scratch"/hold? | grep -c "$1")" = "$processes" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt $(($2 * 10)) ] || return 1
		[ ! -s "$scratch/error1" ] || return 1
		sleep 0.1
	done
}

before=$(rss_kib "$tarn_pid")
for i in $(seq $processes); do
	hold "$i"
done
passes "$((each * processes)) connections from the kernel" \
	all_say "held $each" 120
after=$(rss_kib "$tarn_pid")
echo "# resident: $(((after - before) * 1024 / (each * processes)))" \
	"octets a connection, the server's own record included"
for i in $(seq $processes); do
	eval "echo >&1$i"
done
passes "every hundredth still echoes" all_say "all there" 60
for i in $(seq $processes); do
	eval "echo >&1$i; exec 1$i>&-"
done
stop_tarn
same "SIGTERM ends it cleanly" 0 "$tarn_rc"
cat "$scratch"/error? | head -5

exit $verdict
