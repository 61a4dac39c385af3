/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepts by functions with known names. Built in many ways by the Makefile.
 *
 *   stack_prog hold           listens, says "ready", and waits in accept() till it is killed
 *   stack_prog sites NUMBER   accepts so many connections from itself, by two functions in turn,
 *                             says "site_a PORT" or "site_b PORT" of each (the client's), then
 *                             "ready", and keeps them till its stdin ends
 *   stack_prog ways           reads "FIRST LAST" lines; each number stands for a call path of its
 *                             own, and connects by it to a port where nobody listens; then says
 *                             "done LAST"
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef WITH_LIBRARY
int library_accept(int listener);
#endif

static struct sockaddr_in address;

#define NOT_INLINED __attribute__((noinline, noclone))
/* What stands behind a call keeps it from being a jump. */
#define KEEP_FRAME() __asm__ volatile("" ::: "memory")

NOT_INLINED static int accept_one(int listener)
{
	char frame[200]; /* makes it differ from what a guess would be */
	int fd;

	memset(frame, listener, sizeof(frame));
	__asm__ volatile("" : : "r"(frame) : "memory");
#ifdef WITH_LIBRARY
	fd = library_accept(listener);
#else
	fd = accept(listener, NULL, NULL);
#endif
	KEEP_FRAME();
	return fd;
}

NOT_INLINED static int site_a(int listener)
{
	int fd = accept_one(listener);

	KEEP_FRAME();
	return fd;
}

NOT_INLINED static int site_b(int listener)
{
	int fd = accept_one(listener);

	__asm__ volatile("nop" ::: "memory");
	return fd;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

NOT_INLINED static int listen_here(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(address);

	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || listen(fd, 1024) ||
	    getsockname(fd, (struct sockaddr *)&address, &size))
		fail("listen");
	return fd;
}

NOT_INLINED static int connect_here(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		fail("connect");
	return fd;
}

NOT_INLINED static void refused(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		fail("no refusal");
	close(fd);
}

/* A return address for each bit: 2^WAY_BITS paths. */
#define WAY_BITS 13

NOT_INLINED static void way(unsigned int number, int bits)
{
	if (!bits) {
		refused();
		KEEP_FRAME();
	} else if (number & 1) {
		way(number >> 1, bits - 1);
		__asm__ volatile("nop" ::: "memory");
	} else {
		way(number >> 1, bits - 1);
		__asm__ volatile("nop\n\tnop" ::: "memory");
	}
}

static int ways(int listener)
{
	unsigned int first, last;

	shutdown(listener, SHUT_RDWR); /* its port stays bound: nobody else listens there */
	while (scanf("%u %u", &first, &last) == 2) {
		for (unsigned int i = first; i <= last; i++)
			way(i, WAY_BITS);
		printf("done %u\n", last);
		fflush(stdout);
	}
	return 0;
}

static void sites(int listener, int count)
{
	struct sockaddr_in client;
	socklen_t size = sizeof(client);
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (int i = 0; i < count; i++) {
		int fd = connect_here();

		if (getsockname(fd, (struct sockaddr *)&client, &size))
			fail("getsockname");
		if ((i & 1 ? site_b(listener) : site_a(listener)) < 0)
			fail("accept");
		printf("site_%c %d\n", i & 1 ? 'b' : 'a', ntohs(client.sin_port));
	}
}

int main(int argc, char **argv)
{
	int listener = listen_here();

	if (argc == 3 && !strcmp(argv[1], "sites")) {
		sites(listener, atoi(argv[2]));
		puts("ready");
		fflush(stdout);
		while (getchar() != EOF)
			;
		return 0;
	}
	puts("ready");
	fflush(stdout);
	if (argc == 2 && !strcmp(argv[1], "ways"))
		return ways(listener);
	return site_a(listener) < 0;
}
