# SPDX-License-Identifier: BSD-2-Clause
# tools/hardening names each thing that a program lacks, and no flag of the user takes one away.
# shellcheck shell=bash
cat >sample.c <<'END'
#include <stdio.h>
#include <string.h>

int cli_parse(int argc, char **argv);
int cli_parse(int argc, char **argv)
{
	char text[16384];

	memset(text, 0, sizeof(text));
	strncpy(text, argv[argc - 1], (size_t)argc * sizeof(text));
	return puts(text);
}

int main(int argc, char **argv)
{
	return cli_parse(argc, argv) < 0;
}
END
case $(uname -m) in
x86_64) own=(-fstack-clash-protection -fcf-protection) ;;
aarch64) own=(-mbranch-protection=standard) ;;
*) own=() ;;
esac
flags=(-O2 -fPIE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 "${own[@]}" -pie
	-Wl,-z,relro,-z,now,-z,noexecstack)

# lacks REGEX FLAG...: of a program that is made with these besides
lacks() {
	local regex=$1
	shift
	"${CC:-cc}" -w "${flags[@]}" "$@" sample.c -o sample
	if "$tree/tools/hardening" sample 2>err; then
		echo "nothing is missed with $*"
		exit 1
	fi
	grep -qE "^sample: no .*$regex" err || { echo "$regex is not missed with $*:"; cat err; exit 1; }
}

"${CC:-cc}" -w "${flags[@]}" sample.c -o sample
"$tree/tools/hardening" sample
lacks '\(-pie\)' -fno-pie -no-pie
lacks '\(-z relro\)' -Wl,-z,norelro
lacks '\(-z now\)' -Wl,-z,lazy
lacks '\(-z noexecstack\)' -Wl,-z,execstack
lacks '\(-fstack-protector' -fno-stack-protector
if ! ldd sample | grep -q musl; then
	lacks '\(-D_FORTIFY' -U_FORTIFY_SOURCE
fi
if [ "$(uname -m)" = x86_64 ]; then
	lacks '\(-fstack-clash' -fno-stack-clash-protection
	lacks '\(-fcf-protection' -fcf-protection=none
fi

# As our own Makefile does it, against the user's will.
make -s -C "$tree" B="$PWD/build" "$PWD/build/tcptrail" \
	CFLAGS='-O2 -D_FORTIFY_SOURCE=0 -fno-pie -fno-stack-protector -fno-stack-clash-protection' \
	LDFLAGS='-no-pie -Wl,-z,lazy,-z,norelro,-z,execstack' >make.out 2>&1 || { cat make.out; exit 1; }
"$tree/tools/hardening" build/tcptrail
