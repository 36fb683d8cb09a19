#!/bin/bash
# SPDX-License-Identifier: MIT
# The sink counts every octet and says so when a connection ends.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
. "$(dirname "$0")/lib.bash"
need nc
make_tap
start_tarn "sink on" "${tap[@]}" sink

head -c 50000000 /dev/zero | timeout 30 nc -N 10.9.0.2 9
same "50 MB are taken" 0 $?
wait_for "$scratch/tarn.out" octets
says "and counted to the octet" "$scratch/tarn.out" ": 50000000 octets in "
says "with the rate" "$scratch/tarn.out" " Mbit/s"

: | timeout 10 nc -N 10.9.0.2 9
wait_for "$scratch/tarn.out" ": 0 octets"
says "nothing is counted as nothing" "$scratch/tarn.out" ": 0 octets in "

# One that is still open when we go
nc 10.9.0.2 9 < <(printf 1234567; exec sleep 5) &
sleep 0.5
stop_tarn
same "SIGTERM ends it cleanly" 0 "$tarn_rc"
says "open connections are counted too" "$scratch/tarn.out" ": 7 octets in "

exit $verdict
