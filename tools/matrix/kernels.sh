# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# Sourced after debian.sh: gets Debian's cloud kernels. Refreshes lists once a day, and keeps what it has
# unpacked in $cache.

# bookworm-backports is left out: its 6.12.95 ends with a double fault in kmem_cache_alloc_noprof() in QEMU
# 7.2's emulation (4 of 4 boots, two of them before init); 6.12 of trixie runs.
# -nobtf: its BTF is hidden, so that --btf is needed.
# row|architecture|suites, of which the newest is used
rows='
bullseye|amd64|bullseye bullseye-security
bullseye-nobtf|amd64|bullseye bullseye-security
bookworm|amd64|bookworm bookworm-security
trixie|amd64|trixie trixie-security
trixie-backports|amd64|trixie-backports
sid|amd64|sid
trixie-arm64|arm64|trixie trixie-security
'
modules='inet_diag tcp_diag veth' # in this order: tcp_diag needs inet_diag

write_sources() {
	local suite
	for suite in $(printf '%s' "$rows" | cut -d'|' -f3 | tr ' ' '\n' | sort -u); do
		source_line amd64,arm64 "$suite"
	done >"$cache/sources.list"
}

# Updates the lists if they are older than a day. Fails if there are none at all.
refresh_lists() {
	command -v apt-get dpkg-deb >/dev/null || { echo "there is no apt here" >&2; return 1; }
	write_config
	mkdir -p "$cache/kernels"
	write_sources
	if [ -z "$(find "$cache/updated" -mmin -1440 2>/dev/null)" ]; then
		own_apt apt-get update -q >"$cache/update.log" 2>&1 && touch "$cache/updated"
	fi
	ls "$cache"/lists/*_Packages* >/dev/null 2>&1 || {
		echo "no package list can be had: $(grep '^[EW]:' "$cache/update.log" | sed -n 1p)" >&2
		return 1
	}
}

# newest PACKAGE ARCH SUITE...: its newest version
newest() {
	local package=$1 arch=$2
	shift 2
	own_apt apt-cache madison "$package:$arch" | awk -v suites=" $* " '
		{ suite = $6; sub(/\/.*/, "", suite) }
		index(suites, " " suite " ") { print $3; exit }'
}

depends() { # PACKAGE=VERSION: names of its dependencies
	own_apt apt-cache show "$1" | sed -n '/^Depends:/{s/^Depends: //; s/ *([^)]*)//g; s/, /\n/g; p; q}'
}

# The packages of a row's kernel, each NAME:ARCH=VERSION. From 6.19 on linux-image-* is empty.
packages_of() {
	local arch suites version image
	IFS='|' read -r _ arch suites <<<"$(printf '%s' "$rows" | grep "^$1|")"
	# shellcheck disable=SC2086 # several suites
	version=$(newest "linux-image-cloud-$arch" "$arch" $suites)
	[ -n "$version" ] || return 1
	image=$(depends "linux-image-cloud-$arch:$arch=$version" | grep '^linux-image-[0-9]' | sed -n 1p)
	[ -n "$image" ] || return 1
	# No `grep -q` after a pipe: it ends early, and the writer then fails.
	case $(depends "$image:$arch=$version") in
	*linux-binary-*) echo "${image/image/binary}:$arch=$version ${image/image/modules}:$arch=$version" ;;
	*) echo "$image:$arch=$version" ;;
	esac
}

unpack_module() { # ROOT NAME DIR
	local file
	file=$(find "$1" -name "$2.ko*" | sed -n 1p)
	case $file in
	*.ko) cp "$file" "$3/$2.ko" ;;
	*.xz) xz -dc "$file" >"$3/$2.ko" ;;
	*.zst) zstd -qdc "$file" >"$3/$2.ko" ;;
	*) : ;; # built in, or not available
	esac
}

# keep DEB... DIR: puts vmlinuz and modules of the packages into DIR.
keep() {
	local dir=${*: -1} root module deb
	root=$(mktemp -d "$cache/unpack.XXXXXX")
	for deb in "${@:1:$#-1}"; do
		dpkg-deb -x "$deb" "$root" || return 1
		rm "$deb"
	done
	mkdir -p "$dir.part"
	for module in $modules; do
		unpack_module "$root" "$module" "$dir.part"
	done
	find "$root" -name 'vmlinuz*' -type f -exec cp {} "$dir.part/vmlinuz" \;
	rm -rf "$root"
	[ -s "$dir.part/vmlinuz" ] && mv "$dir.part" "$dir"
}

kernel_dir() { # PACKAGES: the directory for them
	local name=${1%% *}
	name=${name#linux-*-}
	echo "$cache/kernels/${name//[:=]/_}"
}

# fetch_kernels ROW...: sets kernel[ROW] to a directory, or missing[ROW] to the reason why not.
declare -A kernel missing
fetch_kernels() {
	local row packages why wanted=() debs
	declare -A of
	for row in "$@"; do
		packages=$(packages_of "$row") || { missing[$row]="no mirror has it"; continue; }
		of[$row]=$packages
		# shellcheck disable=SC2206 # several packages
		[ -e "$(kernel_dir "$packages")" ] || wanted+=($packages)
	done
	if [ ${#wanted[@]} -gt 0 ]; then # in one call: each call takes seconds
		(cd "$cache/debs" && own_apt apt-get download -q "${wanted[@]}") >"$cache/download.log" 2>&1
	fi
	for row in "${!of[@]}"; do
		kernel[$row]=$(kernel_dir "${of[$row]}")
		[ -e "${kernel[$row]}" ] && continue
		debs=()
		for packages in ${of[$row]}; do
			debs+=("$cache/debs/${packages%%:*}"_*.deb)
		done
		keep "${debs[@]}" "${kernel[$row]}" 2>>"$cache/download.log" && continue
		unset "kernel[$row]"
		why=$(grep '^E:' "$cache/download.log" | sed -n 1p)
		missing[$row]=${why:-"there is no kernel in ${of[$row]}"}
	done
}
