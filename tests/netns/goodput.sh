#!/bin/bash
# SPDX-License-Identifier: MIT
# The comparison with the kernel works: transfers over the same faulty bridge
# arrive whole, both ways. Speed is not judged here.
#
#	kernel 10.9.0.1 -- tapA -- bridge -- tapB -- br0 -- kernel or Tarn 10.9.0.2
. "$(dirname "$0")/lib.bash"
need python3 nsenter sha256sum
build=$root/${BUILD:-build}
[ -x "$build/tools/bridge" ] || skip_all "$build/tools/bridge is not built"
ip link add probe type bridge 2>/dev/null || skip_all "no bridge may be made here"

exits_with() {
	"$build/tools/bridge" "$@" >/dev/null 2>"$scratch/err"
	echo $?
}
same "a bridge wants two devices" 2 "$(exits_with tapA)"
same "and options that are whole" 2 "$(exits_with --loss 1 tapA tapB)"
same "and possible" 2 "$(exits_with --loss 101% tapA tapB)"
says "or says what they look like" "$scratch/err" "[--reorder 3%:5ms]"

"$root/tools/bench-goodput" -b "$build" -n 1 -d 1 --cc reno \
	--paths 'loss 1 %' >"$scratch/out" 2>"$scratch/err"
sed 's/^/	/' "$scratch/out" "$scratch/err"
for direction in sends receives; do
	same "Tarn $direction: intact, as the kernel's" yes "$(
		grep "^reno *loss 1 % *$direction" "$scratch/out" |
			grep -o '  yes\|  NO' | tr -d ' ')"
done
same "the lossy path lost frames" 4 "$(python3 - "$build/goodput.json" <<-'END'
	import json, re, sys
	runs = json.load(open(sys.argv[1]))
	print(sum(any(int(n) for line in run["wire"]
	              for n in re.findall(r"(\d+) lost", line))
	          for run in runs if run["path"] == "loss 1 %"))
	END
)"

exit $verdict
