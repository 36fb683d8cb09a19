#!/bin/bash
# SPDX-License-Identifier: MIT
# Lessons with the Linux kernel at one end: the command makes its own namespace.
. "$(dirname "$0")/lib.bash"

for file in "$root"/docs/lessons/*.lab; do
	lesson=$(basename "$file" .lab)
	grep -q '^kernel *[AB]' "$file" || continue
	timeout 60 "$TARN" lab "$lesson" --with-kernel --no-files --all \
		>"$scratch/out" 2>"$scratch/err"
	same "$lesson plays with Linux" 0 $?
	says "$lesson: the kernel is named" "$scratch/out" "is Linux $(uname -r)"
	says "$lesson: what is alike is counted" "$scratch/out" \
		"are the same on the wire"
done

timeout 60 "$TARN" lab handshake --with-kernel --out "$scratch/out.d" \
	>"$scratch/out"
says "the handshake's expectations hold with Linux" "$scratch/out" " 0 differ,"
says "and the window scales differ" "$scratch/out" "only with Linux"
same "a capture of each end is left" 2 "$(find "$scratch/out.d" -name '*.pcapng' | wc -l)"
