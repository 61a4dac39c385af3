/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linked only into the one-file binary (make static). Stops it from loading libraries of the host,
 * which may be built for another libc.
 */
#include <stddef.h>
#ifdef __GLIBC__
#include <nss.h>
#endif

void *__wrap_dlopen(const char *file, int flags);

/* Only libdwfl calls it, to look for libdebuginfod, which it does not need. */
void *__wrap_dlopen(const char *file, int flags)
{
	(void)file;
	(void)flags;
	return NULL;
}

#ifdef __GLIBC__
/* These services are part of libc itself since glibc 2.34: files of /etc, DNS. */
static __attribute__((constructor)) void use_own_services(void)
{
	__nss_configure_lookup("passwd", "files");
	__nss_configure_lookup("services", "files");
	__nss_configure_lookup("networks", "files");
	__nss_configure_lookup("protocols", "files");
	__nss_configure_lookup("hosts", "files dns");
}
#endif
