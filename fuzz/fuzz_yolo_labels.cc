// A data.yaml and the labels of one picture, of any bytes. Names of places are left out: they may lead anywhere on this machine.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "labelled_pictures.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [yaml, labels] = fuzz::two_files_of({data, size});
  const std::string_view text(reinterpret_cast<const char*>(yaml.data()), yaml.size());
  if (text.find('/') != text.npos || text.find("..") != text.npos || text.find('\\') != text.npos) return 0;
  static const fuzz::ScratchFile picture("images/a.png", fuzz::small_picture());
  const fuzz::ScratchFile description("data.yaml", yaml), lines("labels/a.txt", labels);
  fuzz::expect_annotations(read_yolo(fuzz::ScratchFile::folder(), "val", {}));
  return 0;
}
