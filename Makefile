# Tarn. `make help` lists the targets. Everything that is made goes to build/.
#
#	make			build/tarn, build/libtarn.a, build/libtarn.so
#	make SAN=1 ...		the same under ASan and UBSan, in build/san/
#	make CC=clang ...	any C17 compiler of the gcc family

CC	?= gcc
AR	?= ar
CFLAGS	?= -O2 -g
PREFIX	?= /usr/local
comma	:= ,
B	:= build$(if $(SAN),/san)

WARN	 := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
	    -Wmissing-prototypes -Wcast-align -Wcast-qual -Wvla -Wundef \
	    $(if $(WERROR),-Werror)
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined \
	    -fno-sanitize-recover=all -fno-omit-frame-pointer -DTARN_TEST_BUILD)
TARNFLAGS := -std=c17 -D_GNU_SOURCE -fvisibility=hidden -fPIC -pthread \
	    -fstack-protector-strong -MMD -MP $(WARN) $(SANFLAGS)

# libpcap is optional: without it the pcap: and file: links say so.
PCAP_LIBS := $(shell pkg-config --libs libpcap 2>/dev/null)
ifneq ($(PCAP_LIBS),)
TARNFLAGS += -DTARN_HAVE_PCAP $(shell pkg-config --cflags libpcap)
else ifeq ($(filter help clean,$(MAKECMDGOALS)),)
$(info libpcap is not installed: building without the pcap: and file: links)
endif
LIBS	:= $(PCAP_LIBS)

# One archive a layer: a test of a layer links it and what lies below, so an
# include or a call that points up does not link.
LAYERS	:= sock tcp udp net wire base
stack_SRC := $(wildcard stack/*.c)
$(foreach l,$(LAYERS),$(eval $(l)_SRC := $(wildcard stack/$(l)/*.c)))
drivers_SRC := $(wildcard drivers/*.c)
http_SRC := $(wildcard apps/http/*.c)
apps_SRC := $(filter-out apps/tarn/main.c,$(wildcard apps/tarn/*.c))
ARCHIVES := stack $(LAYERS) drivers http apps
objects	= $(patsubst %.c,$(B)/obj/%.o,$(1))
archive	= $(B)/lib/$(1).a
LIB_OBJ	:= $(call objects,$(stack_SRC) $(foreach l,$(LAYERS),$($(l)_SRC)))

all: $(B)/tarn $(B)/libtarn.a $(B)/libtarn.so

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(TARNFLAGS) $(CFLAGS) -Istack -I. -c -o $@ $<

define archive_rule
$(call archive,$(1)): $(call objects,$($(1)_SRC))
	@mkdir -p $$(@D) && rm -f $$@
	$(AR) rcs $$@ $$^
endef
$(foreach a,$(ARCHIVES),$(eval $(call archive_rule,$(a))))

$(B)/libtarn.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/libtarn.so: $(LIB_OBJ)
	$(CC) -shared -Wl,-soname,libtarn.so.0 $(SANFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(B)/tarn: $(call objects,apps/tarn/main.c) $(call archive,apps) \
	   $(call archive,http) $(call archive,drivers) $(B)/libtarn.a
	$(CC) $(SANFLAGS) $(CFLAGS) -pthread $(LDFLAGS) -o $@ $^ $(LIBS)

# ---- tests: tests/unit/<layer>/test_x.c -> build/tests/unit/<layer>/test_x --
UNIT	:= $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*/test_*.c))
SCENARIO := $(patsubst %.c,$(B)/%,$(wildcard tests/scenario/*.c))
CHECK_LIBS = $(shell pkg-config --libs check)
TESTLIB	:= $(call objects,$(wildcard tests/unit/lib/*.c))
below_base	:= base
below_wire	:= wire $(below_base)
below_net	:= net $(below_wire)
below_udp	:= udp $(below_net)
below_tcp	:= tcp $(below_net)
below_sock	:= sock tcp $(below_udp)
below_stack	:= stack $(below_sock)
below_drivers	:= drivers $(below_stack)
below_http	:= http drivers $(below_stack)
below_apps	:= apps $(below_http)

define unit_rule
$(B)/tests/unit/$(1)/%: $(B)/obj/tests/unit/$(1)/%.o $(TESTLIB) \
			$(foreach a,$(below_$(1)),$(call archive,$(a)))
	@mkdir -p $$(@D)
	$(CC) $(SANFLAGS) $(CFLAGS) -pthread $(LDFLAGS) -o $$@ $$^ $(CHECK_LIBS) $(LIBS)
endef
$(foreach a,$(ARCHIVES),$(eval $(call unit_rule,$(a))))

$(B)/tests/scenario/%: $(B)/obj/tests/scenario/%.o $(TESTLIB) \
		       $(foreach a,$(below_drivers),$(call archive,$(a)))
	@mkdir -p $(@D)
	$(CC) $(SANFLAGS) $(CFLAGS) -pthread $(LDFLAGS) -o $@ $^ $(CHECK_LIBS) $(LIBS)

tests: $(UNIT) $(SCENARIO)
.PHONY: all tests
.SECONDARY:

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
