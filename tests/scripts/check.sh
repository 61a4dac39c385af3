# SPDX-License-Identifier: BSD-2-Clause
# tools/check tells how it is used, refuses what it does not know, and is what .ci/run and README name.
# shellcheck shell=bash
for word in -h --help; do
	"$tree/tools/check" $word >out 2>err
	grep -q '^usage: ./tools/check \[--all\]' out
	[ ! -s err ]
done
for words in --every "--all --all" "-all" x; do
	status=0
	# shellcheck disable=SC2086 # words
	"$tree/tools/check" $words >out 2>err || status=$?
	[ $status = 2 ] || { echo "tools/check $words: exit status $status"; exit 1; }
	[ ! -s out ]
	grep -qF "\"$words\"" err
done
command=$(sed -n 's/^exec //p' "$tree/.ci/run")
[ "$command" = "./tools/check --all" ]
grep -qE "^ +$command( |\$)" "$tree/README.md"
