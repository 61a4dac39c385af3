# SPDX-License-Identifier: BSD-2-Clause
# tcptrail: `make` builds build/tcptrail; `make help` lists the rest. V=1 shows commands.

VERSION := 0.1.0
ARCH := $(subst aarch64,arm64,$(shell uname -m))
BPF_ARCH := $(patsubst x86_64,x86,$(ARCH))
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DOCDIR ?= $(PREFIX)/share/doc/tcptrail
B ?= build

# A variable that runs a program, once and only where it is used: $(eval $(call once,NAME,VALUE)).
once = $(1) = $$(eval $(1) := $(2))$$($(1))
ifeq ($(origin UNITDIR),undefined)
$(eval $(call once,UNITDIR,$$(or $$(shell $$(PKG_CONFIG) systemd \
	--variable=systemdsystemunitdir 2>/dev/null),$$(PREFIX)/lib/systemd/system)))
endif

CC ?= cc
CLANG ?= clang
PKG_CONFIG ?= pkg-config
ifeq ($(origin BPFTOOL),undefined)
$(eval $(call once,BPFTOOL,$$(or $$(shell tools/setup --bpftool),bpftool)))
endif
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes $(if $(CI),-Werror)
LIBS := libbpf libdw libelf zlib libzstd libcap libseccomp libmnl
$(eval $(call once,PURE_LIBS,$$(shell $$(PKG_CONFIG) --libs zlib libzstd libmnl)))
$(eval $(call once,ALL_LIBS,$$(shell $$(PKG_CONFIG) --libs $$(LIBS))))
CXX_RUNTIME := -lstdc++
override CPPFLAGS += -D_GNU_SOURCE -DTCPTRAIL_VERSION='"$(VERSION)"' -Iinclude -Isrc -I$(B)

# The program parses foreign data with privilege: see tools/hardening. These flags come last, so that
# CFLAGS cannot undo them. _FORTIFY_SOURCE needs optimization; the sanitizers check the same calls.
known_to_cc = $(shell for flag in $(1); do \
	$(CC) -Werror $$flag -S -x c -o /dev/null /dev/null 2>/dev/null && echo $$flag; done)
