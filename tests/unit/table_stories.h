/* SPDX-License-Identifier: BSD-2-Clause */
/* The beginnings of lives, for tests of how they end. */
#ifndef TCPTRAIL_TEST_TABLE_STORIES_H
#define TCPTRAIL_TEST_TABLE_STORIES_H

#include "table_test.h"

/* A client that was seen from its beginning, in ESTABLISHED since 50 ms. */
#define ESTABLISHED                                                                                \
	"10ms state sk=a1 old=CLOSE new=SYN_SENT cookie=5 flags=owned,tuple,socket pid=42 "        \
	"comm=\"curl\"" CLIENT "\n"                                                                \
	"50ms state sk=a1 old=SYN_SENT new=ESTABLISHED cookie=5 flags=tuple,socket" CLIENT "\n"

#define FIN_WAIT1                                                                                  \
	ESTABLISHED "100ms state sk=a1 old=ESTABLISHED new=FIN_WAIT1 cookie=5 "                    \
		    "flags=owned,tuple,socket pid=42 comm=\"curl\"" CLIENT "\n"

#define FIN_WAIT2                                                                                  \
	FIN_WAIT1 "110ms state sk=a1 old=FIN_WAIT1 new=FIN_WAIT2 cookie=5 flags=tuple,dead" CLIENT \
		  "\n"

#endif
