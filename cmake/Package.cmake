# liboctet.so, which exports the symbols of include/octet alone, and what `cmake --install` puts in place: the library, its
# headers, the program, and what lets other projects find them: a CMake package and octet.pc for pkg-config.
if(EXISTS /etc/debian_version AND CMAKE_LIBRARY_ARCHITECTURE)
  # Debian's place for libraries, where its loader looks below /usr/local, too.
  set(CMAKE_INSTALL_LIBDIR "lib/${CMAKE_LIBRARY_ARCHITECTURE}" CACHE PATH "Where libraries are installed")
endif()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

file(GLOB api_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/api/*.cc")
list(FILTER api_sources EXCLUDE REGEX "_test\\.cc$")
add_library(octet_shared SHARED ${api_sources})
target_include_directories(octet_shared
  PUBLIC "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_compile_features(octet_shared PUBLIC cxx_std_20)
target_link_libraries(octet_shared PRIVATE octet_workflow)
# The list of exports keeps out what headers of the standard library instantiate, too.
set(exports "${CMAKE_SOURCE_DIR}/cmake/liboctet.map")
target_link_options(octet_shared PRIVATE "-Wl,--version-script=${exports}")
set_target_properties(octet_shared PROPERTIES
  OUTPUT_NAME octet EXPORT_NAME octet LINK_DEPENDS "${exports}"
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
octet_warnings(octet_shared)
# abidiff reads the C interface's types out of the debug information of these sources; that of the others would be a hundred megabytes.
set(c_sources ${api_sources})
list(FILTER c_sources INCLUDE REGEX "/c_[a-z]+\\.cc$")
set_source_files_properties(${c_sources} PROPERTIES COMPILE_OPTIONS -g)

# What the packages of cmake/Debian.cmake hold: a component each.
install(TARGETS octet COMPONENT program)
foreach(command IN LISTS OCTET_COMMANDS)
  install(CODE "execute_process(COMMAND \"${CMAKE_COMMAND}\" -E create_symlink octet \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/${command}\")"
    COMPONENT program)
endforeach()
install(TARGETS octet_shared EXPORT octet_targets LIBRARY COMPONENT library NAMELINK_COMPONENT development)
install(DIRECTORY include/octet DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/octet")
install(EXPORT octet_targets FILE octetConfig.cmake NAMESPACE octet:: DESTINATION "${package_folder}" COMPONENT development)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/octetConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/octetConfigVersion.cmake" DESTINATION "${package_folder}" COMPONENT development)
# Relative to itself, so that an installation can be moved.
set(pkgconfig_folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
string(REGEX REPLACE "[^/]+" ".." path_to_prefix "${pkgconfig_folder}")
configure_file(cmake/octet.pc.in octet.pc @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/octet.pc" DESTINATION "${pkgconfig_folder}" COMPONENT development)

# What the program says of itself, asked of it when it is installed: completions for shells, and man pages where help2man is there.
function(octet_install_output file)
  list(JOIN ARGN " " arguments)
  install(CODE "
    set(file \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${file}\")
    cmake_path(GET file PARENT_PATH folder)
    file(MAKE_DIRECTORY \"\${folder}\")
    execute_process(COMMAND \"$<TARGET_FILE:octet>\" ${arguments} OUTPUT_FILE \"\${file}\" COMMAND_ERROR_IS_FATAL ANY)" COMPONENT program)
endfunction()
octet_install_output("${CMAKE_INSTALL_DATADIR}/bash-completion/completions/octet" completion bash)
octet_install_output("${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions/_octet" completion zsh)
octet_install_output("${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d/octet.fish" completion fish)
find_program(HELP2MAN help2man)
if(HELP2MAN)
  list(JOIN OCTET_COMMANDS " " commands)
  install(CODE "execute_process(COMMAND \"${CMAKE_SOURCE_DIR}/scripts/write_manuals\" \"$<TARGET_FILE:octet>\"
    \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man1\" ${commands} COMMAND_ERROR_IS_FATAL ANY)" COMPONENT program)
endif()
install(FILES demo/ATTRIBUTION.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program)

include(cmake/Debian.cmake)

if(OCTET_TESTS)
  enable_language(C)
  string(REPLACE ";" "," commands "${OCTET_COMMANDS}")
  add_test(NAME package COMMAND "${CMAKE_COMMAND}" "-DCOMMANDS=${commands}"
    "-DBUILD=${CMAKE_BINARY_DIR}" "-DSOURCE=${CMAKE_SOURCE_DIR}" "-DVERSION=${PROJECT_VERSION}"
    "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DC_COMPILER=${CMAKE_C_COMPILER}" "-DGENERATOR=${CMAKE_GENERATOR}" "-DNM=${CMAKE_NM}"
    -P "${CMAKE_SOURCE_DIR}/tests/package_test.cmake")
  set_tests_properties(package PROPERTIES LABELS package TIMEOUT ${OCTET_TEST_TIMEOUT})
  add_test(NAME abi COMMAND "${CMAKE_SOURCE_DIR}/tests/abi_test.sh" "$<TARGET_FILE:octet_shared>")
  add_test(NAME debian_packages COMMAND "${CMAKE_SOURCE_DIR}/tests/debian_packages_test.sh" "${CMAKE_BINARY_DIR}" "${PROJECT_VERSION}")
  set_tests_properties(abi debian_packages PROPERTIES LABELS package SKIP_RETURN_CODE 77 TIMEOUT ${OCTET_TEST_TIMEOUT})
  set_tests_properties(debian_packages PROPERTIES COST ${OCTET_LONG_TEST})
endif()
