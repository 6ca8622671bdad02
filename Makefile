# The two commands of the README and what they are made of. Everything is built below build/, results go to out/.
.PHONY: all setup build demo test clean

PRESET ?= release
BUILD := build/$(PRESET)

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

test:
	scripts/setup --tests
	cmake --preset $(PRESET) -DOCTET_TESTS=ON
	cmake --build $(BUILD)
	ctest --test-dir $(BUILD) --output-on-failure

clean:
	rm -rf build out
