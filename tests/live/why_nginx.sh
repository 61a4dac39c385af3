#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# CLOSE_WAIT in nginx as a reverse proxy, and in its upstreams: clients that give up while the upstream hangs,
# an upstream that does not close, workers that accept nothing, an upstream that is not there, and keep-alive
# churn.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"
progs=$(dirname "$0")/progs
command -v nginx >/dev/null || skip "nginx is not installed"
before=3
after=10

declare -A upstream upstream_pid
# upstream NAME MODE [KEEP]
upstream() {
	local name=$1
	shift
	program_start python3 "$progs/close_wait.py" "$@"
	upstream[$name]=$(scenario_get port)
	upstream_pid[$name]=$(scenario_get pid)
}
upstream hanging hang 0
upstream leaking http
upstream healthy http 0

# The test has a namespace of its own, so all ports are free.
cat >"$work/nginx.conf" <<END
daemon off;
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { worker_connections 256; }
http {
	access_log off;
	client_body_temp_path $work/body;
	proxy_temp_path $work/proxy;
	fastcgi_temp_path $work/fastcgi;
	uwsgi_temp_path $work/uwsgi;
	scgi_temp_path $work/scgi;
	proxy_buffering off;
	upstream healthy {
		server 127.0.0.1:${upstream[healthy]};
		keepalive 4;
		keepalive_requests 7;
	}
	server { # the upstream hangs, and nginx ignores the client meanwhile
		listen 127.0.0.1:8001;
		location / {
			proxy_pass http://127.0.0.1:${upstream[hanging]};
			proxy_ignore_client_abort on;
		}
	}
	server { # the upstream does not close, nginx does
		listen 127.0.0.1:8002;
		location / { proxy_pass http://127.0.0.1:${upstream[leaking]}; }
	}
	server { # nobody listens there
		listen 127.0.0.1:8004;
		location / { proxy_pass http://127.0.0.1:9; }
	}
	server { # connections are reused on both sides
		listen 127.0.0.1:8003;
		location / {
			proxy_pass http://healthy;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
		}
	}
}
END
chmod 755 "$work" # its worker runs as another user
start "$work/nginx.out" "$work/nginx.err" nginx -p "$work" -c "$work/nginx.conf" -e "$work/nginx.log"
master=$started
listens() {
	[ -n "$(ss -Htln "( sport = :$1 )")" ]
}
wait_until "nginx to listen" listens 8004
worker=$(ps -o pid= --ppid "$master" | tr -d ' ')
clients=(python3 "$progs/http_clients.py")

# piled_up COUNT
piled_up() {
	wait_until "$1 clients given up" in_state close-wait 8001 "$1"
	wait_until "$1 leaked by the upstream" in_state close-wait "${upstream[leaking]}" "$1"
}

# --- while clients come ---------------------------------------------------------------------------

program_start "${clients[@]}" "$before" 0 abort:8001 ask:8002
piled_up "$before"
start "$work/twins" "$work/twins.err" "${clients[@]}" 0 0.05 keep:8003 ask:8003
twins=$started
why_start --for 10m --stacks
program_start "${clients[@]}" "$((after - 1))" 0.2 abort:8001 ask:8002 fail:8004
all=$((before + after))
piled_up "$((all - 1))"
sleep 2 # a connection younger than a second may still be closed; the last comes when it is asked
program_start "${clients[@]}" 1 0 abort:8001 ask:8002 fail:8004
piled_up "$all"
kill -INT "$why_pid"
why_end
kill -0 "$twins" || fail "no more clients" "$(cat "$work/twins.err")"
program_end "$twins"

assert_finding 8001 "rule verdict mover count pid comm entered left" \
	"close-wait-eof-unread bad application $all $worker nginx $after 0"
assert_matches "$(findings_of 8001 '.stack[0].function')" '^accept4?$'
assert_finding "${upstream[leaking]}" "rule verdict mover count pid comm entered left" \
	"close-wait-leak bad application $all ${upstream_pid[leaking]} python3 $after 0"
assert_equal "connect-refused bad peer $after $worker nginx" "$(jq -r 'select(.foreign == "127.0.0.1:9") |
	"\(.rule) \(.verdict) \(.mover) \(.failed) \(.pid) \(.comm)"' "$work/why")" "no upstream"
# There are no other findings about nginx or its upstreams; RSTs belong to the connects that they refuse.
assert_equal "127.0.0.1:9 8001 ${upstream[leaking]}" "$(jq -r 'select(.verdict != "fine") | .local_port // .foreign' \
	"$work/why" | sort -n | paste -sd ' ')" "ports with findings"

# --- the worker is stuck --------------------------------------------------------------------------

kill -STOP "$worker"
why_start --for 10m
program_start python3 "$progs/close_wait_clients.py" 4 0 send:8003
wait_until "4 in the queue" in_state close-wait 8003 4
sleep 2
program_start python3 "$progs/close_wait_clients.py" 1 0 send:8003
wait_until "5 in the queue" in_state close-wait 8003 5
kill -INT "$why_pid"
why_end
kill -CONT "$worker"
assert_finding 8003 "rule verdict mover count comm" "close-wait-queued bad application 5 nginx"
assert_contains "$(findings_of 8003 '.evidence[]')" \
	"accept queue of port 8003: 5 waiting; backlog 511"
program_end "$master"
