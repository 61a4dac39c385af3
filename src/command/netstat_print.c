/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/netstat_print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "command/netstat_page.h"
#include "session/notice.h"

/* --- what is missing -------------------------------------------------------------------------- */

static bool is_named(const struct netstat_run *run, const struct listing *listing)
{
	return listing->mode != LIST_SOCKETS || listing->protocols & run->netstat->request.named;
}

/* All namespaces and rounds have the same faults. */
static bool is_reported(struct netstat_run *run, const char *what, size_t size)
{
	struct buffer *reported = &run->reported;

	for (size_t at = 0; at < reported->size; at += strlen(reported->data + at) + 1)
		if (strlen(reported->data + at) == size && !memcmp(reported->data + at, what, size))
			return true;
	buffer_add(reported, what, size);
	buffer_add(reported, "", 1);
	return false;
}

/* A fault a line. Whole sentences stand for themselves; "AF IPX" is what the system lacks. */
static void report(struct netstat_run *run, const char *what)
{
	for (; *what; what += *what == '\n') {
		int size = (int)strcspn(what, "\n");

		if (is_reported(run, what, (size_t)size))
			; /* once is enough */
		else if (!strncmp(what, "AF ", 3))
			notice_line("netstat: no support for `%.*s' on this system.", size, what);
		else
			notice_line("netstat: %.*s", size, what);
		what += size;
	}
}

static void note_fault(struct netstat_run *run, const struct listing *listing, int err,
                       const struct diag *diag)
{
	const char *what = diag->text[0] ? diag->text : strerror(-err);
	bool named = is_named(run, listing);

	if (run->round && !run->recorded)
		return; /* it may come back */
	run->missing |= named || err != -EAFNOSUPPORT;
	if (named || err != -EAFNOSUPPORT || run->netstat->request.verbose)
		report(run, what);
}

/* Families that nothing lists, on any kernel. */
static void note_unlisted(struct netstat_run *run)
{
	uint32_t listed = 0;

	for (const struct listing *const *at = listings; *at; at++)
		listed |= (*at)->mode == LIST_SOCKETS ? (*at)->protocols : 0;
	if (run->round || run->netstat->mode != LIST_SOCKETS)
		return;
	for (int i = 0; i < LIST_PROTOCOLS; i++) {
		if (!(run->netstat->request.named & ~listed & 1U << i))
			continue;
		run->missing = true;
		report(run, netstat_protocol_name((enum list_protocol)i));
	}
}

/* --- reading ---------------------------------------------------------------------------------- */

static void free_lists(struct list *lists, size_t count)
{
	for (size_t i = 0; i < count; i++)
		list_free(&lists[i]);
	free(lists);
}

void netstat_free_places(struct netstat_run *run)
{
	for (size_t i = 0; i < run->place_count; i++) {
		free_lists(run->places[i].lists, run->places[i].count);
		free_lists(run->places[i].previous, run->places[i].previous_count);
	}
	free(run->places);
	run->places = NULL;
	run->place_count = run->place_room = 0;
	buffer_free(&run->reported);
}

void netstat_forget_places(struct netstat_run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->place_count; i++) {
		struct netstat_place *place = &run->places[i];

		if (place->round == run->round) {
			run->places[kept++] = *place;
			continue;
		}
		free_lists(place->lists, place->count);
		free_lists(place->previous, place->previous_count);
	}
	run->place_count = kept;
}

bool netstat_found_nothing(const struct netstat_run *run)
{
	for (size_t i = 0; i < run->place_count; i++)
		if (run->places[i].count)
			return false;
	return run->missing;
}

static struct netstat_place *place_of(struct netstat_run *run, uint32_t netns)
{
	struct netstat_place *grown;

