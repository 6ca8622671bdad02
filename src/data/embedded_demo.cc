#include "data/embedded_demo.h"

#include <vector>

#include "base/files.h"

// The assembler takes the bytes in; a compiler would need minutes and gigabytes for an array of ten million numbers.
#define OCTET_DEMO_FILE(number, path)         \
  __asm__(                                    \
      ".section .rodata\n"                    \
      ".balign 16\n"                          \
      "octet_demo_" #number                   \
      "_begin:\n"                             \
      ".incbin \"" OCTET_DEMO_FOLDER "/" path \
      "\"\n"                                  \
      "octet_demo_" #number                   \
      "_end:\n"                               \
      ".byte 0\n"                             \
      ".previous\n");                         \
  extern "C" const std::byte octet_demo_##number##_begin[], octet_demo_##number##_end[];
#include OCTET_DEMO_LIST
#undef OCTET_DEMO_FILE

namespace octet {

std::span<const EmbeddedFile> embedded_demo() {
#define OCTET_DEMO_FILE(number, path) {path, {octet_demo_##number##_begin, octet_demo_##number##_end}},
  static const std::vector<EmbeddedFile> files{
#include OCTET_DEMO_LIST
  };
#undef OCTET_DEMO_FILE
  return files;
}

Status write_embedded_demo(const std::filesystem::path& dir) {
  if (embedded_demo().empty())
    return Error{ErrorCode::kUnsupported, "this octet was built without the demonstration; it is the folder demo/ of the sources"};
  FileTransaction transaction;
  for (const EmbeddedFile& file : embedded_demo()) OCTET_RETURN_IF_ERROR(transaction.add(dir / file.path, file.bytes));
  return transaction.commit();
}

}  // namespace octet
