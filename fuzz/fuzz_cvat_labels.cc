// CVAT's annotations of any bytes.
#include <cstddef>
#include <cstdint>

#include "labelled_pictures.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::ScratchFile annotations("annotations.xml", {data, size});
  fuzz::expect_annotations(read_cvat(fuzz::ScratchFile::folder(), "val", {}));
  return 0;
}
