#!/bin/bash
# SPDX-License-Identifier: MIT
# 10 MB arrive whole both ways on a live link with 5 % loss, 5 % duplication,
# 10 % reordering and 1 % corruption; and a rule hits exactly its segment.
#
#	the kernel 10.9.0.1/24 -- tap0 -- faults -- 10.9.0.2/24 Tarn
. "$(dirname "$0")/lib.bash"
need curl python3
make_tap
# start_server ARGUMENT... - until it says where it serves
start_server() {
	"$TARN" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null &
	tarn_pid=$!
	wait_for "$scratch/out" serving
}
mkdir "$scratch/www"
numbers 1 10485760 "$scratch/www/big"
numbers 1 50000 "$scratch/www/small"
faults=(--seed 1 --fault 'drop both 5%' --fault 'dup both 5%'
	--fault 'reorder both 10%' --fault 'corrupt both 1%')

start_server "${tap[@]}" "${faults[@]}" serve "$scratch/www"
curl -s -m 600 -o "$scratch/got" http://10.9.0.2/big
same "10 MB from our server" "$(sum "$scratch/www/big")" "$(sum "$scratch/got")"
stop_tarn

python3 -m http.server 8000 --bind 10.9.0.1 -d "$scratch/www" \
	>"$scratch/http.log" 2>&1 &
for _ in {1..200}; do
	curl -s -o /dev/null http://10.9.0.1:8000/small && break
	sleep 0.05
done
timeout 600 "$TARN" "${tap[@]}" "${faults[@]}" get -o "$scratch/got" \
	http://10.9.0.1:8000/big
same "10 MB to our client" "$(sum "$scratch/www/big")" "$(sum "$scratch/got")"

# One rule, one segment: the third one with data is missing, and sent again.
start_server "${tap[@]}" --fault 'drop out data#3' \
	--fault 'drop in ack#4' --capture "$scratch/c.pcapng" \
	--log "$scratch/log" serve "$scratch/www"
curl -s -m 30 -o "$scratch/got" http://10.9.0.2/small
same "a page with a lost segment" \
	"$(sum "$scratch/www/small")" "$(sum "$scratch/got")"
stop_tarn
"$TARN" ladder "$scratch/c.pcapng" >"$scratch/ladder"
same "exactly that segment is sent twice" 1 \
	"$(grep -c '── ↻ .*(14[0-9]*)' "$scratch/ladder")"
says "because a later one has arrived" "$scratch/ladder" \
	"what left later has arrived: it was lost"

says "what was lost on its way out is drawn so" "$scratch/ladder" \
	"lost on its way: drop out data#3"
says "and on its way in" "$scratch/ladder" "lost on its way: drop in ack#4"
says "the log says which rule" "$scratch/log" \
	'"by":"fault","rule":"drop out data#3","direction":"out"'
says "in both directions" "$scratch/log" \
	'"by":"fault","rule":"drop in ack#4","direction":"in"'

exits "a wrong rule is named" 2 '"outt" is no direction; allowed: in, out, both' \
	"${tap[@]}" --fault 'drop outt data#3' serve "$scratch/www"

exit $verdict
