#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Tests the systemd unit without systemd: systemd accepts what `make install` installs, and its command line
# works with only what the unit allows.
[ -n "${LIVE_MOUNTS:-}" ] || LIVE_MOUNTS=1 exec unshare -m -- bash "$0" "$@"
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

root=$work/root
installed() {
	make -s -C "$tree" -o all "$1" B="$(dirname "$TCPTRAIL")" PREFIX=/usr/local UNITDIR=/lib/systemd/system \
		DESTDIR="$root" >"$work/make" 2>&1 || fail "make $1" "$(cat "$work/make")"
}

# set KEY: the values of all its lines in the unit.
setting() {
	sed -n "s/^$1=//p" "$unit" | paste -sd ' '
}

installed install
unit=$root/lib/systemd/system/tcptrail-record.service
assert_equal 644 "$(stat -c %a "$unit")" "mode of the unit"
assert_lacks "$(cat "$unit")" @BINDIR@ "the unit"
cmp "$TCPTRAIL" "$root/usr/local/bin/tcptrail"
mount --bind "$root/usr/local/bin" /usr/local/bin # only in this mount namespace
made_mounts+=(/usr/local/bin)
if command -v systemd-analyze >/dev/null; then
	assert_run 0 systemd-analyze verify "$unit"
	assert_equal "" "$out$err" "what systemd-analyze has to say"
else
	echo "skipped: no systemd-analyze here to verify the unit"
fi

# The unit has the capabilities of README.
capabilities=$(setting CapabilityBoundingSet)
assert_equal "$(sed -nE 's/^\| `(CAP_[A-Z_]*)` \|.*/\1/p' "$tree/README.md" | sort | xargs)" \
	"$(tr ' ' '\n' <<<"$capabilities" | sort | xargs)" "capabilities"
set=-all$(printf ',+%s' $capabilities | sed 's/CAP_//g' | tr '[:upper:]' '[:lower:]')

# As in the unit: only the state directory, which systemd makes, is writable.
mount -t tmpfs -o mode=755 tmpfs /var/lib
made_mounts+=(/var/lib)
state=/var/lib/$(setting StateDirectory)
mkdir -m "$(setting StateDirectoryMode)" "$state"
cat >"$work/confined" <<END
#!/bin/sh
umask $(setting UMask)
mount --bind /proc/sys /proc/sys
for place in / /proc/sys /sys; do
	mount -o remount,bind,ro "\$place" || exit
done
exec setpriv --no-new-privs --inh-caps=-all --bounding-set $set \\
	prlimit --core=$(setting LimitCORE) \\
	sh -c 'exec $(setting ExecStart)'
END
chmod 755 "$work/confined"

# service_start OPTION...: sets $record_pid; record_stop ends it.
service_start() {
	eval "export $(setting Environment)"
	TCPTRAIL_OPTIONS+=" $*" start "$work/record.out" "$work/record.err" unshare -m "$work/confined"
	record_pid=$started
	wait_until "the service to record" recording
	kill -0 "$record_pid" 2>/dev/null || fail "the service ended" "$(cat "$work/record.err")"
}

# --- as it is -----------------------------------------------------------------------------------------

service_start
assert_equal "tcptrail: recording to $state/; Ctrl-C: stop" "$(cat "$work/record.err")" "notices"
assert_equal tcptrail "$(process_comm "$record_pid")" "what runs"
scenario_start close_wait
cookie=$(scenario_get cookie role=subject)
rows_look
alive=$(row_words "$cookie" state local foreign uid pid comm)
files=$(find "$state" -name '*.tcptrail' | wc -l)
MAINPID=$record_pid sh -c "$(setting ExecReload)"
wait_until "another file" record_files "$state" $((files + 1))
assert_equal "700 600" "$(stat -c %a "$state" "$state"/* | sort -ru | paste -sd ' ')" "modes"
record_stop TERM
record_ok
record_equal "$state" "the recording"
assert_run "$ok_status" "$TCPTRAIL" snapshot -an --json --from "$state"
rows_ours "$work/run.out"
assert_equal "$alive" "$(row_words "$cookie" state local foreign uid pid comm)" "the row"
scenario_stop

# --- with stacks, which takes processes that read programs ------------------------------------------

# These processes may filter system calls, and the OOM killer ends only the one that uses the memory.
assert_contains " $(setting SystemCallFilter) " " seccomp " "system calls"
assert_equal continue "$(setting OOMPolicy)" "OOMPolicy"
# Stacks of all processes of the host are read: run the program again until its stack is.
has_stack() {
	scenario_start close_wait
	cookie=$(scenario_get cookie role=subject)
	for ((i = 0; i < 50; i++)); do
		run "$TCPTRAIL" snapshot -an --json --from "$state"
		rows_ours "$work/run.out"
		[[ $(row "$cookie" '.stack // [] | tojson' 2>/dev/null) != *'"main"'* ]] || break
		sleep 0.1
	done
	scenario_stop
	[ $i -lt 50 ]
}
service_start --stacks
wait_until "its stack" has_stack
record_stop TERM
record_ok

# --- an error stops it, and systemd starts it again --------------------------------------------------

export LD_PRELOAD=$(dirname "$TCPTRAIL")/progs/faults.so FAILED_WAIT=$work/failed
service_start
touch "$FAILED_WAIT"
record_end
unset LD_PRELOAD FAILED_WAIT
assert_equal 5 "$status" "exit status after an error ($err)"
assert_contains "$err" "stopped: Input/output error" "notices"
assert_lacks " $(setting SuccessExitStatus) $(setting RestartPreventExitStatus) " " 5 " "what is no failure"
assert_equal on-failure "$(setting Restart)"
assert_run 0 "$TCPTRAIL" info --json "$state"
assert_equal 3 "$(jq '.sessions | length' <<<"$out")" "sessions, the one that was stopped included"

installed uninstall
assert_equal "" "$(find "$root" -type f)" "what is left"
