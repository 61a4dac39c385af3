#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail refuses what it cannot do with one line that says why and the right exit status.
. "$(dirname "$0")/lib.sh"

assert_one_line() {
	assert_equal "" "$out" "stdout of: $*"
	assert_matches "$err" '^tcptrail: ' "stderr of: $*"
	assert_equal 1 "$(wc -l <"$work/run.err")" "lines on stderr of: $* ($err)"
}

refused() {
	assert_run 2 "$TCPTRAIL" "$@"
	assert_one_line "$@"
}

refused --no-such-option
refused no-such-command
refused snapshot no-such-word
refused snapshot --state CLOSED_WAIT
refused snapshot --state ''
refused events --port 65536
refused events --port -1
refused events --port 80x
refused events --port
refused events --pid 0x10
refused snapshot --addr 10.0.0.0/33
refused snapshot --addr 10.0.0.1/8
refused snapshot --addr host.example
refused snapshot --older 5y
refused snapshot --older -1s
refused snapshot --columns local,nothing
refused snapshot --sort nothing
refused snapshot --limit 1.5
refused snapshot --color sometimes
refused snapshot --json --csv
refused snapshot --fail-if 'close_wait'
refused snapshot --fail-if 'close_wait>many'
refused snapshot --fail-if 'age>5m'
refused snapshot --fail-if 'close_wait>1,growth>1'
refused snapshot -c --fail-if 'close_wait>1'
refused why close_wait --fail-if 'syn_sent>1'
refused events --fail-if 'close_wait>1'
assert_contains "$(run "$TCPTRAIL" snapshot --state CLOSED_WAIT && echo "$err")" CLOSE_WAIT \
	"what is accepted"

# Skip if the user nobody cannot run the program.
cp "$TCPTRAIL" "$work/tcptrail"
chmod 755 "$work" "$work/tcptrail"
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$work/tcptrail")
assert_run 3 "${nobody[@]}" events
assert_one_line events as nobody
assert_matches "$err" 'root|CAP_' "what is missing"
# A smaller answer with a notice is better than none: sock_diag needs no privilege.
assert_run 0 "${nobody[@]}" snapshot -lnt
assert_contains "$out" LISTEN "snapshot as nobody"
assert_matches "$err" 'root|CAP_' "what is missing"
assert_equal 1 "$(wc -l <"$work/run.err")" "lines on stderr of a snapshot as nobody"
assert_run 3 "${nobody[@]}" snapshot --fail-if 'close_wait>1,age>1s' # without ages there is no answer
assert_one_line snapshot --fail-if as nobody
assert_run 0 "${nobody[@]}" snapshot --fail-if 'close_wait>4000000'
assert_matches "$out" '^OK: ' "threshold as nobody"
assert_run 0 "${nobody[@]}" --help
assert_run 0 "${nobody[@]}" --version
assert_run 2 "${nobody[@]}" --no-such-option

full() {
	status=0
	"$TCPTRAIL" "$@" >/dev/full 2>"$work/run.err" </dev/null || status=$?
	err=$(cat "$work/run.err") out=
	assert_equal 4 "$status" "exit status on /dev/full of: $* ($err)"
	assert_one_line "$@"
	assert_contains "$err" "No space left on device" "stderr of: $*"
}
full snapshot -ant
full snapshot -a --json
full snapshot --fail-if 'close_wait>4000000'
full --help
assert_run 3 "$TCPTRAIL" snapshot --output "$work/no/such/directory/file"

# --- what comes from outside, and what does not fit ---------------------------------------------

printf '1 \033]0;title\007\302\233 x\n' >"$work/escapes"
assert_run 3 "$TCPTRAIL" snapshot --from "$work/escapes"
assert_equal "" "$(tr -d '\n -~' <"$work/run.err")" "bytes on stderr that are not printable"
run "$TCPTRAIL" $'--\033[2J'
assert_equal "" "$(tr -d '\n -~' <"$work/run.err")" "an option with an escape"

printf '1 tick\0 x\n' >"$work/nul"
assert_run 3 "$TCPTRAIL" snapshot --from "$work/nul"
assert_contains "$err" "line 1: a NUL byte" "a NUL byte"

assert_run 3 "$TCPTRAIL" snapshot --from /etc/passwd
assert_contains "$err" "/etc/passwd: not a recording and not facts" "a file of another kind"
printf '1 tick\n2 tock\n' >"$work/torn"
assert_run 3 "$TCPTRAIL" snapshot --from "$work/torn"
assert_contains "$err" "$work/torn: line 2: " "facts with a fault"

# What has no end of a line takes no memory without end.
assert_run 3 "$TCPTRAIL" snapshot --from /dev/zero
assert_contains "$err" "line 1: a NUL byte" "NUL bytes without end"
printf '1 tick\n2 tick %0100000d' 7 >"$work/long"
assert_run 3 "$TCPTRAIL" snapshot --from "$work/long"
assert_contains "$err" "line 2: too long" "a line without end"

mkfifo "$work/pipe"
echo '1 tick' >"$work/pipe" & # a fifo has only one reader
writer=$!
assert_run 2 "$TCPTRAIL" snapshot --from "$work/pipe" --at 03:12
assert_contains "$err" "is a pipe, and times need a file" "times of a pipe"
wait "$writer" || true

for age in 200000d 300000000w 18446744073709551615s; do
	assert_run 2 "$TCPTRAIL" record --max-age $age "$work/none/"
	assert_contains "$err" "--max-age" "$age"
done
