# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Servers of distributions for live tests, in $work. Each serve_NAME PORT... begins one on $serve_at and
# waits until it listens; it says so and returns 1 if it is not installed.

serve_at=${serve_at:-127.0.0.1}

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
	server { listen $serve_at:$port; root $dir; $2 }
}
END
	start "$dir/out" "$dir/err" nginx -c "$dir/conf" -p "$dir"
	wait_until "nginx" serves "$port"
}

serve_redis() {
	is_here redis redis-server || return 1
	start "$work/redis.$1" "$work/redis.$1.err" redis-server --port "$1" --bind $serve_at \
		--save '' --appendonly no --protected-mode no --dir "$work"
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
		--chdir "$work/gunicorn" --workers 4 --bind "$serve_at:$1" --timeout 10000 \
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
	echo "host all all all trust" >>"$dir/data/pg_hba.conf"
	start "$dir.out" "$dir.err" setpriv --reuid postgres --regid postgres --clear-groups \
		"$(command -v postgres)" -D "$dir/data" -p "$1" -k "$dir" -c listen_addresses=$serve_at \
		-c max_connections="${2:-60}" -c fsync=off
	wait_until "postgres" sql "$1" "SELECT 1"
	sql "$1" "CREATE TABLE things (number int)" >"$dir.sql"
}

# As nobody, for it refuses root; anybody may do anything there.
serve_mariadb() {
	local dir=$work/mariadb
	is_here mariadb mariadbd || return 1
	chmod a+rx "$work"
	mkdir "$dir"
	chown nobody "$dir"
	mariadb-install-db --no-defaults --user=nobody --datadir="$dir" --auth-root-authentication-method=normal \
		--skip-test-db >"$dir.init" 2>&1
	start "$dir.out" "$dir.err" mariadbd --no-defaults --user=nobody --datadir="$dir" --socket="$dir/socket" \
		--pid-file="$dir/pid" --bind-address=$serve_at --port="$1" --skip-grant-tables
	wait_until "mariadb" serves "$1"
}

# With a key of our own, in a mount namespace where /run is ours: it wants a directory there. "${ssh[@]}" COMMAND
# is a session.
serve_sshd() {
	local dir=$work/sshd
	is_here sshd sshd || return 1
	mkdir "$dir"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/key"
	cat >"$dir/conf" <<END
ListenAddress $serve_at:$1
HostKey $dir/host
AuthorizedKeysFile $dir/key.pub
StrictModes no
UsePAM no
MaxStartups 100
LoginGraceTime 20
PidFile none
END
	# shellcheck disable=SC2016 # for the inner shell
	start "$dir.out" "$dir.err" unshare -m sh -c 'mount -t tmpfs none /run; mkdir /run/sshd
		exec "$(command -v sshd)" -D -e -f "$0"' "$dir/conf"
	wait_until "sshd" serves "$1"
	ssh=(ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
		-o LogLevel=ERROR -i "$dir/key" -p "$1" "root@$serve_at")
}

# An instance of our own, which throws all mail away.
serve_postfix() {
	local dir=$work/postfix
	is_here postfix postfix || return 1
	chmod a+rx "$work"
	mkdir -p "$dir/conf" "$dir/queue" "$dir/data"
	chown postfix "$dir/data"
	cat >"$dir/conf/main.cf" <<END
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
inet_interfaces = $serve_at
inet_protocols = ipv4
mydestination =
relay_domains = example.com
mynetworks = $serve_at
default_transport = discard
relay_transport = discard
maillog_file_prefixes = $dir
maillog_file = $dir/log
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
alias_maps =
END
	sed -E "s/^smtp( +inet )/$1\1/; s/^([^#].*) [yn]( +[^ ]+ +[^ ]+ +[^ ]+)$/\1 n\2/" \
		/usr/share/postfix/master.cf.dist >"$dir/conf/master.cf"
	start "$dir.out" "$dir.err" postfix -c "$dir/conf" start-fg
	wait_until "postfix" serves "$1"
	started_pids+=("$(tr -d ' ' <"$dir/queue/pid/master.pid")") # its script does not take it along
}

# As many workers as said.
serve_uvicorn() {
	local dir=$work/uvicorn
	is_here uvicorn uvicorn || return 1
	mkdir "$dir"
	cat >"$dir/app.py" <<'END'
import asyncio


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"] == "/hold":
        await asyncio.sleep(1000)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
    await send({"type": "http.response.body", "body": b"hello\n"})
END
	start "$dir.out" "$dir.err" env PYTHONDONTWRITEBYTECODE=1 uvicorn --app-dir "$dir" \
		--no-access-log --workers "${2:-2}" --host $serve_at --port "$1" app:app
	wait_until "uvicorn" serves "$1"
}

serve_memcached() {
	is_here memcached memcached || return 1
	start "$work/memcached" "$work/memcached.err" memcached -u nobody -l $serve_at -p "$1"
	wait_until "memcached" serves "$1"
}

serve_node() {
	is_here node node || return 1
	cat >"$work/server.js" <<END
require('http').createServer((_, to) => to.end('hello\n')).listen($1, '$serve_at');
END
	start "$work/node.out" "$work/node.err" node "$work/server.js"
	wait_until "node" serves "$1"
}

serve_java() {
	is_here java javac || return 1
	mkdir "$work/java"
	javac -d "$work/java" "$(dirname "${BASH_SOURCE[0]}")/HttpHello.java"
	start "$work/java.out" "$work/java.err" java -Xmx64m -cp "$work/java" HttpHello $serve_at "$1"
	wait_until "java" serves "$1"
}

# The Go program of that name, as $work/NAME; GOCACHE is ours, for there may be no HOME.
go_build() {
	is_here go go || return 1
	[ -e "$work/$1" ] || GOCACHE=$work/go.cache GO111MODULE=off go build -o "$work/$1" \
		"$(dirname "${BASH_SOURCE[0]}")/$1.go"
}

serve_go() {
	go_build http_go || return 1
	start "$work/go.out" "$work/go.err" "$work/http_go" serve "$serve_at:$1"
	wait_until "a Go server" serves "$1"
}

as_postgres() {
	setpriv --reuid postgres --regid postgres --clear-groups -- env HOME=/nonexistent "$@"
}

psql=(psql -XAtq -h $serve_at -U postgres)

# sql PORT STATEMENT: by TCP.
sql() {
	"${psql[@]}" -p "$1" -c "$2"
}

# sql_finds PORT STATEMENT: has it an answer? For wait_until.
sql_finds() {
	[ "$(sql "$1" "$2")" ]
}
