#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Containers by cgroups of version 1 and 2, with names as runtimes make them; network namespaces by name.
. "$(dirname "$0")/lib.sh"

id=3f4e7d2a9b8c3f4e7d2a9b8c3f4e7d2a9b8c3f4e7d2a9b8c3f4e7d2a9b8cabcd
made=() # cgroups, outermost first
namespace=tcptrail-$$

tidy() {
	local i
	for ((i = ${#made[@]} - 1; i >= 0; i--)); do
		rmdir "${made[i]}" || true
	done
	ip netns delete "$namespace" 2>/dev/null || true
	umount "$work/v1" 2>/dev/null || true
}
# Runs before cleanup() of lib.sh removes $work, and after the processes in the cgroups have ended.
end() {
	local status=$? pid
	for pid in "${started_pids[@]}"; do
		kill -TERM "$pid" 2>/dev/null || true
		await_end "$pid" 30 || true
	done
	tidy
	(exit $status)
	cleanup
}
trap end EXIT

make_cgroup() {
	mkdir "$1"
	made+=("$1")
}

# Starts a scenario inside the cgroup.
scenario_in() {
	local cgroup=$1
	shift
	cat >"$work/join" <<-EOF
		#!/bin/sh
		echo \$\$ >"$cgroup/cgroup.procs" && exec "$real" "\$@"
	EOF
	chmod +x "$work/join"
	SCENARIO=$work/join
	scenario_start "$@"
	SCENARIO=$real
}
real=$SCENARIO

# row KEY COOKIE: the value of the socket, listed without a filter
row() {
	"$TCPTRAIL" snapshot -a --json --columns "cookie,$1" |
		jq -r --argjson c "$2" 'select(.cookie == $c) | .'"$1"' // "-"'
}

# found COOKIE FILTER...: does the filter show this socket, and not the other one?
found() {
	local cookie=$1
	shift
	"$TCPTRAIL" snapshot -a --json --columns cookie "$@" | jq -r .cookie | grep -x "$cookie" >"$work/found"
}

check_container() { # CGROUP COOKIE: of the cgroup that ends in docker-$id.scope or docker/$id
	assert_contains "$(row cgroup "$2")" "$1" "cgroup"
	assert_equal docker:${id:0:12} "$(row container "$2")" "container"
	assert_equal $id "$(row container_id "$2")" "whole id"
	found "$2" --container ${id:0:12} || fail "not found by its short id"
	found "$2" --container "docker:${id:0:20}*" || fail "not found by runtime and how its id begins"
	found "$2" --container ${id:0:11} && fail "found by a part of its id"
	found "$2" --container 000000000000 && fail "found by another id"
	found "$2" --cgroup "$(row cgroup "$2")" || fail "not found by its cgroup"
	found "$2" --cgroup "$(row cgroup "$2" | sed 's/.$/*/')" || fail "not found by how its cgroup begins"
	found "$2" --cgroup "$(row cgroup "$2" | sed 's/.$//')" && fail "found by a part of its cgroup"
	found "$2" --cgroup /no/such/group && fail "found by another cgroup"
	return 0
}

# --- version 2: the socket knows its cgroup, whoever has it -----------------------------------

v2=$(awk '$0 ~ / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
[ -n "$v2" ] || { v2=$work/v2; mkdir "$v2"; mount -t cgroup2 none "$v2"; }
make_cgroup "$v2/tcptrail-$$"
make_cgroup "$v2/tcptrail-$$/docker-$id.scope"
scenario_in "$v2/tcptrail-$$/docker-$id.scope" accept_queue
check_container "/tcptrail-$$/docker-$id.scope" "$(scenario_get cookie role=listener)"
# Nobody has accepted the connection, but it belongs to the container.
check_container "/tcptrail-$$/docker-$id.scope" "$(scenario_get cookie role=subject)"
scenario_stop

# All events of a container are shown, from its first one on.
trace_start events --container ${id:0:12} --csv --no-header --columns container,new_state
scenario_in "$v2/tcptrail-$$/docker-$id.scope" listen
wait_until "the container's events" trace_has "docker:${id:0:12},LISTEN"
scenario_stop
trace_stop

# --- version 1: the socket does not, its process does ------------------------------------------

v1=$(awk '$0 ~ / - cgroup [^ ]+ [^ ]*pids/ { print $5; exit }' /proc/self/mountinfo)
if [ -z "$v1" ]; then
	v1=$work/v1
	mkdir "$v1"
	mount -t cgroup -o none,name=tcptrail cgroup "$v1"
fi
# This test makes the cgroup, so it removes nothing of others.
[ -d "$v1/docker" ] || make_cgroup "$v1/docker"
make_cgroup "$v1/docker/$id"
scenario_in "$v1/docker/$id" close_wait
check_container "/docker/$id" "$(scenario_get cookie role=subject)"
check_container "/docker/$id" "$(scenario_get cookie role=listener)"
scenario_stop

# --- namespaces --------------------------------------------------------------------------------

ip netns add "$namespace"
ip -n "$namespace" link set lo up
cat >"$work/inside" <<EOF
#!/bin/sh
exec ip netns exec $namespace "$real" "\$@"
EOF
chmod +x "$work/inside"
SCENARIO=$work/inside
scenario_start listen
SCENARIO=$real
cookie=$(scenario_get cookie)
assert_equal "$namespace" "$(row netns_name "$cookie")" "name of the namespace"
found "$cookie" --netns "$namespace" || fail "not found by its namespace"
found "$cookie" --netns "${namespace%?}*" || fail "not found by how its namespace's name begins"
found "$cookie" --netns "${namespace%?}" && fail "found by a part of its namespace's name"
found "$cookie" --netns host && fail "found in the host's namespace"
scenario_stop
