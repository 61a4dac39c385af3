/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * These functions replace libc's lookups. They know few names, may stall, and check the thread that
 * calls them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "enrich/cgroup.h"
#include "enrich/resolve.h"
#include "table/names.h"

/* ms that a wait may take; only a hang takes that long */
#define CEILING    90000
#define STALL_USER 666

static pthread_mutex_t stall = PTHREAD_MUTEX_INITIALIZER; /* held: lookups of STALL_USER wait */
static atomic_uint lookups, signals_open, stalled;

int getpwuid_r(uid_t uid, struct passwd *entry, char *room, size_t size, struct passwd **result)
{
	sigset_t set;

	pthread_sigmask(SIG_SETMASK, NULL, &set);
	signals_open += !sigismember(&set, SIGTERM) || !sigismember(&set, SIGINT);
	lookups++;
	*result = NULL;
	if (uid == STALL_USER) {
		stalled++;
		pthread_mutex_lock(&stall);
		pthread_mutex_unlock(&stall);
		stalled--;
	}
	if (uid == 1000 && size < 50000) /* a record with a long list */
		return ERANGE;
	if (uid > 1000 && uid != STALL_USER)
		return 0; /* nobody */
	snprintf(room, size, "user%u", uid);
	entry->pw_name = room;
	*result = entry;
	return 0;
}

int getservbyport_r(int port, const char *proto, struct servent *entry, char *room, size_t size,
                    struct servent **result)
{
	*result = NULL;
	if (port != htons(80) || strcmp(proto, "tcp"))
		return 0;
	snprintf(room, size, "http");
	entry->s_name = room;
	*result = entry;
	return 0;
}

int getnameinfo(const struct sockaddr *sa, socklen_t salen, char *host, socklen_t hostlen,
                char *serv, socklen_t servlen, int flags)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)sa;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)sa;
	char text[64] = "";

	(void)serv, (void)servlen;
	assert_int_equal(flags, NI_NAMEREQD);
	if (sa->sa_family == AF_INET && salen == sizeof(*v4))
		inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
	if (sa->sa_family == AF_INET6 && salen == sizeof(*v6))
		inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
	if (!strcmp(text, "10.9.9.9")) {
		snprintf(host, hostlen, "half a na");
		return EAI_AGAIN;
	}
	snprintf(host, hostlen, "name-of-%s", text);
	return 0;
}

/* --- helpers ---------------------------------------------------------------------------------- */

struct answers {
	struct names *names;
	unsigned int count;
};

static void take(const struct fact *fact, void *arg)
{
	struct answers *answers = arg;
	uint64_t now = clock_boot();

	assert_int_equal(fact->type, FACT_NAME);
	assert_int_equal(fact->len % 8, 0);
	assert_in_range(fact->time, now - CEILING * NS_PER_MS, now);
	assert_int_equal(names_apply(answers->names, (const struct fact_name *)fact), 0);
	answers->count++;
}

static bool is_readable(const struct resolve *resolve)
{
	struct pollfd fd = {.fd = resolve_fd(resolve), .events = POLLIN};

	return poll(&fd, 1, 0) == 1;
}

static void want_users(struct names *names, unsigned int first, unsigned int count)
{
	for (unsigned int uid = first; uid < first + count; uid++)
		assert_null(names_query(names, name_key_number(NAME_USER, uid)));
}

static struct resolve *open_with(struct answers *answers, unsigned int threads)
{
	struct resolve *resolve = NULL;

	*answers = (struct answers){.names = names_new(10000)};
	assert_int_equal(resolve_open(&resolve, threads), 0);
	return resolve;
}

static void wait_until(const atomic_uint *number, unsigned int wanted)
{
	for (int i = 0; i < CEILING && *number != wanted; i++)
		usleep(1000);
	assert_int_equal(*number, wanted);
}

