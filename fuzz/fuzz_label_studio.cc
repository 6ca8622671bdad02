// Label Studio's tasks of any bytes, beside one picture.
#include <cstddef>
#include <cstdint>

#include "labelled_pictures.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::ScratchFile picture("a.png", {});
  const fuzz::ScratchFile tasks("project.json", {data, size});
  fuzz::expect_annotations(read_label_studio(fuzz::ScratchFile::folder(), "val", {}));
  return 0;
}