OPTIMIZED := $(if $(findstring -fsanitize,$(CFLAGS)),,$(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS)))))
HARDENING := -fPIE -fstack-protector-strong $(call known_to_cc,-fstack-clash-protection \
	$(if $(filter x86_64,$(ARCH)),-fcf-protection) $(if $(filter arm64,$(ARCH)),-mbranch-protection=standard)) \
	$(if $(OPTIMIZED),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDENED_LINK := -Wl,-z,relro,-z,now,-z,noexecstack
ALL_CFLAGS := -std=gnu11 $(WARNINGS) $(CFLAGS) $(CPPFLAGS) $(HARDENING) -MMD -MP -pthread
ALL_LDFLAGS := $(CFLAGS) $(LDFLAGS) -pthread

ifneq ($(V),1)
Q := @
say = @printf '  %-8s%s\n' '$(1)' '$(2)'
endif

# The pure rooms link into the unit tests, without libbpf.
PURE_ROOMS := base fact record table field select list count rules view cli
PURE := $(wildcard $(PURE_ROOMS:%=src/%/*.c))
SOURCES := $(wildcard src/*/*.c src/*.c)
OBJECTS := $(SOURCES:%.c=$(B)/%.o)
PURE_OBJECTS := $(PURE:%.c=$(B)/%.o)
# The probes, linked into one object; and the walk over fds, which loads alone.
BPF_OBJECTS := $(patsubst bpf/%.bpf.c,$(B)/bpf/%.o,$(filter-out bpf/fds.bpf.c,$(wildcard bpf/*.bpf.c)))
SKELETONS := $(B)/tcptrail.skel.h $(B)/fds.skel.h
UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))
LIVE_C_TESTS := $(patsubst tests/live/c/%.c,$(B)/live/%,$(wildcard tests/live/c/test_*.c))
SCENARIO_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard tools/scenario/*.c))

.PHONY: all static help run check check-all unit golden scripts live live-sanitizers asan coverage lint install \
	uninstall clean test-programs matrix bench bench-churn bench-codec fuzz fuzz-corpus fuzz-seeds FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(B)/tcptrail

help:
	@echo 'all              build $(B)/tcptrail (default)'
	@echo 'static           build $(B)/static/tcptrail, which needs no library where it runs'
	@echo 'run              build and run it as root'
	@echo 'check            lint, unit, golden, scripts, asan, fuzz-corpus, live (root); check-all: matrix, too'
	@echo 'unit golden scripts live asan fuzz-corpus lint   one kind of them'
	@echo 'live-sanitizers  the program under a storm, by ASan, UBSan, TSan and Valgrind (root)'
	@echo 'coverage         what unit and golden tests run of the pure layers; FILE=src/table/life.c'
	@echo 'fuzz             let clang search for bad input, $$(FUZZ_SECONDS) s a target'
	@echo 'bench            what all costs, beside peers and against targets (root, minutes)'
	@echo 'bench-churn      whether memory grows in an hour of connections that come and go (root)'
	@echo 'matrix           boot Debian kernels in QEMU and test in each (network; no root)'
	@echo 'bench-codec      size and speed of a recording of FACTS=FILE (events --facts)'
	@echo 'install          into $$(DESTDIR)$$(PREFIX); uninstall'
	@echo 'clean            remove $(B)/'

# --- names what is missing and the command that installs it; make itself installs nothing ------
GOALS := $(filter-out help clean uninstall,$(or $(MAKECMDGOALS),all))
NEEDS := $(or $(filter matrix,$(GOALS)),$(if $(filter-out all static run install $(B)/%,$(GOALS)),test,build))
ifneq ($(GOALS),)
ifneq ($(shell CC='$(CC)' CLANG='$(CLANG)' tools/setup --missing $(NEEDS) $(B)/needs.$(NEEDS) || echo some),)
$(error or let ./tools/run or ./tools/check install it)
endif
endif

# --- flags are a prerequisite: other flags rebuild everything ------------------------------
FLAGS_NOW := $(filter-out -Werror,$(CC) $(CLANG) $(ALL_CFLAGS) $(LDFLAGS) $(ARCH))
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS_NOW))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS_NOW))' > $@
FORCE:

# --- BPF: one object per reason to emit, linked into one skeleton; and a skeleton for fds -----
BPF_CFLAGS := -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Werror \
	-Iinclude -Ivmlinux/$(ARCH)

$(B)/bpf/%.o: bpf/%.bpf.c $(B)/flags
	$(call say,BPF,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c $< -o $@

$(B)/tcptrail.bpf.o: $(BPF_OBJECTS)
$(B)/fds.bpf.o: $(B)/bpf/fds.o
$(B)/tcptrail.bpf.o $(B)/fds.bpf.o:
	$(call say,LINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

$(B)/%.skel.h: $(B)/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

# --- user space ------------------------------------------------------------------------------
# Made before the first build; the .d files know which objects include it.
$(filter $(B)/src/source/%,$(OBJECTS)): | $(SKELETONS)
$(B)/src/enrich/doing_text.o: $(B)/syscall_names.h
$(B)/src/view/explain.o: $(B)/state_pages.h

# Syscalls of the target machine: its headers say `#define __NR_read 0`. __NR_syscalls is a count and
# __NR_arch_specific_syscall starts a range: both are left out.
$(B)/syscall_names.h: $(B)/flags
	$(call say,GEN,$@)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -E -dM -include sys/syscall.h -x c /dev/null -o $(@:.h=.i)
	$(Q)sed -n -e '/__NR_syscalls /d' -e '/__NR_arch_specific_syscall /d' \
		-e 's/^#define __NR_\([a-z0-9_]*\) .*/{__NR_\1, "\1"},/p' $(@:.h=.i) > $@

# The pages that `explain` prints, each as [STATE_LISTEN] = "# LISTEN: ...\n" ...
STATE_PAGES := $(filter-out %/README.md,$(wildcard docs/states/*.md))
$(B)/state_pages.h: $(STATE_PAGES) $(B)/flags
	$(call say,GEN,$@)
	$(Q)for page in $(STATE_PAGES); do \
		echo "[STATE_$$(basename $$page .md)] =" && \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $$page && echo , || exit; \
	done > $@

$(B)/%.o: %.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c $< -o $@

$(B)/tcptrail: $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie $(HARDENED_LINK) $^ -o $@ $(ALL_LIBS) $(CXX_RUNTIME)

# The rows of all commands, for programs that read command lines and run none. What commands call
# stays out, and libbpf with it: each of these names leads to a trap.
COMMAND_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard src/command/*.c))
BEHIND_COMMANDS := $(filter-out $(PURE_OBJECTS),$(patsubst %.c,$(B)/%.o,\
	$(wildcard $(patsubst %,src/%/*.c,session feed source enrich))))
COMMAND_ROWS := $(COMMAND_OBJECTS) $(B)/behind_commands.o

$(B)/behind_commands.c: $(BEHIND_COMMANDS)
	$(call say,GEN,$@)
	$(Q)nm -g --defined-only $^ | awk 'NF == 3 && $$3 !~ /^__/ && !seen[$$3]++ { \
		printf "void %s(void);\nvoid %s(void)\n{\n\t__builtin_trap();\n}\n", $$3, $$3 }' > $@

$(B)/behind_commands.o: $(B)/behind_commands.c
	$(Q)$(CC) $(ALL_CFLAGS) -c $< -o $@

# tools/run runs it to find out whether a command needs root.
$(B)/needs_root: $(B)/tools/root/needs_root.o $(COMMAND_ROWS) $(PURE_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(PURE_LIBS)

# One file that needs no library. ld warns that glibc's NSS may load one: see tools/static/alone.c.
static: $(B)/static/tcptrail

# Debian 12 has no libmnl.a.
$(B)/static/libmnl.a: tools/static/libmnl
	$(call say,GET,$@)
	$(Q)CC='$(CC)' LDFLAGS='$(LDFLAGS)' $< $@

$(B)/static/tcptrail: $(OBJECTS) $(B)/tools/static/alone.o $(B)/static/libmnl.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -static-pie $(HARDENED_LINK) -Wl,--wrap=dlopen $^ -o $@ \
		$(shell $(PKG_CONFIG) --static --libs $(filter-out libmnl,$(LIBS))) $(CXX_RUNTIME)

$(B)/static/scenario: $(SCENARIO_OBJECTS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -static $(ALL_LDFLAGS) $^ -o $@

$(B)/scenario: $(SCENARIO_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@

# Measures recordings of FACTS, a file that `tcptrail events --facts -n --output` wrote.
$(B)/bench/%: $(B)/tools/bench/%.o $(PURE_OBJECTS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(PURE_LIBS) -lm

BENCHES := $(patsubst tools/bench/%.c,$(B)/bench/%,$(wildcard tools/bench/*.c))
bench: $(B)/tcptrail $(B)/scenario $(B)/bench/multiply $(B)/bench/growth $(B)/bench/codec
	$(SUDO) env TCPTRAIL=$(B)/tcptrail SCENARIO=$(B)/scenario MULTIPLY=$(B)/bench/multiply CODEC=$(B)/bench/codec \
		sh -c '$(B)/bench/growth && tools/bench/hostile && tools/bench/record && tools/bench/storm && tools/bench/sockets && tools/bench/netstat && \
			tools/bench/signals'

# Runs for an hour, or for CHURN_MINUTES.
bench-churn: $(B)/tcptrail $(B)/scenario
	$(SUDO) env TCPTRAIL=$(B)/tcptrail SCENARIO=$(B)/scenario tools/bench/churn $(CHURN_MINUTES)

bench-codec: $(B)/bench/codec
	$< $(or $(FACTS),$(error FACTS=FILE is missing: what tcptrail events --facts wrote))

# --- tests -----------------------------------------------------------------------------------
# A test that needs more than the pure rooms names the files in a line of its own:
#
#	/* links src/enrich/maps.c src/enrich/perfmap.c */
#
# `links commands` names the rows of all commands.
$(eval $(call once,LINKS,$$(shell awk '/^\/\* links / { for (i = 3; i < NF; i++) print FILENAME "=" $$$$i }' \
	tests/unit/*.c tests/fuzz/*.c tests/live/progs/*.c)))
linked = $(patsubst $(1)=%,%,$(filter $(1)=%,$(LINKS)))
objects_linked = $(patsubst %.c,$(B)/%.o,$(filter %.c,$(call linked,$(1)))) \
	$(if $(filter commands,$(call linked,$(1))),$(COMMAND_ROWS))

.SECONDEXPANSION:
$(B)/unit/%: $(B)/tests/unit/%.o $(PURE_OBJECTS) $$(call objects_linked,tests/unit/$$*.c)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ -lcmocka $(PURE_LIBS)

LIVE_C_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard src/source/*diag.c src/enrich/*.c))
$(B)/live/%: $(B)/tests/live/c/%.o $(LIVE_C_OBJECTS) $(PURE_OBJECTS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ -lcmocka \
		$(shell $(PKG_CONFIG) --libs $(filter-out libbpf,$(LIBS))) $(CXX_RUNTIME)

# One program in several variants: without frame pointers, as distributions build theirs, and with its
# symbols in different places.
PROGS := $(addprefix $(B)/progs/,pie nopie library stripped buildid debuglink)
PROG_FLAGS := -std=gnu11 -O2 -g -fomit-frame-pointer -fno-optimize-sibling-calls -Wall -Wextra
PROG := tests/live/progs/stack_prog.c
$(PROGS) $(B)/progs/libstack.so: PROG_LINK :=
$(B)/progs/pie $(B)/progs/stripped $(B)/progs/buildid: PROG_LINK := -fPIE -pie -Wl,--build-id
$(B)/progs/nopie: PROG_LINK := -fno-pie -no-pie
$(B)/progs/debuglink: PROG_LINK := -fPIE -pie -Wl,--build-id=none
$(B)/progs/library: PROG_LINK := -DWITH_LIBRARY -L$(B)/progs -lstack '-Wl,-rpath,$$ORIGIN'
$(B)/progs/library: $(B)/progs/libstack.so

$(PROGS): $(PROG) $(B)/flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROG_FLAGS) $< -o $@ $(PROG_LINK)
	$(Q)case $@ in \
	*/stripped) strip $@ ;; \
	*/buildid) objcopy --only-keep-debug $@ $@.debug && strip $@ ;; \
	*/debuglink) objcopy --only-keep-debug $@ $@.debug && strip $@ && \
		objcopy --add-gnu-debuglink=$@.debug $@ ;; \
	esac

$(B)/progs/libstack.so: tests/live/progs/stack_library.c $(B)/flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROG_FLAGS) -fPIC -shared $< -o $@

$(B)/progs/faults.so: tests/live/progs/faults.c $(B)/flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROG_FLAGS) -fPIC -shared $< -o $@

# All other programs: one file each, and the libraries that it names ("links -lseccomp").
SIMPLE_PROGS := $(patsubst tests/live/progs/%.c,$(B)/progs/%,$(filter-out \
	%/stack_prog.c %/stack_library.c %/faults.c %/verify_recording.c,$(wildcard tests/live/progs/*.c)))
$(SIMPLE_PROGS): $(B)/progs/%: tests/live/progs/%.c $(B)/flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PROG_FLAGS) $< -o $@ $(call linked,$<)

$(B)/verify_recording: $(B)/tests/live/progs/verify_recording.o $(PURE_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(PURE_LIBS)

test-programs: $(B)/tcptrail $(B)/needs_root $(B)/scenario $(UNIT_TESTS) $(LIVE_C_TESTS) $(PROGS) \
	$(SIMPLE_PROGS) $(B)/progs/faults.so $(B)/verify_recording $(BENCHES)

unit: $(UNIT_TESTS)
	@set -e; for t in $^; do $$t; done

# Tests of tools/, each in a process of its own.
scripts: $(B)/tcptrail $(B)/needs_root
	+TCPTRAIL=$(B)/tcptrail tests/scripts/run

golden: $(B)/tcptrail
	TCPTRAIL=$(B)/tcptrail tests/golden/run

# Tests that trace need root: SUDO is the command that gives it. LANES=1: one test at a time.
LANES ?= 3
live: test-programs
	$(SUDO) env TCPTRAIL=$(B)/tcptrail SCENARIO=$(B)/scenario LANES=$(LANES) tests/live/run

matrix: $(B)/static/tcptrail $(B)/static/scenario
	STATIC=$(B)/static MATRIX_CACHE=$(abspath $(B))/matrix tools/matrix/run $(ROWS)

# The same unit and golden tests under the sanitizers, built apart.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
asan:
	$(MAKE) B=$(B)/asan CFLAGS='-O1 -g $(SANITIZE)' unit golden

# The program under a storm, with the sanitizers, and with Valgrind if it is installed.
live-sanitizers: test-programs
	+$(Q)$(MAKE) B=$(B)/asan CFLAGS='-O1 -g $(SANITIZE)' $(B)/asan/tcptrail
	+$(Q)$(MAKE) B=$(B)/tsan CFLAGS='-O1 -g -fsanitize=thread' $(B)/tsan/tcptrail
	$(SUDO) env TCPTRAIL=$(B)/tcptrail SCENARIO=$(B)/scenario \
		SANITIZED='$(abspath $(B)/asan/tcptrail) $(abspath $(B)/tsan/tcptrail)' \
		tests/live/run sanitizers

# What the unit and golden tests cover of the pure rooms. FILE=src/table/life.c: what they do not.
coverage:
	+$(Q)$(MAKE) -s B=$(B)/coverage CFLAGS='-O0 -g --coverage' $(B)/coverage/tcptrail \
		$(UNIT_TESTS:$(B)/%=$(B)/coverage/%)
	$(Q)find $(B)/coverage -name '*.gcda' -delete
	+$(Q)$(MAKE) -s B=$(B)/coverage CFLAGS='-O0 -g --coverage' unit golden \
		> $(B)/coverage/tests.log 2>&1 || { cat $(B)/coverage/tests.log; false; }
	$(Q)PURE="$(PURE)" tools/coverage $(B)/coverage $(FILE)

# Each tests/fuzz/fuzz_NAME.c is a target; its inputs are in tests/fuzz/corpus/NAME. fuzz-corpus
# replays them under the sanitizers. fuzz starts from them with clang's libFuzzer, and writes new
# inputs to build/fuzz/corpus/NAME and errors to build/fuzz/NAME-crash-*. libFuzzer is part of
# clang's runtime: libclang-rt-*-dev (Debian), compiler-rt (Fedora, Arch, Alpine).
FUZZ_SECONDS ?= 60
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

$(B)/replay/%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(PURE_OBJECTS) \
		$$(call objects_linked,tests/fuzz/fuzz_$$*.c)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(PURE_LIBS)

$(B)/fuzzer/%: $(B)/tests/fuzz/fuzz_%.o $(PURE_OBJECTS) $$(call objects_linked,tests/fuzz/fuzz_$$*.c)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer $^ -o $@ $(PURE_LIBS)

fuzz-corpus:
	+$(Q)$(MAKE) B=$(B)/asan CFLAGS='-O1 -g $(SANITIZE)' $(FUZZ_TARGETS:%=$(B)/asan/replay/%)
	@set -e; for t in $(FUZZ_TARGETS); do $(B)/asan/replay/$$t tests/fuzz/corpus/$$t; done

fuzz:
	+$(Q)$(MAKE) B=$(B)/fuzz CC='$(CLANG)' CFLAGS='-O1 -g -fsanitize=fuzzer-no-link $(SANITIZE)' \
		$(FUZZ_TARGETS:%=$(B)/fuzz/fuzzer/%)
	@set -e; for t in $(FUZZ_TARGETS); do \
		echo "== fuzz $$t"; \
		mkdir -p $(B)/fuzz/corpus/$$t; \
		$(B)/fuzz/fuzzer/$$t -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
			-max_len=4096 -timeout=10 -rss_limit_mb=1024 -verbosity=0 \
			-artifact_prefix=$(B)/fuzz/$$t- \
			$(B)/fuzz/corpus/$$t tests/fuzz/corpus/$$t; \
	done

# Inputs made of the facts of the golden tests. Run it after a change of the codec.
fuzz-seeds: $(B)/tests/fuzz/seeds.o $(PURE_OBJECTS)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $(B)/fuzz-seeds $(PURE_LIBS)
	@mkdir -p $(addprefix tests/fuzz/corpus/,codec block reader fold)
	@set -e; for f in tests/golden/*.facts; do \
		$(B)/fuzz-seeds $$f tests/fuzz/corpus $$(basename $$f .facts); \
	done

FORMATTED := $(wildcard include/*.h bpf/*.[ch] src/*.[ch] src/*/*.[ch] tests/unit/*.[ch] \
	tests/fuzz/*.[ch] tests/live/c/*.[ch] tests/live/progs/*.[ch] tools/*/*.[ch])
lint: $(B)/tcptrail
	tools/hardening $<
	tools/include-order
	tools/fact-tables --check docs/recording.md
	tools/key-tables $< --check docs/json.md
	clang-format --dry-run --Werror $(FORMATTED)
	cppcheck --quiet --error-exitcode=1 --enable=warning,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=readdirCalled --library=posix \
		-Iinclude -Isrc -D_GNU_SOURCE -DTCPTRAIL_VERSION='"0"' \
		-D'LIBBPF_OPTS(type, name, ...)=struct type name' $(SOURCES)

check:
	+tests/run

check-all:
	+tests/run --all

run: all
	$(B)/tcptrail $(ARGS)

UNIT := tcptrail-record.service
install: all
	install -D -m 755 $(B)/tcptrail $(DESTDIR)$(BINDIR)/tcptrail
	ln -sf tcptrail $(DESTDIR)$(BINDIR)/netstat.tcptrail
	install -d $(DESTDIR)$(DOCDIR)/states
	install -m 644 docs/states/*.md $(DESTDIR)$(DOCDIR)/states
	install -d $(DESTDIR)$(UNITDIR)
	sed 's|@BINDIR@|$(BINDIR)|' tools/$(UNIT).in > $(DESTDIR)$(UNITDIR)/$(UNIT)
	chmod 644 $(DESTDIR)$(UNITDIR)/$(UNIT)

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/tcptrail $(DESTDIR)$(UNITDIR)/$(UNIT)
	rm -f $(DESTDIR)$(BINDIR)/netstat.tcptrail
	rm -rf $(DESTDIR)$(DOCDIR)/states
	-rmdir $(DESTDIR)$(DOCDIR)

clean:
	rm -rf $(B)

-include $(OBJECTS:.o=.d) $(BPF_OBJECTS:.o=.d) $(B)/bpf/fds.d $(wildcard $(B)/tests/*/*.d $(B)/tests/*/*/*.d $(B)/tools/*/*.d)
