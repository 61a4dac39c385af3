# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154
#
# Sourced by tools/run, tools/check and tools/setup, which set $top: running commands as root and as the user.

# Directories of administration tools, which the PATH of an ordinary user lacks.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

say() {
	printf 'tcptrail: %s\n' "$*" >&2
}

# $sudo precedes commands that need root. It is empty for root.
sudo=sudo
[ "$(id -u)" -ne 0 ] || sudo=''

need_sudo() {
	[ -z "$sudo" ] || command -v sudo >/dev/null || {
		say "sudo is missing; run as root: $*"
		exit 3
	}
}

# Build as the owner of the tree, even under "sudo ./tools/run"; otherwise the next make cannot write.
as_owner() {
	if [ -z "$sudo" ] && [ "${SUDO_UID:-0}" -ne 0 ] && [ "$(stat -c %u "$top")" -eq "$SUDO_UID" ]; then
		sudo -u "#$SUDO_UID" -- "$@"
	else
		"$@"
	fi
}

build() {
	as_owner make -s -j "$(nproc)" -C "$top" "$@"
}
