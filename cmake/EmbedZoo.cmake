# octet_embed_zoo(TARGET): adds zoo/*.yml to the sources of TARGET as text, so that the program carries its catalogue.
# Run as a script with OUTPUT set it writes that source: zoo/embedded.h declares what is in it.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB entries "${ZOO_DIR}/*.yml")
  list(SORT entries)
  set(code "#include \"zoo/embedded.h\"\n\n#include <array>\n\nnamespace octet {\n\n")
  list(LENGTH entries count)
  string(APPEND code "std::span<const EmbeddedYaml> embedded_yaml() {\n")
  string(APPEND code "  static constexpr std::array<EmbeddedYaml, ${count}> kEntries = {{\n")
  foreach(entry IN LISTS entries)
    get_filename_component(name "${entry}" NAME)
    string(REGEX REPLACE "\\.yml$" "" name "${name}")
    file(READ "${entry}" yaml)
    string(APPEND code "      {\"${name}\", R\"octet_yaml(${yaml})octet_yaml\"},\n")
  endforeach()
  string(APPEND code "  }};\n  return kEntries;\n}\n\n}  // namespace octet\n")
  file(WRITE "${OUTPUT}" "${code}")
  return()
endif()

function(octet_embed_zoo target)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/zoo_embedded.cc")
  set(script "${CMAKE_SOURCE_DIR}/cmake/EmbedZoo.cmake")
  file(GLOB entries CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/zoo/*.yml")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DZOO_DIR=${CMAKE_SOURCE_DIR}/zoo" "-DOUTPUT=${output}" -P "${script}"
    DEPENDS ${entries} "${script}"
    COMMENT "Embedding the catalogue"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
