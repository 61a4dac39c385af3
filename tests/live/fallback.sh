#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Where the kernel refuses BPF, sockets come from sock_diag and holders from /proc, as far as the user may see
# them.
. "$(dirname "$0")/lib.sh"
in_fresh_netns "$@"

nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs -- "$@"
}

# A socket of the user, and one of root, with a child, so that it has more than one holder.
cat >"$work/as-nobody" <<EOF
#!/bin/sh
exec setpriv --reuid 65534 --regid 65534 --clear-groups -- "$SCENARIO" "\$@"
EOF
chmod 755 "$work/as-nobody" "$work"
real=$SCENARIO
SCENARIO=$work/as-nobody
scenario_start fork
SCENARIO=$real
own=$(scenario_get cookie role=holder)
holders=$(scenario_lines role=holder | sed -nE 's/.* pid=([0-9]+) fd=([0-9]+) .*/\1:\2/p' | sort)
scenario_start established
other=$(scenario_get cookie role=subject)

assert_run 0 nobody "$TCPTRAIL" snapshot -a --json
assert_contains "$err" "the kernel refused BPF" "notice"
assert_contains "$err" "sock_diag and /proc" "notice"
row=$(jq -c "select(.cookie == $own)" <<<"$out")
assert_equal "$holders" "$(jq -r '.holders[] | "\(.pid):\(.fd)"' <<<"$row" | sort)" "holders"
assert_equal "fd-walk open" "$(jq -r '"\(.owner_source) \(.owner_holding)"' <<<"$row")"
# The user may not see root's process: its holders are "not known", not "hidden".
row=$(jq -c "select(.cookie == $other)" <<<"$out")
assert_equal "null null" "$(jq -r '"\(.program) \(.owner_holding)"' <<<"$row")" "another user's"
# ss, run by the same user, prints the same.
pid=${holders%%:*}
assert_contains "$(nobody ss -Htanp)" "pid=$pid," "ss"
