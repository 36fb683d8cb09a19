#!/bin/bash
# SPDX-License-Identifier: MIT
# What is installed suffices to build a program, and uninstall leaves nothing.
. "$(dirname "$0")/lib.bash"

cd "$root" || exit 1
version=$(sed -n 's/^.define TARN_VERSION "\(.*\)"/\1/p' stack/tarn.h)
tree=$scratch/tree
cc=${CC:-gcc}

# The tree stands where it will be used, or below DESTDIR: try both.
passes "install to PREFIX" tools/install-tarn "$BUILD" "" "$tree" "$version"
export PKG_CONFIG_PATH=$tree/lib/pkgconfig
passes "pkg-config knows the version" \
	pkg-config --exact-version="$version" tarn

flags=$(pkg-config --cflags --libs tarn)
# shellcheck disable=SC2086 # a list of flags
passes "an example builds with the shared library" \
	"$cc" -std=c17 -o "$scratch/shared" apps/examples/two_stacks.c $flags
# shellcheck disable=SC2086
passes "an example builds with the static library" \
	"$cc" -std=c17 -o "$scratch/static" apps/examples/two_stacks.c \
	-Wl,-Bstatic $flags -Wl,-Bdynamic
passes "it runs with the shared library" \
	env LD_LIBRARY_PATH="$tree/lib" "$scratch/shared"
passes "it runs with the static library" "$scratch/static"
passes "it needs the versioned name" \
	grep -qa 'libtarn\.so\.0' "$scratch/shared"

put observer.c <<'END'
#include <base/event.h>
int main(void) { return TARN_EVENT_CALL == 0; }
END
# shellcheck disable=SC2046
passes "the header of events stands alone" "$cc" -std=c17 \
	$(pkg-config --cflags tarn) -o "$scratch/observer" "$scratch/observer.c"
passes "the command says its version" "$tree/bin/tarn" --version
passes "the lab build lies beside it" "$tree/bin/tarn-lab" --version

tools/install-tarn --remove "$BUILD" "" "$tree" "$version"
passes "uninstall leaves no file" test -z "$(find "$tree" ! -type d)"

tools/install-tarn "$BUILD" "$scratch/staging" /usr "$version"
passes "install below DESTDIR" test -x "$scratch/staging/usr/bin/tarn"
passes "DESTDIR stays out of tarn.pc" \
	grep -qx 'prefix=/usr' "$scratch/staging/usr/lib/pkgconfig/tarn.pc"
exit "$verdict"
