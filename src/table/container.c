/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a cgroup path from its end: takes the innermost container, or a unit of systemd if there is
 * no container. Runtimes make these paths with the systemd driver and with the cgroupfs driver; see
 * the table in tests/unit/test_container.c.
 */
#include "table/container.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"

#define ID_MIN 12 /* what runtimes print as the short form of an id */
#define ID_MAX 64

/* The part of a path between two slashes. */
struct segment {
	const char *text;
	size_t size;
};

static bool starts_with(const struct segment *segment, const char *prefix)
{
	size_t size = strlen(prefix);

	return segment->size > size && !memcmp(segment->text, prefix, size);
}

static bool is(const struct segment *segment, const char *text)
{
	return segment->size == strlen(text) && !memcmp(segment->text, text, segment->size);
}

static struct segment drop_front(struct segment segment, size_t size)
{
	return (struct segment){segment.text + size, segment.size - size};
}

/* Cuts the suffix off; false: there is none. */
static bool cut_suffix(struct segment *segment, const char *suffix)
{
	size_t size = strlen(suffix);

	if (segment->size <= size || memcmp(segment->text + segment->size - size, suffix, size))
		return false;
	segment->size -= size;
	return true;
}

static bool has_suffix(struct segment segment, const char *suffix)
{
	return cut_suffix(&segment, suffix);
}

/* The segment before this one; size 0: it was the first. */
static struct segment segment_before(const char *path, const struct segment *segment)
{
	const char *end = segment->text, *start;

	while (end > path && end[-1] == '/')
		end--;
	for (start = end; start > path && start[-1] != '/';)
		start--;
	return (struct segment){start, (size_t)(end - start)};
}

static struct segment last_segment(const char *path)
{
	return segment_before(path, &(struct segment){path + strlen(path), 0});
}

static bool is_id(const struct segment *segment)
{
	if (segment->size < ID_MIN || segment->size > ID_MAX)
		return false;
	for (size_t i = 0; i < segment->size; i++) {
		if (!isxdigit((unsigned char)segment->text[i]))
			return false;
	}
	return true;
}

static void copy(char *to, size_t size, const struct segment *from)
{
	snprintf(to, size, "%.*s", (int)from->size, from->text);
}

static bool found(struct container *container, const char *runtime, const struct segment *id)
{
	copy(container->id, sizeof(container->id), id);
	snprintf(container->runtime, sizeof(container->runtime), "%s", runtime);
	return true;
}

/* docker-ID.scope, cri-containerd-ID.scope, ...; libpod-ID also without .scope. */
static bool parse_scope(struct segment segment, struct container *container)
{
	static const struct {
		const char *prefix, *runtime;
	} scopes[] = {
		{"docker-", "docker"},
		{"cri-containerd-", "containerd"},
		{"containerd-", "containerd"},
		{"nerdctl-", "containerd"},
		{"crio-", "crio"},
		{"libpod-", "podman"},
		{"libpod-payload-", "podman"}, /* --cgroups=split, as by Quadlet: in a unit */
	};
	const char *colon = memrchr(segment.text, ':', segment.size);

	/* systemd's slice:prefix:id notation, taken for a path by a cgroupfs driver */
	if (colon) {
		struct segment id = drop_front(segment, (size_t)(colon + 1 - segment.text));

		return is_id(&id) && memmem(segment.text, segment.size, ":cri-containerd:", 16) &&
		       found(container, "containerd", &id);
	}
	cut_suffix(&segment, ".scope");
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		struct segment id;

		if (!starts_with(&segment, scopes[i].prefix))
			continue;
		id = drop_front(segment, strlen(scopes[i].prefix));
		if (is_id(&id))
			return found(container, scopes[i].runtime, &id);
	}
	return false;
}

/*
 * A bare id, as the cgroupfs driver makes it: /docker/ID, /kubepods/podUID/ID. The path of a
 * container in Kubernetes does not show the runtime.
 */
static bool parse_bare(const char *path, const struct segment *segment, bool pod,
                       struct container *container)
{
	struct segment parent = segment_before(path, segment);
	static const struct {
		const char *parent, *runtime;
	} parents[] = {
		{"docker", "docker"},      {"actions_job", "docker"}, {"k8s.io", "containerd"},
		{"default", "containerd"}, {"moby", "docker"},        {"libpod_parent", "podman"},
	};

	if (!is_id(segment))
		return false;
	if (pod)
		return found(container, "kubernetes", segment);
	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		if (is(&parent, parents[i].parent))
			return found(container, parents[i].runtime, segment);
	}
	/* A whole id below an unknown parent (--cgroup-parent) is a container too. */
	return segment->size == ID_MAX && found(container, "container", segment);
}

/* 32 hexadecimal digits, "-", a number: containers of AWS Fargate since 1.4. */
static bool is_fargate_id(const struct segment *segment)
{
	if (segment->size < 34 || segment->text[32] != '-')
		return false;
	for (size_t i = 0; i < segment->size; i++) {
		if (i < 32 && !isxdigit((unsigned char)segment->text[i]))
			return false;
		if (i > 32 && !isdigit((unsigned char)segment->text[i]))
			return false;
	}
	return true;
}

/* /ecs/ID or /ecs/TASK/ID: the agent of Amazon ECS uses docker, except on Fargate. */
static bool parse_ecs(const char *path, const struct segment *segment, struct container *container)
{
	struct segment parent = segment_before(path, segment);
	struct segment above = segment_before(path, &parent);

	if (!is(&parent, "ecs") && !is(&above, "ecs"))
		return false;
	if (segment->size == ID_MAX && is_id(segment))
		return found(container, "docker", segment);
	return is_fargate_id(segment) && found(container, "ecs", segment);
}

