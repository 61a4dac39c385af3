/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/demangle.h"

static void expect(const char *symbol, const char *name)
{
	char out[512] = "unchanged";

	print_message("%s\n", symbol);
	assert_int_equal(demangle(symbol, out, sizeof(out)), name != NULL);
	assert_string_equal(out, name ? name : "unchanged");
}

static void names_functions(void **state)
{
	(void)state;
	expect("_Z3foov", "foo");
	expect("_ZL17jni_invoke_staticP7JNIEnv_P9JavaValue.constprop.1", "jni_invoke_static");
	expect("_ZN9JavaCalls11call_"
	       "helperEP9JavaValueRK12methodHandleP17JavaCallArgumentsP10JavaThread",
	       "JavaCalls::call_helper");
	expect("_ZNK3foo3barEv", "foo::bar");
	expect("_ZNKSt6vectorIiSaIiEE4sizeEv", "std::vector::size");
	expect("_ZSt4moveIRiEONSt16remove_referenceIT_E4typeEOS2_", "std::move");
	expect("_ZN4node21InternalCallbackScopeD1Ev",
	       "node::InternalCallbackScope::~InternalCallbackScope");
	expect("_ZN6ServerC2ERKS_", "Server::Server");
	expect("_ZN3foo3barB5cxx11Ev", "foo::bar");
	expect("_ZN1ApLERKS_", "A::operator+=");
}

static void leaves_out_template_arguments(void **state)
{
	(void)state;
	expect("_ZN4node7TCPWrap7ConnectI11sockaddr_inEEvRKN2v820FunctionCallbackInfoINS3_"
	       "5ValueEEESt8"
	       "functionIFiPKcPT_EE",
	       "node::TCPWrap::Connect");
	expect("_ZN2v88internal12_GLOBAL__N_119HandleApiCallHelperILb0EEENS0_11MaybeHandleINS0_"
	       "6ObjectEEEPNS0_7IsolateE",
	       "v8::internal::(anonymous)::HandleApiCallHelper");
	expect("_ZN3fooILN1a1bE3ELi5EE3barEv", "foo::bar");
	expect("_ZN3fooIA10_cDnFivEE3barEv", "foo::bar");
}

static void names_rust(void **state)
{
	(void)state;
	expect("_ZN3std3net3tcp11TcpListener6accept17h0123456789abcdefE",
	       "std::net::tcp::TcpListener::accept");
	expect("_ZN66_$LT$core..ops..Range$LT$T$GT$$u20$as$u20$core..iter..Iterator$GT$4next"
	       "17h0123456789abcdefE",
	       "<core::ops::Range<T> as core::iter::Iterator>::next");
}

static void leaves_what_it_does_not_understand(void **state)
{
	static const char *const symbols[] = {
		"",
		"main",
		"_Z",
		"_ZN",
		"_ZNE",
		"_ZN3fo",
		"_ZN3foo",
		"_ZN99foo3barEv",
		"_ZN99999999999999999999fooE",
		"_ZN3fooI3barE",
		"_ZN3fooIXplLi1ELi2EEE3barEv",
		"_ZZN4node3fooEvENKUlvE_clEv",
		"_ZThn16_N3foo3barEv",
		"_ZTV3foo",
		"_ZNC1Ev",
		"_RNvC6_123foo3bar",
		"_ZN3fooIIIIIIIIIIIIIIIIII",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		expect(symbols[i], NULL);
}

/* Names come from files of others. */
static void copes_with_any_text(void **state)
{
	static const char letters[] = "_ZNKSILEXTDACUJFB0123456789abcdt";
	char symbol[200], out[40];

	(void)state;
	srandom(1);
	for (int i = 0; i < 200000; i++) {
		size_t length = 3 + (size_t)(random() % 100);

		memcpy(symbol, "_ZN", 3);
		for (size_t at = 2 + (size_t)(i & 1); at < length; at++)
			symbol[at] = letters[(size_t)random() % (sizeof(letters) - 1)];
		symbol[length] = '\0';
		if (demangle(symbol, out, sizeof(out)))
			assert_in_range(strlen(out), 1, sizeof(out) - 1);
	}
	memset(symbol, 'I', sizeof(symbol));
	memcpy(symbol, "_ZN1a", 5);
	symbol[sizeof(symbol) - 1] = '\0';
	assert_false(demangle(symbol, out, sizeof(out)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_functions),
		cmocka_unit_test(leaves_out_template_arguments),
		cmocka_unit_test(names_rust),
		cmocka_unit_test(leaves_what_it_does_not_understand),
		cmocka_unit_test(copes_with_any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
