# Every target works from a clean clone, with no step before it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

POLICY ?= Policies/quickstart.yaml
CALLS ?= 100
RATE ?= 10
SECONDS_TO_FUZZ ?= 60
MESSAGES ?= 100000

BUILD_NEEDS := pkg-config:pkg-config libssl-dev libpcap-dev
TEST_NEEDS := iproute2:ip sip-tester:sipp libsofia-sip-ua-dev gcc:gcc
BENCH_NEEDS := kamailio:kamailio libsofia-sip-ua-dev gcc:gcc python3:python3 sip-tester:sipp \
	valgrind:valgrind

.PHONY: help run hint call build test test-sanitized differential bench format lint-code fuzz \
	torture-kamailio build-tools test-tools

help: ## show these lines
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

run: build hint ## build for release, and serve Policies/quickstart.yaml (or POLICY=…) until Ctrl-C
	@exec .build/release/sallyport run $(POLICY)

# What to do with the quickstart once it listens. Other policies admit others.
hint:
ifeq ($(POLICY),Policies/quickstart.yaml)
	@echo "Try it: make call    (in a second terminal)"
	@echo "or:     sipp -sn uas -p 5070    and    sipp -sn uac 127.0.0.1:5060"
endif
	@:

call: test-tools ## in a second terminal: place CALLS calls through it at RATE/s, over UDP and TCP
	@Tests/CallTests/call $(CALLS) $(RATE)

build: build-tools ## build for release
	@swift build -c release --product sallyport

# SIPp's calls come last and alone: they need the processor that the other tests take. So does the
# flood, whose figures are those of the calls beside it.
test: build test-tools ## run all tests
	@swift build --build-tests
	@swift test --skip-build --disable-xctest --skip CallTests
	@swift test --skip-build --disable-xctest --filter CallTests --skip FloodTests
	@swift test --skip-build --disable-xctest --filter FloodTests

test-sanitized: build-tools test-tools ## run all tests under the address and the thread sanitizer: half an hour
	@Tests/Sanitizers/run address
	@Tests/Sanitizers/run thread

differential: build-tools test-tools ## let sofia-sip read MESSAGES random ones as they came and as they went
	@swift build --build-tests
	@SALLYPORT_DIFFERENTIAL=$(MESSAGES) swift test --skip-build --disable-xctest --filter ForwardedIsWhatCame

bench: build ## measure, beside Kamailio and sofia-sip
	@.ci/need $(BENCH_NEEDS)
	@[ -x Tests/Benchmarks/run ] || { echo "There is no Tests/Benchmarks/run in this tree yet." >&2; exit 1; }
	@Tests/Benchmarks/run

format: ## lay out all Swift files as .swift-format says
	@.ci/swift-is-here
	@swift format --in-place --parallel --recursive Sources Tests Package.swift

lint-code: build-tools ## swift-format, strictly; and imports that Package.swift does not name
	@swift format lint --strict --parallel --recursive Sources Tests Package.swift
	@swift build --build-tests --explicit-target-dependency-import-check error

torture-kamailio: build ## play the torture messages to Debian's Kamailio, which fails some
	@.ci/need kamailio:kamailio
	@Tests/Torture/kamailio udp

fuzz: build-tools ## fuzz every entrance for SECONDS_TO_FUZZ seconds
	@[ -x Tests/Fuzz/run ] || { echo "There is no Tests/Fuzz/run in this tree yet." >&2; exit 1; }
	@Tests/Fuzz/run $(SECONDS_TO_FUZZ)

build-tools:
	@.ci/swift-is-here
	@.ci/need $(BUILD_NEEDS)

test-tools:
	@.ci/need $(TEST_NEEDS)
