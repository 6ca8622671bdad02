# octet_embed_texts(TARGET HEADER FUNCTION FILES...): adds text files to the sources of TARGET, so that the program carries them.
# HEADER, a path below src/, declares `std::span<const EmbeddedText> FUNCTION();`, which returns them by name, without extension.
# Run as a script with OUTPUT, HEADER, FUNCTION and FILES set it writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
  list(LENGTH FILES count)
  set(code "#include \"${HEADER}\"\n\n#include <array>\n\nnamespace octet {\n\n")
  string(APPEND code "std::span<const EmbeddedText> ${FUNCTION}() {\n")
  string(APPEND code "  static constexpr std::array<EmbeddedText, ${count}> kTexts = {{\n")
  foreach(file IN LISTS FILES)
    get_filename_component(name "${file}" NAME_WLE)
    file(READ "${file}" text)
    string(APPEND code "      {\"${name}\", R\"octet_text(${text})octet_text\"},\n")
  endforeach()
  string(APPEND code "  }};\n  return kTexts;\n}\n\n}  // namespace octet\n")
  file(WRITE "${OUTPUT}" "${code}")
  return()
endif()

function(octet_embed_texts target header function)
  set(files ${ARGN})
  list(SORT files)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${function}.cc")
  set(script "${CMAKE_SOURCE_DIR}/cmake/EmbedTexts.cmake")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${files}" "-DHEADER=${header}" "-DFUNCTION=${function}" "-DOUTPUT=${output}" -P "${script}"
    DEPENDS ${files} "${script}"
    COMMENT "Embedding ${function}"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
