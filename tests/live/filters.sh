#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# In every command NAME matches only that name, and NAME* all names that begin with it.
. "$(dirname "$0")/lib.sh"

names=(tt27-$$ tt27-$$c)
netns_make "${names[@]}"

# in_netns NAME: starts scenarios there.
real=$SCENARIO
in_netns() {
	printf '#!/bin/sh\nexec ip netns exec %s "%s" "$@"\n' "$1" "$real" >"$work/in.$1"
	chmod +x "$work/in.$1"
	SCENARIO=$work/in.$1
}

# rows FILTER...: the listed rows, as names of namespaces, one for each row.
rows() {
	# Storms of other programs may make a walk miss facts, which is reported (status 4).
	{ "$TCPTRAIL" snapshot -an --csv --no-header --columns netns_name "$@" 2>"$work/rows.err" || [ $? = 4 ]; } |
		tr -d '\r' | sort -u
}

in_netns "${names[1]}"
scenario_start listen
assert_equal "" "$(rows --netns "${names[0]}")" "sockets of ${names[0]}"
assert_equal "${names[1]}" "$(rows --netns "${names[1]}")" "sockets of ${names[1]}"
assert_equal "${names[1]}" "$(rows --netns "${names[0]}*")" "sockets of ${names[0]}*"
assert_equal "${names[1]}" "$(rows --netns "*$$""c")" "sockets of *c"
assert_equal "" "$(rows --netns "${names[0]}?")" "sockets of ${names[0]}?"
cookie=$(scenario_get cookie)
assert_run 1 "$TCPTRAIL" trail --netns "${names[0]}" "$cookie"
assert_traces "$TCPTRAIL" trail --netns "${names[0]}*" "$cookie"
assert_run 0 "$TCPTRAIL" snapshot --netns "${names[0]}" --fail-if 'listen>0'
assert_run 1 "$TCPTRAIL" snapshot --netns "${names[0]}*" --fail-if 'listen>0'

# The filter for one namespace shows no event of the other.
trace_start events -n --csv --no-header --columns netns_name,new_state --netns "${names[0]}"
scenario_start listen
in_netns "${names[0]}"
scenario_start listen
wait_until "the event" trace_has "${names[0]},LISTEN"
trace_stop
assert_lacks "$out" "${names[1]}" "events of ${names[0]}"
