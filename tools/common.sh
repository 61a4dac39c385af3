# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154
#
# Sourced by tools/run, tools/check and tools/setup, which set $top: who may do what here.

# Where distributions keep what only root used to run, and an ordinary user's PATH lacks.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

say() {
	printf 'tcptrail: %s\n' "$*" >&2
}

# $sudo goes before what only root may do. It is empty for root.
sudo=sudo
[ "$(id -u)" -ne 0 ] || sudo=''

need_sudo() {
	[ -z "$sudo" ] || command -v sudo >/dev/null || {
		say "there is no sudo here, please run as root: $*"
		exit 3
	}
}

# Build as the tree's owner even under "sudo ./tools/run", or the next make could not write.
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
