/* SPDX-License-Identifier: BSD-2-Clause */
/* Entering network namespaces, and many of them. */
#include "netns_test.h"

static void enter_and_leave(void **state)
{
	struct child one = child_start(), two = child_start();
	struct netns_entry first = entry_of(one.inode), second = entry_of(two.inode);

	(void)state;
	assert_int_equal(netns_enter(&first), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), one.inode);
	assert_int_equal(netns_enter(&second), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), two.inode);
	assert_int_not_equal(netns_own(), two.inode);
	assert_int_equal(netns_leave(), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), netns_own());

	/* netns_enter() of our own namespace returns to it, whatever /proc/self shows meanwhile. */
	assert_int_equal(netns_enter(&first), 0);
	first = entry_of(netns_own());
	assert_int_equal(netns_enter(&first), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), netns_own());
	child_end(&one);
	child_end(&two);
}

static void gone_and_stale(void **state)
{
	struct child one = child_start(), two = child_start();
	struct netns_entry entry = entry_of(one.inode);

	(void)state;
	child_end(&one);
	assert_int_equal(netns_enter(&entry), -ENOENT);
	strcpy(entry.path, two.path); /* as if the pid was reused */
	assert_int_equal(netns_enter(&entry), -ESTALE);
	strcpy(entry.path, "/run/netns/was-mounted");
	touch(entry.path);
	assert_int_equal(netns_enter(&entry), -ESTALE);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), netns_own());
	child_end(&two);
}

/* The task through which the namespace was found has left it; another task is in it. */
static void entered_by_another_task(void **state)
{
	struct child host = child_start(), visitor = child_start();
	struct netns_entry entry = entry_of(host.inode);

	(void)state;
	strcpy(entry.path, visitor.path);
	assert_int_equal(netns_enter(&entry), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), host.inode);
	assert_int_equal(netns_leave(), 0);
	child_end(&visitor);
	assert_int_equal(netns_enter(&entry), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), host.inode);
	assert_int_equal(netns_leave(), 0);
	child_end(&host);
	assert_int_equal(netns_enter(&entry), -ENOENT);
}

static void many_namespaces(void **state)
{
	struct child children[40];
	struct netns_list list;
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		children[i] = child_start();
	list = enumerate();
	for (size_t i = 0; i < list.count; i++)
		for (size_t j = 0; j < 40; j++)
			found += list.entries[i].inode == children[j].inode;
	assert_int_equal(found, 40);
	netns_list_free(&list);
	for (size_t i = 0; i < 40; i++)
		child_end(&children[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(enter_and_leave),
		cmocka_unit_test(gone_and_stale),
		cmocka_unit_test(entered_by_another_task),
		cmocka_unit_test(many_namespaces),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
