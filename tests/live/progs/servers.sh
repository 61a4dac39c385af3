# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Servers of distributions for live tests, in $work. Each serve_NAME PORT... begins one on 127.0.0.1 and
# waits until it listens; it says so and returns 1 if it is not installed.

# serves PORT: somebody listens there.
serves() {
	ss -Hltn "sport = :$1" | grep -q .
}

# is_here NAME COMMAND
is_here() {
	command -v "$2" >/dev/null && return 0
	echo "skipped: $1 is not installed"
	return 1
}

# serve_nginx PORT LINE [TOP [EVENTS]]: LINE of the server's block, TOP of the file, EVENTS of that block.
serve_nginx() {
	local dir=$work/nginx.$1 port=$1
	is_here nginx nginx || return 1
	mkdir "$dir"
	seq 1000 >"$dir/index.html"
	chmod -R a+rX "$work"
	cat >"$dir/conf" <<END
daemon off;
pid $dir/pid;
error_log $dir/log;
${3:-worker_processes 2;}
events { ${4:-worker_connections 256;} }
http {
	access_log off;
	client_body_temp_path $dir/body;
	proxy_temp_path $dir/proxy;
	fastcgi_temp_path $dir/fastcgi;
	uwsgi_temp_path $dir/uwsgi;
	scgi_temp_path $dir/scgi;
	server { listen 127.0.0.1:$port; root $dir; $2 }
}
END
	start "$dir/out" "$dir/err" nginx -c "$dir/conf" -p "$dir"
	wait_until "nginx" serves "$port"
}

serve_redis() {
	is_here redis redis-server || return 1
	start "$work/redis.$1" "$work/redis.$1.err" redis-server --port "$1" --bind 127.0.0.1 \
		--save '' --appendonly no --dir "$work"
	wait_until "redis" serves "$1"
}

# Four workers, one request each; /hold takes as long as the test.
serve_gunicorn() {
	is_here gunicorn gunicorn || return 1
	mkdir "$work/gunicorn"
	cat >"$work/gunicorn/app.py" <<'END'
import time


def app(environ, start):
    if environ["PATH_INFO"] == "/hold":
        time.sleep(1000)
    start("200 OK", [("Content-Length", "6")])
    return [b"hello\n"]
END
	start "$work/gunicorn/out" "$work/gunicorn/err" env PYTHONDONTWRITEBYTECODE=1 gunicorn \
		--chdir "$work/gunicorn" --workers 4 --bind "127.0.0.1:$1" --timeout 10000 \
		--graceful-timeout 1 app:app
	wait_until "gunicorn" serves "$1"
}

# As its own user, for it refuses root; with a table of things. Its programs may not be in PATH.
serve_postgres() {
	local bin dir=$work/postgres
	bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
	PATH=$PATH${bin:+:$bin}
	is_here postgres initdb || return 1
	chmod a+rx "$work"
	mkdir "$dir"
	chown postgres: "$dir"
	as_postgres initdb -D "$dir/data" -A trust -N >"$dir.init"
	start "$dir.out" "$dir.err" setpriv --reuid postgres --regid postgres --clear-groups \
		"$(command -v postgres)" -D "$dir/data" -p "$1" -k "$dir" -c listen_addresses=127.0.0.1 \
		-c max_connections="${2:-60}" -c fsync=off
	wait_until "postgres" sql "$1" "SELECT 1"
	sql "$1" "CREATE TABLE things (number int)" >"$dir.sql"
}

as_postgres() {
	setpriv --reuid postgres --regid postgres --clear-groups -- env HOME=/nonexistent "$@"
}

psql=(psql -XAtq -h 127.0.0.1 -U postgres)

# sql PORT STATEMENT: by TCP.
sql() {
	"${psql[@]}" -p "$1" -c "$2"
}

# sql_finds PORT STATEMENT: has it an answer? For wait_until.
sql_finds() {
	[ "$(sql "$1" "$2")" ]
}
