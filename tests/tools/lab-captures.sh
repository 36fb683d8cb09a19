#!/bin/bash
# SPDX-License-Identifier: MIT
# What lessons leave behind: captures that tshark has nothing against, in which
# each segment says its state and reason, and logs whose times agree.
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
command -v tshark >/dev/null || { echo "skip lab-captures: no tshark"; exit 0; }

cd "$root" || exit 1
tarn=${TARN:-build/tarn}
error=8388608 # PI_ERROR, as tshark writes _ws.expert.severity

# frames LESSON - a line each: protocols, severities, comments
frames() {
	local end

	for end in A B; do
		tshark -r "$scratch/out/$1.$end.pcapng" -Y eth -T fields \
			-e frame.protocols -e _ws.expert.severity \
			-e frame.comment 2>/dev/null || return
	done
}

no_errors() { ! grep -P "^[^\t]*\t[^\t]*\b$error\b" "$scratch/frames"; }

# What the network sends back quotes TCP and is ICMP.
all_explained() {
	! grep -P '^eth:[^\t]*:tcp' "$scratch/frames" | grep -v ':icmp' |
		grep -vE 'state=|no connection|dropped: '
}

# What is sent again was sent before, by the time and by the frame's number.
repeats_are_later() {
	python3 - "$scratch/out/$1.jsonl" <<-'END'
	import json
	import sys

	for line in open(sys.argv[1]):
	    row = json.loads(line)
	    data = row.get("data", {})
	    if data.get("again") is True and "of" in data:
	        assert data["of"] < row["time"], line
	        assert data.get("packet_of", 0) < data["packet"], line
	END
}

for file in docs/lessons/*.lab; do
	lesson=$(basename "$file" .lab)
	passes "$lesson leaves its files" \
		"$tarn" lab "$lesson" --no-ladder --out "$scratch/out"
	frames "$lesson" >"$scratch/frames"
	passes "$lesson: tshark reads frames" test -s "$scratch/frames"
	passes "$lesson: it finds no error" no_errors
	passes "$lesson: each segment says why" all_explained
	passes "$lesson: what comes again was there before" \
		repeats_are_later "$lesson"
done

exit $verdict
