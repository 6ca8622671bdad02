// A list of pictures and the annotations of one of them in Pascal VOC's form, of any bytes.
#include <cstddef>
#include <cstdint>

#include "labelled_pictures.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [names, xml] = fuzz::two_files_of({data, size});
  const fuzz::ScratchFile list("ImageSets/Main/val.txt", names), annotations("Annotations/a.xml", xml);
  fuzz::expect_annotations(read_voc(fuzz::ScratchFile::folder(), "val", {}));
  return 0;
}
