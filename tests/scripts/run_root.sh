# SPDX-License-Identifier: BSD-2-Clause
# tools/run asks for root only where the kernel is asked: an ordinary user, with a sudo that tells.
# shellcheck shell=bash
mkdir bin
printf '#!/bin/sh\n[ "$1" = -u ] && echo 1000\n' >bin/id
printf '#!/bin/sh\necho "sudo ${*##*/}" >&2\n' >bin/sudo
chmod 755 bin/*
echo '1 clock wall=5' >facts
PATH=$PWD/bin:$PATH

# asks YES|NO ARGUMENT...
asks() {
	local want=$1 got=NO
	shift
	"$tree/tools/run" "$@" >out 2>err </dev/null || true
	! grep -q '^sudo ' err || got=YES
	[ "$got" = "$want" ] || { echo "root is asked for: $got, not $want: tools/run $*"; cat err; exit 1; }
}

asks NO -h
asks NO -V
asks NO --help
asks NO --version
asks NO --hel
asks NO record --help
asks NO explain close_wait
asks NO info facts
asks NO --json info facts
asks NO diff --from facts start
asks NO snapshot -an --from facts
asks NO snapshot -an --fr=facts
asks NO events --fro facts
asks NO events --columns help
asks NO snapshot --no-such-option
asks YES
asks YES snapshot -antp
asks YES record facts
asks YES events --comm --from
asks YES --probes
