#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# When tcptrail walks, and over what: not over namespaces without sockets, few sockets one by one, not after
# losses that no walk heals. A lack of fds is a loss that ends nothing.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

# facts_of FILE: writes the facts of the recording as text into $work/facts. walks, looks: how many of them
# are walks and lookups.
facts_of() {
	"$TCPTRAIL" events --from "$1" --facts >"$work/facts" || [ $? = 4 ]
}

walks() {
	grep -cE " walk_end kind=$1${2:+ netns=$2}( |$)" "$work/facts" || true
}

looks() {
	grep -cE " seen .*flags=[^ ]*point.* netns=$1 " "$work/facts" || true
}

# --- namespaces without a socket, and with few ----------------------------------------------------

start "$work/empty" "$work/empty.err" unshare -n sleep infinity
empty_pid=$started
elsewhere() {
	[ "$(own_netns)" != "$(stat -L -c %i "/proc/$1/ns/net")" ]
}
wait_until "a namespace of its own" elsewhere "$empty_pid"
empty=$(stat -L -c %i "/proc/$empty_pid/ns/net")
scenario_start close_wait --netns
few=$(scenario_get netns)
scenario_start syn_recv --netns --count 3 --ack-lost
half=$(scenario_get netns)
half_pid=$(scenario_get pid)

# It walks at its start and at its end, and after a loss, which other programs on this host may cause.
record_start "$work/one" --for 1s
record_end
record_ok
facts_of "$work/one"
assert_equal 0 "$(walks sockets "$empty")" "walks over a namespace without a socket"
assert_matches "$(cat "$work/facts")" " name kind=netns key=$empty" "the namespace without a socket"
[ "$ok_status" = 4 ] || assert_equal "1 3" "$(walks sockets "$few") $(looks "$few")" \
	"walks over a namespace with few sockets, and looks at one"
# Only a walk finds half-open connections.
assert_between 2 1000 "$(walks sockets "$half")" "walks where half-open connections are"

# --- losses that no walk heals ----------------------------------------------------------------------

# A table at its cap loses rows all the time: walks keep their interval of at least 5 s. The start and the end
# may have two walks each, because the first may miss something.
began=$SECONDS
record_start "$work/two" --max-sockets 5
"$SCENARIO" storm --count 3000 --hold 0 --no-stdin >/dev/null
record_stop
took=$((SECONDS - began))
assert_equal 4 "$status" "exit status with a full table"
assert_matches "$err" "table [0-9]+" "notices"
facts_of "$work/two"
[[ $err =~ ring-buffer|recursion ]] ||
	assert_between 2 $((took / 5 + 4)) "$(walks holders)" "walks in $took s with a full table"

# --- lack of files ------------------------------------------------------------------------------------

start "$work/list" "$work/list.err" "$TCPTRAIL" snapshot -anc1 --csv --columns netns,state
list=$started
lists() {
	[ "$(grep -c '^netns,' "$work/list")" -ge "$1" ]
}
rows_of() {
	tr -d '\r' <"$work/list" | awk '/^netns,/ { rows = n; n = 0 } /^'"$1"',/ { n++ } END { print rows }'
}
has_rows() {
	[ "$(rows_of "$1")" -eq "$2" ]
}
half_open=$(nsenter -t "$half_pid" -n ss -Htan | wc -l)
wait_until "the first lists" lists 2
assert_equal "3 $half_open" "$(rows_of "$few") $(rows_of "$half")" "rows"
limit=$(prlimit --pid "$list" --nofile --noheadings --output SOFT)
prlimit --pid "$list" --nofile=3:
wait_until "lists without a file to open" lists $(($(grep -c '^netns,' "$work/list") + 3))
assert_equal "3 $half_open" "$(rows_of "$few") $(rows_of "$half")" "rows without a file to open"
prlimit --pid "$list" --nofile="$limit":
scenario_start close_wait --netns
wait_until "sockets that came later" has_rows "$(scenario_get netns)" 3
kill -INT "$list"
status=0
wait "$list" || status=$?
assert_equal 4 "$status" "exit status after a lack of files"
assert_matches "$(cat "$work/list.err")" "lost on the way \(.*walk" "notices"
