# octet_precompile(TARGET library|cli|test): with OCTET_PRECOMPILED_HEADERS, what most sources of the kind include is read once for all of
# them. Sources include what they use all the same: no other build has precompiled headers, nor has clang-tidy.
set(OCTET_PRECOMPILED <algorithm> <array> <cmath> <cstdint> <cstring> <filesystem> <functional> <map> <memory> <optional> <set> <span> <sstream>
  <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h>)

# octet_precompiled_kind(KIND HEADERS... LIBRARIES targets...): HEADERS on top of those of all kinds.
function(octet_precompiled_kind kind)
  cmake_parse_arguments(arg "" "" "HEADERS;LIBRARIES" ${ARGN})
  add_library(octet_precompiled_${kind} OBJECT "${CMAKE_BINARY_DIR}/precompiled.cc")
  target_link_libraries(octet_precompiled_${kind} PRIVATE fmt::fmt ${arg_LIBRARIES})
  target_precompile_headers(octet_precompiled_${kind} PRIVATE ${OCTET_PRECOMPILED} ${arg_HEADERS})
  # Without the time in it, a precompiled header that is made anew is the same file, and ccache knows what was compiled with it.
  target_compile_options(octet_precompiled_${kind} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endfunction()

if(OCTET_PRECOMPILED_HEADERS)
  file(WRITE "${CMAKE_BINARY_DIR}/precompiled.cc" "")
  octet_precompiled_kind(library)
  octet_precompiled_kind(cli HEADERS <CLI/CLI.hpp> <nlohmann/json.hpp> LIBRARIES CLI11::CLI11 nlohmann_json::nlohmann_json)
  if(OCTET_TESTS)
    octet_precompiled_kind(test HEADERS <gtest/gtest.h> LIBRARIES GTest::gtest)
    octet_test_options(octet_precompiled_test)
  endif()
endif()

function(octet_precompile target kind)
  if(OCTET_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM octet_precompiled_${kind})
  endif()
endfunction()
