/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/container.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ID   "3f4e7d2a9b8c1f0e6d5c4b3a29181706f5e4d3c2b1a09f8e7d6c5b4a39281706"
#define ID2  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define UID  "8f3c9c0e-5d3b-4a53-9a2e-0f6a1b7c2d11"
#define UID_ "8f3c9c0e_5d3b_4a53_9a2e_0f6a1b7c2d11"
#define HASH "0a1b2c3d4e5f60718293a4b5c6d7e8f9" /* uid of a static pod */

static const struct {
	const char *path, *runtime, *id, *pod;
} shapes[] = {
	/* docker: cgroupfs and systemd driver, rootless, in docker, below a --cgroup-parent */
	{"/docker/" ID, "docker", ID, ""},
	{"/docker/" ID "/", "docker", ID, ""},
	{"/system.slice/docker-" ID ".scope", "docker", ID, ""},
	{"/system.slice/docker-" ID ".scope/init", "docker", ID, ""},
	{"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" ID ".scope", "docker",
         ID, ""},
	{"/docker/" ID "/docker/" ID2, "docker", ID2, ""},
	{"/docker/" ID "/system.slice/nginx.service", "docker", ID, ""},
	{"/actions_job/" ID, "docker", ID, ""},
	{"/ecs/0f8c3c2d1b4a4d5e8f7a6b5c4d3e2f1a/" ID, "container", ID, ""},
	{"/docker/0123456789ab", "docker", "0123456789ab", ""},

	/* Kubernetes: both drivers, all QoS classes, static pods, kind, k3s, Talos */
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_
         ".slice/cri-containerd-" ID ".scope",
         "containerd", ID, UID},
	{"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_ ".slice/crio-" ID
         ".scope",
         "crio", ID, UID},
	{"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_ ".slice/crio-" ID
         ".scope/container",
         "crio", ID, UID},
	{"/kubepods.slice/kubepods-pod" UID_ ".slice/docker-" ID ".scope", "docker", ID, UID},
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" HASH
         ".slice/cri-containerd-" ID ".scope",
         "containerd", ID, HASH},
	{"/kubepods/besteffort/pod" UID "/" ID, "kubernetes", ID, UID},
	{"/kubepods/burstable/pod" UID "/" ID, "kubernetes", ID, UID},
	{"/kubepods/pod" UID "/" ID, "kubernetes", ID, UID},
	{"/kubepods/pod" UID, "kubernetes", "", UID},
	{"/docker/" ID "/kubelet/kubepods/burstable/pod" UID "/" ID2, "kubernetes", ID2, UID},
	{"/system.slice/docker-" ID ".scope/kubelet.slice/kubelet-kubepods.slice/"
         "kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod" UID_
         ".slice/cri-containerd-" ID2 ".scope",
         "containerd", ID2, UID},
	{"/system.slice/containerd.service/kubepods-besteffort-pod" UID_
         ".slice:cri-containerd:" ID,
         "containerd", ID, UID},
	{"/system.slice/k3s.service/kubepods/burstable/pod" UID "/" ID, "kubernetes", ID, UID},

	/* containerd by ctr and nerdctl */
	{"/default/" ID, "containerd", ID, ""},
	{"/k8s.io/" ID, "containerd", ID, ""},
	{"/system.slice/nerdctl-" ID ".scope", "containerd", ID, ""},

	/* podman: root, rootless, cgroupfs, in a pod; conmon is outside */
	{"/machine.slice/libpod-" ID ".scope", "podman", ID, ""},
	{"/machine.slice/libpod-" ID ".scope/container", "podman", ID, ""},
	{"/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope", "podman", ID, ""},
	{"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
         "podman", ID, ""},
	{"/libpod_parent/libpod-" ID, "podman", ID, ""},
	{"/machine.slice/libpod-conmon-" ID ".scope", "systemd", "libpod-conmon-" ID, ""},

	/* lxc, lxd, Proxmox */
	{"/lxc.payload.web1", "lxc", "web1", ""},
	{"/lxc.payload.web1/system.slice/nginx.service", "lxc", "web1", ""},
	{"/lxc.payload.web1/system.slice/docker-" ID ".scope", "docker", ID, ""},
	{"/lxc.payload/web1/init.scope", "lxc", "web1", ""},
	{"/lxc/101/ns/system.slice/ssh.service", "lxc", "101", ""},

	/* machined */
	{"/machine.slice/machine-debian.scope", "nspawn", "debian", ""},
	{"/machine.slice/machine-my\\x2dhost.scope/payload/init.scope", "nspawn", "my-host", ""},
	{"/machine.slice/machine-a\\x2g.scope", "nspawn", "a\\x2g", ""},
	{"/machine.slice/systemd-nspawn@fedora.service/payload", "nspawn", "fedora", ""},
	{"/machine.slice/machine-qemu\\x2d3\\x2dvm1.scope/libvirt/emulator", "libvirt",
         "qemu-3-vm1", ""},

	/* units of systemd */
	{"/system.slice/nginx.service", "systemd", "nginx.service", ""},
	{"/system.slice/docker.service", "systemd", "docker.service", ""},
	{"/system.slice/system-getty.slice/getty@tty1.service", "systemd", "getty@tty1.service",
         ""},
	{"/system.slice/foo.service/worker/3", "systemd", "foo.service", ""},
	{"/user.slice/user-1000.slice/session-3.scope", "systemd", "session-3.scope", ""},
	{"/user.slice/user-1000.slice/user@1000.service/app.slice/app-term.scope", "systemd",
         "app-term.scope", ""},
	{"/init.scope", "systemd", "init.scope", ""},
	{"/system.slice/docker-notanid.scope", "systemd", "docker-notanid.scope", ""},
	{"/system.slice/machine-x.service", "systemd", "machine-x.service", ""},
	{"nginx.service", "systemd", "nginx.service", ""},
};

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		struct container container;
		char id[sizeof(container.id)];

		print_message("%s\n", shapes[i].path);
		assert_true(container_parse(shapes[i].path, &container));
		assert_string_equal(container.runtime, shapes[i].runtime);
		/* what is longer than the field is cut */
		strncpy(id, shapes[i].id, sizeof(id) - 1);
		id[sizeof(id) - 1] = '\0';
		if (strncmp(shapes[i].id, "libpod-conmon-", 14))
			assert_string_equal(container.id, id);
		else
			assert_memory_equal(container.id, id, strlen(id));
		assert_string_equal(container.pod, shapes[i].pod);
	}
}

