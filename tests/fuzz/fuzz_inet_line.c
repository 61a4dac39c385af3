/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: a file of /proc/net about Internet sockets: tcp, udp, udplite, raw, icmp, the same with a 6,
 * sctp/eps, sctp/assocs. Each line is read as a line of each.
 */
#include <errno.h>
#include <sys/socket.h>

#include "list/inet.h"
#include "output.h"

extern const struct listing listing_inet;

static void read_line(const struct inet_reader *reader, const char *line)
{
	size_t count = reader->list->count;
	int err = inet_add_line(reader, line);

	EXPECT(err == 0 || err == -EBADMSG);
	EXPECT(reader->list->count == count + !err);
}

static void read_sctp(const struct inet_reader *reader, const char *line)
{
	size_t count = reader->list->count;
	int endpoint = inet_add_endpoint(reader, line);
	int association = inet_add_association(reader, line);

	EXPECT(endpoint == 0 || endpoint == -EBADMSG);
	EXPECT(association == 0 || association == -EBADMSG);
	EXPECT(reader->list->count == count + !endpoint + !association);
}

static void print_fields(const struct field_context *context, const void *record,
                         struct buffer *json)
{
	for (size_t i = 0; i < inet_field_count; i++) {
		struct value value;

		field_get(&inet_fields[i], context, record, &value);
		if (value.type == VALUE_STRING)
			EXPECT(strlen(value.string) < sizeof(value.buf));
		if (value.type == VALUE_LIST && value.list)
			value.list(context, record, json);
	}
}

static void print_all(const struct list_request *request, const struct list *list)
{
	const struct field_context context = {
		.numeric_hosts = true, .numeric_ports = true, .numeric_users = true};
	struct buffer text = {0}, json = {0};

	for (size_t i = 0; i < list->count; i++) {
		const struct list_inet *inet = list_at(list, i);

		print_fields(&context, inet, &json);
		if (inet->socket.protocol == LIST_SCTP)
			inet_sctp_text(request, &context, inet, &text);
	}
	EXPECT(!text.failed && !json.failed);
	if (text.size)
		assert_harmless(text.data, text.size);
	if (json.size)
		assert_harmless(json.data, json.size);
	buffer_free(&text);
	buffer_free(&json);
}

static void read_as(enum list_protocol protocol, uint16_t family, char *text)
{
	const struct list_request request = {
		.extend = 1, .programs = true, .timers = true, .listening = true};
	struct list list = {.listing = &listing_inet};
	const struct inet_reader reader = {&request, &list, protocol, family};
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		if (protocol == LIST_SCTP)
			read_sctp(&reader, line);
		else
			read_line(&reader, line);
	}
	EXPECT(inet_give_requests_users(&list, 0) == 0);
	print_all(&request, &list);
	inet_drop_unwanted(&request, &list, 0);
	list_free(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		enum list_protocol protocol;
		uint16_t family;
	} files[] = {
		{LIST_TCP, AF_INET},  {LIST_TCP, AF_INET6}, {LIST_UDP, AF_INET},
		{LIST_RAW, AF_INET6}, {LIST_PING, AF_INET}, {LIST_SCTP, AF_INET},
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *text = fuzz_string(data, size);

		read_as(files[i].protocol, files[i].family, text);
		free(text);
	}
	return 0;
}
