# SPDX-License-Identifier: BSD-2-Clause
# What is missing is named by make, at once and after it was all there: the stamp of that answer is
# of no use any more as soon as a directory of PATH, or PATH, has changed.
# shellcheck shell=bash
mkdir bin
IFS=: read -ra directories <<<"$PATH:/usr/sbin:/sbin"
for ((i = ${#directories[@]} - 1; i >= 0; i--)); do
	[ ! -d "${directories[i]}" ] || ln -sf "${directories[i]}"/* bin/
done

# missing: what `tools/setup --missing` says, with our own tools alone
missing() {
	PATH=$PWD/bin CC=cc CLANG="$1" "$tree/tools/setup" --missing build stamp 2>&1 || true
}

rm -f bin/our-clang
says=$(missing our-clang)
grep -q 'missing: clang' <<<"$says"
[ ! -e stamp ]
ln -s "$(command -v clang)" bin/our-clang
[ -z "$(missing our-clang)" ]
[ -s stamp ]
[ -z "$(missing our-clang)" ]
grep -q 'missing: clang' <<<"$(missing other-clang)"
rm bin/our-clang
grep -q 'missing: clang' <<<"$(missing our-clang)"

# And make says so, and stops.
status=0
make -C "$tree" B="$PWD/build" CLANG=no-such-clang >out 2>err || status=$?
[ $status = 2 ]
grep -q 'missing: clang' err
