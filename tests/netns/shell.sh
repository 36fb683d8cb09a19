#!/bin/bash
# SPDX-License-Identifier: MIT
# tarn shell: the command runs on the kernel's side, Tarn serves on the other.
#
#	the command, the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need nc ping curl
mkdir "$scratch/www"
echo "a page" >"$scratch/www/index.html"
cd "$scratch/www" || exit 1

# in_shell COMMAND - a shell command in a tarn shell
in_shell() {
	timeout 60 "$TARN" shell -- /bin/sh -c "$1" 2>"$scratch/err"
}

same "standard output is the command's alone" "hello" "$(in_shell "echo hello")"
in_shell "exit 7"
same "the exit code is the command's" 7 $?
in_shell "kill -TERM \$\$"
same "as shells tell a signal" 143 $?
timeout 20 "$TARN" shell -- /nonexistent/command 2>"$scratch/err"
same "a command that does not exist" 127 $?
says "is named" "$scratch/err" "/nonexistent/command"

same "the kernel has its address" 10.9.0.1/24 \
	"$(in_shell "ip -o -4 addr show tap0" | awk '{ print $4 }')"
passes "Tarn answers pings" in_shell "ping -q -c 2 -i 0.2 10.9.0.2"
same "Tarn serves the current directory" "a page" \
	"$(in_shell "curl -s http://10.9.0.2/")"
same "Tarn echoes" "echo" "$(in_shell "echo echo | nc -N 10.9.0.2 7")"
passes "Tarn swallows" in_shell "head -c 1000000 /dev/zero | nc -N 10.9.0.2 9"
same "no IPv6 on the link" "" "$(in_shell "ip -o -6 addr show tap0")"
cd / || exit 1
same "--root serves another directory" "a page" \
	"$(timeout 30 "$TARN" shell --root "$scratch/www" -- \
		curl -s http://10.9.0.2/ 2>"$scratch/err")"
same "another network is possible" "a page" \
	"$(timeout 30 "$TARN" --ip 172.16.5.1/29 shell --root "$scratch/www" -- \
		curl -s http://172.16.5.1/ 2>"$scratch/err")"
same "more links can be made inside" 0 \
	"$(in_shell "$TARN --link tap:tap1 --ip 10.9.9.2/24 ping -c 3 10.9.9.1 \
		>/dev/null & sleep 0.3; ip addr add 10.9.9.1/24 dev tap1; wait \$!; echo \$?")"

timeout 30 "$TARN" --capture "$scratch/c.pcapng" shell --root "$scratch/www" -- \
	curl -s http://10.9.0.2/ >/dev/null 2>"$scratch/err"
passes "a capture is left" test -s "$scratch/c.pcapng"

timeout 20 "$TARN" shell --root /nonexistent -- /bin/true 2>"$scratch/err"
passes "a directory that does not exist stops it" test $? -ne 0
says "and is named" "$scratch/err" "/nonexistent"
cp "$TARN" "$scratch/copy" # so that nobody else's is counted
timeout 20 "$scratch/copy" shell -- /bin/true 2>"$scratch/err"
sleep 0.3
same "nothing is left running" "" "$(pgrep -f "$scratch/copy")"

# The way of those who are not root, with a device that everybody may open
rootless() {
	mount -t tmpfs tmpfs "$scratch" && mkdir "$scratch/net" &&
		mknod -m 666 "$scratch/net/tun" c 10 200 &&
		mount --bind "$scratch/net/tun" /dev/net/tun &&
		setpriv --reuid 65534 --regid 65534 --clear-groups \
			--bounding-set -all --inh-caps -all \
			timeout 30 "$TARN" shell --root / -- ping -q -c 1 10.9.0.2
}
if [ "$TARN_NETNS" = root ] && unshare --mount true 2>/dev/null; then
	export -f rootless
	export scratch
	passes "without root" unshare --mount bash -c rootless
else
	passes "without root" in_shell "ping -q -c 1 10.9.0.2"
fi

exit $verdict
