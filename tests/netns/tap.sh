#!/bin/bash
# SPDX-License-Identifier: MIT
# A TAP is created or attached to, with everything it remembers set anew.
#
#	the kernel 10.9.0.1/24 -- tap0 (there before) -- 10.9.0.2/24 Tarn
#	the kernel             -- tap9 (Tarn's own)   -- 10.9.9.2/24 Tarn
# shellcheck disable=SC2317 # functions are called by passes
. "$(dirname "$0")/lib.bash"
need ethtool python3 nc

# Creating
start_tarn "echo on" --link tap:tap9 --ip 10.9.9.2/24 echo
says "a created TAP comes with a hint how to give the kernel an address" \
	"$scratch/tarn.err" "ip addr add 10.9.9.1/24 dev tap9"
passes "a created TAP is up" ip -o link show tap9 up
ip addr add 10.9.9.1/24 dev tap9
same "a created TAP carries data" "over tap9" \
	"$(echo "over tap9" | timeout 10 nc -N 10.9.9.2 7)"
stop_tarn
same "SIGTERM ends it cleanly" 0 "$tarn_rc"
sleep 0.2
same "a created TAP goes with its process" "" \
	"$(ip -o link show tap9 2>/dev/null)"

# Attaching to one whose last user left offloads on
make_tap
ip link set tap0 down
python3 - <<'END'
import fcntl, os, struct
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
TUNSETIFF, TUNSETOFFLOAD, TUNSETVNETHDRSZ = 0x400454CA, 0x400454D0, 0x400454D8
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF,
            struct.pack("16sH22x", b"tap0", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
fcntl.ioctl(tun, TUNSETVNETHDRSZ, struct.pack("i", 12))
fcntl.ioctl(tun, TUNSETOFFLOAD, 0x01 | 0x02 | 0x04)  # checksum, TSO4, TSO6
END
offload() {
	ethtool -k tap0 | awk '/^tcp-segmentation-offload/ { print $2 }'
}
same "the last user left segmentation to whom it attaches" on "$(offload)"
start_tarn "echo on" "${tap[@]}" --offload off echo
passes "an attached TAP is set up" ip -o link show tap0 up
same "an attached TAP segments itself again" off "$(offload)"
same "no hint where the kernel has an address" "" \
	"$(grep 'ip addr add' "$scratch/tarn.err")"
numbers 1 1000000 "$scratch/in"
timeout 20 nc -N 10.9.0.2 7 <"$scratch/in" >"$scratch/out"
same "a megabyte comes back over the attached TAP" \
	"$(sum "$scratch/in")" "$(sum "$scratch/out")"

exits "a busy TAP is told" 1 "in use by another process" "${tap[@]}" echo
stop_tarn
passes "an attached TAP stays" ip -o link show tap0

start_tarn "echo on" "${tap[@]}" --mtu 1400 echo
same "both ends of the wire get the same MTU" 1400 "$(cat /sys/class/net/tap0/mtu \
	2>/dev/null || ip -o link show tap0 | sed 's/.*mtu \([0-9]*\).*/\1/')"
ip link del tap0
wait "$tarn_pid"
same "a link that is gone is a failure" 1 "$?"
says "a link that is gone is told" "$scratch/tarn.err" "the link is gone"

exit $verdict
