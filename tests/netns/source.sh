#!/bin/bash
# SPDX-License-Identifier: MIT
# The source sends RFC 864's pattern, as much as asked for or until closed.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need nc python3
make_tap
start_tarn "source on" "${tap[@]}" source --bytes 20000000

pattern() {
	python3 - "$1" <<'END'
import sys
chars = bytes(range(32, 127))
lines = b"".join((chars * 2)[i:i + 72] + b"\r\n" for i in range(95))
size = int(sys.argv[1])
sys.stdout.buffer.write((lines * (size // len(lines) + 1))[:size])
END
}
pattern 20000000 >"$scratch/wanted"
timeout 30 nc -d 10.9.0.2 19 >"$scratch/got"
same "20 MB of the pattern, to the octet" \
	"$(sum "$scratch/wanted")" "$(sum "$scratch/got")"

echo "nobody listens to this" | timeout 30 nc -N 10.9.0.2 19 >"$scratch/got"
same "also to who speaks and half-closes first" \
	"$(sum "$scratch/wanted")" "$(sum "$scratch/got")"
stop_tarn
same "SIGTERM ends it cleanly" 0 "$tarn_rc"

start_tarn "source on" "${tap[@]}" source
same "without --bytes until the peer closes" 100000000 \
	"$(timeout 30 nc -d 10.9.0.2 19 | head -c 100000000 | wc -c)"
timeout 30 nc -d 10.9.0.2 19 | head -c 14060 >"$scratch/got"
pattern 14060 >"$scratch/wanted"
same "and the next one begins at the beginning" \
	"$(sum "$scratch/wanted")" "$(sum "$scratch/got")"
stop_tarn
same "SIGTERM ends it cleanly again" 0 "$tarn_rc"

exit $verdict
