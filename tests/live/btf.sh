#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tcptrail works on a kernel without BTF with --btf FILE. A mount namespace hides the running kernel's BTF,
# and the test passes a copy of it. Programs without a BTF id of the kernel show that the kernel does not need
# BTF either. (The kernel matrix tests this on 5.10.)
. "$(dirname "$0")/lib.sh"

kernels=/sys/kernel/btf/vmlinux
[ -r $kernels ] || skip "this kernel gives no BTF to copy"
if [ -z "${BTF_COPY:-}" ]; then
	cp $kernels "$work/vmlinux.btf"
	BTF_COPY=$work/vmlinux.btf unshare -m -- bash "$0"
	exit
fi
touch "$work/empty"
mount --bind "$work/empty" $kernels
made_mounts+=($kernels)

assert_run 3 "$TCPTRAIL" events
assert_matches "$err" '^tcptrail: the kernel has no BTF .*--btf FILE' "without BTF"
assert_run 3 "$TCPTRAIL" events --btf "$work/nothing"
assert_matches "$err" "--btf: (cannot read BTF|no BTF can be read) from $work/nothing" "a file that is not there"
assert_run 3 "$TCPTRAIL" snapshot --btf /etc/passwd
assert_contains "$err" "--btf: cannot read BTF from /etc/passwd" "a file without BTF"
assert_run 2 "$TCPTRAIL" snapshot --from "$work/empty" --btf "$BTF_COPY"

assert_run 0 "$TCPTRAIL" --probes --btf "$BTF_COPY"
assert_lacks "$out" "tp_btf" "probes"
assert_equal 8 "$(grep -cE '^raw_tp/[a-z_]+ +[a-z]+ +yes' <<<"$out")" "raw tracepoints"
assert_equal "no no no" "$(awk '$1 ~ /^iter|^bpf_task/ { print $3 }' <<<"$out" | paste -sd ' ')" \
	"what needs the kernel's own"

# Run other tests with a tcptrail that has only the copy.
cat >"$work/tcptrail" <<EOF
#!/bin/sh
exec "$(realpath "$TCPTRAIL")" "\$@" --btf "$BTF_COPY"
EOF
chmod 755 "$work/tcptrail"
run env TCPTRAIL="$work/tcptrail" LANES=3 "$(dirname "$0")/run" states owners rst_retransmit
echo "$out"
assert_equal 0 "$status" "exit status of other tests with --btf ($err)"
