#!/bin/bash
# SPDX-License-Identifier: MIT
# Both ways at once through loss, reordering and duplication, against each
# congestion control that the kernel has; nginx to our client, ours to curl.
#
#	the kernel 10.9.0.1/24 -- tap0 -- faults -- 10.9.0.2/24 Tarn
. "$(dirname "$0")/lib.bash"
need python3 nginx curl
make_tap

# there_and_back CONGESTION OCTETS - through our echo server, while reading
there_and_back() {
	timeout 60 python3 - "$@" <<'END'
import hashlib, random, socket, sys, threading

data = random.Random(1).randbytes(int(sys.argv[2]))
peer = socket.socket()
peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, sys.argv[1].encode())
peer.connect(("10.9.0.2", 7))

def send():
    peer.sendall(data)
    peer.shutdown(socket.SHUT_WR)

threading.Thread(target=send).start()
back = hashlib.sha256()
while chunk := peer.recv(65536):
    back.update(chunk)
print("whole" if back.digest() == hashlib.sha256(data).digest() else "broken")
END
}

faults=('drop both 1%' 'reorder both 3%' 'dup both 2%')
read -ra congestions </proc/sys/net/ipv4/tcp_available_congestion_control
for fault in "${faults[@]}"; do
	start_tarn "echo on" "${tap[@]}" --seed 1 --fault "$fault" echo
	for congestion in "${congestions[@]}"; do
		same "2 MB there and back, $fault, kernel's $congestion" whole \
			"$(there_and_back "$congestion" 2000000)"
	done
	stop_tarn
done

all=(--seed 1)
for fault in "${faults[@]}"; do
	all+=(--fault "$fault")
done
mkdir "$scratch/www"
numbers 1 5000000 "$scratch/www/big"
cat >"$scratch/nginx.conf" <<CONF
daemon off;
master_process off;
pid $scratch/nginx.pid;
error_log $scratch/nginx.err;
user root;
events {}
http { access_log off; server { listen 10.9.0.1:8001; root $scratch/www; } }
CONF
nginx -c "$scratch/nginx.conf" >/dev/null 2>&1 &
for _ in {1..200}; do
	curl -s -o /dev/null -r 0-1 http://10.9.0.1:8001/big && break
	sleep 0.05
done
timeout 60 "$TARN" "${tap[@]}" "${all[@]}" get -o "$scratch/got" \
	http://10.9.0.1:8001/big
same "5 MB from nginx through all of them" \
	"$(sum "$scratch/www/big")" "$(sum "$scratch/got")"

"$TARN" "${tap[@]}" "${all[@]}" serve "$scratch/www" >"$scratch/out" 2>&1 &
tarn_pid=$!
wait_for "$scratch/out" serving
for i in 1 2 3; do
	curl -s -m 60 -o "$scratch/got.$i" http://10.9.0.2/big &
	pids[i]=$!
done
wait "${pids[@]}"
same "5 MB to three curls at once" 3 \
	"$(sha256sum "$scratch"/got.? | grep -c "$(sum "$scratch/www/big")")"
stop_tarn

exit $verdict
