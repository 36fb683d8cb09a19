#!/bin/bash
# SPDX-License-Identifier: MIT
# The page in a real browser: what it draws, how it is steered, how fast it is.
root=$(cd "$(dirname "$0")/../.." && pwd)

if ! command -v chromium >/dev/null; then
	echo "skip the page in a browser: chromium is not installed"
	exit 0
fi
if [ ! -x "${TARN:=$root/build/tarn}" ]; then
	echo "not ok the page: $TARN is not built"
	exit 1
fi
exec python3 "$root/tests/page/check.py" "$TARN"
