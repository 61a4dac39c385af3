# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# Sourced after kernels.sh: builds the guest's programs for arm64, with a cross compiler and Debian's arm64
# packages, unpacked in $cache/arm64. $top is the source tree.

arm64_packages='libbpf-dev libelf-dev libdw-dev zlib1g-dev libzstd-dev libcap-dev libseccomp-dev liblzma-dev
	libbz2-dev busybox-static'
arm64_newer=libmnl-dev # of Debian 13: the first with a libmnl.a

unpack_arm64() {
	local package version wanted=() debs=$cache/arm64/debs
	[ "$(cat "$cache/arm64/unpacked" 2>/dev/null)" = "$arm64_packages $arm64_newer" ] && return
	mkdir -p "$debs"
	for package in $arm64_packages $arm64_newer; do
		case " $arm64_newer " in
		*" $package "*) version=$(newest "$package" arm64 trixie) ;;
		*) version=$(newest "$package" arm64 bookworm bookworm-security) ;;
		esac
		[ -n "$version" ] || { echo "no mirror has $package for arm64"; return 1; }
		wanted+=("$package:arm64=$version")
	done
	(cd "$debs" && own_apt apt-get download -q "${wanted[@]}") >"$cache/arm64.log" 2>&1 ||
		{ sed -n '/^E:/{p;q}' "$cache/arm64.log"; return 1; }
	for package in "$debs"/*.deb; do
		dpkg-deb -x "$package" "$cache/arm64/root" || return 1
	done
	rm -r "$debs"
	echo "$arm64_packages $arm64_newer" >"$cache/arm64/unpacked"
}

# Puts busybox, tcptrail and scenario into $cache/arm64; or prints why not on stdout.
build_arm64() {
	local root=$cache/arm64/root lib
	lib=$root/usr/lib/aarch64-linux-gnu
	command -v qemu-system-aarch64 >/dev/null || { echo "qemu-system-aarch64 is missing"; return 1; }
	command -v aarch64-linux-gnu-g++ >/dev/null || { echo "aarch64-linux-gnu-g++ is missing"; return 1; }
	unpack_arm64 || return 1
	env -u MAKEFLAGS -u MAKELEVEL PKG_CONFIG_LIBDIR=$lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root make -s -C "$top" \
		B="$cache/arm64/build" ARCH=arm64 CC=aarch64-linux-gnu-gcc \
		CPPFLAGS="-isystem $root/usr/include -isystem $root/usr/include/aarch64-linux-gnu" \
		LDFLAGS="-L$lib" static "$cache/arm64/build/static/scenario" >"$cache/arm64.log" 2>&1 ||
		{ echo "it cannot be built: $(grep -m 1 -iE 'error|missing' "$cache/arm64.log")"; return 1; }
	cp "$root/bin/busybox" "$cache/arm64/build/static/"{tcptrail,scenario} "$cache/arm64/"
}
