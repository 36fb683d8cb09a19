#!/bin/bash
# SPDX-License-Identifier: MIT
# --live: the page and its events over our own TCP; faults and the pause hit others only.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
. "$(dirname "$0")/lib.bash"
need curl nc python3
make_tap
mkdir "$scratch/site"
numbers 1 200000 "$scratch/site/file"
start_tarn "live page: http://10.9.0.2/_tarn/" "${tap[@]}" serve --live "$scratch/site"
url=http://10.9.0.2

# post PATH BODY [CURL-OPTION...] - the status, and what is said in $scratch/said
post() {
	local path=$1 body=$2

	shift 2
	curl -s -m 10 -o "$scratch/said" -w '%{http_code}' --data "$body" "$@" "$url$path"
}

# ---- the resources ----
curl -s -m 10 "$url/_tarn/" >"$scratch/page"
says "the page is served" "$scratch/page" '<meta name="tarn-live" content="/_tarn/events">'
same "files are served beside it" "$(sum "$scratch/site/file")" \
	"$(curl -s -m 10 "$url/file" | sha256sum | cut -d' ' -f1)"
same "a file cannot be posted to" 405 "$(post /file x)"
same "the page cannot be posted to" 405 "$(post /_tarn/ x)"

# ---- the events ----
curl -sN -m 60 "$url/_tarn/events" >"$scratch/events" &
wait_for "$scratch/events" '"end":"A"'
same "the first thing said is its own connection" "event: hello" \
	"$(sed -n 2p "$scratch/events")"
says "the first line is the log's" "$scratch/events" 'data: {"time":0.000,"name":"log:start"'
own=$(sed -n 's/^data: {"own_conn":\([0-9]*\)}/\1/p' "$scratch/events")
passes "its handshake is shown" wait_for "$scratch/events" \
	"\"conn\":$own,\"state_before\":\"SYN-RECEIVED\""
nc 10.9.0.2 7 </dev/null
wait_for "$scratch/events" '10.9.0.2:7'
says "what happens is told" "$scratch/events" '10.9.0.2:7'
sleep 1
before=$(grep -c '^id:' "$scratch/events")
sleep 3
same "and then it falls silent: it does not feed on itself" "$before" \
	"$(grep -c '^id:' "$scratch/events")"
curl -s -m 10 -o "$scratch/got" "$url/file"
wait_for "$scratch/events" '"segments_sent"'
says "its own segments are summed up" "$scratch/events" "\"conn\":$own,\"segments_sent\":"
sleep 1
same "each line is JSON, and none speaks of a batch that was sent" 0 "$(python3 - \
	"$scratch/events" "$own" <<'END'
import json, sys
own, wrong = int(sys.argv[2]), 0
for line in open(sys.argv[1]):
    if not line.startswith("data: "):
        continue
    event = json.loads(line[6:])
    data = event.get("data", {})
    sent = event.get("name") == "tcp:segment_sent" and data.get("conn") == own
    wrong += sent and data["length"] > 1000
print(wrong)
END
)"

# ---- faults ----
same "a rule is taken" 204 "$(post /_tarn/fault 'drop out data#2')"
wait_for "$scratch/events" '"live:fault"'
curl -s -m 20 -o "$scratch/got" "$url/file"
same "the file comes whole" "$(sum "$scratch/site/file")" "$(sum "$scratch/got")"
wait_for "$scratch/events" '"wire:lost"'
says "and one segment of it was lost to that rule" "$scratch/events" \
	'"by":"fault","rule":"drop out data#2","direction":"out"'
same "a wrong rule is refused" 400 "$(post /_tarn/fault 'drop it all')"
says "and it is said why" "$scratch/said" '"it"'
same "a long one is refused" 413 "$(post /_tarn/fault "$(head -c 300 /dev/zero | tr '\0' x)")"
same "rules that wait are bounded" 400 "$(for _ in {1..33}; do
	post /_tarn/fault 'drop in rst#1000'; echo; done | tail -1)"
