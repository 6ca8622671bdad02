# The two commands of the README and what they are made of; below them the checks, which docs/testing.md describes. Everything is built
# below build/, results go to out/.
.PHONY: all setup setup-checks build demo dist image site wheel test-wheel sanitize-python wheel-aarch64 test format format-check sanitize tsan aarch64 fuzz tidy tidy-changed coverage bench-compare clean

PRESET ?= release
BUILD := build/$(PRESET)

# The wheel is built of the same text as the release build, in another folder: so that ccache knows it again.
export CCACHE_BASEDIR ?= $(CURDIR)
export CCACHE_NOHASHDIR ?= 1

all: build

setup:
	scripts/setup

# Without the tests, whose libraries only `make test` installs; a folder that `make test` configured is left as it is.
$(BUILD)/build.ninja: | setup
	cmake --preset $(PRESET) -DOCTET_TESTS=OFF

build: $(BUILD)/build.ninja
	cmake --build $(BUILD) --target octet

# From an empty machine to a report on a real detector and real photographs.
demo: build
	$(BUILD)/octet run demo/yolo-fastest-1.1-xl/yolo-fastest-1.1-xl.cfg --data demo/coco --output out/demo
	@echo "open out/demo/report.html"

# The Python package, docs/python.md: its sources, and the wheel built of them and of nothing else. Its tools come from PyPI into an environment
# of their own.
PYTHON ?= python3
wheel: | setup
	scripts/setup --packages python3-dev python3-venv
	rm -rf out/wheel build/wheel
	mkdir -p build/wheel
	$(PYTHON) -m venv build/wheel-env
	build/wheel-env/bin/pip install --quiet --upgrade pip build
	TMPDIR=$(CURDIR)/build/wheel build/wheel-env/bin/python -m build --outdir out/wheel .

# As a user installs it, with no compiler in reach.
test-wheel: wheel
	rm -rf build/wheel-test
	$(PYTHON) -m venv build/wheel-test
	CC=/bin/false CXX=/bin/false build/wheel-test/bin/pip install --quiet --only-binary :all: "$$(ls out/wheel/octet_detect-*.whl)[test]"
	build/wheel-test/bin/python -m pytest --quiet python/tests
	build/wheel-test/bin/python -m mypy
	OCTET_NOTEBOOK_PYTHON=build/wheel-test/bin/python tests/notebooks_test.sh

# The same tests of the module under the address and undefined sanitizers, in the environment of test-wheel.
sanitize-python:
	build/wheel-test/bin/pip install --quiet cython
	cmake --preset asan-ubsan -DOCTET_PYTHON=ON -DPython_EXECUTABLE=$(CURDIR)/build/wheel-test/bin/python
	cmake --build build/asan-ubsan --target octet_python
	scripts/test_python_sanitized build/asan-ubsan build/wheel-test/bin/python -m "not slow" python/tests

# Beside it in out/wheel that for 64-bit Arm, cross-compiled against Debian's libraries for it, and both compared, Arm's under QEMU.
SYSROOT := $(CURDIR)/build/sysroot-arm64
WHEEL_AARCH64 := build-dir=build/wheel-aarch64 \
  cmake.define.CMAKE_TOOLCHAIN_FILE=$(CURDIR)/cmake/aarch64-linux-gnu.cmake \
  cmake.define.CMAKE_SYSROOT=$(SYSROOT) \
  cmake.define.CMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ \
  cmake.define.Python_INCLUDE_DIR=$(SYSROOT)/usr/include/python3.11
wheel-aarch64: wheel
	scripts/setup --packages g++-aarch64-linux-gnu qemu-user
	scripts/sysroot arm64 $(SYSROOT) $$(scripts/setup --libraries) libpython3-dev python3-minimal
	OCTET_WHEEL_PLATFORM=linux-aarch64 build/wheel-env/bin/python -m build --wheel --outdir out/wheel $(addprefix -C,$(WHEEL_AARCH64)) .
	PYTHON=$(PYTHON) tests/wheel_aarch64.sh out/wheel $(SYSROOT)

# The files of a release, of the commit that is checked out; AARCH64=1 adds the wheel for 64-bit Arm.
AARCH64 ?=
dist: wheel $(if $(AARCH64),wheel-aarch64)
	scripts/setup --tests
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) cmake --preset $(PRESET)
	cmake --build $(BUILD) --target octet octet_shared
	scripts/dist $(BUILD) out/dist

# The file system of the container image, in out/image, built as the Dockerfile does and tried in a chroot.
image:
	scripts/image out/image
	tests/image_root_test.sh build/image/octet out/image

# The documentation site, in out/site. Warnings and links that lead nowhere are errors.
site:
	scripts/setup --tests
	$(MAKE) build
	scripts/site/pages $(BUILD)/octet build/site/pages
	mkdocs build
	scripts/site/check_links out/site

test:
	scripts/setup --tests
	cmake --preset $(PRESET) -DOCTET_TESTS=ON
	cmake --build $(BUILD)
	scripts/run_tests $(BUILD)

setup-checks:
	scripts/setup --checks

format:
	scripts/format

format-check:
	scripts/format --check

# Built by the newest clang of Debian 12, the fuzzers with it.
sanitize:
	cmake --preset asan-ubsan
	cmake --build build/asan-ubsan
	scripts/run_tests build/asan-ubsan

# Seconds for each fuzzer, and by what it draws: always the same, so that what fails came with the change; FUZZ_SEED=0 draws anew.
FUZZ_SECONDS ?= 30
FUZZ_SEED ?= 1
fuzz:
	cmake --preset asan-ubsan
	cmake --build build/asan-ubsan --target fuzzers
	scripts/fuzz build/asan-ubsan $(FUZZ_SECONDS) $(FUZZ_SEED)

# Where threads are started and shared, and what is built upon them.
TSAN_TESTS := octet_base_test octet_runtime_test octet_quant_test octet_engines_test octet_benchmark_test
tsan:
	cmake --preset tsan
	cmake --build build/tsan --target $(TSAN_TESTS)
	scripts/run_tests build/tsan $(TSAN_TESTS)

# The kernels and what lies below them, built for 64-bit Arm and tested under QEMU, kernels also on CPUs that lack the later instructions.
AARCH64_TESTS := octet_base_test octet_tensor_test octet_kernels_test
aarch64:
	cmake --preset aarch64
	cmake --build build/aarch64 --target $(AARCH64_TESTS)
	scripts/run_tests build/aarch64 $(AARCH64_TESTS:%=%.*)

tidy:
	cmake --preset asan-ubsan
	scripts/tidy build/asan-ubsan

tidy-changed:
	cmake --preset asan-ubsan
	scripts/tidy build/asan-ubsan --changed

coverage:
	cmake --preset coverage
	cmake --build build/coverage
	scripts/run_tests build/coverage
	scripts/coverage build/coverage

# The speed of this tree against that of another commit, as ratios.
BASE ?= HEAD~1
bench-compare:
	bench/compare.sh $(BASE)

clean:
	rm -rf build out
