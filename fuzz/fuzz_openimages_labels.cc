// OpenImages' boxes, labels and hierarchy of any bytes, beside one picture and the names of two classes.
#include <cstddef>
#include <cstdint>

#include "labelled_pictures.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::ScratchFile picture("validation/a.png", fuzz::small_picture());
  static const fuzz::ScratchFile names("class-descriptions.csv", fuzz::bytes_of("/m/1,Cup\n/m/2,Dog\n"));
  const auto [boxes, others] = fuzz::two_files_of({data, size});
  const auto [labels, hierarchy] = fuzz::two_files_of(others);
  const fuzz::ScratchFile box_file("validation-annotations-bbox.csv", boxes), label_file("validation-imagelabels.csv", labels),
      hierarchy_file("hierarchy.json", hierarchy);
  fuzz::expect_annotations(read_openimages(fuzz::ScratchFile::folder(), "val", {}));
  return 0;
}
