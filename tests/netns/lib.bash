# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # variables for who sources this
#
# lib.bash - for tests against the kernel: a namespace, a link, a Tarn
#
# Sourcing it moves the script into a network namespace of its own (with root's
# rights in it, even without root), or skips the script by name and says why.
# Nothing outside is touched; what was started ends with the script. TARN_NETNS
# is "root", or "user" when only the user namespace makes us root.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
script=$(basename "$0" .sh)
TARN=$(realpath "${TARN:-$root/build/tarn}")
export TARN

# skip_all REASON - this machine cannot run this script
skip_all() {
	echo "skip $script: $*"
	exit 0
}

# need COMMAND... - skip the script where one is missing
need() {
	local command

	for command; do
		command -v "$command" >/dev/null ||
			skip_all "there is no '$command' here"
	done
}

PATH=$PATH:/usr/sbin:/sbin
if [ -z "${TARN_NETNS-}" ]; then
	need unshare ip
	[ -x "$TARN" ] || skip_all "$TARN is not built"
	[ -w /dev/net/tun ] || skip_all "/dev/net/tun cannot be written"
	if [ "$(id -u)" = 0 ] && unshare --net true 2>/dev/null; then
		TARN_NETNS=root exec unshare --net "$BASH" "$0" "$@"
	elif unshare --net --map-root-user true 2>/dev/null; then
		TARN_NETNS=user exec unshare --net --map-root-user \
			"$BASH" "$0" "$@"
	fi
	skip_all "no network namespace may be made here"
fi

# Only what the test sends: no IPv6 advertisements in between.
for file in /proc/sys/net/ipv6/conf/{all,default}/disable_ipv6; do
	[ ! -w "$file" ] || echo 1 >"$file"
done
ip link set lo up

scratch=$(mktemp -d)
verdict=0
clean_up() {
	local pids

	pids=$(jobs -p)
	# shellcheck disable=SC2086 # one word per process
	[ -z "$pids" ] || { kill -KILL $pids && wait $pids; } 2>/dev/null
	rm -rf "$scratch"
}
trap clean_up EXIT

# good NAME, bad NAME REASON - the two verdicts
good() {
	echo "ok $1"
}
bad() {
	echo "not ok $1: $2"
	verdict=1
}

# passes NAME COMMAND... - it must exit 0
passes() {
	local name=$1 rc

	shift
	"$@" >"$scratch/.out" 2>&1
	rc=$?
	if [ $rc -eq 0 ]; then
		good "$name"
	else
		bad "$name" "exit code $rc"
		sed 's/^/	/' "$scratch/.out"
	fi
}

# same NAME WANTED GOT - two texts must be equal
same() {
	if [ "$2" = "$3" ]; then
		good "$1"
	else
		bad "$1" "wanted '$2', got '$3'"
	fi
}

# says NAME FILE TEXT - a file must contain a text
says() {
	if grep -qF -- "$3" "$2"; then
		good "$1"
	else
		bad "$1" "'$3' is not in:"
		sed 's/^/	/' "$2"
	fi
}

# exits NAME CODE TEXT ARGUMENT... - tarn ends so, and says so on standard error
exits() {
	local name=$1 code=$2 text=$3 rc

	shift 3
	timeout 20 "$TARN" "$@" </dev/null >"$scratch/.out" 2>"$scratch/.err"
	rc=$?
	if [ "$rc" -ne "$code" ]; then
		bad "$name" "exit code $rc, not $code"
		sed 's/^/	/' "$scratch/.err"
	else
		says "$name" "$scratch/.err" "$text"
	fi
}

# wait_for FILE TEXT - until a file contains a text, ten seconds at most
wait_for() {
	local tries=0

	until grep -qsF -- "$2" "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || return 1
		sleep 0.05
	done
}

# start_tarn TEXT ARGUMENT... - in the background; ready when it has said TEXT
start_tarn() {
	local text=$1

	shift
	rm -f "$scratch/tarn.err"
	"$TARN" "$@" >"$scratch/tarn.out" 2>"$scratch/tarn.err" </dev/null &
	tarn_pid=$!
	wait_for "$scratch/tarn.err" "$text" && return
	bad "tarn $*" "did not say '$text'"
	sed 's/^/	/' "$scratch/tarn.err"
}

# stop_tarn - politely; tarn_rc is what it exited with
stop_tarn() {
	kill -TERM "$tarn_pid" 2>/dev/null
	wait "$tarn_pid"
	tarn_rc=$?
}

# make_tap - tap0 with the kernel's 10.9.0.1; tap=(options for Tarn's 10.9.0.2)
make_tap() {
	ip tuntap add tap0 mode tap || skip_all "no TAP may be made here"
	ip addr add 10.9.0.1/24 dev tap0
	ip link set tap0 up
	tap=(--link tap:tap0 --ip 10.9.0.2/24)
}

# numbers FROM OCTETS FILE - so much text in which nothing stands twice
numbers() {
	seq "$1" 99999999 | head -c "$2" >"$3"
}

# sum FILE - its SHA-256
sum() {
	sha256sum <"$1" | cut -d' ' -f1
}
