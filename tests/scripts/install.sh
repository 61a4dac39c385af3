# SPDX-License-Identifier: BSD-2-Clause
# make install makes a link netstat.tcptrail, and never touches a netstat; make uninstall removes what it made.
# shellcheck shell=bash
build=$(dirname "$TCPTRAIL") # as make knows it: other flags would rebuild everything
build=${build#"$tree/"}

made() {
	make -s --no-print-directory -C "$tree" B="$build" DESTDIR="$PWD/root" PREFIX=/usr UNITDIR=/units "$1" >&2
}

mkdir -p root/usr/bin
echo "the system's" >root/usr/bin/netstat
made install
[ "$(readlink root/usr/bin/netstat.tcptrail)" = tcptrail ]
[ "$(cat root/usr/bin/netstat)" = "the system's" ]
root/usr/bin/netstat.tcptrail --help | grep -q 'tcptrail netstat'
made install # again, over the link
made uninstall
[ "$(find root ! -type d)" = root/usr/bin/netstat ]
