#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A filter drops SYNs, SYN+ACKs or ACKs between two ends on this host: one finding, which names the segment.
# Few sockets, so that their namespace is peeked at and not walked, and many. Side by side.
. "$(dirname "$0")/progs/field.sh"
in_fresh_netns "$@"
command -v nft >/dev/null || skip "no nft"

drop() { # SPACE HOOK MATCH
	in_space "$1" nft -f - <<-END
		table inet filter {
			chain drops {
				type filter hook $2 priority 0;
				tcp dport 8001 $3 drop
				tcp sport 8001 $4 drop
			}
		}
	END
}

# sent_again SPACE STATE COUNT: have so many sent something again, and again?
sent_again() {
	[ "$(in_space "$1" ss -Htno state "$2" | grep -cE 'timer:\(on,[^,]*,[2-9]')" -ge "$3" ]
}

syn='tcp flags & (syn | ack) == syn'
synack='tcp flags & (syn | ack) == (syn | ack)'
none='tcp flags == 0x0'
spaces few4 few6 many synack4 synack6 ack
for name in "${!space[@]}"; do
	field "$name" asleep 8001 64
done
drop few4 output "$syn" "$none"
drop few6 output "$syn" "$none"
drop many input "$syn" "$none"
drop synack4 input "$none" "$synack"
drop synack6 input "$none" "$synack"
drop ack input 'tcp flags & (syn | ack | fin | rst) == ack' "$none"

watch_spaces
field few4 pending 127.0.0.1 8001 3
field few6 pending ::1 8001 3
field many pending 127.0.0.1 8001 50
field synack4 pending 127.0.0.1 8001 12
field synack4 trying 127.0.0.1 8001 12 0.2
field synack6 pending ::1 8001 12
field ack speaking 127.0.0.1 8001 12
wait_until "SYNs" sent_again few4 syn-sent 3
wait_until "SYNs" sent_again few6 syn-sent 3
wait_until "SYNs" sent_again many syn-sent 50
wait_until "SYNs" sent_again synack4 syn-sent 12
wait_until "SYNs" sent_again synack6 syn-sent 12
wait_until "SYN+ACKs" sent_again ack syn-recv 12
end_watch

assert_equal "syn-sent-no-answer bad kernel pending 127.0.0.1:8001" "$(findings_in few4)" "few: $(text_in few4)"
assert_equal "syn-sent-no-answer bad kernel pending [::1]:8001" "$(findings_in few6)" "few: $(text_in few6)"
assert_equal "syn-sent-no-answer bad kernel pending 127.0.0.1:8001" "$(findings_in many)" "many: $(text_in many)"
for name in few4 few6 many; do
	assert_contains "$(text_in $name)" "its accept queue has room: a firewall on this host drops segments" "$name"
done
assert_equal "syn-sent-no-answer bad kernel pending 127.0.0.1:8001" "$(findings_in synack4)" "SYN+ACKs: $(text_in synack4)"
assert_equal "syn-sent-no-answer bad kernel pending [::1]:8001" "$(findings_in synack6)" "SYN+ACKs: $(text_in synack6)"
for name in synack4 synack6; do
	assert_contains "$(text_in $name)" "the SYN+ACKs do not come back: a firewall on this host drops them" "$name"
	assert_matches "$(text_in $name)" "this blocks: [0-9]+ SYN_RECV of port 8001" "$name"
done
assert_matches "$(text_in synack4)" "this causes: 12 failed connects to 127.0.0.1:8001" "those that were given up"
assert_equal "syn-recv-pile bad kernel asleep 8001" "$(findings_in ack | sed 's/ warning / bad /')" "ACKs: $(text_in ack)"
assert_contains "$(text_in ack)" "The clients are on this host and have connected: their ACKs do not arrive" "ACKs"
