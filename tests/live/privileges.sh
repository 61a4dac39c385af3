#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The capabilities that README lists are kept, are enough instead of root, and are all needed. The test traces
# a connection of another user in another network namespace.
[ -n "${LIVE_MOUNTS:-}" ] || LIVE_MOUNTS=1 exec unshare -m -- bash "$0" "$@"
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

user=54321 port=7979
readme=$tree/README.md

# Copies, because other users may not read the source tree.
chmod 755 "$work"
install -m 755 "$TCPTRAIL" "$work/tcptrail"
install -m 755 "$SCENARIO" "$work/scenario"

# set_of CAPABILITY...: in setpriv's form.
set_of() {
	local set=-all cap
	for cap; do
		cap=${cap#CAP_}
		set+=,+${cap,,}
	done
	echo "$set"
}

# command_of_nobody CAPABILITY...: sets $nobody, a command prefix that runs a command as nobody with exactly
# these capabilities, ambient.
command_of_nobody() {
	local set
	set=$(set_of "$@")
	nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps="$set"
		--ambient-caps="$set" --bounding-set="$set")
}

# as_nobody "CAPABILITY..." COMMAND...
as_nobody() {
	local nobody
	# shellcheck disable=SC2086 # a list
	command_of_nobody $1
	shift
	"${nobody[@]}" "$@"
}

# mask CAPABILITY...: in the form of /proc/PID/status.
mask() {
	setpriv --inh-caps="$(set_of "$@")" sed -n 's/^CapInh:\t//p' /proc/self/status
}

# of_threads PID KEY: the values of its threads, each once.
of_threads() {
	sed -n "s/^$2:\t//p" "/proc/$1/task/"*/status | sort -u
}

# without CAPABILITY: all needed capabilities except this one.
without() {
	sed "s/\<$1\>//" <<<"${needed[*]}"
}

# --- one list ---------------------------------------------------------------------------------

