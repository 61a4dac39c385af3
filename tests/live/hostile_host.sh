#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Hostile hosts: names that are not text, processes that end while they are read, reused pids and kernel
# addresses, other tracers, limits, and SIGKILL.
[ -n "${LIVE_MOUNTS:-}" ] || LIVE_MOUNTS=1 exec unshare -m -- bash "$0" "$@"
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
here=$(own_netns)

# --- names --------------------------------------------------------------------------------------

# hostile NAME: starts a process with that name and command line, connected to the listener.
scenario_start listen
port=$(scenario_get local | sed 's/.*://')
hostile() {
	: >"$work/named"
	start "$work/named" "$work/hostile.err" python3 -c 'if True:
		import os, signal, socket, sys
		os.write(os.open("/proc/self/comm", os.O_WRONLY), os.fsencode(sys.argv[1]))
		client = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
		print(client.fileno(), flush=True)
		signal.pause()' "$1" "$port" $'--\e[2J' $'\xff\xfe"\n,'
	wait_until "a process named $1" test -s "$work/named"
}

trace_start -anp --netns "$here" -W
start "$work/json" "$work/json.err" "$TCPTRAIL" events --json --netns "$here"
json=$started
wait_until "the second to attach" tracing "$work/json.err" "$json"
start "$work/csv" "$work/csv.err" "$TCPTRAIL" events --csv --netns "$here" \
	--columns event,new_state,local,actor_comm
csv=$started
wait_until "the third to attach" tracing "$work/csv.err" "$csv"
names=($'a\nb' $'\e[31mred\e]0;x\a' $'"q\',=1+1' $'\xff\xc3(\x80' $'\xc2\x9b2J' $'\xe2\x80\xaetxt' $'a\\b\t\r')
for name in "${names[@]}"; do
	hostile "$name"
done

# is_plain FILE: requires that it has only lines of printable ASCII.
is_plain() {
	assert_equal "" "$({ grep -naP '[^\x20-\x7e]' "$1" || true; } | cat -v)" "bytes in $2"
}

for command in "snapshot -antpe" "why --for 0s" "trail $started:$(cat "$work/named")"; do
	# shellcheck disable=SC2086 # words
	run "$TCPTRAIL" $command
	assert_matches "$status" '^[014]$' "exit status of $command ($err)"
	is_plain "$work/run.out" "$command"
	is_plain "$work/run.err" "stderr of $command"
done
trace_stop
is_plain "$work/trace.out" "sockets and events"
assert_contains "$out" 'a\x0ab' "a newline in a name"
assert_contains "$out" '\x1b[31mred\x1b]0;x' "an escape in a name"

kill -INT "$json" "$csv"
wait "$json" || [ $? = 4 ]
wait "$csv" || [ $? = 4 ]
jq -r 'select(.new_state == "SYN_SENT") | .actor_comm | @json' <"$work/json" >"$work/comms" ||
	fail "JSON of events is not valid"
iconv -f utf-8 -t utf-8 "$work/json" >"$work/utf8" || fail "JSON of events is not UTF-8"
assert_equal '"a\nb" "\u001b[31mred\u001b]0;x\u0007"' "$(sed -n 1,2p "$work/comms" | xargs -d '\n')" "names"
assert_equal ${#names[@]} "$(wc -l <"$work/comms")" "connects in JSON"
python3 - "$work/csv" ${#names[@]} <<'END' || fail "CSV of events"
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline=''), strict=True))
sys.exit(any(len(row) != 4 for row in rows) or
         sum(row[1] == 'SYN_SENT' for row in rows) != int(sys.argv[2]))
END
scenario_stop

# --- processes that end while we look -----------------------------------------------------------

start /dev/null "$work/churn.err" sh -c 'while "$0" listen --hold 0 </dev/null >/dev/null &&
	"$0" storm --count 20 --hold 0 --linger0 </dev/null >/dev/null; do :; done' "$SCENARIO"
churn=$started
trace_start -anp --json --netns "$here"
for ((i = 0; i < 20; i++)); do
	assert_run 0 "$TCPTRAIL" snapshot -anp --json --columns local,state,program,holders
	jq . <"$work/run.out" >/dev/null || fail "a snapshot is not JSON"
done
trace_stop
assert_matches "$status" '^[04]$' "exit status ($err)"
assert_equal 0 "$(tail -n 1 "$work/trace.out" | jq .lost_by_place.walk)" "walks that failed"
kill -TERM "$churn"
await_end "$churn" "$ceiling" || fail "the churn does not end"

# --- what is used again -------------------------------------------------------------------------

# Addresses of struct sock are reused: each socket has its own life.
wait_until "the namespace to be quiet" is_quiet
trace_start events --netns "$here" --csv --no-header --columns sock,cookie,local,foreign,old_state,new_state
scenario_start storm --count 500 --pairs 1
trace_stop
assert_matches "$status" '^[04]$' "exit status ($err)"
tr -d '\r' <"$work/trace.out" | awk -F, '
	$1 && $2 { socks[$1]; lives[$2]; sk[$2] = sk[$2] ? sk[$2] : $1; again += sk[$2] != $1 }
	$5 == "CLOSE" && $6 == "SYN_SENT" { connects++ }
	END { for (s in socks) n++; for (l in lives) m++; print n, m, again + 0, connects }' \
	>"$work/counts"
