# Tarn. `make help` lists the targets. Everything that is made goes to build/.
# Why no list of sources stands here: docs/design/0008-one-makefile.md
# One goal is made in parallel; several are made one after the other.
ifeq ($(MAKELEVEL)$(word 2,$(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif
CC	:= $(if $(FUZZ),clang,$(if $(filter default,$(origin CC)),gcc,$(CC)))
PREFIX	?= /usr/local
VERSION	:= $(shell sed -n 's/^.define TARN_VERSION "\(.*\)"/\1/p' stack/tarn.h)

# ---- variants: CC=clang, SAN=1, COV=1, FUZZ=1, MUTE=1 each have a directory -
B	:= build$(if $(filter clang%,$(notdir $(CC))),$(if $(FUZZ),,/clang))$(if \
	   $(SAN),/san)$(if $(COV),/cov)$(if $(FUZZ),/fuzz)$(if \
	   $(MUTE),/mute)
CFLAGS	?= -g $(if $(SAN)$(COV)$(FUZZ),-O1,-O2 -D_FORTIFY_SOURCE=2)
LDFLAGS	?= -Wl,-z,relro -Wl,-z,now
VARIANT	:= $(if $(SAN)$(FUZZ),-DTARN_TEST_BUILD -fno-sanitize-recover=all \
	   -fsanitize=address -fsanitize=undefined) \
	   $(if $(FUZZ),-fsanitize=fuzzer-no-link) $(if $(COV),--coverage) \
	   $(if $(MUTE),-DTARN_MUTE)
WARN	:= -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
	   -Wmissing-prototypes -Wcast-align -Wcast-qual -Wvla -Wundef
# libpcap is optional: without it the pcap: and file: links say so.
PCAP_LIBS := $(shell pkg-config --libs libpcap 2>/dev/null)
PCAP_FLAGS := $(if $(PCAP_LIBS),-DTARN_HAVE_PCAP \
	   $(shell pkg-config --cflags libpcap))
COMPILE	= $(CC) -std=c17 -D_GNU_SOURCE -fvisibility=hidden -fPIC -pthread \
	  -fstack-protector-strong $(WARN) $(PCAP_FLAGS) $(VARIANT) $(CFLAGS) \
	  -Istack -I.
LINK	= $(CC) -pthread $(VARIANT) $(CFLAGS) $(LDFLAGS)

# ---- one archive a layer: what points up does not link ----------------------
LAYERS	:= sock tcp udp net wire base
$(foreach d,stack $(LAYERS:%=stack/%) drivers apps/http tools/drill tools/lab,$(eval \
	$(notdir $(d))_SRC := $(wildcard $(d)/*.c)))
apps_SRC := $(filter-out apps/tarn/main.c,$(wildcard apps/tarn/*.c))
testlib_SRC := $(wildcard tests/unit/lib/*.c tests/netsim/lib/*.c)
ARCHIVES := stack $(LAYERS) drivers http drill lab apps testlib
objects	= $(patsubst %.c,$(B)/obj/%.o,$(1))
archive	= $(B)/lib/$(1).a
# Files that the program carries with it (tools/embed).
EMBED_page := $(sort $(wildcard drivers/page/*))
EMBED_lesson := $(sort $(wildcard docs/lessons/*.lab))
LIB_OBJ	:= $(call objects,$(stack_SRC) $(foreach l,$(LAYERS),$($(l)_SRC)))
# The lab build: only what asks for a rule (base/rule.h) is compiled again.
ASKING	:= $(shell grep -l -e rule_holds -e TARN_LAB stack/*/*.c)
LAB_OBJ	:= $(ASKING:%.c=$(B)/lab/obj/%.o) \
	   $(filter-out $(call objects,$(ASKING)),$(LIB_OBJ))
all: $(B)/tarn $(B)/tarn-lab $(B)/libtarn.a $(B)/libtarn.so
# Objects depend on the command that made them, so new flags make them anew.
$(B)/command: FORCE
	@mkdir -p $(@D); echo '$(COMPILE)' | cmp -s - $@ || echo '$(COMPILE)' >$@

define compile_rule
$(B)/$(1)/%.o: $(2)%.c $(B)/command
	@mkdir -p $$(@D)
	@echo "  CC	$$<$(if $(3), for the lab)"
	@$$(COMPILE) $(3) $(if $(WERROR),-Werror) -MMD -MP -c -o $$@ $$<
endef
$(eval $(call compile_rule,obj))
$(eval $(call compile_rule,obj/gen,$(B)/gen/))
$(eval $(call compile_rule,lab/obj,,-DTARN_LAB))
.SECONDEXPANSION:
$(B)/gen/%_files.c: $$(EMBED_$$*) tools/embed Makefile
	@mkdir -p $(@D) && tools/embed $(@F:.c=) $(EMBED_$*) >$@
drivers_GEN := $(B)/obj/gen/page_files.o
lab_GEN	:= $(B)/obj/gen/lesson_files.o
define archive_rule
$(call archive,$(1)): $(call objects,$($(1)_SRC)) $($(1)_GEN)
	@mkdir -p $$(@D) && rm -f $$@
	@$(AR) rcs $$@ $$^
endef
$(foreach a,$(ARCHIVES),$(eval $(call archive_rule,$(a))))

$(B)/libtarn.a: $(LIB_OBJ)
	@echo "  AR	$@" && rm -f $@ && $(AR) rcs $@ $^
$(B)/libtarn.so: $(LIB_OBJ)
	@echo "  LINK	$@"
	@$(LINK) -shared -Wl,-soname,libtarn.so.0 -o $@ $^

COMMAND	:= $(call objects,apps/tarn/main.c) \
	   $(foreach a,apps drill lab http drivers,$(call archive,$(a)))
$(B)/tarn: $(COMMAND) $(B)/libtarn.a
$(B)/tarn-lab: $(COMMAND) $(LAB_OBJ)
$(B)/tarn $(B)/tarn-lab:
	@echo "  LINK	$@"
	@$(LINK) -o $@ $^ $(PCAP_LIBS)
	@$(if $(PCAP_LIBS),,echo "without libpcap-dev: no pcap: and file: links")

# ---- tests: tests/unit/<layer>/test_x.c -> build/tests/unit/<layer>/test_x --
program	= $(patsubst %.c,$(B)/%,$(wildcard $(1)))
UNIT	:= $(call program,tests/unit/*/test_*.c)
SCENARIO := $(call program,tests/scenario/*.c tests/netsim/*.c tests/rules/*.c)
FUZZERS	:= $(call program,tests/fuzz/fuzz_*.c)
TOOLS	:= $(call program,tools/*.c tools/demo/*.c tools/bench/*.c)
TESTLIB	:= $(call archive,testlib)
CHECK_LIBS = $(shell pkg-config --libs check) $(PCAP_LIBS)
# Every archive and what lies below it, in the order in which they link.
order_base	:= base
order_wire	:= wire base
order_net	:= net wire base
$(foreach a,udp tcp,$(eval order_$(a) := $(a) $(order_net)))
order_stack	:= stack sock tcp $(order_udp)
order_sock	:= $(filter-out stack,$(order_stack))
order_drivers	:= drivers $(order_stack)
$(foreach a,http drill lab,$(eval order_$(a) := $(a) $(order_drivers)))
order_apps	:= apps drill lab $(order_http)
below	= $(foreach a,$(order_$(1)),$(call archive,$(a)))
# $(call link_rule,DIRECTORY,ARCHIVES,LIBRARIES): one source, one program
define link_rule
$(B)/$(1)/%: $(B)/obj/$(1)/%.o $(2)
	@mkdir -p $$(@D) && $(LINK) -o $$@ $$^ $$($(3))
endef
$(foreach a,$(ARCHIVES),$(eval $(call link_rule,tests/unit/$(a),$(TESTLIB) \
	$(call below,$(a)),CHECK_LIBS)))
$(eval $(call link_rule,tests,$(TESTLIB) $(call below,http),CHECK_LIBS))
# What happens without a rule: whole stacks of the lab build.
$(eval $(call link_rule,tests/rules,$(TESTLIB) $(call archive,drivers) \
	$(LAB_OBJ),CHECK_LIBS))
$(eval $(call link_rule,tools,$(call below,http),PCAP_LIBS))
# Under FUZZ=1 libFuzzer drives a target; otherwise replay.c feeds it the corpus.
$(B)/tests/fuzz/%: $(B)/obj/tests/fuzz/%.o $(TESTLIB) $(call below,apps) \
		   $(if $(FUZZ),,$(call objects,tests/fuzz/replay.c))
	@mkdir -p $(@D) && $(LINK) $(if $(FUZZ),-fsanitize=fuzzer) -o $@ $^ $(PCAP_LIBS)
fuzzers: $(FUZZERS)
tests: $(UNIT) $(SCENARIO) $(TOOLS) fuzzers

# ---- what people call -------------------------------------------------------
SUB	:= +@$(MAKE) --no-print-directory
TEST	 = @TARN=$(B)/tarn tools/run-tests -b $(B)
## run           install what is missing, build, and watch curl fetch from Tarn
run:
	@tools/install-deps build demo
	$(SUB) all $(B)/tools/demo/wire_demo
	@tools/run-demo $(B)
## check         every test: unit, scenario, rules, netsim, drill, fuzz, tools, netns
check: export TARN_EXHAUSTIVE := 1
check:
	@tools/install-deps build test
	$(SUB) all tests
	$(TEST) $(or $(TIERS),unit scenario rules netsim drill fuzz tools netns)
## check-netns   only the tests against the Linux kernel
check-netns: all $(TOOLS); $(TEST) netns
## check-san     unit, scenario and netsim tests under ASan and UBSan
check-san:
	@tools/install-deps build test san
	$(SUB) SAN=1 all tests
	@CK_FORK=no tools/run-tests -b $(B)/san unit scenario rules netsim drill fuzz
## check-install install to a scratch directory and build an example from there
check-install: all; $(TEST) tools/install
## bench         BENCH="--quick bulk-in http": Tarn beside its peers, and how fast
bench:
	@tools/install-deps build bench
	$(SUB) -s all $(TOOLS)
	$(SUB) -s MUTE=1 B=$(B)/mute $(B)/mute/tools/bench/memory
	@python3 tools/bench -b $(B) $(BENCH)
## fuzz          FUZZ_RUNS=1000000 executions of every fuzz target
fuzz:
	@tools/install-deps build san fuzz
	$(SUB) FUZZ=1 fuzzers
	@tools/run-fuzz $(or $(FUZZ_RUNS),1000000)
## golden        write the table of simulated throughput anew
## soak          N=10000 random scenarios of two stacks; SAN=1 is slower
## goodput       N=5 repetitions: kernel and Tarn over the same faulty links
golden soak goodput:
	@tools/install-deps build test
	$(SUB) $(if $(filter goodput,$@),all $(TOOLS),$(B)/tests/netsim/$@)
	@tools/simulate $@ $(B) $(N)
## golden-lab    write the ladders of the lessons anew
golden-lab: all; @TARN=$(B)/tarn tests/tools/lab.sh --golden
## cov           line and branch coverage of wire/ and tcp/
cov:
	@tools/install-deps build test cov
	$(SUB) COV=1 tests
	@tools/coverage $(B)/cov
## lint          format, static analysis, layers, sequence numbers, lengths
lint:; @tools/install-deps build test lint && tools/lint
## format        clang-format every source in place
format:; @git ls-files '*.c' '*.h' | xargs clang-format -i
## docs          manual pages as HTML in build/docs/
docs:; @mkdir -p $(B)/docs && for page in docs/man/*.[1357]; do mandoc -Thtml \
	-Oman=%N.%S.html $$page >$(B)/docs/$$(basename $$page).html; done
## dist          build/tarn-VERSION.tar.gz of what is committed
dist: $(B)/command
	git archive --prefix=tarn-$(VERSION)/ -o build/tarn-$(VERSION).tar.gz HEAD
## install       to DESTDIR/PREFIX (/usr/local); uninstall takes it back
install: all; @tools/install-tarn $(B) '$(DESTDIR)' '$(PREFIX)' $(VERSION)
uninstall:; @tools/install-tarn --remove $(B) '$(DESTDIR)' '$(PREFIX)' $(VERSION)
## compile_commands.json   for clangd and clang-tidy
compile_commands.json: FORCE; @tools/compile-commands '$(COMPILE)' >$@
## clean         remove build/
clean:; rm -rf build
PEOPLE	:= all uninstall help $(shell sed -n 's/^## \([a-z-]*\) .*/\1/p' Makefile)
help:
	@echo "targets: $(PEOPLE)"
	@echo "variables: CC=clang SAN=1 WERROR=1 PREFIX= DESTDIR= FUZZ_RUNS= N= BENCH="
	@sed -n 's/^## /  /p' Makefile
.PHONY: $(PEOPLE) tests fuzzers FORCE
.SECONDARY:
-include $(shell find $(B)/obj $(B)/lab -name '*.d' 2>/dev/null)
