/* SPDX-License-Identifier: BSD-2-Clause */
/* links -lseccomp */
/* refuse_call NAME COMMAND...: runs it where a system call is refused, as in some containers. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int number = argc > 2 ? seccomp_syscall_resolve_name(argv[1]) : __NR_SCMP_ERROR;

	/* As root: what has capabilities by its file gets them still. */
	if (!filter || number < 0 || seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0) ||
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0) || seccomp_load(filter)) {
		fprintf(stderr, "%s: cannot refuse it\n", argv[0]);
		return 1;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 1;
}
