#!/bin/bash
# SPDX-License-Identifier: MIT
# The HTTP server, asked by the clients that people have.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn serves a directory
. "$(dirname "$0")/lib.bash"
need curl
make_tap

site=$scratch/site
mkdir -p "$site/sub" "$site/bare"
echo '<h1>Hello</h1>' >"$site/index.html"
echo sub >"$site/sub/index.html"
head -c 1000000 /dev/urandom >"$site/1m.bin"
head -c 30000000 /dev/urandom >"$site/30m.bin"
ln -s /etc/passwd "$site/out"

"$TARN" "${tap[@]}" serve --access-log "$scratch/log" "$site" \
	>"$scratch/out" 2>"$scratch/tarn.err" </dev/null &
tarn_pid=$!
wait_for "$scratch/out" http://
says "one line with the URL" "$scratch/out" "on http://10.9.0.2/"

# status WANTED PATH [CURL OPTION...] - what an answer's status is
status() {
	local wanted=$1 path=$2

	shift 2
	same "$(printf '%.60s' "$wanted for $path $*")" "$wanted" "$(curl -s -m 20 -o /dev/null \
		--path-as-is -w '%{http_code}' "$@" "http://10.9.0.2$path")"
}

url=http://10.9.0.2
same "curl gets the page" '<h1>Hello</h1>' "$(curl -s -m 20 $url/)"
status 301 /sub
same "and follows to the slash" sub "$(curl -sL -m 20 $url/sub)"
status 404 /nope
status 404 /out
status 403 /bare/
status 400 /../etc/passwd
status 400 /%2e%2e/etc/passwd
status 400 /%00
status 405 / -X PUT
status 501 / -X BREW
status 204 / -X OPTIONS
status 200 / -I
status 200 / --http1.0
status 417 / -H 'Expect: x'
status 400 / -H 'Transfer-Encoding: xchunked'
status 413 / -X POST -H 'Content-Length: 9999999'
status 431 / -H "X: $(printf '%9000s' x)"
status 414 "/$(printf '%9000s' x | tr ' ' a)"

curl -s -m 20 -v $url/ $url/sub/ >/dev/null 2>"$scratch/verbose"
says "a connection is used twice" "$scratch/verbose" "Re-using existing"

curl -s -m 60 -o "$scratch/30m" $url/30m.bin
same "30 MB arrive whole" "$(sum "$site/30m.bin")" "$(sum "$scratch/30m")"

mkdir "$scratch/many"
seq 200 | xargs -P 200 -I{} curl -s -m 120 -o "$scratch/many/{}" $url/1m.bin
same "200 at once arrive whole" "    200 $(sum "$site/1m.bin")" \
	"$(sha256sum "$scratch"/many/* | cut -d' ' -f1 | sort | uniq -c)"

if command -v wget >/dev/null; then
	same "wget gets it" sub "$(wget -q -T 20 -O - $url/sub/)"
fi
if command -v python3 >/dev/null; then
	same "Python gets it" sub "$(python3 -c 'import urllib.request as u
print(u.urlopen("http://10.9.0.2/sub/", timeout=20).read().decode(), end="")')"
fi

says "the log tells it" "$scratch/log" '"GET /sub/ HTTP/1.1" 200 4 "-" "curl/'

# A download that is under way is finished; the server then ends.
curl -s -m 60 --limit-rate 20M -o "$scratch/late" $url/30m.bin &
late=$!
sleep 0.5
stop_tarn
wait $late
same "SIGTERM ends it cleanly" 0 "$tarn_rc"
same "and the answer under way" "$(sum "$site/30m.bin")" \
	"$(sum "$scratch/late")"

exits "a root that is not there" 1 "name a directory that exists" \
	"${tap[@]}" serve "$scratch/nothing"
exits "a root that is a file" 1 "name the directory" \
	"${tap[@]}" serve "$site/1m.bin"
exits "a port that is none" 2 "--port wants a number" \
	"${tap[@]}" serve --port 0
exits "a log that cannot be written" 1 "give another --access-log" \
	"${tap[@]}" serve --access-log "$scratch/no/log" "$site"

exit $verdict