mapfile -t needed < <(sed -nE 's/^\| `(CAP_[A-Z_]*)` \|.*/\1/p' "$readme")
assert_between 1 10 ${#needed[@]} "capabilities in README"

assert_run 3 as_nobody "" "$work/tcptrail" events
assert_equal "" "$out" "stdout as nobody"
assert_equal 1 "$(wc -l <"$work/run.err")" "lines on stderr as nobody ($err)"
assert_matches "$err" 'root' "what is missing"
assert_equal "${needed[*]}" "$(grep -o 'CAP_[A-Z_]*' <<<"$err" | xargs)" "what the refusal names"
assert_run 3 setpriv --reuid $user --clear-groups unshare -Ur "$work/tcptrail" events
assert_contains "$err" "${needed[0]}" "what root of a user namespace lacks"

# --- what root keeps --------------------------------------------------------------------------

# In another namespace, by another user.
cat >"$work/scenario-of-user" <<END
#!/bin/sh
exec unshare -n sh -c 'ip link set lo up && exec "\$@"' sh setpriv --reuid $user --regid $user \
	--clear-groups --inh-caps=-all "$work/scenario" "\$@"
END
chmod 755 "$work/scenario-of-user"
SCENARIO=$work/scenario-of-user

scenario_start close_wait --unread 10 --port $port
there=$(scenario_get netns)
holder=$(scenario_get pid state=CLOSE_WAIT)
[ "$there" != "$(own_netns)" ] || fail "the scenario is not in a namespace of its own"

# Rows of sockets begin with their namespace, events with the time.
trace_start -n --port $port --csv --no-header --columns netns,local,foreign,state,pid,fd
wait_until "the first rows" trace_has "$there,"
before=$(grep "^$there," "$work/trace.out" | sort)
assert_equal "$(mask "${needed[@]}")" "$(of_threads "$trace_pid" CapEff)" "effective"
assert_equal "$(mask "${needed[@]}")" "$(of_threads "$trace_pid" CapPrm)" "permitted"
assert_equal "$(mask)" "$(of_threads "$trace_pid" CapInh)" "inheritable"
assert_equal "$(mask)" "$(of_threads "$trace_pid" CapAmb)" "ambient"
assert_equal "$(mask)" "$(of_threads "$trace_pid" CapBnd)" "bounding set"
assert_equal 1 "$(of_threads "$trace_pid" NoNewPrivs)" "no_new_privs"
assert_between 2 100 "$(find "/proc/$trace_pid/task" -mindepth 1 -maxdepth 1 | wc -l)" "threads"
assert_contains "$before" ",CLOSE_WAIT,$holder," "first walk"

# Made after the privileges were dropped: known from events, and in the last list from a walk, with its name.
scenario_start close_wait --port $port
later=$(scenario_get netns) later_holder=$(scenario_get pid state=CLOSE_WAIT)
wait_until "events of later" trace_has ",$later,"
trace_stop
assert_trace_ok
assert_contains "$(grep "^$later," <<<"$out")" ",CLOSE_WAIT,$later_holder," "last walk"
assert_matches "$out" ",state,$later,.*,ESTABLISHED,CLOSE_WAIT,.*,$later_holder,scenario," "event"
assert_equal "$before" "$(grep "^$there," <<<"$out" | sort -u)" "the older sockets, to the end"
scenario_stop

# --- nobody with the same ---------------------------------------------------------------------

# snapshot_rows COMMAND...: the rows that COMMAND shows, with owners. Its stderr is in $work/notices.
snapshot_rows() {
	"$@" snapshot -antp --port $port --csv --no-header --columns \
		netns,local,foreign,state,recv_q,uid,inode,pid,comm,fd,holders,cgroup \
		2>"$work/notices" | sort
}

# is_reported CAPABILITY: the error names this capability and no other.
is_reported() {
	assert_equal "$1" "$({ grep -o 'CAP_[A-Z_]*' || true; } <"$work/notices" | xargs)" \
		"missing: ${1:-nothing}"
}

rows=$(snapshot_rows "$TCPTRAIL")
assert_contains "$rows" ",CLOSE_WAIT,11,$user," "root's rows"
assert_contains "$rows" ",$holder,scenario," "root's rows"
is_reported ""
assert_equal "$rows" "$(snapshot_rows as_nobody "${needed[*]}" "$work/tcptrail")" "nobody's rows"
is_reported ""

# event_lines FILE: the events of the scenario, without what differs between two tracers.
events=(events -n --port $port --csv --no-header --columns
	netns,local,foreign,old_state,new_state,event,pid,comm,fd,actor_pid,cgroup)
event_lines() {
	grep "^$later," "$1" | sort
}

all_lived() {
	[ "$(grep -Ec ',(TIME_WAIT|LAST_ACK,CLOSE),' "$1")" -ge 10 ]
}

command_of_nobody "${needed[@]}"
start "$work/nobody" "$work/nobody.err" "${nobody[@]}" "$work/tcptrail" "${events[@]}"
nobody_pid=$started
wait_until "nobody to attach" grep -q '^tcptrail: tracing' "$work/nobody.err"
trace_start "${events[@]}"
scenario_start lifecycle --count 5 --port $port
later=$(scenario_get netns)
wait_until "lives to end, seen by root" all_lived "$work/trace.out"
wait_until "lives to end, seen by nobody" all_lived "$work/nobody"
trace_stop
assert_trace_ok "root"
kill -INT "$nobody_pid"
wait "$nobody_pid" || fail "nobody: exit status $?" "$(cat "$work/nobody.err")"
assert_equal "$(event_lines "$work/trace.out")" "$(event_lines "$work/nobody")" "nobody's events"
scenario_stop

# --- each of them is needed -------------------------------------------------------------------

# The first scenario still runs. A scenario in our own namespace needs no capability.
SCENARIO=$work/scenario scenario_start listen --port $port

needs_CAP_SYS_ADMIN() {
	local caps
	assert_run 3 as_nobody "$(without CAP_SYS_ADMIN)" "$work/tcptrail" events
	# If another process loads it, it cannot enter other namespaces, and counts that as a loss.
	caps="$(without CAP_SYS_ADMIN) CAP_BPF CAP_PERFMON"
	run snapshot_rows as_nobody "$caps" "$work/tcptrail"
	assert_equal 4 "$status" "exit status"
	assert_lacks "$out" ",CLOSE_WAIT," "rows"
	assert_contains "$out" "$(own_netns),127.0.0.1:$port,0.0.0.0:*,LISTEN," "rows"
	is_reported CAP_SYS_ADMIN
	# shellcheck disable=SC2086 # a list
	command_of_nobody $caps
	start "$work/nobody" "$work/nobody.err" "${nobody[@]}" "$work/tcptrail" events
	wait_until "nobody to attach" grep -q '^tcptrail: tracing' "$work/nobody.err"
	# shellcheck disable=SC2046
	assert_equal "$(mask CAP_BPF $(without CAP_SYS_ADMIN))" "$(of_threads "$started" CapEff)" "kept"
	kill -INT "$started"
	wait "$started" || assert_equal 4 "$?" "exit status of events"
}

needs_CAP_SYS_PTRACE() {
	assert_lacks "$(snapshot_rows as_nobody "$(without CAP_SYS_PTRACE)" "$work/tcptrail")" \
		",CLOSE_WAIT," "rows"
	is_reported CAP_SYS_PTRACE
}

# Only root can reach a namespace that is mounted below a private directory.
needs_CAP_DAC_READ_SEARCH() {
	mkdir -m 700 "$work/hidden"
	touch "$work/hidden/netns"
	mount --bind "/proc/$holder/ns/net" "$work/hidden/netns"
	assert_contains "$(snapshot_rows as_nobody "${needed[*]}" "$work/tcptrail")" ",CLOSE_WAIT," \
		"rows with it"
	assert_lacks "$(snapshot_rows as_nobody "$(without CAP_DAC_READ_SEARCH)" "$work/tcptrail" ||
		true)" ",CLOSE_WAIT," "rows without it"
	is_reported CAP_DAC_READ_SEARCH
	umount "$work/hidden/netns"
	assert_run 0 as_nobody "${needed[*]}" "$work/tcptrail" --probes
	assert_lacks "$out" "cannot attach" "probes with it"
	assert_run 0 as_nobody "$(without CAP_DAC_READ_SEARCH)" "$work/tcptrail" --probes
	assert_matches "$out" 'sys_exit_accept .*cannot attach' "probes without it"
	assert_contains "$err" CAP_DAC_READ_SEARCH "what --probes tells"
}

