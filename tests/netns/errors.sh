#!/bin/bash
# SPDX-License-Identifier: MIT
# Each mistake gets a message that names the cure, and an exit code.
#
#	the kernel 10.9.0.1/24 -- tap0 -- 10.9.0.2/24 Tarn
. "$(dirname "$0")/lib.bash"
make_tap

# Usage: 2
exits "no command" 2 "tarn --help"
exits "an unknown command" 2 "there is no command 'frobnicate'" frobnicate
exits "an unknown option" 2 "there is no option --frob" --frob echo
exits "no link" 2 "tarn shell" echo
exits "no address" 2 "--ip 10.9.0.2/24" --link tap:tap0 echo
exits "an impossible address" 2 "--ip wants" --link tap:tap0 --ip 10.9.0.300 echo
exits "an impossible port" 2 "from 1 to 65535" "${tap[@]}" echo --port 65536
exits "a port that is no number" 2 "not 'http'" "${tap[@]}" nc 10.9.0.1 http
exits "a name" 2 "DNS" "${tap[@]}" nc example.org 80
exits "too few arguments" 2 "usage: tarn nc" "${tap[@]}" nc
exits "too many arguments" 2 "usage: tarn echo" "${tap[@]}" echo 7
exits "a link of its own for the shell" 2 "leave --link out" "${tap[@]}" shell

# Failure: 1
exits "an unknown kind of link" 1 "tap:NAME, pcap:IFACE or file:IN.pcap" \
	--link eth:eth0 --ip 10.9.0.2 echo
exits "an interface that is no TAP" 1 "no TAP device" \
	--link tap:lo --ip 10.9.0.2/24 echo
exits "an address that the kernel has" 1 "another station" \
	--link tap:tap0 --ip 10.9.0.1/24 echo
exits "an address of no host" 1 "a host's address in its subnet" \
	--link tap:tap0 --ip 10.9.0.255/24 echo
exits "a capture that cannot be written" 1 "/nonexistent/c.pcapng" \
	"${tap[@]}" --capture /nonexistent/c.pcapng echo
exits "a log that cannot be written" 1 "/nonexistent/l.jsonl" \
	"${tap[@]}" --log /nonexistent/l.jsonl echo
exits "two that want standard output" 1 "standard output" \
	"${tap[@]}" --capture - --ladder echo
exits "an impossible fault rule" 2 "drop" \
	"${tap[@]}" --fault "explode in every" echo
exits "a file that is not there" 1 "/nonexistent" \
	--link file:/nonexistent --ip 10.9.0.2 echo

# Nobody without rights may have a TAP
if [ "$TARN_NETNS" = root ] && command -v setpriv >/dev/null; then
	TARN_REAL=$TARN
	TARN=setpriv
	exits "no permission for a TAP" 1 "tarn shell" --reuid 65534 --regid 65534 \
		--clear-groups --bounding-set -all --inh-caps -all \
		"$TARN_REAL" "${tap[@]}" echo
	TARN=$TARN_REAL
else
	echo "skip no permission for a TAP: needs root and setpriv"
fi

# What is asked for goes to standard output with 0
timeout 10 "$TARN" --help >"$scratch/out" 2>"$scratch/err"
same "--help succeeds" 0 $?
says "--help lists the commands" "$scratch/out" "  serve ["
same "--help is no error" "" "$(cat "$scratch/err")"
same "--version is one line" "tarn $(sed -n \
	's/^#define TARN_VERSION "\(.*\)"/\1/p' "$root/stack/tarn.h")" \
	"$("$TARN" --version)"
says "a command tells how it is called" \
	<("$TARN" ping --help) "usage: tarn [OPTION]... ping"

exit $verdict
