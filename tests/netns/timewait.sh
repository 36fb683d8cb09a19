#!/bin/bash
# SPDX-License-Identifier: MIT
# The active closer waits 2MSL, says so, and frees the port afterwards.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn, which closes first
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need nc
make_tap
start_tarn "source on" "${tap[@]}" -v --msl 1 source --bytes 1000

same "the whole answer" 1000 "$(timeout 10 nc -d 10.9.0.2 19 | wc -c)"
passes "the active closer enters TIME-WAIT" \
	wait_for "$scratch/tarn.err" "-> TIME-WAIT: "
passes "and leaves it after 2MSL" \
	wait_for "$scratch/tarn.err" "TIME-WAIT -> CLOSED: 2MSL have passed"

lasted() {
	awk '/-> TIME-WAIT:/ { begin = $1 }
	     /TIME-WAIT -> CLOSED/ { end = $1 }
	     END { exit !(end - begin >= 2 && end - begin < 3) }' \
		"$scratch/tarn.err"
}
passes "which took two seconds with --msl 1" lasted
stop_tarn
same "SIGTERM ends it cleanly" 0 "$tarn_rc"

exit $verdict
