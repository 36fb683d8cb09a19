#!/bin/bash
# SPDX-License-Identifier: MIT
# The HTTP client, against the servers that people have and one that lies.
#
#	Tarn 10.9.0.2/24 -- tap0 -- 10.9.0.1/24 the kernel: Python, nginx
. "$(dirname "$0")/lib.bash"
need python3
make_tap

site=$scratch/site
mkdir -p "$site"
head -c 10000000 /dev/urandom >"$site/10m.bin"
echo hello >"$site/hello.txt"
echo 'chunked <!--#echo var="HTTP_HOST" -->' >"$site/ssi.html"
: >"$site/empty.txt"

# liar PORT - answers each connection with what the first line asks for
cat >"$scratch/liar.py" <<'PYTHON'
import socket, struct, time, urllib.parse
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("10.9.0.1", 8002))
s.listen(5)
print("ready", flush=True)
while True:
    c, _ = s.accept()
    word = c.recv(4096).decode().split()[1][1:]
    if word == "reset":
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
    elif word == "silent":
        time.sleep(3)
    else:
        c.sendall(urllib.parse.unquote_to_bytes(word))
    c.close()
PYTHON
python3 "$scratch/liar.py" >"$scratch/liar.out" 2>&1 &
(cd "$site" && exec python3 -u -m http.server --bind 10.9.0.1 8000) \
	>"$scratch/python.out" 2>&1 &
wait_for "$scratch/liar.out" ready
wait_for "$scratch/python.out" Serving

get() {
	timeout 60 "$TARN" "${tap[@]}" get "$@" 2>"$scratch/err" </dev/null
}

url=http://10.9.0.1:8000
same "a file from Python" hello "$(get $url/hello.txt)"
get -o "$scratch/10m" $url/10m.bin
same "10 MB arrive whole" "$(sum "$site/10m.bin")" "$(sum "$scratch/10m")"
get -o "$scratch/empty" $url/empty.txt
same "an empty file is made" 0 "$(stat -c %s "$scratch/empty")"
get -i $url/hello.txt >"$scratch/out"
says "-i shows the head" "$scratch/out" "HTTP/1.0 200 OK"
get -I $url/hello.txt >"$scratch/out"
says "-I asks for it alone" "$scratch/out" "Content-Length: 6"
get -v $url/hello.txt >"$scratch/out"
says "-v shows the request" "$scratch/err" "> GET /hello.txt HTTP/1.1"
says "and the answer" "$scratch/err" "< HTTP/1.0 200 OK"

if command -v nginx >/dev/null; then
	cat >"$scratch/nginx.conf" <<CONF
daemon off;
master_process off;
pid $scratch/nginx.pid;
error_log $scratch/nginx.err;
user root;
events {}
http { access_log off;
	server { listen 10.9.0.1:8001; root $site;
		location /ssi.html { ssi on; } } }
CONF
	nginx -c "$scratch/nginx.conf" >/dev/null 2>&1 &
	sleep 1
	same "chunked, from nginx" "chunked 10.9.0.1:8001" \
		"$(get http://10.9.0.1:8001/ssi.html)"
	get -o "$scratch/10n" http://10.9.0.1:8001/10m.bin
	same "10 MB from nginx" "$(sum "$site/10m.bin")" \
		"$(sum "$scratch/10n")"
fi

# code NAME WANTED ARGUMENT... - curl's exit codes
code() {
	local name=$1 wanted=$2

	shift 2
	get "$@" >/dev/null
	same "$name" "$wanted" $?
}
liar=http://10.9.0.1:8002
code "a URL without a scheme" 3 10.9.0.1/
code "a scheme that is not http" 1 https://10.9.0.1/
code "a name" 6 http://localhost/
code "nobody listens" 7 http://10.9.0.1:9/
code "nobody is there" 28 --connect-timeout 0.5 http://10.9.0.77/
code "404 with -f" 22 -f $url/nope
code "404 without" 0 $url/nope
code "a full disk" 23 -o /dev/full $url/10m.bin
code "no directory" 23 -o "$scratch/no/file" $url/hello.txt
code "silence" 28 --max-time 1 $liar/silent
code "nothing" 52 $liar/
code "a reset" 56 $liar/reset
code "no HTTP" 1 $liar/SSH-2.0-x%0d%0a
code "two lengths" 8 \
	"$liar/HTTP/1.1%20200%0d%0aContent-Length:1%0d%0aContent-Length:2%0d%0a%0d%0ax"
code "a body cut short" 18 \
	"$liar/HTTP/1.1%20200%0d%0aContent-Length:9%0d%0a%0d%0ax"
code "a broken chunk" 56 \
	"$liar/HTTP/1.1%20200%0d%0aTransfer-Encoding:chunked%0d%0a%0d%0a1%0d%0aXY"
same "until the close" body "$(get "$liar/HTTP/1.1%20200%0d%0a%0d%0abody")"

exit $verdict