for cap in "${needed[@]}"; do
	"needs_$cap"
done
scenario_stop

# --- as README says ---------------------------------------------------------------------------

sudo() {
	"$@"
}

# as_member GROUP COMMAND...: by env, because setpriv keeps root's capabilities until exec.
as_member() {
	local group=$1
	shift
	setpriv --reuid $user --regid $user --groups "$group" --inh-caps=-all \
		--bounding-set="$(set_of "${needed[@]}")" env "$@"
}

mkdir "$work/build"
cp "$TCPTRAIL" "$work/build/tcptrail"
mount -t tmpfs tmpfs /usr/local/bin # only in this mount namespace
chmod 755 /usr/local/bin
cd "$work"
recipe=$(sed -n '/^## Privileges/,/^## [^P]/s/^    //p' "$readme")
assert_equal 2 "$(wc -l <<<"$recipe")" "lines of README's commands"
eval "$recipe"
cd /
group=$(stat -c %g /usr/local/bin/tcptrail)
assert_equal "$rows" "$(snapshot_rows as_member "$group" /usr/local/bin/tcptrail)" "a member's rows"
is_reported ""
run as_member $user /usr/local/bin/tcptrail --version
assert_equal 126 "$status" "exit status of one who is not a member"
mount -o remount,nosuid /usr/local/bin
assert_run 3 as_member "$group" /usr/local/bin/tcptrail events
umount /usr/local/bin

# --- files are opened with the user's rights ----------------------------------------------------

# As nobody, with the file capabilities that README advises; and with one more, which opens every file.
refuse_call=$work/refuse_call
install -m 755 "$(dirname "$TCPTRAIL")/progs/refuse_call" "$refuse_call"
capable=$work/capable overriding=$work/overriding
install -m 755 "$TCPTRAIL" "$capable"
install -m 755 "$TCPTRAIL" "$overriding"
capabilities=$(printf '%s,' "${needed[@],,}")
setcap "${capabilities%,}=ep" "$capable"
setcap "${capabilities}cap_dac_override=ep" "$overriding"
mkdir -m 700 "$work/private"
"$TCPTRAIL" record --for 1s "$work/private/one" 2>/dev/null || [ $? = 4 ]
chmod 644 "$work/private/one"
"$TCPTRAIL" record --for 1s "$work/private/dir/" 2>/dev/null || [ $? = 4 ]
plain=(setpriv --reuid 65534 --regid 65534 --clear-groups)
assert_run 0 "${plain[@]}" "$capable" snapshot -an
assert_lacks "$err" "CAP_" "what it may look at with these capabilities"

