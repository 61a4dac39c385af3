/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linked into the one-file binary only (make static): keeps it from loading the libraries of the
 * host it runs on, whose libc need not be the one that it was linked with.
 */
#include <stddef.h>
#ifdef __GLIBC__
#include <nss.h>
#endif

void *__wrap_dlopen(const char *file, int flags);

/* libdwfl's only: it looks for libdebuginfod, and does without. */
void *__wrap_dlopen(const char *file, int flags)
{
	(void)file;
	(void)flags;
	return NULL;
}

#ifdef __GLIBC__
/* These services are part of libc itself since glibc 2.34: /etc/passwd, /etc/services, DNS. */
static __attribute__((constructor)) void use_own_services(void)
{
	__nss_configure_lookup("passwd", "files");
	__nss_configure_lookup("services", "files");
	__nss_configure_lookup("hosts", "files dns");
}
#endif
