#!/bin/bash
# SPDX-License-Identifier: MIT
# Super-frames and unfinished sums between Tarn and the kernel, on and off.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
#
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need curl nc python3 tshark ethtool
make_tap
mkdir "$scratch/www"
numbers 1 100000000 "$scratch/www/100m"
wanted=$(sum "$scratch/www/100m")

# segmentation - does the kernel leave segmentation to who reads tap0?
segmentation() {
	ethtool -k tap0 | awk '/^tcp-segmentation-offload/ { print $2 }'
}

# serve ARGUMENT... - the HTTP server, ready
serve() {
	"$TARN" "${tap[@]}" "$@" serve "$scratch/www" >"$scratch/tarn.out" \
		2>"$scratch/tarn.err" </dev/null &
	tarn_pid=$!
	wait_for "$scratch/tarn.out" serving
}

# both_ways - 100 MB to a server of ours that echoes them
both_ways() {
	timeout 60 nc -N 10.9.0.2 7 <"$scratch/www/100m" >"$scratch/got"
	[ "$(sum "$scratch/got")" = "$wanted" ]
}

for offload in on off; do
	serve --offload $offload
	same "$offload: the kernel segments or leaves it to us" $offload \
		"$(segmentation)"
	curl -s -m 60 -o "$scratch/got" http://10.9.0.2/100m
	same "$offload: 100 MB to curl arrive whole" "$wanted" \
		"$(sum "$scratch/got")"
	stop_tarn

	start_tarn "echo on" "${tap[@]}" --offload $offload echo
	passes "$offload: 100 MB through echo come back whole" both_ways
	printf 'a datagram' | timeout 10 nc -u -w 1 10.9.0.2 7 >"$scratch/got"
	same "$offload: and a datagram" "a datagram" "$(cat "$scratch/got")"
	stop_tarn
done

python3 -m http.server -b 10.9.0.1 -d "$scratch/www" 8000 \
	>"$scratch/python" 2>&1 &
wait_for "$scratch/python" Serving
for offload in on off; do
	timeout 60 "$TARN" "${tap[@]}" --offload $offload get \
		-o "$scratch/got" http://10.9.0.1:8000/100m
	same "$offload: 100 MB from Python arrive whole" "$wanted" \
		"$(sum "$scratch/got")"
done

# What a capture shows was on no wire, but it is what would have been.
serve --capture "$scratch/auto.pcapng"
same "a capture switches it off" off "$(segmentation)"
stop_tarn
head -c 1000000 "$scratch/www/100m" >"$scratch/www/1m"
serve --offload on --capture "$scratch/c.pcapng"
curl -s -m 60 -o "$scratch/got" http://10.9.0.2/1m
same "unless it is asked for" "$(sum "$scratch/www/1m")" "$(sum "$scratch/got")"
stop_tarn

# shark FILTER - how many frames of the capture match
shark() {
	tshark -r "$scratch/c.pcapng" -o tcp.check_checksum:TRUE \
		-o ip.check_checksum:TRUE -Y "$1" 2>/dev/null | wc -l
}
same "then no frame of the capture is longer than the MTU" 0 \
	"$(shark 'frame.len > 1514')"
same "no sum is wrong" 0 \
	"$(shark 'ip.checksum.status == 0 || tcp.checksum.status == 0')"
same "nothing is missing" 0 \
	"$(shark 'tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment')"
passes "and the segments are there, one by one" \
	[ "$(shark 'tcp.len > 1000 && ip.src == 10.9.0.2')" -gt 600 ]

# Faults are about segments: what comes as one super-frame is judged as many.
start_tarn "echo on" "${tap[@]}" --offload on --fault 'drop in data#7' \
	--fault 'drop out data#5' echo
passes "faults meet segments, and all comes back whole" both_ways
stop_tarn

exit $verdict
