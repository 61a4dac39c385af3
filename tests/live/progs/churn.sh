# SPDX-License-Identifier: BSD-2-Clause
# Sourced by tests of lists while connections come and go.
# shellcheck shell=bash disable=SC2154 # what lib.sh sets

# churn STANDING FDS: of churn.py, sets $port, $server and $client.
churn() {
	program_start python3 "$(dirname "${BASH_SOURCE[0]}")/churn.py" "$@"
	port=$(scenario_get port)
	server=$(scenario_get pid role=server)
	client=$(scenario_get pid role=client)
}

# churn_list FILE: adds "OWNER STATE PID HOLDING ROLE" of one list to it, of both ends; OWNER is who
# has it in truth.
churn_list() {
	assert_run 0 "$TCPTRAIL" snapshot -an --netns "$(own_netns)" --csv --no-header \
		--columns local_port,foreign_port,state,pid,owner_holding
	csv_words <"$work/run.out" | awk -v port="$port" -v server="$server" -v client="$client" '
		$1 == port && $3 != "LISTEN" { print server, $3, $4, $5, "server" }
		$2 == port { print client, $3, $4, $5, "client" }' >>"$1"
}
