/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/signals.h"

#include <signal.h>
#include <sys/signalfd.h>

static void end_signals(sigset_t *set)
{
	struct sigaction hangup;

	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler != SIG_IGN)
		sigaddset(set, SIGHUP);
}

void signals_hold(bool hold)
{
	sigset_t set;

	end_signals(&set);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

int signals_open(bool hangup)
{
	sigset_t set, only_hangup;

	end_signals(&set);
	signals_hold(false);
	sigemptyset(&only_hangup);
	sigaddset(&only_hangup, SIGHUP);
	if (hangup) {
		sigaddset(&set, SIGHUP);
		sigprocmask(SIG_BLOCK, &only_hangup, NULL);
	}
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}
