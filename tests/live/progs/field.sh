# SPDX-License-Identifier: BSD-2-Clause
# Sourced by field_*.sh: situations side by side, one why that watches all of them.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
prefix=tt$$
declare -A space pid

# spaces NAME...: makes network namespaces that are watched.
spaces() {
	local name
	for name; do
		space[$name]=$prefix-$name
		netns_make "${space[$name]}"
	done
}

in_space() { # NAME COMMAND...
	ip netns exec "${space[$1]}" "${@:2}"
}

# field NAME CASE ARGUMENT...: of progs/field.py, there.
field() {
	field_at "${space[$1]}" "${@:2}"
}

field_at() { # NETNS CASE ARGUMENT...
	program_start ip netns exec "$1" python3 "$tree/tests/live/progs/field.py" "${@:2}"
}

watch_spaces() {
	start "$work/why" "$work/why.err" "$TCPTRAIL" why --netns "$prefix-*" -n --json --for 10m "$@"
	why_pid=$started
	wait_until "why to watch" watching "$work/why.err" "$why_pid"
}

end_watch() {
	kill -INT "$why_pid"
	why_end
}

# findings_in NAME: "RULE LEVEL MOVER COMM PORT" of what is wrong there, "-" for what is not known.
findings_in() {
	jq -r "select(.netns == $(stat -L -c %i "/run/netns/${space[$1]}") and
			.verdict != \"fine\" and .verdict != \"steady\") |
		[.rule, .verdict, .mover, .comm // \"-\", .local_port // .foreign // \"-\"] |
		map(tostring) | join(\" \")" "$work/why" | sort
}

# text_in NAME: verdicts and evidence of the same, a line each.
text_in() {
	jq -r "select(.netns == $(stat -L -c %i "/run/netns/${space[$1]}") and
			.verdict != \"fine\" and .verdict != \"steady\") | .summary, .evidence[]" "$work/why"
}
