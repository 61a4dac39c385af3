#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Servers at a limit: of fds (nginx, Node), of their own (haproxy's maxconn), or all connections of a
# database. The finding names the server, once.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs
. "$progs/servers.sh"
declare -A has

# visit PORT KEPT
visit() {
	program_start python3 "$progs/visitors.py" "$@"
}

if serve_nginx 8001 "" "worker_processes 1; worker_rlimit_nofile 40;"; then
	has[nginx]=1
	visit 8001 60
fi
if is_here haproxy haproxy; then
	has[haproxy]=1
	program_start python3 "$progs/holding_server.py" 9001
	cat >"$work/haproxy.cfg" <<-END
	global
	  maxconn 20
	defaults
	  mode tcp
	  timeout connect 5s
	  timeout client 1000s
	  timeout server 1000s
	listen a
	  bind 127.0.0.1:8002
	  server s 127.0.0.1:9001
	END
	start "$work/haproxy.out" "$work/haproxy.err" haproxy -db -f "$work/haproxy.cfg"
	wait_until "haproxy" serves 8002
	visit 8002 36
fi
if [ "${has[haproxy]:-}" ]; then # it does not count: what it may have open is less than maxconn takes
	sed -e 's/maxconn 20/no strict-limits\n  maxconn 1000/' -e 's/8002/8012/' "$work/haproxy.cfg" \
		>"$work/haproxy.fds.cfg"
	start "$work/haproxy.fds" "$work/haproxy.fds.err" \
		sh -c "ulimit -n 80; exec haproxy -db -f '$work/haproxy.fds.cfg'"
	wait_until "haproxy with few fds" serves 8012
	visit 8012 60
fi
if is_here node node; then
	has[node]=1
	echo "require('http').createServer((_, to) => to.end('hello\n')).listen(8003, '127.0.0.1');" \
		>"$work/server.js"
	start "$work/node.out" "$work/node.err" sh -c "ulimit -n 48; exec node '$work/server.js'"
	wait_until "node" serves 8003
	visit 8003 60
fi
if serve_postgres 8004 20; then
	has[postgres]=1
	for ((i = 0; i < 17; i++)); do # three more are reserved for the superuser
		start "$work/sql.$i" "$work/sql.$i.err" "${psql[@]}" -p 8004 -c 'SELECT 1' -c '\! sleep 1000'
	done
	wait_until "17 connections" sql_finds 8004 \
		"SELECT 1 WHERE (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') = 18"
	sql 8004 "CREATE ROLE visitor LOGIN"
	start "$work/turned" "$work/turned.err" sh -c "while :; do
		psql -h 127.0.0.1 -p 8004 -U visitor postgres -c 'SELECT 1'; sleep 0.1; done"
fi

# The twin has as many connections, and room for more.
if serve_nginx 8011 ""; then
	visit 8011 60
fi

sleep 6 # a connection that has waited this long gives a finding
why_start --for 10m -v
sleep 8
kill -INT "$why_pid"
why_end

# of PORT: rule, level and program of findings there that are bad or unclear.
of() {
	jq -r "select((.local_port == $1 or (.foreign // \"\" | endswith(\":$1\"))) and .verdict != \"fine\" and
		.verdict != \"steady\") | \"\(.rule) \(.verdict) \(.comm)\"" "$work/why" | sort -u
}

evidence() {
	findings_of "$1" 'select(.verdict != "fine") | .summary, .evidence[]'
}

if [ "${has[nginx]:-}" ]; then
	assert_equal "fd-limit bad nginx" "$(of 8001)" "nginx at its limit of fds"
	assert_contains "$(evidence 8001)" "1 LISTEN of port 8001 in"
	assert_equal "" "$(of 8011)" "nginx with room"
fi
if [ "${has[haproxy]:-}" ]; then
	assert_matches "$(of 8002)" "^listen-queue-(full|filling|waiting) bad haproxy" "haproxy at maxconn"
	assert_contains "$(evidence 8002)" "It is not busy: it waits for events and has 20 connections of this port open"
fi
if [ "${has[haproxy]:-}" ]; then
	assert_equal "fd-limit bad haproxy" "$(of 8012)" "haproxy at its limit of fds"
fi
if [ "${has[node]:-}" ]; then
	assert_equal "fd-limit bad node" "$(of 8003)" "Node at its limit of fds"
fi
if [ "${has[postgres]:-}" ]; then
	assert_equal "listen-turns-away unclear postgres" "$(of 8004)" "a database with all connections taken"
fi
