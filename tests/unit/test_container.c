/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "table/container.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ID      "3f4e7d2a9b8c1f0e6d5c4b3a29181706f5e4d3c2b1a09f8e7d6c5b4a39281706"
#define ID2     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define UID     "8f3c9c0e-5d3b-4a53-9a2e-0f6a1b7c2d11"
#define UID_    "8f3c9c0e_5d3b_4a53_9a2e_0f6a1b7c2d11"
#define HASH    "0a1b2c3d4e5f60718293a4b5c6d7e8f9" /* uid of a static pod */
#define FARGATE "34dc0b5e626f2c5c4c5170e34b10e765-1234567890"

#define USER    "/user.slice/user-1000.slice"
#define MANAGER USER "/user@1000.service"
#define U1000   "user-1000.slice"

/*
 * cgroup v1 and v2 have the same names: a v1 hierarchy's path has what its
 * runtime's driver made there, with cgroupfs the path itself, with systemd
 * slices and scopes. Where each shape comes from is said above it.
 */
static const struct {
	const char *path, *runtime, *id, *pod, *user_slice;
} shapes[] = {
	/* docker, cgroupfs driver: runc's default parent "docker" (moby: daemon/oci_linux.go) */
	{"/docker/" ID, "docker", ID, "", ""},
	{"/docker/" ID "/", "docker", ID, "", ""},
	{"/docker/0123456789ab", "docker", "0123456789ab", "", ""},
	/* docker, systemd driver: PREFIX-ID.scope (runc libcontainer/cgroups/systemd) */
	{"/system.slice/docker-" ID ".scope", "docker", ID, "", ""},
	{"/system.slice/docker-" ID ".scope/init", "docker", ID, "", ""},
	/* rootless docker: a scope of the user's manager */
	{MANAGER "/user.slice/docker-" ID ".scope", "docker", ID, "", U1000},
	/* docker in docker, and systemd in it (systemd issue 11752): the innermost container */
	{"/docker/" ID "/docker/" ID2, "docker", ID2, "", ""},
	{"/docker/" ID "/system.slice/docker-" ID2 ".scope", "docker", ID2, "", ""},
	{"/docker/" ID "/system.slice/nginx.service", "docker", ID, "", ""},
	{"/docker/" ID USER "/session-3.scope", "docker", ID, "", ""}, /* not our user 1000 */
	/* docker --cgroup-parent: GitHub's runners, docker-ce (Elastic's and others' tests), any */
	{"/actions_job/" ID, "docker", ID, "", ""},
	{"/docker-ce/docker/" ID, "docker", ID, "", ""},
	{"/batch/" ID, "container", ID, "", ""},
	{"/batch.slice/docker-" ID ".scope", "docker", ID, "", ""},
	{"/" ID, "container", ID, "",
         ""}, /* docker of 2014 on Debian (NeuVector's cgroup_test.go) */
	/* seen from inside of a cgroup namespace: a sibling */
	{"/../" ID, "container", ID, "", ""},
	{"/../../system.slice/docker-" ID ".scope", "docker", ID, "", ""},

	/* Amazon ECS: on EC2, on Fargate (Datadog's container tagging tests) */
	{"/ecs/0f8c3c2d1b4a4d5e8f7a6b5c4d3e2f1a/" ID, "docker", ID, "", ""},
	{"/ecs/55091c13-b8cf-4801-b527-f4601742204d/" ID, "docker", ID, "", ""},
	{"/ecs/55091c13-b8cf-4801-b527-f4601742204d/" FARGATE, "ecs", FARGATE, "", ""},
	{"/ecs/" FARGATE, "ecs", FARGATE, "", ""},

	/* Kubernetes, systemd driver (kubelet cm/cgroup_manager_linux.go): all QoS classes */
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_
         ".slice/cri-containerd-" ID ".scope",
         "containerd", ID, UID, ""},
	{"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_ ".slice/crio-" ID
         ".scope",
         "crio", ID, UID, ""},
	{"/kubepods.slice/kubepods-pod" UID_ ".slice/docker-" ID ".scope", "docker", ID, UID, ""},
	/* CRI-O with crun puts the payload one lower */
	{"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_ ".slice/crio-" ID
         ".scope/container",
         "crio", ID, UID, ""},
	/* a static pod's uid is a hash */
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" HASH
         ".slice/cri-containerd-" ID ".scope",
         "containerd", ID, HASH, ""},
	/* Kubernetes, cgroupfs driver: the runtime is not told, but by CRI-O */
	{"/kubepods/besteffort/pod" UID "/" ID, "kubernetes", ID, UID, ""},
	{"/kubepods/burstable/pod" UID "/" ID, "kubernetes", ID, UID, ""},
	{"/kubepods/pod" UID "/" ID, "kubernetes", ID, UID, ""},
	{"/kubepods/burstable/pod" UID "/crio-" ID, "crio", ID, UID, ""},
	{"/kubepods/pod" UID, "kubernetes", "", UID, ""},
	/* CRI-O's monitor, conmon_cgroup = "pod" and the default (cri-o's cgmgr) */
	{"/kubepods/burstable/pod" UID "/crio-conmon-" ID, "kubernetes", "", UID, ""},
	{"/kubepods.slice/kubepods-pod" UID_ ".slice/crio-conmon-" ID ".scope", "kubernetes", "",
         UID, ""},
	{"/system.slice/crio-conmon-" ID ".scope", "systemd", "crio-conmon-" ID ".scope", "", ""},
	/* kind: a node is a docker container */
	{"/docker/" ID "/kubelet/kubepods/burstable/pod" UID "/" ID2, "kubernetes", ID2, UID, ""},
	{"/docker/" ID "/kubelet/kubepods/burstable/pod" UID, "kubernetes", "", UID, ""},
	{"/system.slice/docker-" ID ".scope/kubelet.slice/kubelet-kubepods.slice/"
         "kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod" UID_
         ".slice/cri-containerd-" ID2 ".scope",
         "containerd", ID2, UID, ""},
	/* containerd's cgroupfs driver, given systemd's notation (SystemdCgroup = false) */
	{"/system.slice/containerd.service/kubepods-besteffort-pod" UID_
         ".slice:cri-containerd:" ID,
         "containerd", ID, UID, ""},
	{"/system.slice/containerd.service/kubepods-burstable-pod" UID_ ".slice/cri-containerd-" ID
         ".scope",
         "containerd", ID, UID, ""},
	/* k3s: pods below its unit; itself */
	{"/system.slice/k3s.service/kubepods/burstable/pod" UID "/" ID, "kubernetes", ID, UID, ""},
	{"/system.slice/k3s.service/kubepods.slice/kubepods-burstable.slice/"
         "kubepods-burstable-pod" UID_ ".slice/cri-containerd-" ID ".scope",
         "containerd", ID, UID, ""},
	{"/system.slice/k3s.service", "systemd", "k3s.service", "", ""},

	/* containerd by ctr and nerdctl: /NAMESPACE/ID, systemd driver, rootless */
	{"/default/" ID, "containerd", ID, "", ""},
	{"/k8s.io/" ID, "containerd", ID, "", ""},
	{"/moby/" ID, "docker", ID, "", ""},
	{"/system.slice/nerdctl-" ID ".scope", "containerd", ID, "", ""},
	{MANAGER "/user.slice/nerdctl-" ID ".scope", "containerd", ID, "", U1000},

	/* podman (libpod/container_internal_linux.go, oci_conmon_linux.go): root, crun's own */
	{"/machine.slice/libpod-" ID ".scope", "podman", ID, "", ""},
	{"/machine.slice/libpod-" ID ".scope/container", "podman", ID, "", ""},
	{"/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope", "podman", ID, "",
         ""},
	/* rootless, in a pod of podman's */
	{MANAGER "/user.slice/libpod-" ID ".scope/container", "podman", ID, "", U1000},
	{MANAGER "/user.slice/user-libpod_pod_" ID2 ".slice/libpod-" ID ".scope/container",
         "podman", ID, "", U1000},
	/* cgroupfs driver */
	{"/libpod_parent/libpod-" ID, "podman", ID, "", ""},
	{"/libpod_parent/" ID2 "/libpod-" ID, "podman", ID, "", ""},
	/* Quadlet: --cgroups=split, the monitor in "runtime" */
	{"/system.slice/nginx.service/libpod-payload-" ID, "podman", ID, "", ""},
	{MANAGER "/app.slice/redis.service/libpod-payload-" ID, "podman", ID, "", U1000},
	{"/system.slice/nginx.service/runtime", "systemd", "nginx.service", "", ""},
	/* its monitor: a scope like any */
	{"/machine.slice/libpod-conmon-" ID ".scope", "systemd", "libpod-conmon-" ID ".scope", "",
         ""},
	{MANAGER "/user.slice/libpod-conmon-" ID ".scope", "systemd", "libpod-conmon-" ID ".scope",
         "", U1000},

	/* lxc (src/lxc/cgroups/cgfsng.c): 4.0, before, Proxmox, with units and docker inside */
	{"/lxc.payload.web1", "lxc", "web1", "", ""},
	{"/lxc.payload.web1/system.slice/nginx.service", "lxc", "web1", "", ""},
	{"/lxc.payload.web1" USER "/session-3.scope", "lxc", "web1", "", ""},
	{"/lxc.payload.web1/system.slice/docker-" ID ".scope", "docker", ID, "", ""},
	{"/lxc.payload/web1/init.scope", "lxc", "web1", "", ""},
	{"/lxc/web1", "lxc", "web1", "", ""},
	{"/lxc/101/ns/system.slice/ssh.service", "lxc", "101", "", ""},

	/* machined (systemd-nspawn, libvirt), names with systemd's escapes */
	{"/machine.slice/machine-debian.scope", "nspawn", "debian", "", ""},
	{"/machine.slice/machine-my\\x2dhost.scope/payload/init.scope", "nspawn", "my-host", "",
         ""},
	{"/machine.slice/machine-a\\x2g.scope", "nspawn", "a\\x2g", "", ""},
	{"/machine.slice/systemd-nspawn@fedora.service/payload", "nspawn", "fedora", "", ""},
	{"/machine.slice/machine-qemu\\x2d3\\x2dvm1.scope/libvirt/emulator", "libvirt",
         "qemu-3-vm1", "", ""},

	/* units of systemd (systemd.unit(5)), of templates too, and what they make in theirs */
	{"/system.slice/nginx.service", "systemd", "nginx.service", "", ""},
	{"/system.slice/docker.service", "systemd", "docker.service", "", ""},
	{"/system.slice/system-getty.slice/getty@tty1.service", "systemd", "getty@tty1.service", "",
         ""},
	{"/system.slice/system-postgresql.slice/postgresql@15-main.service", "systemd",
         "postgresql@15-main.service", "", ""},
	{"/system.slice/system-systemd\\x2dfsck.slice/systemd-fsck@dev-a\\x2db.service", "systemd",
         "systemd-fsck@dev-a\\x2db.service", "", ""},
	{"/system.slice/foo.service/worker/3", "systemd", "foo.service", "", ""},
	{"/init.scope", "systemd", "init.scope", "", ""},
	{"/system.slice/docker-notanid.scope", "systemd", "docker-notanid.scope", "", ""},
	{"/system.slice/machine-x.service", "systemd", "machine-x.service", "", ""},
	{"nginx.service", "systemd", "nginx.service", "", ""},

	/* users (systemd-logind(8), user@.service(5)): sessions, units of theirs, neither */
	{USER "/session-3.scope", "systemd", "session-3.scope", "", U1000},
	{"/user.slice/user-42.slice/session-c1.scope", "systemd", "session-c1.scope", "",
         "user-42.slice"},
	{MANAGER "/app.slice/app-term.scope", "systemd", "app-term.scope", "", U1000},
	{MANAGER "/app.slice/app-foo.service", "systemd", "app-foo.service", "", U1000},
	{MANAGER "/app.slice", "systemd", "user@1000.service", "", U1000},
	{MANAGER "/init.scope", "systemd", "user@1000.service", "", U1000},
	{MANAGER, "systemd", "user@1000.service", "", U1000},
	{USER, "systemd", U1000, "", U1000}, /* v1's cpu and blkio: no unit below asks for them */
	{USER "/", "systemd", U1000, "", U1000},
	{"/user.slice/user-4294967294.slice", "systemd", "user-4294967294.slice", "",
         "user-4294967294.slice"},
};

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		struct container container;

		print_message("%s\n", shapes[i].path);
		assert_true(container_parse(shapes[i].path, &container));
		assert_string_equal(container.runtime, shapes[i].runtime);
		assert_string_equal(container.id, shapes[i].id);
		assert_string_equal(container.pod, shapes[i].pod);
		assert_string_equal(container.user_slice, shapes[i].user_slice);
	}
}

static void test_none(void **state)
{
	static const char *const paths[] = {
		"",
		"/",
		"///",
		"/system.slice",
		"/user.slice",
		"/user.slice/user-.slice",
		"/user.slice/user-alice.slice",
		"/user-1000.slice.d",
		"/docker",
		"/docker/buildkit/x2c9k1m0zq",
		"/lxc",
		"/lxc.monitor.web1", /* the monitor of one */
		"/libpod_parent/conmon",
		"/ecs/task",
		"/ecs/34dc0b5e626f2c5c4c5170e34b10e765",
		"/ecs/task/" FARGATE "x",
		"/ecs/34dc0b5e626f2c5c4c5170e34b10e765-",
		"/foo/" FARGATE,
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
