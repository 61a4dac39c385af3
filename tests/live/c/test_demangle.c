/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "enrich/demangle.h"

static void names_lose_their_mangling(void **state)
{
	static const char *const cases[][2] = {
		{"_Z3foov", "foo"},
		{"_ZN3foo3barERKN1a1bEPFivE", "foo::bar"},
		{"_ZN4node7TCPWrap7ConnectERKN2v820FunctionCallbackInfoINS1_5ValueEEE",
	         "node::TCPWrap::Connect"},
		{"_ZNKSt6vectorIiSaIiEE4sizeEv", "std::vector<int, std::allocator<int> >::size"},
		{"_ZN12_GLOBAL__N_14testEv", "(anonymous namespace)::test"},
		{"_ZN3FooclEv", "Foo::operator()"},
		{"_ZZN3foo3barEvENKUliE_clEi", "foo::bar()::{lambda(int)#1}::operator()"},
		{"_ZN6ServerD2Ev", "Server::~Server"},
		{"_ZL10serve_onceP6Server.constprop.0", "serve_once"},
		{"_ZN3std3net3tcp11TcpListener6accept17h0123456789abcdefE",
	         "std::net::tcp::TcpListener::accept"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[128] = "";

		print_message("%s\n", cases[i][0]);
		assert_true(demangle(cases[i][0], out, sizeof(out)));
		assert_string_equal(out, cases[i][1]);
	}
}

static void other_names_stay(void **state)
{
	static const char *const names[] = {"",         "main",
	                                    "i",        "_Z",
	                                    "_ZN",      "_ZN3fo",
	                                    "_ZTV3foo", "_ZN99foo3barEv",
	                                    "_ZGVfoo",  "_RNvC6_123foo3bar"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char out[16] = "unchanged";

		print_message("%s\n", names[i]);
		assert_false(demangle(names[i], out, sizeof(out)));
		assert_string_equal(out, "unchanged");
	}
}

static void what_does_not_fit_is_cut(void **state)
{
	char out[6] = "";

	(void)state;
	assert_true(demangle("_ZN3foo3barEv", out, sizeof(out)));
	assert_string_equal(out, "foo::");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_lose_their_mangling),
		cmocka_unit_test(other_names_stay),
		cmocka_unit_test(what_does_not_fit_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