static void test_none(void **state)
{
	static const char *const paths[] = {
		"",
		"/",
		"///",
		"/system.slice",
		"/user.slice/user-1000.slice",
		"/docker",
		"/docker/buildkit/x2c9k1m0zq",
		"/lxc",
		"/kubepods/besteffort",
		"/kubepods.slice/kubepods-podcast.slice",
		"/foo/deadbeef",
		"/foo/0123456789ab", /* too short for an id where no runtime is named */
		"/.service",
		"/system.slice/foo.service.d",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct container container = {.runtime = "untouched"};

		print_message("%s\n", paths[i]);
		assert_false(container_parse(paths[i], &container));
		assert_string_equal(container.runtime, "untouched");
	}
}

/* Any bytes of any length end within the fields. */
static void test_long(void **state)
{
	struct container container;
	char path[2048];

	(void)state;
	memset(path, 'a', sizeof(path));
	memcpy(path, "/lxc.payload.", 13);
	path[sizeof(path) - 1] = '\0';
	assert_true(container_parse(path, &container));
	assert_int_equal(strlen(container.id), sizeof(container.id) - 1);
	memcpy(path, "/machine-\\x2d", 13);
	memcpy(path + sizeof(path) - 7, ".scope", 7);
	assert_true(container_parse(path, &container));
	assert_string_equal(container.runtime, "nspawn");
	assert_int_equal(strlen(container.id), sizeof(container.id) - 1 - 3);
	memcpy(path + sizeof(path) - 9, ".service", 9);
	assert_true(container_parse(path, &container));
	assert_string_equal(container.runtime, "systemd");
	assert_int_equal(strlen(container.id), sizeof(container.id) - 1);
	memset(path, '/', sizeof(path) - 1);
	assert_false(container_parse(path, &container));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
