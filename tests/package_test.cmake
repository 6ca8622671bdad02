# Installs octet into an empty folder, moves that folder, and builds and runs examples/ against it as a user would.
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

run("${moved}/bin/octet" --version)
expect("${output}" "^octet ${VERSION} ")
# The old commands lie beside it and know their names.
string(REPLACE "," ";" commands "${COMMANDS}")
foreach(command IN LISTS commands)
  run("${moved}/bin/${command}" --help)
  expect("${output}" "usage: ${command}")
endforeach()
set(model "yolo-fastest-1.1-xl")
run("${moved}/bin/octet" convert "${SOURCE}/demo/${model}/${model}.cfg" --output "${work}/models")

run("${CMAKE_COMMAND}" -S "${SOURCE}/examples" -B "${work}/examples" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
  "-DCMAKE_PREFIX_PATH=${moved}" -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Wshadow -Werror")
run("${CMAKE_COMMAND}" --build "${work}/examples")
set(picture "${SOURCE}/demo/coco/val2017/000000030213.jpg")
run("${work}/examples/detect_image" "${work}/models/public/${model}/FP32/${model}.xml" "${picture}" "${work}/drawn.jpg")
expect("${output}" "[a-z ]+ 0\\.[0-9][0-9]  \\([0-9]+, [0-9]+\\) to \\([0-9]+, [0-9]+\\)\n")
if(NOT EXISTS "${work}/drawn.jpg")
  message(FATAL_ERROR "nothing was drawn")
endif()

# An error of the library is caught by the program, so that the type of the exception is the same on both sides.
execute_process(COMMAND "${work}/examples/detect_image" absent.xml "${picture}" RESULT_VARIABLE status ERROR_VARIABLE errors)
expect("${status}" "^1$")
expect("${errors}" "^error: .*absent\\.xml")

file(GLOB_RECURSE library "${moved}/*/liboctet.so")
run("${NM}" --dynamic --defined-only --format=posix "${library}")
string(REGEX MATCHALL "[^\n]+" symbols "${output}")
foreach(symbol IN LISTS symbols)
  expect("${symbol}" "^_Z(N|NK|TIN|TSN|TVN)5octet2v1")
endforeach()
