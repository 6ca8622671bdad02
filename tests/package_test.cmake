# Installs octet into an empty folder, moves that folder, and builds and runs examples/ against it as a user would, found by CMake and by
# pkg-config.
set(work "${BUILD}/package_test")
set(moved "${work}/installed elsewhere")
file(REMOVE_RECURSE "${work}")
file(MAKE_DIRECTORY "${work}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE output)
  message("${output}")
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect text pattern)
  if(NOT text MATCHES "${pattern}")
    message(FATAL_ERROR "expected '${pattern}' in:\n${text}")
  endif()
endfunction()

run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${work}/installed")
file(RENAME "${work}/installed" "${moved}")

# The program, the library's SONAME, octet.pc (below) and the change log have one version.
run("${moved}/bin/octet" --version)
expect("${output}" "^octet ${VERSION} ")
string(REGEX MATCH "^[0-9]+\\.[0-9]+" minor_version "${VERSION}")
file(GLOB_RECURSE libraries LIST_DIRECTORIES false RELATIVE "${moved}" "${moved}/*/liboctet.so*")
expect("${libraries}" "/liboctet\\.so;[^;]*/liboctet\\.so\\.${minor_version};[^;]*/liboctet\\.so\\.${VERSION}$")
file(STRINGS "${SOURCE}/CHANGELOG.md" headings REGEX "^## ")
list(GET headings 0 newest)
expect("${newest}" "^## ${VERSION}( |$)")
# The old commands lie beside it and know their names.
string(REPLACE "," ";" commands "${COMMANDS}")
foreach(command IN LISTS commands)
  run("${moved}/bin/${command}" --help)
  expect("${output}" "usage: ${command}")
endforeach()
set(model "yolo-fastest-1.1-xl")
run("${moved}/bin/octet" convert "${SOURCE}/demo/${model}/${model}.cfg" --output "${work}/models")

set(picture "${SOURCE}/demo/coco/val2017/000000030213.jpg")

# The example PROGRAM finds objects, draws them, and says what is wrong by itself.
function(try_example program)
  file(REMOVE "${work}/drawn.jpg")
  run("${program}" "${work}/models/public/${model}/FP32/${model}.xml" "${picture}" "${work}/drawn.jpg")
  expect("${output}" "[a-z ]+ 0\\.[0-9][0-9]  \\([0-9]+, [0-9]+\\) to \\([0-9]+, [0-9]+\\)\n")
  if(NOT EXISTS "${work}/drawn.jpg")
    message(FATAL_ERROR "nothing was drawn")
  endif()
  # An error of the library is caught by the program, so that the type of the exception is the same on both sides.
  execute_process(COMMAND "${program}" absent.xml "${picture}" RESULT_VARIABLE status ERROR_VARIABLE errors)
  expect("${status}" "^1$")
  expect("${errors}" "^error: .*absent\\.xml")
  set(output "${output}" PARENT_SCOPE)
endfunction()

# By the CMake package: in C++ and in C, which find the same.
run("${CMAKE_COMMAND}" -S "${SOURCE}/examples" -B "${work}/examples" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
  "-DCMAKE_C_COMPILER=${C_COMPILER}" "-DCMAKE_PREFIX_PATH=${moved}" -DCMAKE_BUILD_TYPE=Release
  "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Wshadow -Werror" "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Wshadow -Werror")
run("${CMAKE_COMMAND}" --build "${work}/examples")
try_example("${work}/examples/detect_image")
set(found "${output}")
try_example("${work}/examples/detect_image_c")
if(NOT output STREQUAL found)
  message(FATAL_ERROR "C and C++ find different objects")
endif()

# By pkg-config.
file(GLOB_RECURSE pc "${moved}/*/octet.pc")
get_filename_component(pc_folder "${pc}" DIRECTORY)
set(ENV{PKG_CONFIG_PATH} "${pc_folder}")
run(pkg-config --modversion octet)
expect("${output}" "^${VERSION}\n$")
run(pkg-config --cflags --libs octet)
separate_arguments(flags UNIX_COMMAND "${output}")
run("${C_COMPILER}" -std=c11 -Wall -Wextra -Wpedantic -Werror "${SOURCE}/examples/detect_image.c" -o "${work}/detect_image_pc" ${flags})
set(ENV{LD_LIBRARY_PATH} "${pc_folder}/..")
try_example("${work}/detect_image_pc")
if(NOT output STREQUAL found)
  message(FATAL_ERROR "the example finds other objects where pkg-config found the library")
endif()

file(GLOB_RECURSE library "${moved}/*/liboctet.so")
run("${NM}" --dynamic --defined-only --format=posix "${library}")
string(REGEX MATCHALL "[^\n]+" symbols "${output}")
foreach(symbol IN LISTS symbols)
  expect("${symbol}" "^(octet_[a-z_]+ |_Z(N|NK|TIN|TSN|TVN)5octet2v1)")
endforeach()
