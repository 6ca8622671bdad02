# octet_folder(NAME [TESTS_COMPUTE] [SMALL] DEPENDS folders... LIBRARIES targets... OUTSIDE_CORE names...)
#   One static library of the sources of src/NAME, linked to exactly the folders that it may include, and one
#   test program of its *_test.cc files. Sources in folders named x86/ or arm/ are for that architecture alone.
#   With OCTET_CORE there are no LIBRARIES but threads, and no sources and tests whose names begin with one of OUTSIDE_CORE, which need
#   them; where RapidCheck is not to be had, as for other architectures, there are no property tests either. TESTS_COMPUTE: octet_test's COMPUTES.
#   SMALL: of what runs once a command and not once a picture, the size counts and not the speed.
string(COMPARE EQUAL "${CMAKE_SYSTEM_PROCESSOR}" x86_64 OCTET_X86)
string(COMPARE EQUAL "${CMAKE_SYSTEM_PROCESSOR}" aarch64 OCTET_ARM)

function(octet_folder name)
  cmake_parse_arguments(arg "TESTS_COMPUTE;SMALL" "" "DEPENDS;LIBRARIES;OUTSIDE_CORE" ${ARGN})
  # Relative names, so that a checkout in a folder that is called arm or x86 keeps its sources.
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/src/${name}/*.cc")
  if(NOT OCTET_X86)
    list(FILTER sources EXCLUDE REGEX "/x86/")
  endif()
  if(NOT OCTET_ARM)
    list(FILTER sources EXCLUDE REGEX "/arm/")
  endif()
  list(TRANSFORM sources PREPEND "${CMAKE_SOURCE_DIR}/src/")
  if(OCTET_CORE)
    set(arg_LIBRARIES Threads::Threads)
    foreach(outside IN LISTS arg_OUTSIDE_CORE)
      list(FILTER sources EXCLUDE REGEX "/${outside}[a-z0-9_]*\\.cc$")
    endforeach()
  endif()
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(NOT RAPIDCHECK_LIBRARY)
    octet_exclude_property_tests(tests)
  endif()
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cc$")

  set(links ${arg_LIBRARIES})
  foreach(folder IN LISTS arg_DEPENDS)
    list(APPEND links octet_${folder})
  endforeach()
  if(sources)
    add_library(octet_${name} STATIC ${sources})
    target_include_directories(octet_${name} PUBLIC "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src>")
    target_link_libraries(octet_${name} PUBLIC ${links})
    octet_warnings(octet_${name})
    if(arg_SMALL)
      octet_optimize_for_size(octet_${name})
    endif()
    octet_precompile(octet_${name} library)
  else()
    add_library(octet_${name} INTERFACE)
    target_include_directories(octet_${name} INTERFACE "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(octet_${name} INTERFACE ${links})
  endif()

  if(OCTET_TESTS AND tests)
    set(computes "")
    if(arg_TESTS_COMPUTE)
      set(computes COMPUTES)
    endif()
    octet_test(octet_${name}_test ${computes} SOURCES ${tests} LIBRARIES octet_${name})
  endif()
endfunction()

# Takes out of the list the sources that include RapidCheck, directly or by a header of the tests.
function(octet_exclude_property_tests list)
  foreach(test IN LISTS ${list})
    file(STRINGS "${test}" uses REGEX "#include (<rapidcheck|\"kernels/test_image|\"runtime/random_graph)")
    if(uses)
      list(REMOVE_ITEM ${list} "${test}")
    endif()
  endforeach()
  set(${list} ${${list}} PARENT_SCOPE)
endfunction()

# Half the code of -O3, in release builds.
function(octet_optimize_for_size target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Os>)
endfunction()

function(octet_warnings target)
  set(errors $<$<BOOL:${OCTET_WERROR}>:-Werror>)
  # g++ 12 takes the std::string concatenation of "literal" + string&& for an overlapping copy (GCC bug 105651).
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow ${errors} $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
  # With sanitizers it takes members of <regex> for uninitialized (GCC bug 105562).
  if(OCTET_SANITIZE)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  endif()
  # libstdc++ 12's own std::stable_sort calls a function that it calls deprecated; g++ keeps silent about its headers.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations -Wthread-safety>)
endfunction()

# Seconds after which ctest ends a program that hangs: ten times what the slowest takes alone, as machines are busy.
if(OCTET_SANITIZE)
  set(OCTET_TEST_TIMEOUT 1800)
else()
  set(OCTET_TEST_TIMEOUT 600)
endif()

# ctest runs the dearest tests first, so that two run side by side to the end. Only a folder in which tests have run knows what they cost.
set(OCTET_LONG_TEST 100)

# What most tests do themselves takes a moment: to optimize it takes longer than it saves.
function(octet_test_options target)
  target_compile_options(${target} PRIVATE $<IF:$<CONFIG:Debug>,-O0,-O1>)
endfunction()

# octet_test_on_cpu(CPU NAME FILTER): some tests of src/NAME once more, on another CPU that QEMU plays.
function(octet_test_on_cpu cpu name filter)
  add_test(NAME octet_${name}_test_${cpu} COMMAND octet_${name}_test --gtest_filter=${filter})
  set_tests_properties(octet_${name}_test_${cpu} PROPERTIES ENVIRONMENT "QEMU_CPU=${cpu}" TIMEOUT ${OCTET_TEST_TIMEOUT})
endfunction()

# octet_test(NAME [COMPUTES] SOURCES files... LIBRARIES targets...): a GoogleTest program; COMPUTES: one that runs long
# enough to be optimized.
function(octet_test name)
  cmake_parse_arguments(arg "COMPUTES" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/tests")
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gtest_main $<$<BOOL:${RAPIDCHECK_LIBRARY}>:${RAPIDCHECK_LIBRARY}>)
  target_compile_definitions(${name} PRIVATE OCTET_SOURCE_DIR="${CMAKE_SOURCE_DIR}" $<$<CONFIG:Release>:_GLIBCXX_ASSERTIONS>)
  octet_warnings(${name})
  if(arg_COMPUTES)
    octet_precompile(${name} library)
  else()
    octet_test_options(${name})
    octet_precompile(${name} test)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  # Property tests draw the same cases in every run of ctest; a test program run by itself draws new ones and prints its seed.
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "RC_PARAMS=seed=20261124" TIMEOUT ${OCTET_TEST_TIMEOUT})
  if(arg_COMPUTES)
    set_tests_properties(${name} PROPERTIES COST ${OCTET_LONG_TEST})
  endif()
endfunction()
