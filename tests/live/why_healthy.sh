#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Servers in order, under usual load with usual noise: no finding is bad or a warning. The noise: health checks that
# reset, clients that reset when they have their answer, that half-close, that ask nothing; load generators that
# stop, or are killed, with answers under way; a port scan; clients that vanish. Clients come from another namespace.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs
serve_at=10.98.0.1
. "$progs/servers.sh"

held unshare -n sh -c 'echo ready; read -r line'
there=$started
ip link add near type veth peer name far netns "$there"
ip addr add 10.98.0.1/24 dev near
ip link set near up
nsenter -t "$there" -n sh -ec 'ip link set lo up; ip addr add 10.98.0.2/24 dev far
	ip addr add 10.98.0.3/24 dev far; ip link set far up'

# --- servers ------------------------------------------------------------------------------------------

visits=() # KIND:PORT
# has KIND:PORT SERVE WORD...
has() {
	"${@:2}" && visits+=("$1") || true
}

has http:8001 serve_nginx 8001 ""
has http:8002 serve_nginx 8002 "location / { proxy_pass http://$serve_at:8001; }"
has redis:8003 serve_redis 8003
has http:8004 serve_node 8004
has http:8005 serve_gunicorn 8005
has sql:8006 serve_postgres 8006
has memcached:8007 serve_memcached 8007
has mysql:8008 serve_mariadb 8008
has ssh:8009 serve_sshd 8009
has smtp:8010 serve_postfix 8010
has http:8011 serve_uvicorn 8011
has http:8012 serve_java 8012
has http:8013 serve_go 8013
[ "${#visits[@]}" -gt 0 ] || skip "no server is installed"

# Its checks of each server reset when they know enough.
if is_here haproxy haproxy; then
	{
		printf '%s\n' defaults "  mode tcp" "  timeout connect 5s" "  timeout client 30s" "  timeout server 30s"
		for visit in "${visits[@]}"; do
			printf '%s\n' "listen to${visit#*:}" "  bind $serve_at:$((${visit#*:} + 1000))" \
				"  server s $serve_at:${visit#*:} check inter 100ms"
		done
	} >"$work/haproxy.cfg"
	start "$work/haproxy.out" "$work/haproxy.err" haproxy -db -f "$work/haproxy.cfg"
	for visit in "${visits[@]}"; do
		wait_until "haproxy" serves "$((${visit#*:} + 1000))"
		visits+=("${visit%:*}:$((${visit#*:} + 1000))")
	done
fi

if [ -e "$work/postgres" ]; then # a pool that is used, and a connection for each question
	as_postgres pgbench -q -i -s 1 -h "$serve_at" -p 8006 postgres >"$work/pgbench.i" 2>&1
	bench=(pgbench -n -S -h "$serve_at" -p 8006 -U postgres -T 1000)
	start "$work/pool" "$work/pool.err" "${bench[@]}" -c 10 -R 50 postgres
	start "$work/each" "$work/each.err" "${bench[@]}" -C -R 5 postgres
fi
if [ -e "$work/sshd" ]; then # sessions: one that is idle, and one that is not
	start "$work/ssh.idle" "$work/ssh.err" "${ssh[@]}" sleep 1000
	start "$work/ssh.busy" "$work/ssh.err" "${ssh[@]}" 'while date; do sleep 0.2; done'
fi

# --- watches ------------------------------------------------------------------------------------------

visit_from=10.98.0.2
# visit HOW:N...: from there, at each server; how as noise.py has it. Its pid: $started.
visit() {
	local words=() how visit
	for how; do
		for visit in "${visits[@]}"; do
			words+=("${how%:*}:$visit:${how#*:}")
		done
	done
	from_there "${words[@]}"
}

from_there() {
	program_start nsenter -t "$there" -n python3 "$progs/noise.py" "$visit_from" "$serve_at" "$@"
}

# assert_unaccused WHAT: by the watch.
assert_unaccused() {
	assert_equal "" "$(jq -r 'select(.verdict == "bad" or .verdict == "warning") |
		"\(.verdict) \(.rule) \(.comm) \(.local_port // .foreign): \(.summary) \(.evidence | join("; "))"' \
		"$work/why")" "$1: what is said of servers in order"
}

watch_end() { # WHAT
	kill -INT "$why_pid"
	why_end
	assert_unaccused "$1"
}

visit load:6 pool:3 idle:1
why_start --for 12s -v
why_end
assert_unaccused "usual load"
for visit in "${visits[@]}"; do # the probers were there
	assert_contains "$(findings_of "${visit#*:}" '"\(.rule) \(.verdict)"')" "rst-received fine" "$visit"
done

for signal in TERM KILL; do
	visit burst:4
	generator=$started
	why_start --for 10m -v
	sleep 3
	kill -"$signal" "$generator"
	await_end "$generator" "$ceiling"
	sleep 3
	watch_end "a load generator that ends by SIG$signal"
done

for scan in 7900-8030:10 7000-8030:200; do
	why_start --for 10m -v
	from_there "scan:$scan"
	wait_until "a scan" has_line "$work/scenario.$scenario" scanned
	watch_end "ports that somebody scans, ${scan#*:} a second"
done

is_here nft nft || exit 0
visit_from=10.98.0.3
visit pool:1 idle:1
why_start --for 10m -v
sleep 2
nsenter -t "$there" -n nft -f - <<'END'
table ip gone {
	chain in { type filter hook prerouting priority -300; ip daddr 10.98.0.3 drop; }
	chain out { type filter hook postrouting priority 300; ip saddr 10.98.0.3 drop; }
}
END
sleep 10
watch_end "clients that vanish"
