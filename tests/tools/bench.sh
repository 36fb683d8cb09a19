#!/bin/bash
# SPDX-License-Identifier: MIT
#
# bench.sh - the report of `make bench`, from runs that are written down
#
# bench.json holds three rounds; in each the two peers stand differently, so
# that a median of ratios is not the ratio of the medians. No figure is measured.
# shellcheck disable=SC2317 # functions that passes() calls
. "$(dirname "$0")/lib.bash"
canned=$root/tests/tools/bench.json

bench() {
	python3 "$root/tools/bench" --out "$scratch/out" "$@"
}

# ends CODE ARGUMENT... - the exit code of the report
ends() {
	local wanted=$1 rc
	shift
	bench --from "$canned" "$@" >"$scratch/table" 2>&1
	rc=$?
	[ "$rc" -eq "$wanted" ] && return
	echo "exit code $rc"
	cat "$scratch/table"
	return 1
}

# shows TEXT - the table of the last report has a line that matches
shows() {
	grep -qE -- "$1" "$scratch/table" || { cat "$scratch/table"; return 1; }
}

passes "a goal that is missed: exit code 1" ends 1 ping
passes "less is better: 22 us are not 12" shows 'veth.* 12\.0 \(11\.0-13\.0\).* 1\.83 .*<= 1  not reached'
passes "reached: exit code 0" ends 0 bulk-in
passes "the median of the rounds' ratios" shows 'veth.* 1\.50 \(1\.20-2\.40\)  >= 1\.2  reached'
passes "against the link" shows 'alone .* 0\.86 \(0\.80-0\.97\)  >= 0\.85  reached'
passes "who was skipped, and why" shows 'lwIP +no lwIP: no archive'
passes "each command line is told" shows '^ +\$ tarn of bulk-in'
passes "a goal for the figure itself" ends 0 idle-6
passes "in octets" shows 'octets +498 .*<= 512  reached'
passes "a goal without a figure: exit code 3" ends 3 http
passes "and its verdict" shows '>= 1\.8  not measured'
complains "an unknown row" "no row 'htp'; --list names them" bench htp
bench --list >"$scratch/table"
passes "the rows have names" shows '^bulk-out '

page() {
	bench --from "$canned" bulk-in ping >/dev/null
	grep -qF 'a &lt;processor&gt;' "$scratch/out/bench.html" &&
		python3 - "$scratch/out" <<-'END'
		import html.parser, json, sys
		text = open(sys.argv[1] + "/bench.html").read()
		html.parser.HTMLParser().feed(text)
		assert not any(word in text for word in ("src=", "href=\"http")), \
			"it needs another file"
		assert "<svg" in text or "no gnuplot" in text
		assert len(json.load(open(sys.argv[1] + "/bench.json"))["results"]) == 2
		END
}
passes "a page that needs no other file, and JSON" page

exit $verdict
