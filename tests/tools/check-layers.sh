#!/bin/bash
# SPDX-License-Identifier: MIT
# Each forbidden direction of an #include is seen, each allowed one is not.
. "$(dirname "$0")/lib.bash"

for header in stack/tarn.h stack/base/event.h stack/wire/eth.h \
	stack/wire/tcp.h stack/net/net.h stack/tcp/tcp.h stack/tcp/tcb.h \
	stack/udp/udp.h stack/sock/sock.h drivers/link.h apps/tarn/command.h; do
	put "$header" </dev/null
done

# allowed FILE HEADER, forbidden FILE HEADER
allowed() {
	put "$1" <<<"#include $2"
	passes "$1 may include $2" "$root/tools/check-layers" "$scratch"
	rm "$scratch/$1"
}
forbidden() {
	put "$1" <<<"#include $2"
	complains "$1 may not include $2" "$1:1:" \
		"$root/tools/check-layers" "$scratch"
	rm "$scratch/$1"
}

allowed stack/net/a.c '"wire/eth.h"'
allowed stack/tcp/a.c '"tcp/tcb.h"'
allowed stack/a.c '"tcp/tcp.h"'
allowed drivers/a.c '"wire/eth.h"'
allowed stack/base/check.c '<stdlib.h>'
allowed drivers/a.c '<sys/socket.h>'

forbidden stack/base/a.c '"wire/eth.h"'
forbidden stack/wire/a.c '"net/net.h"'
forbidden stack/net/a.c '"tcp/tcp.h"'
forbidden stack/tcp/a.c '"udp/udp.h"'
forbidden stack/udp/a.c '"tcp/tcp.h"'
forbidden stack/tcp/a.c '"wire/eth.h"'
forbidden stack/sock/a.c '"tcp/tcb.h"'
forbidden stack/a.c '"tcp/tcb.h"'
forbidden stack/a.c '"drivers/link.h"'
forbidden drivers/a.c '"tcp/tcb.h"'
forbidden drivers/a.c '"apps/tarn/command.h"'
forbidden apps/tarn/a.c '"sock/sock.h"'
forbidden apps/http/a.c '"apps/tarn/command.h"'
forbidden stack/tcp/a.c '<sys/socket.h>'
forbidden stack/tcp/a.c '<time.h>'
forbidden stack/tcp/a.c '<stdio.h>'
forbidden stack/tcp/a.c '"tcp/absent.h"'
exit "$verdict"
