/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>

int library_accept(int listener);

__attribute__((noinline, noclone)) static int library_inner(int listener)
{
	int fd = accept(listener, (void *)0, (void *)0);

	__asm__ volatile("" ::: "memory");
	return fd;
}

int library_accept(int listener)
{
	int fd = library_inner(listener);

	__asm__ volatile("" ::: "memory");
	return fd;
}