same "none forgets them all" 204 "$(post /_tarn/fault none)"
same "what carries the page is spared" "204 204 204 " "$(curl -s -m 10 -w '%{http_code} ' \
	--data 'drop both every always' "$url/_tarn/fault" \
	--next -s -w '%{http_code} ' --data '' "$url/_tarn/pause?conn=none" \
	--next -s -w '%{http_code} ' --data none "$url/_tarn/fault")"

# ---- the pause ----
stop_tarn
start_tarn "live page: http://10.9.0.2/_tarn/" "${tap[@]}" --msl 1 --live echo
same "a command without a server opens one" 302 \
	"$(curl -s -m 10 -o /dev/null -w '%{http_code}' "$url/")"
curl -sN -m 60 "$url/_tarn/events" >"$scratch/events" &
wait_for "$scratch/events" '"end":"A"'
nc 10.9.0.2 7 < <(printf one; sleep 1; printf two; exec sleep 20) >"$scratch/echoed" &
wait_for "$scratch/echoed" one
same "the others are stopped" 204 "$(post '/_tarn/pause?conn=others' '')"
wait_for "$scratch/events" '"live:pause"'
sleep 2
same "nothing of them passes" one "$(cat "$scratch/echoed")"
same "the page does" 200 "$(curl -s -m 5 -o /dev/null -w '%{http_code}' "$url/_tarn/")"
same "and over a new connection the end of the pause" 204 \
	"$(post '/_tarn/pause?conn=none' '')"
wait_for "$scratch/echoed" onetwo
says "what waited arrives" "$scratch/echoed" onetwo
same "another pause is refused" 400 "$(post '/_tarn/pause?conn=all' '')"

# ---- who else may ask ----
same "another site's page may not act" 403 \
	"$(post /_tarn/fault 'drop out data' -H 'Origin: http://evil.example')"
same "nor one of no site" 403 "$(post /_tarn/fault 'drop out data' -H 'Origin: null')"
same "nor one that the browser says is another's" 403 \
	"$(post /_tarn/fault 'drop out data' -H 'Sec-Fetch-Site: cross-site')"
same "our own may" 204 \
	"$(post /_tarn/fault 'drop out rst#9' -H 'Origin: http://10.9.0.2')"
same "a name that leads here opens nothing" 403 "$(curl -s -m 10 -o /dev/null \
	-w '%{http_code}' -H 'Host: evil.example' "$url/_tarn/events")"
for _ in 1 2 3 4 5 6 7; do
	curl -sN -m 20 "$url/_tarn/events" >/dev/null &
done
sleep 1
same "there are places for eight pages" 503 "$(curl -s -m 10 -o /dev/null \
	-w '%{http_code}' "$url/_tarn/events")"
curl -s0 -m 3 "$url/_tarn/" >"$scratch/page"
says "HTTP/1.0 gets the page" "$scratch/page" tarn-live

"$TARN" ss -t >"$scratch/ss"
says "tarn ss sees the page's connections" "$scratch/ss" "10.9.0.2:80"
stop_tarn
same "SIGTERM ends it cleanly, with pages open" 0 "$tarn_rc"

exits "a port that is taken" 1 "another socket has this port" \
	"${tap[@]}" --live=7 echo
exits "no port" 2 "a port, as --live=8080" "${tap[@]}" --live=x echo

# ---- in a shell of its own ----
"$TARN" --live shell -- curl -s -m 10 "$url/_tarn/" >"$scratch/page" 2>"$scratch/err"
says "tarn shell says where the page is" "$scratch/err" "live page: http://10.9.0.2/_tarn/"
says "and it is there" "$scratch/page" 'tarn-live'

# ---- in a browser ----
if command -v chromium >/dev/null; then
	python3 "$root/tests/page/check_live.py" "$TARN" "$scratch" || verdict=1
else
	echo "skip the live page in a browser: chromium is not installed"
fi

exit $verdict