	for (size_t i = 0; i < run->place_count; i++)
		if (run->places[i].inode == netns)
			return &run->places[i];
	grown = array_reserve(run->places, &run->place_room, run->place_count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	run->places = grown;
	grown[run->place_count] = (struct netstat_place){.inode = netns};
	return &grown[run->place_count++];
}

/* The round before becomes the previous one. */
static void turn_over(struct netstat_place *place)
{
	free_lists(place->previous, place->previous_count);
	place->previous = place->lists;
	place->previous_count = place->count;
	place->lists = NULL;
	place->count = 0;
}

static const struct list *previous_of(const struct netstat_place *place,
                                      const struct listing *listing)
{
	for (size_t i = 0; i < place->previous_count; i++)
		if (place->previous[i].listing == listing)
			return &place->previous[i];
	return NULL;
}

static struct list_request request_of(const struct netstat_run *run, uint32_t netns,
                                      const char *netns_name)
{
	struct list_request request = run->netstat->request;

	request.holders = run->holders;
	request.netns = netns;
	request.netns_name = netns_name;
	request.round = run->round;
	request.elapsed = run->before ? run->now - run->before : 0;
	request.recorded = run->recorded;
	request.span = run->span;
	request.baseline = run->baseline;
	request.restarted = run->restarted;
	return request;
}

/* A list that cannot be read at all does not appear. 0 or -ENOMEM. */
static int read_list(struct netstat_run *run, struct netstat_place *place,
                     const struct listing *listing, struct list_request *request)
{
	struct list list = {.listing = listing}, *grown;
	struct diag diag = {""};
	int err;

	if (run->recorded && !listing->recorded)
		return 0;
	request->previous = previous_of(place, listing);
	err = listing->read(request, &list, &diag);
	if (err)
		note_fault(run, listing, err, &diag);
	if (err && !list.count && !listing->always_titled) {
		list_free(&list);
		return 0;
	}
	grown = array_add(place->lists, place->count, sizeof(*grown));
	if (!grown) {
		list_free(&list);
		return -ENOMEM;
	}
	place->lists = grown;
	grown[place->count++] = list;
	return 0;
}

/* Routes come in the order in which their families were typed. */
static int read_routes(struct netstat_run *run, struct netstat_place *place,
                       struct list_request *request)
{
	const struct netstat *netstat = run->netstat;
	int err = 0;

	for (size_t i = 0; i < netstat->family_count; i++) {
		bool any = false;

		for (const struct listing *const *at = listings; *at && !err; at++) {
			if ((*at)->mode != LIST_ROUTES || (*at)->family != netstat->families[i])
				continue;
			any = true;
			err = read_list(run, place, *at, request);
		}
		run->missing |= !any;
	}
	return err;
}

static int read_all(struct netstat_run *run, struct netstat_place *place,
                    struct list_request *request)
{
	int err = 0;

	if (run->netstat->mode == LIST_ROUTES)
		return read_routes(run, place, request);
	for (const struct listing *const *at = listings; *at && !err; at++)
		if (netstat_appears(run->netstat, *at))
			err = read_list(run, place, *at, request);
	note_unlisted(run);
	return err;
}

struct netstat_place *netstat_read_place(struct netstat_run *run, uint32_t netns,
                                         const char *netns_name)
{
	struct netstat_place *place = place_of(run, netns);
	struct list_request request = request_of(run, netns, netns_name);

	if (!place)
		return NULL;
	place->round = run->round;
	turn_over(place);
	return read_all(run, place, &request) ? NULL : place;
}

/* --- printing --------------------------------------------------------------------------------- */

static struct netstat_page page_of(struct netstat_run *run, const struct list_request *request,
                                   struct netstat_place *place)
{
	const struct table *table = run->recorded ? run->recorded : run->names.table;

	return (struct netstat_page){
		.options = run->options,
		.netstat = run->netstat,
		.request = request,
		.columns = run->out.columns,
		.many_netns = run->many_netns,
		.headings = !run->headed,
		.out = run->out.out,
		.context =
			{
				.table = table,
				.now = table_now(table),
				.numeric_hosts = request->numeric_hosts,
				.numeric_ports = request->numeric_ports,
				.numeric_users = request->numeric_users,
				.wide = request->wide,
				.utc = run->options->utc,
				.recorded = run->recorded,
				.netns = place->inode,
			},
	};
}

/* Printing to nowhere asks for just the names that printing needs. */
static int want_names(struct netstat_run *run, struct netstat_page *page,
                      const struct netstat_place *place)
{
	const struct list_request *request = page->request;
	FILE *nowhere;
	int err;

	if (run->recorded ||
	    (request->numeric_hosts && request->numeric_ports && request->numeric_users))
		return 0;
	nowhere = fopen("/dev/null", "we");
	if (!nowhere)
		return 0; /* numbers are printed */
	page->out = nowhere;
	err = netstat_page_print(page, place->lists, place->count);
	page->out = run->out.out;
	fclose(nowhere);
	if (!err)
		netstat_names_wait(&run->names, &run->out);
	return err;
}

static bool has_title(const struct netstat_run *run)
{
	return run->many_netns && run->options->format == OUTPUT_TEXT && !run->options->columns &&
	       !run->options->no_header;
}

int netstat_print_place(struct netstat_run *run, struct netstat_place *place,
                        const char *netns_name)
{
	struct list_request request = request_of(run, place->inode, netns_name);
	struct netstat_page page = page_of(run, &request, place);
	int err = want_names(run, &page, place);

	if (err)
		return err;
	if (place->count && has_title(run) &&
	    fprintf(page.out,
	            *netns_name ? "Network namespace %u (%s)\n" : "Network namespace %u\n",
	            place->inode, netns_name) < 0)
		return -errno;
	err = netstat_page_print(&page, place->lists, place->count);
	run->headed |= place->count;
	return err;
}
