// Darknet's obj.data and a list of pictures of any bytes, beside one picture with its label. Places that they name stay in the folder.
#include <cstddef>
#include <cstdint>

#include "labelled_pictures.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::ScratchFile picture("a.png", fuzz::small_picture()), label("a.txt", fuzz::bytes_of("0 0.5 0.5 0.5 0.5\n"));
  static const fuzz::ScratchFile names("obj.names", fuzz::bytes_of("cup\n"));
  const auto [keys, pictures] = fuzz::two_files_of({data, size});
  const fuzz::ScratchFile description("obj.data", keys), list("valid.txt", pictures);
  fuzz::expect_annotations(read_yolo(fuzz::ScratchFile::folder(), "val", {}));
  return 0;
}