refused() {
	local program
	for program in "$capable" "$overriding"; do
		assert_run 3 "${plain[@]}" "$program" "$@"
		assert_equal "" "$out" "stdout of $*"
		assert_matches "$err" "Permission denied|cannot be made" "$*"
		assert_lacks "$err" "root:" "$*"
	done
}

secret=$work/secret
echo "root:secret" >"$secret"
chmod 600 "$secret"
refused snapshot --from "$secret"
refused snapshot --from /etc/shadow
for one in one dir; do
	refused snapshot -an --from "$work/private/$one"
	refused events --from "$work/private/$one"
	refused why --from "$work/private/$one"
	refused diff --from "$work/private/$one" start
	refused info "$work/private/$one"
done
refused events --btf "$secret"
# Every user who can reach the file may write to it; CAP_DAC_READ_SEARCH can reach it.
echo theirs >"$work/private/list"
chmod 666 "$work/private/list"
refused snapshot -an --output "$work/private/list"
assert_equal theirs "$(cat "$work/private/list")" "a file below another's directory"
refused snapshot -an --output "$work/private/new"
refused record "$work/private/dir/"
refused record "$work/private/new"
[ ! -e "$work/private/new" ] || fail "a file is made in another's directory"

# If tcptrail cannot drop its capabilities, it opens no file. setpriv would need the same call.
for command in "snapshot --from" "info" "snapshot --output" "events --btf" "record"; do
	# shellcheck disable=SC2086 # words
	assert_run 3 "$refuse_call" capset chroot --userspec 65534:65534 --groups= / \
		"$capable" $command "$secret"
	assert_equal "" "$out" "stdout of $command"
	assert_contains "$err" "cannot lower capabilities" "$command"
done
assert_run 3 "$refuse_call" capset "$TCPTRAIL" snapshot --from "$work/private/one"
assert_contains "$err" "cannot drop capabilities" "a replay as root"

# So does the thread that makes the files of a recording: a file that the user may not read is not part of the
# recording, and is not deleted to make room.
mkdir "$work/own"
theirs=$work/own/20000101T000000.000000Z.tcptrail
cp "$work/private/one" "$theirs"
truncate -s 64M "$theirs"
chmod 600 "$theirs"
chown 65534 "$work/own"
makes_files() {
	[ -n "$(find "$work/own" -user 65534 -name '*.tcptrail')" ]
}
start "$work/own.out" "$work/own.err" "${plain[@]}" "$capable" record --max-size 8M "$work/own/"
recorder=$started
wait_until "a file of the recording" makes_files
assert_contains "$(of_threads "$recorder" CapEff)" "$(mask)" "effective, of the thread that writes"
kill -INT "$recorder"
wait "$recorder" || [ $? = 4 ]
[ -e "$theirs" ] || fail "a file of another user is deleted"

# A replay has no capability while it reads, not even as root.
mkfifo -m 644 "$work/fifo"
"${plain[@]}" "$capable" snapshot --from "$work/fifo" >/dev/null 2>&1 &
replayer=$!
exec {fifo}>"$work/fifo"
assert_equal "$(mask)" "$(of_threads "$replayer" CapPrm)" "permitted in a replay"
assert_equal "$(mask)" "$(of_threads "$replayer" CapEff)" "effective in a replay"
exec {fifo}>&-
wait "$replayer" || true
"$TCPTRAIL" snapshot --from "$work/fifo" >/dev/null 2>&1 &
replayer=$!
exec {fifo}>"$work/fifo"
assert_equal "$(mask)" "$(of_threads "$replayer" CapPrm)" "permitted, as root"
assert_equal "$(mask)" "$(of_threads "$replayer" CapEff)" "effective, as root"
exec {fifo}>&-
wait "$replayer" || true

# They are dropped before it waits for a writer.
"$TCPTRAIL" snapshot --from "$work/fifo" >/dev/null 2>&1 &
replayer=$!
without_capabilities() {
	[ "$(of_threads "$replayer" CapPrm)" = "$(mask)" ]
}
wait_until "no capability before there is a writer" without_capabilities
kill "$replayer"
wait "$replayer" || true

# Root may read a private file of another user.
chmod 600 "$work/private/one"
chown -R $user "$work/private"
for one in one dir; do
	assert_run 0 "$TCPTRAIL" info "$work/private/$one"
	assert_run 0 "$TCPTRAIL" snapshot -an --from "$work/private/$one"
	assert_contains "$out" "LISTEN" "a recording of another user"
done
