#!/bin/bash
# SPDX-License-Identifier: MIT
# SYNs from addresses that do not exist, and curl between them (RFC 4987).
#
#	198.18.x.y, spoofed --+
#	10.9.0.1/24, curl   --+-- tap0 -- 10.9.0.2/24 Tarn serves a directory
. "$(dirname "$0")/lib.bash"
need curl python3
make_tap

mkdir "$scratch/site"
numbers 1 300000 "$scratch/site/page"
"$TARN" "${tap[@]}" --gateway 10.9.0.1 serve "$scratch/site" \
	>"$scratch/out" 2>"$scratch/tarn.err" </dev/null &
tarn_pid=$!
wait_for "$scratch/out" http://
url=http://10.9.0.2/page
same "curl gets the page before" "$(sum "$scratch/site/page")" \
	"$(curl -s -m 20 $url | sha256sum | cut -d' ' -f1)"

# Ethernet, IPv4 and TCP by hand, from a seed; one line tells how many left.
cat >"$scratch/flood.py" <<'FLOOD'
import random, socket, struct, sys, time

def checksum(octets):
	total = sum(struct.unpack("!%dH" % (len(octets) // 2), octets))
	while total >> 16:
		total = (total & 0xffff) + (total >> 16)
	return ~total & 0xffff

def syn(source, port, number):
	target = socket.inet_aton("10.9.0.2")
	options = bytes.fromhex("020405b40402080a0000000100000000") + \
		bytes.fromhex("01030307")
	tcp = struct.pack("!HHIIBBHHH", port, 80, number, 0, 10 << 4, 2, 65535,
			  0, 0) + options
	pseudo = source + target + struct.pack("!BBH", 0, 6, len(tcp))
	tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
	ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6,
			 0) + source + target
	return ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + tcp

link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind(("tap0", 0x0800))
ours = link.getsockname()[4]
theirs = bytes.fromhex(sys.argv[1].replace(":", ""))
chance = random.Random(1)
end, sent = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < end:
	packet = syn(bytes([198, 18, chance.randrange(256),
			    chance.randrange(1, 255)]),
		     chance.randrange(1024, 65536), chance.randrange(1 << 32))
	try:
		link.send(theirs + ours + b"\x08\x00" + packet)
		sent += 1
	except OSError:
		time.sleep(0.001)
print(sent)
FLOOD

memory() {
	awk '/^VmRSS/ { print $2 }' "/proc/$tarn_pid/status"
}

mac=$(ip neigh show 10.9.0.2 | sed -n 's/.*lladdr \([0-9a-f:]*\).*/\1/p')
python3 "$scratch/flood.py" "$mac" 2 >"$scratch/before" # fills the SYN queue
rss=$(memory)
python3 "$scratch/flood.py" "$mac" 8 >"$scratch/sent" &
flood_pid=$!
for i in 1 2 3 4 5; do
	same "curl gets the page during the flood, $i" \
		"$(sum "$scratch/site/page")" \
		"$(curl -s -m 20 $url | sha256sum | cut -d' ' -f1)"
done
wait "$flood_pid"
now=$(memory)
before=$(cat "$scratch/before")
if [ "$before" -gt 4096 ]; then
	good "the SYN queue was full"
else
	bad "the SYN queue was full" "only $before SYNs"
fi
if [ "$now" -le $((rss + 512)) ]; then
	good "memory stayed flat"
else
	bad "memory stayed flat" "$rss KiB, then $now KiB"
fi
echo "# $before and $(cat "$scratch/sent") SYNs, $rss KiB, then $now KiB"
stop_tarn
same "SIGTERM ends it cleanly" 0 "$tarn_rc"

exit $verdict
