# make run: the whole system on http://localhost:5000.   make test: every test.   Both need git, make and apt only.

JOBS ?= $(shell nproc)
TEST_JOBS ?= 2
FUZZ_SECONDS ?= 30
FUZZ_SEED ?= 0
SOURCES = git ls-files -z --cached --others --exclude-standard '*.hpp' '*.cpp' | xargs -0 -r

.PHONY: build run test bench bench-gateway bench-peers chaos asan tsan mutants simulate fuzz tidy format format-check deps test-deps check-deps clean

build: deps
	@[ -x build/release/greenroom ] || echo 'Building Greenroom; the first time takes some minutes.'
	@cmake --preset release --log-level=WARNING
	cmake --build build/release --target greenroom -j $(JOBS)

run: build
	exec build/release/greenroom serve

test: deps test-deps
	cmake --preset release
	cmake --build build/release -j $(JOBS)
	ctest --test-dir build/release -j $(TEST_JOBS) --output-on-failure --no-tests=error

# What everything costs, beside the least it could; about half an hour. BENCH='--only fanout100': some of it.
# BENCH='--compare old.json': beside an earlier run's build/bench.json.
bench: deps test-deps
	cmake --preset release
	cmake --build build/release --target greenroom greenroom-bench greenroom-limit greenroom-microbench \
	  greenroom-gateway-alone -j $(JOBS)
	exec bench/run.py $(BENCH)

# Debian's chat servers beside Greenroom, as far as they are installed: .ci/install bench-peers brings them.
bench-peers: deps test-deps
	cmake --preset release
	cmake --build build/release --target greenroom greenroom-bench greenroom-limit -j $(JOBS)
	exec bench/peers.py $(BENCH)

# Kills, stops and restarts what a Greenroom of many processes is made of, while people talk. CHAOS='--seconds 600 --seed 7'.
chaos: build test-deps
	exec test/chaos/greenroom-chaos $(CHAOS)

# The gateway beside haproxy and nginx. BENCH='--runs 1': quicker.
bench-gateway: deps test-deps
	@.ci/install bench
	cmake --preset release
	cmake --build build/release --target greenroom-gateway-alone -j $(JOBS)
	exec bench/gateway.py $(BENCH)

# The tests below e2e, with AddressSanitizer and UndefinedBehaviorSanitizer: of all folders or of some, as in
# make asan FOLDERS='core net'.
FOLDERS ?= core telemetry protocol net storage actors edge users chat gateway discovery app cluster simulation
OF_FOLDERS = -R "^($$(echo $(FOLDERS) | tr ' ' '|'))([.]|$$)" -L unit -j $(TEST_JOBS) --output-on-failure --no-tests=error
asan: deps check-deps
	cmake --preset asan
	cmake --build build/asan --target $(FOLDERS:%=test_%) -j $(JOBS)
	UBSAN_OPTIONS=print_stacktrace=1 ctest --test-dir build/asan $(OF_FOLDERS)

# The same with ThreadSanitizer.
tsan: deps check-deps
	.ci/caf-with-tsan $(CURDIR)/build/caf-with-tsan
	cmake --preset tsan
	cmake --build build/tsan --target $(FOLDERS:%=test_%) -j $(JOBS)
	TSAN_OPTIONS="suppressions=$(CURDIR)/test/tsan.supp second_deadlock_stack=1" ctest --test-dir build/tsan $(OF_FOLDERS)

# A cluster with edges, played by seeds in one scheduler. A seed that breaks a promise prints its script.
SEEDS ?= 2000
simulate: deps
	cmake --preset release
	cmake --build build/release --target greenroom-simulation -j $(JOBS)
	exec build/release/greenroom-simulation --seeds $(SEEDS) $(SIMULATE)

# Changes the program in 300 small places, one at a time, and asks whether a unit test notices. MUTANTS='--help'.
mutants: deps test-deps check-deps
	exec test/mutants/run.py $(MUTANTS)

# Each fuzz target for FUZZ_SECONDS, from FUZZ_SEED on (0: any); what it finds is kept in build/fuzz.
fuzz: deps check-deps
	cmake --preset fuzz
	cmake --build build/fuzz --target fuzz_targets -j $(JOBS)
	cd build/fuzz && rm -f *.log && ls fuzz_* | xargs -P $(JOBS) -I TARGET sh -c ' \
	  name=$${0#fuzz_}; mkdir -p found/$$name; echo "fuzzing $$name for $(FUZZ_SECONDS) s"; \
	  ./$$0 -seed=$(FUZZ_SEED) -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 \
	    -artifact_prefix=$$name- found/$$name ../../test/fuzz/corpus/$$name >$$name.log 2>&1; \
	  status=$$?; cat $$name.log; exit $$status' TARGET \
	  || { echo 'FUZZING FOUND SOMETHING:'; grep -E 'not so|ERROR|SUMMARY|Base64' *.log; exit 1; }

tidy: deps check-deps
	cmake --preset tidy
	cmake --build build/tidy -j $(JOBS)

format: check-deps
	$(SOURCES) clang-format -i

format-check: check-deps
	$(SOURCES) clang-format --dry-run --Werror

deps:
	@.ci/install build

test-deps:
	@.ci/install test

check-deps:
	@.ci/install check

clean:
	rm -rf build
