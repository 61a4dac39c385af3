#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A user who cannot see the requested processes or namespaces gets no answer: status 3, and nothing on stdout.
# What does not need them is answered.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

# refused WORD COMMAND...: the command is refused with one line that contains WORD.
refused() {
	local word=$1
	shift
	assert_run 3 "$@"
	assert_equal "" "$out" "stdout of: $*"
	assert_equal 1 "$(wc -l <"$work/run.err")" "lines on stderr of: $* ($err)"
	assert_contains "$err" "$word" "stderr of: $*"
}

# Skip if the user nobody cannot run the program.
cp "$TCPTRAIL" "$work/tcptrail"
chmod 755 "$work" "$work/tcptrail"
as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all)
nobody=("${as_nobody[@]}" "$work/tcptrail")

scenario_start close_wait --count 50
pid=$(scenario_get pid role=subject)
fd=$(scenario_get fd role=subject)
cookie=$(scenario_get cookie role=subject)

# --- an ordinary user ----------------------------------------------------------------------------

filters=("--comm scenario" "--pid $pid" "--netns host" "--netns none" "--netns $(($(own_netns) + 1))"
	"--netns *" "--container shop" "--cgroup /system.slice*")
set -f
for filter in "${filters[@]}"; do
	# shellcheck disable=SC2086 # words
	for what in "snapshot --fail-if close_wait>40" "snapshot --fail-if close_wait>40,per=host" \
		"snapshot --fail-if close_wait>4000000" "snapshot --fail-if syn_sent>1 --json" \
		"snapshot -an" "snapshot --csv"; do
		refused "${filter%% *}" "${nobody[@]}" $what $filter
	done
done
set +f
refused trail "${nobody[@]}" trail "$pid:$fd"
assert_run 3 "${nobody[@]}" trail 10.9.8.7:1-10.9.8.7:2
assert_contains "$err" "others cannot be seen"
refused root "${nobody[@]}" why --pid "$pid"

assert_run 1 "${nobody[@]}" snapshot --fail-if 'close_wait>40'
assert_matches "$out" "^CRITICAL: 50 CLOSE_WAIT .* of an unknown process"
assert_run 0 "${nobody[@]}" snapshot --fail-if 'close_wait>50,per=host'
assert_contains "$out" "OK: 50 CLOSE_WAIT of this network namespace (limit 50)"
assert_run 1 "${nobody[@]}" snapshot --netns "$(own_netns)" --fail-if 'close_wait>40'

# The user sees the processes of his own.
cat >"$work/scenario" <<END
#!/bin/sh
exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$work/real" "\$@"
END
install -m 755 "$SCENARIO" "$work/real"
chmod 755 "$work/scenario"
real=$SCENARIO
SCENARIO=$work/scenario
scenario_start close_wait --count 3
own=$(scenario_get pid role=subject)
assert_run 1 "${nobody[@]}" snapshot --pid "$own" --fail-if 'close_wait>2'
assert_contains "$out" "CRITICAL: 3 CLOSE_WAIT (limit 2) of $own/real"
refused --pid "${nobody[@]}" snapshot --pid "$own,$pid" --fail-if 'close_wait>2'
scenario_stop
SCENARIO=$real

# --- a pid namespace -----------------------------------------------------------------------------

inside=(unshare --pid --fork --mount-proc --kill-child "$TCPTRAIL")
for filter in "--comm scenario" "--pid 1" "--netns host" "--netns none" "--container shop" "--cgroup /x"; do
	# shellcheck disable=SC2086 # words
	for what in "snapshot --fail-if close_wait>40" "snapshot -an" "why --for 1ms" "events"; do
		refused "${filter%% *}" "${inside[@]}" $what $filter
	done
done
refused trail "${inside[@]}" trail 1:3
assert_run 1 "${inside[@]}" snapshot --netns "$(own_netns)" --fail-if 'close_wait>40'
assert_run 0 "${inside[@]}" trail "$cookie"

# --- processes that there are not ----------------------------------------------------------------

sleep 1000 &
gone=$!
kill "$gone"
wait "$gone" || true
missing="tcptrail: --pid: no process $gone on this host"
refused "$missing" "$TCPTRAIL" snapshot --pid "$gone" --fail-if 'close_wait>40'
refused "$missing" "$TCPTRAIL" why --for 1ms --pid "$gone"
assert_run 0 "$TCPTRAIL" snapshot -an --pid "$gone" --no-header
assert_equal "$missing" "$err" "a list of nobody's sockets"
assert_run 1 "$TCPTRAIL" snapshot --pid "$gone,$pid" --fail-if 'close_wait>40'
assert_equal "$missing" "$err" "one of two"
assert_run 0 "$TCPTRAIL" snapshot --pid $$ --fail-if 'close_wait>40' # the process exists but has no sockets
assert_equal "" "$err" "one without sockets"

# --- nothing was read ----------------------------------------------------------------------------

: >"$work/empty"
for what in why "why close_wait" "snapshot --fail-if close_wait>1" "snapshot -an" "trail 1:3"; do
	# shellcheck disable=SC2086 # words
	refused "reports no sockets" "$TCPTRAIL" $what --from "$work/empty"
done
