/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connects and accepts by the calls of 32-bit programs: `int $0x80` is one from 64-bit code, too. By
 * calls of their own (since 4.3), and by socketcall(2). Prints both ends, then "ready"; holds until
 * it is killed, but with an argument. Exits with 77 where there are none.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __x86_64__

/* arch/x86/entry/syscalls/syscall_32.tbl; include/uapi/linux/net.h */
enum { NR_SOCKETCALL = 102, NR_CONNECT = 362, NR_ACCEPT4 = 364 };
enum { CALL_CONNECT = 3, CALL_ACCEPT = 5 };

/* Pointers of 32 bits reach it. */
struct low {
	struct sockaddr_in address;
	uint32_t args[3];
};

static int call32(int number, uint32_t a, uint32_t b, uint32_t c)
{
	int ret;

	__asm__ volatile("int $0x80"
	                 : "=a"(ret)
	                 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0)
	                 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static uint32_t low_address(const void *at)
{
	return (uint32_t)(uintptr_t)at;
}

static int socketcall(struct low *low, int call, uint32_t a, uint32_t b, uint32_t c)
{
	low->args[0] = a;
	low->args[1] = b;
	low->args[2] = c;
	return call32(NR_SOCKETCALL, (uint32_t)call, low_address(low->args), 0);
}

static int connect32(struct low *low, int fd, bool own)
{
	uint32_t address = low_address(&low->address);

	return own ? call32(NR_CONNECT, (uint32_t)fd, address, sizeof(low->address))
	           : socketcall(low, CALL_CONNECT, (uint32_t)fd, address, sizeof(low->address));
}

static int accept32(struct low *low, int listener, bool own)
{
	return own ? call32(NR_ACCEPT4, (uint32_t)listener, 0, 0)
	           : socketcall(low, CALL_ACCEPT, (uint32_t)listener, 0, 0);
}

static void print_end(const char *role, int fd)
{
	uint64_t cookie;
	socklen_t size = sizeof(cookie);

	getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size);
	printf("role=%s cookie=%llu pid=%d fd=%d\n", role, (unsigned long long)cookie, getpid(),
	       fd);
}

static int make_connection(struct low *low, int listener, bool own)
{
	int client = socket(AF_INET, SOCK_STREAM, 0), accepted;

	if (client < 0 || connect32(low, client, own))
		return 1;
	accepted = accept32(low, listener, own);
	if (accepted < 0)
		return 1;
	print_end("client", client);
	print_end("accepted", accepted);
	return 0;
}

static void there_are_none(int signal)
{
	(void)signal;
	_exit(77); /* without CONFIG_IA32_EMULATION, or with ia32_emulation=0 */
}

int main(int argc, char **argv)
{
	struct low *low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE,
	                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(low->address);

	signal(SIGSEGV, there_are_none);
	if (low == MAP_FAILED || listener < 0)
		return 1;
	low->address = (struct sockaddr_in){.sin_family = AF_INET,
	                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (bind(listener, (void *)&low->address, size) || listen(listener, 8) ||
	    getsockname(listener, (void *)&low->address, &size))
		return 1;
	if (make_connection(low, listener, true) || make_connection(low, listener, false))
		return 1;
	puts("ready");
	fflush(stdout);
	(void)argv;
	if (argc == 1)
		pause();
	return 0;
}

#else

int main(void)
{
	return 77;
}

#endif
