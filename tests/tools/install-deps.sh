#!/bin/bash
# SPDX-License-Identifier: MIT
# Nothing is called when nothing is missing; else exactly what is missing is
# asked for; and a machine that cannot install says what to do.
. "$(dirname "$0")/lib.bash"

# A machine where curl is missing, with an apt-get that only writes down.
mkdir "$scratch/bin"
for command in bash cat env grep id mktemp rm sort tail gcc make pkg-config; do
	ln -s "$(command -v "$command")" "$scratch/bin/"
done
install=$root/tools/install-deps

# with_apt STATUS - an apt-get that returns STATUS
with_apt() {
	printf '#!/bin/bash\necho "$@" >>%s/asked\nexit %s\n' "$scratch" "$1" \
		>"$scratch/bin/apt-get"
	chmod +x "$scratch/bin/apt-get"
	: >"$scratch/asked"
}
# shellcheck disable=SC2317 # called by passes
run() {
	env PATH="$scratch/bin" "$install" "$@"
}

[ "$(id -u)" = 0 ] || {
	echo "skip install-deps: asks for sudo when not root"
	exit 0
}

with_apt 0
passes "nothing missing" run build
passes "then nothing is called" test ! -s "$scratch/asked"
passes "something missing" run demo
passes "it is asked for" grep -q 'install -y .*curl$' "$scratch/asked"
passes "without questions" grep -q 'DPkg::Lock::Timeout' "$scratch/asked"

with_apt 1
complains "apt-get fails" "could not install: curl" run demo
rm "$scratch/bin/apt-get"
complains "no apt-get" "missing: curl" run demo
complains "no group" "usage:" run
exit "$verdict"
