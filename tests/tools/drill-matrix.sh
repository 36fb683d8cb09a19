#!/bin/bash
# SPDX-License-Identifier: MIT
# The scripts of the event x state matrix are what their tables say.
. "$(dirname "$0")/lib.bash"

passes "the matrix is up to date" "$root/tools/drill-matrix" --check
mkdir -p "$scratch/matrix"
passes "writes the matrix" "$root/tools/drill-matrix" "$scratch/matrix"
echo "+0 close(3) = 0" >>"$scratch/matrix/rcv-syn-listen.pkt"
complains "sees a script that was changed by hand" \
	"rcv-syn-listen.pkt is not what tools/drill-matrix writes" \
	"$root/tools/drill-matrix" --check "$scratch/matrix"
exit "$verdict"