static unsigned int thread_count(void)
{
	DIR *dir = opendir("/proc/self/task");
	unsigned int count = 0;

	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

/* Counted before the first test, because threads of an earlier one may end late. */
static unsigned int own_threads;

/*
 * Waits until all threads have ended and freed their memory: the sanitizer finds what they leave.
 */
static void wait_for_threads(void)
{
	for (int i = 0; i < CEILING && thread_count() != own_threads; i++)
		usleep(1000);
	assert_int_equal(thread_count(), own_threads);
}

/* Requests all names that have a pending query. */
static void request_names(struct resolve *resolve, struct names *names)
{
	struct name_key key;

	resolve_refresh(resolve);
	while (names_next_query(names, RESOLVE_KINDS, &key))
		resolve_request(resolve, &key);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void answers_what_names_want(void **state)
{
	static const uint8_t v4[16] = {10, 1, 2, 3}, v6[16] = {0x20, 1, [15] = 5};
	struct answers answers;
	struct resolve *resolve = open_with(&answers, 3);
	struct names *names = answers.names;

	(void)state;
	assert_false(is_readable(resolve));
	names_query(names, name_key_number(NAME_USER, 7));
	names_query(names, name_key_number(NAME_PORT, 80));
	names_query(names, name_key_host(AF_INET, v4));
	names_query(names, name_key_host(AF_INET6, v6));
	request_names(resolve, names);
	assert_int_equal(resolve_wait(resolve, CEILING, take, &answers), 0);
	assert_int_equal(answers.count, 4);
	assert_string_equal(names_find(names, name_key_number(NAME_USER, 7)), "user7");
	assert_string_equal(names_find(names, name_key_number(NAME_PORT, 80)), "http");
	assert_string_equal(names_find(names, name_key_host(AF_INET, v4)), "name-of-10.1.2.3");
	assert_string_equal(names_find(names, name_key_host(AF_INET6, v6)), "name-of-2001::5");
	assert_false(is_readable(resolve));
	resolve_close(resolve);
	names_free(names);
}

static void a_failure_is_an_empty_name(void **state)
{
	static const uint8_t v4[16] = {10, 9, 9, 9};
	struct answers answers;
	struct resolve *resolve = open_with(&answers, 1);
	struct names *names = answers.names;

	(void)state;
	names_query(names, name_key_number(NAME_USER, 4711));
	names_query(names, name_key_number(NAME_PORT, 81));
	names_query(names, name_key_host(AF_INET, v4));
	request_names(resolve, names);
	assert_int_equal(resolve_wait(resolve, CEILING, take, &answers), 0);
	assert_string_equal(names_find(names, name_key_number(NAME_USER, 4711)), "");
	assert_string_equal(names_find(names, name_key_number(NAME_PORT, 81)), "");
	assert_string_equal(names_find(names, name_key_host(AF_INET, v4)), "");
	resolve_close(resolve);
	names_free(names);
}

static void long_records_get_room(void **state)
{
	struct answers answers;
	struct resolve *resolve = open_with(&answers, 1);

	(void)state;
	want_users(answers.names, 1000, 1);
	request_names(resolve, answers.names);
	assert_int_equal(resolve_wait(resolve, CEILING, take, &answers), 0);
	assert_string_equal(names_find(answers.names, name_key_number(NAME_USER, 1000)),
	                    "user1000");
	resolve_close(resolve);
	names_free(answers.names);
}

static void other_kinds_are_left_to_others(void **state)
{
	struct answers answers;
	struct resolve *resolve = open_with(&answers, 1);
	struct name_key wish;

	(void)state;
	names_query(answers.names, name_key_number(NAME_NETNS, 1));
	names_query(answers.names, name_key_number(NAME_RST, 1));
	request_names(resolve, answers.names);
	assert_int_equal(resolve_wait(resolve, 50, take, &answers), 0);
	assert_int_equal(answers.count, 0);
	assert_true(names_next_query(answers.names, 1 << NAME_NETNS, &wish));
	assert_true(names_next_query(answers.names, 1 << NAME_RST, &wish));
	resolve_close(resolve);
	names_free(answers.names);
}

static void many_wishes_with_signals_blocked(void **state)
{
	struct answers answers;
	struct resolve *resolve = open_with(&answers, 4);

	(void)state;
	lookups = signals_open = 0;
	want_users(answers.names, 100, 500);
	request_names(resolve, answers.names);
	assert_int_equal(resolve_wait(resolve, CEILING, take, &answers), 0);
	assert_int_equal(answers.count, 500);
	assert_int_equal(lookups, 500);
	assert_int_equal(signals_open, 0);
	for (unsigned int uid = 100; uid < 600; uid++)
		assert_non_null(names_find(answers.names, name_key_number(NAME_USER, uid)));
	resolve_close(resolve);
	names_free(answers.names);
}

static void the_fd_tells_of_answers(void **state)
{
	struct answers answers;
	struct resolve *resolve = open_with(&answers, 1);
	struct pollfd fd = {.fd = resolve_fd(resolve), .events = POLLIN};

	(void)state;
	want_users(answers.names, 1, 1);
	request_names(resolve, answers.names);
	assert_int_equal(poll(&fd, 1, CEILING), 1);
	assert_int_equal(resolve_collect(resolve, take, &answers), 1);
	assert_false(is_readable(resolve));
	assert_int_equal(resolve_collect(resolve, take, &answers), 0);
	resolve_close(resolve);
	names_free(answers.names);
}

static void a_stalled_look_up_holds_up_nobody(void **state)
{
	struct answers answers;
	struct resolve *resolve = open_with(&answers, 2);

	(void)state;
	pthread_mutex_lock(&stall);
	want_users(answers.names, STALL_USER, 1);
	want_users(answers.names, 10, 5);
	request_names(resolve, answers.names);
	wait_until(&stalled, 1);
	for (int i = 0; i < CEILING && answers.count < 5; i++)
		resolve_wait(resolve, 1, take, &answers);
	assert_int_equal(resolve_wait(resolve, 0, take, &answers), 1);
	assert_int_equal(answers.count, 5);
	resolve_close(resolve); /* returns only if it does not wait for the lookup */
	pthread_mutex_unlock(&stall);
	wait_until(&stalled, 0);
	names_free(answers.names);
	wait_for_threads();
}

static void closing_forgets_what_is_queued(void **state)
{
	struct answers answers;
	struct resolve *resolve = open_with(&answers, 1);

	(void)state;
	pthread_mutex_lock(&stall);
	want_users(answers.names, STALL_USER, 1);
	want_users(answers.names, 10, 100);
	request_names(resolve, answers.names);
	wait_until(&stalled, 1);
	lookups = 0;
	resolve_close(resolve);
	pthread_mutex_unlock(&stall);
	wait_until(&stalled, 0);
	wait_for_threads();
	assert_int_equal(lookups, 0);
	names_free(answers.names);
}

/* The root of any hierarchy is "/". */
static void cgroups_are_answered_at_once(void **state)
{
	struct cgroup_mount mount = {0};
	FILE *mountinfo = fopen("/proc/self/mountinfo", "r");
	int err = cgroup_find_mount(mountinfo, &mount);
	struct answers answers;
	struct resolve *resolve;
	struct stat st;

	(void)state;
	fclose(mountinfo);
	if (err || mount.root[0]) {
		print_message("skipped: no cgroup v2 hierarchy is mounted with its root\n");
		skip();
	}
	assert_int_equal(stat(mount.point, &st), 0);
	resolve = open_with(&answers, 1);
	names_query(answers.names, name_key_number(NAME_CGROUP, st.st_ino));
	names_query(answers.names, name_key_number(NAME_CGROUP, 0x7fffffff1234));
	request_names(resolve, answers.names);
	assert_true(is_readable(resolve));
	assert_int_equal(resolve_collect(resolve, take, &answers), 2);
	assert_string_equal(names_find(answers.names, name_key_number(NAME_CGROUP, st.st_ino)),
	                    "/");
	assert_string_equal(names_find(answers.names, name_key_number(NAME_CGROUP, 0x7fffffff1234)),
	                    "");
	resolve_close(resolve);
	names_free(answers.names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_what_names_want),
		cmocka_unit_test(a_failure_is_an_empty_name),
		cmocka_unit_test(long_records_get_room),
		cmocka_unit_test(other_kinds_are_left_to_others),
		cmocka_unit_test(many_wishes_with_signals_blocked),
		cmocka_unit_test(the_fd_tells_of_answers),
		cmocka_unit_test(a_stalled_look_up_holds_up_nobody),
		cmocka_unit_test(closing_forgets_what_is_queued),
		cmocka_unit_test(cgroups_are_answered_at_once),
	};

	own_threads = thread_count();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
