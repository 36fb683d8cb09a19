#!/bin/bash
# SPDX-License-Identifier: MIT
# tarn nc and the kernel's nc talk, each side calling once.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need nc python3
make_tap
numbers 1 3000000 "$scratch/a"
numbers 5000000 2000000 "$scratch/b"

# kernel_listens ARGUMENT... - nc -l in the background, ready
kernel_listens() {
	rm -f "$scratch/kernel.err"
	nc "$@" <"$scratch/b" >"$scratch/kernel.out" 2>"$scratch/kernel.err" &
	kernel_pid=$!
	wait_for "$scratch/kernel.err" "istening on"
}

# Tarn calls
kernel_listens -nv -l -N 10.9.0.1 5000
timeout 20 "$TARN" "${tap[@]}" nc 10.9.0.1 5000 <"$scratch/a" >"$scratch/tarn.out"
same "a call to the kernel succeeds" 0 $?
wait "$kernel_pid"
same "what Tarn sends arrives" "$(sum "$scratch/a")" "$(sum "$scratch/kernel.out")"
same "what the kernel sends arrives" "$(sum "$scratch/b")" "$(sum "$scratch/tarn.out")"

# Half-close: the kernel answers only after the end of Tarn's input
answer_late() {
	exec python3 -c '
import socket, time
listener = socket.create_server(("10.9.0.1", 5001))
print("listening", flush=True)
peer, _ = listener.accept()
text = b"".join(iter(lambda: peer.recv(4096), b""))
time.sleep(0.5)
peer.sendall(b"after " + text)'
}
answer_late >"$scratch/python.out" 2>&1 &
kernel_pid=$!
wait_for "$scratch/python.out" listening
same "the end of input closes one direction only" "after the end" \
	"$(echo "the end" | timeout 20 "$TARN" "${tap[@]}" nc 10.9.0.1 5001)"
wait "$kernel_pid"

# The kernel calls
"$TARN" "${tap[@]}" nc -l 5002 <"$scratch/b" >"$scratch/tarn.out" &
tarn_pid=$!
# The first SYN may come before tarn listens and be refused.
call_tarn() {
	local tries=0

	until timeout 20 nc -N 10.9.0.2 5002 <"$scratch/a" >"$scratch/kernel.out" \
		2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 40 ] || return 1
		sleep 0.1
	done
}
passes "a call to Tarn succeeds" call_tarn
wait "$tarn_pid"
same "tarn nc -l ends with its peer" 0 $?
same "what the kernel sent has arrived" "$(sum "$scratch/a")" "$(sum "$scratch/tarn.out")"
same "what Tarn sent has arrived" "$(sum "$scratch/b")" "$(sum "$scratch/kernel.out")"

# Nobody there
exits "a refused call fails and says why" 1 "refused; nothing listens" \
	"${tap[@]}" nc 10.9.0.1 5999
exits "a call to no station fails and says why" 1 "no station answers" \
	"${tap[@]}" nc 10.9.0.77 80
exits "a call to another network names the cure" 1 "--gateway" \
	"${tap[@]}" nc 192.0.2.1 80

# UDP
timeout 10 nc -u -l -W 1 10.9.0.1 5003 >"$scratch/kernel.out" &
kernel_pid=$!
sleep 0.3
echo "a datagram" | timeout 10 "$TARN" "${tap[@]}" nc -u 10.9.0.1 5003
same "a datagram leaves, and silence ends it" 0 $?
wait "$kernel_pid"
same "the datagram arrives" "a datagram" "$(cat "$scratch/kernel.out")"
echo "to nobody" | timeout 10 "$TARN" "${tap[@]}" nc -u 10.9.0.1 5004 \
	2>"$scratch/err"
same "a port that nobody has refuses datagrams" 1 $?
says "and that is told" "$scratch/err" "refused"
"$TARN" "${tap[@]}" nc -u -l 5005 <"$scratch/err" >"$scratch/tarn.out" &
tarn_pid=$!
sleep 0.5
same "a datagram from the kernel is answered to it" "$(cat "$scratch/err")" \
	"$(echo "from the kernel" | timeout 10 nc -u -W 1 10.9.0.2 5005)"
wait "$tarn_pid"
same "and has arrived" "from the kernel" "$(cat "$scratch/tarn.out")"

exit $verdict