/* lxc.payload.NAME, or NAME below lxc or lxc.payload; the monitor is outside of it. */
static bool parse_lxc(const char *path, const struct segment *segment, struct container *container)
{
	struct segment parent = segment_before(path, segment), name;

	if (starts_with(segment, "lxc.payload.")) {
		name = drop_front(*segment, strlen("lxc.payload."));
		return found(container, "lxc", &name);
	}
	if (is(&parent, "lxc") || is(&parent, "lxc.payload"))
		return found(container, "lxc", segment);
	return false;
}

/* machine-NAME.scope of systemd-machined, or systemd-nspawn@NAME.service. */
static bool parse_machine(struct segment segment, struct container *container)
{
	struct segment name;

	if (starts_with(&segment, "machine-") && cut_suffix(&segment, ".scope"))
		name = drop_front(segment, strlen("machine-"));
	else if (starts_with(&segment, "systemd-nspawn@") && cut_suffix(&segment, ".service"))
		name = drop_front(segment, strlen("systemd-nspawn@"));
	else
		return false;
	if (!name.size)
		return false;
	found(container, "nspawn", &name);
	unescape(container->id, ESCAPE_HEX); /* systemd writes "-" as \x2d in the name of a unit */
	/* libvirt registers its guests with machined as qemu-NUMBER-NAME. */
	if (!strncmp(container->id, "qemu-", 5) || !strncmp(container->id, "lxc-", 4))
		strcpy(container->runtime, "libvirt");
	return true;
}

/*
 * podUID, or kubepods-burstable-podUID.slice where "-" is spelled "_". Static
 * pods have a hash without dashes.
 */
static bool parse_pod(struct segment segment, char *pod, size_t size)
{
	const char *at;

	cut_suffix(&segment, ".slice");
	if (starts_with(&segment, "pod")) {
		segment = drop_front(segment, 3);
	} else {
		if (!starts_with(&segment, "kubepods") &&
		    !memmem(segment.text, segment.size, "-kubepods", 9))
			return false;
		at = memmem(segment.text, segment.size, "-pod", 4);
		if (!at)
			return false;
		segment = drop_front(segment, (size_t)(at + 4 - segment.text));
	}
	at = memchr(segment.text, '.', segment.size); /* podUID.slice:cri-containerd:ID */
	if (at)
		segment.size = (size_t)(at - segment.text);
	if (segment.size < 32 || segment.size >= size)
		return false;
	for (size_t i = 0; i < segment.size; i++) {
		if (!isxdigit((unsigned char)segment.text[i]) && !strchr("-_", segment.text[i]))
			return false;
	}
	copy(pod, size, &segment);
	for (; *pod; pod++) {
		if (*pod == '_')
			*pod = '-';
	}
	return true;
}

static bool parse_unit(const char *path, const struct segment *segment, struct container *container)
{
	if (!has_suffix(*segment, ".service") && !has_suffix(*segment, ".scope"))
		return false;
	/* A manager that runs as a unit (user@1000.service) has an init.scope below that unit. */
	if (is(segment, "init.scope") && has_suffix(segment_before(path, segment), ".service"))
		return false;
	return found(container, "systemd", segment);
}

/* user-UID.slice */
static bool is_user_slice(struct segment segment)
{
	if (!starts_with(&segment, "user-") || !cut_suffix(&segment, ".slice"))
		return false;
	for (size_t i = strlen("user-"); i < segment.size; i++) {
		if (!isdigit((unsigned char)segment.text[i]))
			return false;
	}
	return segment.size > strlen("user-");
}

/* The innermost container, or the pod alone. *at: the segment that names it. */
static bool find_container(const char *path, struct container *container, struct segment *at)
{
	struct segment pod = last_segment(path);

	while (pod.size && !parse_pod(pod, container->pod, sizeof(container->pod)))
		pod = segment_before(path, &pod);
	for (*at = last_segment(path); at->size; *at = segment_before(path, at)) {
		if (parse_scope(*at, container) || parse_ecs(path, at, container) ||
		    parse_bare(path, at, container->pod[0], container) ||
		    parse_lxc(path, at, container) || parse_machine(*at, container))
			return true;
		if (pod.size && at->text == pod.text)
			break; /* a container around a pod (a node of kind) is not in the pod */
	}
	if (!pod.size)
		return false;
	*at = pod;
	strcpy(container->runtime, "kubernetes");
	return true;
}

/* The innermost unit of systemd, or the slice of a user without any. */
static bool find_unit(const char *path, struct container *container, struct segment *at)
{
	for (*at = last_segment(path); at->size; *at = segment_before(path, at)) {
		if (parse_unit(path, at, container))
			return true;
	}
	for (*at = last_segment(path); at->size; *at = segment_before(path, at)) {
		if (is_user_slice(*at))
			return found(container, "systemd", at);
	}
	return false;
}

bool container_parse(const char *path, struct container *container)
{
	struct container result = {0};
	struct segment at;

	if (!find_container(path, &result, &at) && !find_unit(path, &result, &at))
		return false;
	/* Slices below the container are of users of its own systemd: leave them out. */
	for (; at.size; at = segment_before(path, &at)) {
		if (is_user_slice(at))
			copy(result.user_slice, sizeof(result.user_slice), &at);
	}
	*container = result;
	return true;
}

/* Length of an id as container tools print it: 12 digits of a long hexadecimal id, else all. */
static int short_length(const char *id)
{
	size_t length = strlen(id);

	if (length < 32 || strspn(id, "0123456789abcdef") != length)
		return (int)length;
	return ID_MIN;
}

void container_print(const struct container *container, char *text, size_t size)
{
	snprintf(text, size, "%s:%.*s", container->runtime, short_length(container->id),
	         container->id);
}
