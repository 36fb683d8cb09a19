#!/bin/bash
# SPDX-License-Identifier: MIT
# Stock tools read our captures without a complaint, and find the reasons there.
#
#	curl, the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 tarn serve
. "$(dirname "$0")/lib.bash"
need curl tshark tcpdump
make_tap
# start_server ARGUMENT... - standard output is the ladder's, so it tells on the other
start_server() {
	"$TARN" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null &
	tarn_pid=$!
	wait_for "$scratch/err" serving
}
mkdir "$scratch/www"
numbers 1 100000 "$scratch/www/page"

start_server "${tap[@]}" --msl 1 --capture "$scratch/c.pcapng" \
	--log "$scratch/l.jsonl" --ladder serve "$scratch/www"
curl -s -m 30 -o "$scratch/got" http://10.9.0.2/page
same "the page arrives" "$(sum "$scratch/www/page")" "$(sum "$scratch/got")"
sleep 0.5
stop_tarn
mv "$scratch/out" "$scratch/live"

# shark FILTER FIELD... - these fields of the frames that match
shark() {
	local filter=$1 fields=() field

	shift
	for field; do fields+=(-e "$field"); done
	tshark -r "$scratch/c.pcapng" -o tcp.check_checksum:TRUE \
		-o ip.check_checksum:TRUE -Y "$filter" -T fields \
		"${fields[@]}" 2>/dev/null
}
same "no frame is malformed, no checksum wrong" "" "$(shark '_ws.malformed ||
	ip.checksum.status == 0 || tcp.checksum.status == 0' frame.number)"
same "nothing of ours is sent twice" "" \
	"$(shark 'tcp.analysis.retransmission && ip.src == 10.9.0.2' frame.number)"
same "the SYN,ACK's options: MSS, SACK, timestamps, NOP, window scale" \
	"2,4,8,1,3" "$(shark 'tcp.flags == 0x12' tcp.option_kind | sort -u)"
same "each frame has its direction" "" \
	"$(shark 'eth && !frame.packet_flags_direction' frame.number)"
shark tcp frame.comment >"$scratch/comments"
says "the state is in the comments" "$scratch/comments" \
	"state=LISTEN->SYN-RECEIVED"
says "and the congestion variables" "$scratch/comments" "cwnd=14480 ssthresh="
says "and the reason" "$scratch/comments" \
	"why: answers the peer's SYN (RFC 9293 3.10.7.2)"

tcpdump -nr "$scratch/c.pcapng" >"$scratch/tcpdump" 2>"$scratch/tcpdump.err"
same "tcpdump reads it" 0 $?
says "and sees the handshake" "$scratch/tcpdump" "Flags [S.]"

"$TARN" ladder "$scratch/c.pcapng" | sed 's/ A │/ tarn │/; s/│ B$/│ peer/' |
	sed 's/^ *//' >"$scratch/drawn"
sed 's/^ *//' "$scratch/live" >"$scratch/wanted"
passes "the file's ladder is the live one" \
	diff -b "$scratch/wanted" "$scratch/drawn"
if command -v python3 >/dev/null; then
	passes "each line of the log is JSON" python3 -c \
		'import json, sys; [json.loads(l) for l in open(sys.argv[1])]' \
		"$scratch/l.jsonl"
fi

exit $verdict
