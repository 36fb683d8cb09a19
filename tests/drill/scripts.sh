#!/bin/bash
# SPDX-License-Identifier: MIT
# Every script below tests/drill holds, and none of ours is ever skipped.
out=$("$TARN" drill tests/drill)
rc=$?
echo "$out"
case $(tail -n 1 <<<"$out") in
*", 0 skipped") ;;
*) echo "not ok a script of ours was skipped" ;;
esac
exit $rc