read -r socks lives again connects <"$work/counts"
assert_between 1002 1100 "$lives" "sockets that lived"
assert_between 1 $((lives / 2)) "$socks" "addresses they had"
assert_equal 0 "$again" "sockets of more than one address"
assert_between 501 501 "$connects" "connects"
scenario_stop

# Pids are reused: the sockets of the first process are not attributed to the second.
trace_start -anp --csv --netns "$here" --columns local,state,pid,comm,owner_holding
program_start python3 "$(dirname "$0")/progs/pid_reuse.py"
reuse=$started
pid=$(scenario_get pid role=before)
assert_equal "$pid" "$(scenario_get pid role=after)" "pid of the second process"
trace_stop
assert_matches "$status" '^[04]$' "exit status ($err)"
out=$(tr -d '\r' <<<"$out")
assert_contains "$out" "$(scenario_get local role=before),FIN_WAIT2,$pid,before,exited" "the first"
assert_contains "$out" "$(scenario_get local role=after),ESTABLISHED,$pid,after,open" "the second"
program_end "$reuse"

# --- other tracers ------------------------------------------------------------------------------

mkdir -p "$work/tracing"
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || true
events=(events --netns "$here" --csv --no-header --columns local,foreign,old_state,new_state,event)
if command -v bpftrace >/dev/null; then
	start "$work/bpftrace" "$work/bpftrace.err" bpftrace -e 'BEGIN { printf("ready\n"); }
		tracepoint:sock:inet_sock_set_state { @ = count(); }
		tracepoint:tcp:tcp_destroy_sock { @destroyed = count(); }'
	other=$started
	wait_until "bpftrace" grep -q ready "$work/bpftrace"
fi
start "$work/second" "$work/second.err" "$TCPTRAIL" "${events[@]}"
second=$started
wait_until "the second to attach" tracing "$work/second.err" "$second"
trace_start "${events[@]}"
scenario_start lifecycle --count 50
scenario_stop
wait_until "the namespace to be quiet" is_quiet
trace_stop
kill -INT "$second" ${other:+"$other"}
wait "$second" || [ $? = 4 ]
assert_equal "$(sort "$work/trace.out")" "$(sort "$work/second")" "what two saw"
assert_between 440 460 "$(grep -c ',state' "$work/trace.out")" "transitions of 50 connections"
if [ -n "${other:-}" ]; then
	wait "$other"
	assert_between 400 1000000 "$(sed -n 's/^@: //p' "$work/bpftrace")" "transitions by bpftrace"
fi

# --- limits -------------------------------------------------------------------------------------

for files in 5 7 10 20 40 100; do
	assert_run 3 prlimit --nofile=$files "$TCPTRAIL" events
	assert_equal "tcptrail: limit of open files is $files: BPF needs 128; raise it with ulimit -n" \
		"$err" "few files"
done
assert_run 0 prlimit --nofile=12 "$TCPTRAIL" snapshot -an
assert_contains "$err" "limit of open files is 12:" "few files"
assert_run 0 prlimit --nofile=100:4096 "$TCPTRAIL" snapshot -an # tcptrail may raise the soft limit
assert_equal "" "$err" "a soft limit"
# Since Linux 5.11 this limit has no effect; before, the error says what to do.
start /dev/null "$work/run.err" prlimit --memlock=0 "$TCPTRAIL" events
wait_until "an answer" grep -q '^tcptrail: ' "$work/run.err"
assert_matches "$(cat "$work/run.err")" '^tcptrail: (tracing; Ctrl-C: stop|.*ulimit -l unlimited.*)$' \
	"no locked memory"
kill -INT "$started" 2>/dev/null || true
wait "$started" || [ $? = 3 ]

# fdinfo PID: prints fdinfo of all its files; some are closed meanwhile.
fdinfo() {
	cat "/proc/$1/fdinfo/"* 2>/dev/null || true
}

# Formats that take longer to print get a larger ring.
assert_ring() { # BYTES ARGUMENT...
	local bytes=$1
	shift
	trace_start events "$@"
	assert_equal "$bytes" "$(fdinfo "$trace_pid" | awk '/^map_type:/ { ring = $2 == 27 }
		/^max_entries:/ && ring { print $2 }' | sort -u)" "bytes of ring, $*"
	trace_stop
}
assert_ring $((32 << 20))
for format in --json --csv --facts; do
	assert_ring $((64 << 20)) $format
done
assert_ring 65536 --json --ring 64K

# --- an end that we do not survive --------------------------------------------------------------

# bpf_ids PID: the BPF objects that it holds, as "prog 12", "map 5", "link 3".
bpf_ids() {
	fdinfo "$1" | sed -nE 's/^(prog|map|link)_id:\s*([0-9]+)$/\1 \2/p' | sort -u
}

left() {
	local kind id
	while read -r kind id; do
		! bpftool "$kind" show id "$id" >/dev/null 2>&1 || return 0
	done <"$work/ids"
	return 1
}

all_gone() {
	! left
}

for args in "events" "-n" "record $work/recording" "events --stacks" "why --for 10m"; do
	# shellcheck disable=SC2086 # words
	start /dev/null "$work/killed.err" "$TCPTRAIL" $args
	wait_until "$args" grep -qE '^tcptrail: (tracing|recording|watching)' "$work/killed.err"
	bpf_ids "$started" >"$work/ids"
	assert_between 20 200 "$(wc -l <"$work/ids")" "programs, maps and links of $args"
	left || fail "bpftool does not show those of $args"
	kill -KILL "$started"
	wait "$started" || true
	wait_until "nothing to be left of $args" all_gone
done
