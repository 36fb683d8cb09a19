#!/bin/bash
# SPDX-License-Identifier: MIT
# tarn doctor: a machine on which all is well, and one thing at a time that is not.
. "$(dirname "$0")/lib.bash"
TARN=$(realpath "${TARN:-$root/build/tarn}")
sick=$scratch/machine

# write FILE TEXT - a file of the machine
write() {
	mkdir -p "$sick/$(dirname "$1")"
	echo "$2" >"$sick/$1"
}

# program NAME OUTPUT - a program of the machine
program() {
	write "bin/$1" "#!/bin/sh
echo '$2'"
	chmod +x "$sick/bin/$1"
}

# get_well - everything is there and as it should be; nobody is root
get_well() {
	rm -rf "$sick"
	write dev/net/tun ''
	write proc/sys/user/max_user_namespaces 15000
	write proc/sys/kernel/unprivileged_userns_clone 1
	write proc/sys/kernel/apparmor_restrict_unprivileged_userns 0
	write proc/self/status "CapEff:	0000003fffffffff"
	write sys/class/net/tap0/tun_flags 0x1002
	write sys/class/net/tap0/flags 0x1003
	write sys/class/net/tap0/owner 1000
	write probe/uid 1000
	# As docs/wireshark/README.md says.
	mkdir -p "$sick/home/.config/wireshark/profiles"
	cp -r "$root/docs/wireshark/tarn" "$sick/home/.config/wireshark/profiles"
	program wireshark "Wireshark 4.0.17"
	program tshark "TShark (Wireshark) 4.0.17 (Git)"
	program ip ''
	program curl ''
	program tarn-lab ''
}

# finds NAME KIND LINE CURE - the last change is found, nothing else, and cured so
finds() {
	local name=$1 kind=$2 line=$3 cure=$4 rc want=0 found

	[ "$kind" = optional ] || want=1
	"$TARN" doctor --root "$sick" >"$scratch/out"
	rc=$?
	found=$(grep -c '^problem\|^optional' "$scratch/out")
	if [ $rc -ne $want ]; then
		echo "not ok $name: exit code $rc"
	elif [ "$found" -ne 1 ]; then
		echo "not ok $name: $found findings"
	elif ! grep -q "^$kind *$line" "$scratch/out"; then
		echo "not ok $name: no line '$kind $line'"
	elif ! grep -q "^ *cure: .*$cure" "$scratch/out"; then
		echo "not ok $name: no cure '$cure'"
	else
		echo "ok $name"
		get_well
		return
	fi
	cat "$scratch/out"
	verdict=1
	get_well
}

get_well
passes "a healthy machine is healthy" "$TARN" doctor --root "$sick"
checks=$(grep -c '^ok ' "$scratch/.out")
passes "with a line for each check" test "$checks" -ge 18

rm "$sick/dev/net/tun"
finds "no tun device" problem "/dev/net/tun: is not there" "modprobe tun"
write probe/tun 13
finds "tun may not be opened" problem "/dev/net/tun: may not" "chmod 666"
write proc/sys/user/max_user_namespaces 0
finds "no user namespaces" problem "user.max_user_namespaces: 0" "sysctl user.max"
write proc/sys/kernel/unprivileged_userns_clone 0
finds "none for users, Debian's way" problem "kernel.unprivileged_userns_clone: 0" \
	"unprivileged_userns_clone=1"
write proc/sys/kernel/apparmor_restrict_unprivileged_userns 1
finds "none for users, Ubuntu's way" problem \
	"kernel.apparmor_restrict_unprivileged_userns: 1" "apparmor.*=0"
write proc/sys/kernel/apparmor_restrict_unprivileged_userns 1
write probe/uid 0
passes "which root need not mind" "$TARN" doctor --root "$sick"
get_well
write probe/unshare 1
write proc/self/status "Seccomp:	2
CapEff:	0000003fffffffff"
finds "a container's filter" problem "private network: .*seccomp" "seccomp=unconfined"
write probe/unshare 1
finds "no namespace, for whatever reason" problem "private network: cannot" "sudo tarn"
write probe/unshare 28
finds "too many namespaces" problem "private network: .*too many" "max_net_namespaces"
write proc/self/status "CapEff:	0000000000000000"
finds "no capabilities" optional "capabilities: no" "setcap"
write probe/address-space $((100 << 20))
finds "too few addresses" problem "memory: only 100 MiB" "ulimit -v"
write probe/locked-memory 65536
passes "little locked memory does not matter" "$TARN" doctor --root "$sick"
get_well
write probe/descriptors 64
finds "too few descriptors" problem "descriptors: only 64" "ulimit -n"
write sys/class/net/tap0/flags 0x1002
finds "a TAP that is down" problem "tap0: .*down" "ip link set tap0 up"
write sys/class/net/tap0/owner 1001
finds "somebody else's TAP" problem "tap0: .*user 1001" "tuntap add tap0"
write sys/class/net/veth1/iflink 7
write sys/class/net/veth1/ifindex 8
write probe/offload-veth1 1
finds "unfinished checksums" optional "veth1: .*unfinished" "ethtool -K veth1"
write probe/control-dir 1
finds "nobody can ask" problem "tarn ss: .*cannot be found" "TARN_RUNTIME_DIR"
write probe/libpcap 1
finds "no libpcap" optional "libpcap: not built in" "libpcap-dev"
rm "$sick/bin/tarn-lab"
finds "no tarn-lab" optional "tarn-lab: not beside" "make"
rm "$sick/bin/wireshark"
finds "no Wireshark" optional "wireshark: not installed" "apt install wireshark"
program tshark "TShark 2.6.20 (Git v2.6.20)"
finds "an old tshark" optional "tshark: version 2.6.20" "apt install tshark"
program tshark ""
finds "a silent tshark" optional "tshark: .*does not say" "apt install tshark"
rm -r "$sick/home/.config/wireshark/profiles/tarn"
finds "no profile" optional "Wireshark profile: not installed" \
	"docs/wireshark/tarn to ~/.config/wireshark/profiles/tarn"
rm "$sick/bin/ip"
finds "no ip" optional "ip: not installed" "iproute2"
rm "$sick/bin/curl"
finds "no curl" optional "curl: not installed" "apt install curl"

"$TARN" doctor >"$scratch/out"
passes "and this machine can be examined" grep -q "^ok" "$scratch/out"

exit "$verdict"
