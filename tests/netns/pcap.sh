#!/bin/bash
# SPDX-License-Identifier: MIT
# libpcap: a station of our own beside the kernel's, and the replay of a file.
#
#	the kernel 10.9.1.1/24 on v1 === veth === v0 (no address), Tarn 10.9.1.2/24
. "$(dirname "$0")/lib.bash"
need nc ethtool ping
ip link add v0 type veth peer name v1 2>/dev/null ||
	skip_all "this kernel has no veth"
ip addr add 10.9.1.1/24 dev v1
ip link set v1 up
veth=(--link pcap:v0 --ip 10.9.1.2/24)

"$TARN" --link file:/nonexistent --ip 10.9.1.2 echo 2>&1 | grep -q libpcap-dev &&
	skip_all "tarn was built without libpcap"

# What cannot work
exits "an interface that is down is told" 1 "ip link set v0 up" "${veth[@]}" echo
ip link set v0 up
exits "an interface that does not exist is told" 1 "there is no interface" \
	--link pcap:nosuchif0 --ip 10.9.1.2/24 echo
exits "the address of this interface is refused" 1 "with RST" \
	--link pcap:v1 --ip 10.9.1.1/24 echo
exits "so is the address of any other one" 1 "(on v1)" \
	--link pcap:v0 --ip 10.9.1.1/24 echo
exits "the loopback interface is refused" 1 "leads to no other station" \
	--link pcap:lo --ip 10.9.1.2/24 echo

# The peer leaves checksums to hardware that is not there
start_tarn "echo on" "${veth[@]}" echo
says "the question for the address is told" "$scratch/tarn.err" "RFC 5227"
echo hello | timeout 3 nc -N -w 2 10.9.1.2 7 >/dev/null
passes "unfinished checksums are told with the cure" \
	wait_for "$scratch/tarn.err" "ethtool -K IFACE tx off tso off gso off"
ethtool -K v1 tx off tso off gso off >/dev/null 2>&1
same "after the cure it works" hello "$(echo hello | timeout 10 nc -N 10.9.1.2 7)"

numbers 1 1000000 "$scratch/in"
timeout 30 nc -N 10.9.1.2 7 <"$scratch/in" >"$scratch/out"
same "a megabyte comes back" "$(sum "$scratch/in")" "$(sum "$scratch/out")"
passes "pings are answered" ping -q -c 2 -i 0.2 -W 2 10.9.1.2
stop_tarn
same "SIGTERM ends it cleanly" 0 "$tarn_rc"

# Calling, and writing down what is said
timeout 30 nc -l -N 10.9.1.1 5000 <"$scratch/in" >"$scratch/kernel.out" &
kernel_pid=$!
timeout 60 "$TARN" "${veth[@]}" --capture "$scratch/c.pcapng" nc 10.9.1.1 5000 \
	<"$scratch/in" >"$scratch/out" 2>"$scratch/tarn.err"
same "a call over libpcap succeeds" 0 $?
wait "$kernel_pid"
same "what Tarn sends arrives" "$(sum "$scratch/in")" "$(sum "$scratch/kernel.out")"
same "what the kernel sends arrives" "$(sum "$scratch/in")" "$(sum "$scratch/out")"

# Replaying: the frames of the file arrive at a stack that listens
timeout 20 "$TARN" -v --link file:"$scratch/c.pcapng" --ip 10.9.1.2/24 echo \
	>"$scratch/out" 2>"$scratch/tarn.err"
same "a capture is replayed to its end" 0 $?
says "its segments meet no connection now" "$scratch/tarn.err" "drop TCP_CLOSED"

exit $verdict
