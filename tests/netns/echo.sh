#!/bin/bash
# SPDX-License-Identifier: MIT
# The echo server over TCP and UDP, with more clients than one.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need nc python3
make_tap
start_tarn "echo on" "${tap[@]}" echo

numbers 1 4000000 "$scratch/in"
timeout 30 nc -N 10.9.0.2 7 <"$scratch/in" >"$scratch/out"
same "4 MB come back" "$(sum "$scratch/in")" "$(sum "$scratch/out")"

pids=()
for i in 1 2 3 4 5 6 7 8; do
	timeout 30 nc -N 10.9.0.2 7 <"$scratch/in" >"$scratch/out.$i" &
	pids+=($!)
done
wait "${pids[@]}"
same "eight clients at once get theirs" 8 \
	"$(sha256sum "$scratch"/out.* | grep -c "$(sum "$scratch/in")")"

# A client that does not read is not read from: its window closes at last.
stubborn() {
	python3 - <<'END'
import socket
peer = socket.create_connection(("10.9.0.2", 7))
peer.settimeout(1)
sent = 0
try:
    while sent < 100_000_000:
        sent += peer.send(bytes(65536))
except TimeoutError:
    print(f"held back after {sent} octets")
else:
    raise SystemExit("100 MB went into a peer that nobody reads from")
END
}
passes "a client that does not read is held back" stubborn
same "and the others are served meanwhile and after" "still here" \
	"$(echo "still here" | timeout 10 nc -N 10.9.0.2 7)"

datagrams() {
	python3 - <<'END'
import socket
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.settimeout(3)
for size in 0, 1, 1472, 1473, 4000, 9000:
    text = bytes(i % 251 for i in range(size))
    peer.sendto(text, ("10.9.0.2", 7))
    assert peer.recvfrom(65535) == (text, ("10.9.0.2", 7)), size
END
}
passes "datagrams come back whole, in fragments too" datagrams

stop_tarn
same "SIGTERM ends it cleanly" 0 "$tarn_rc"

start_tarn "echo on" "${tap[@]}" echo --port 7777
same "another port" "hello" "$(echo hello | timeout 10 nc -N 10.9.0.2 7777)"
stop_tarn

exit $verdict
