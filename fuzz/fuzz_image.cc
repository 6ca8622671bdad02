// A picture of any bytes. What is decoded has the size that the header tells, and survives being written as PNG; what it says
// of its orientation is one of the eight.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "image/decode.h"
#include "image/encode.h"
#include "image/exif.h"

using namespace octet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const int orientation = exif_orientation(bytes);
  if (orientation < 1 || orientation > 8) std::abort();
  const auto told = image_size(bytes);
  if (told.ok() && std::int64_t{told->width} * told->height > (1 << 20)) return 0;  // slow, and no different
  const auto image = decode_image(bytes);
  if (!image.ok()) return 0;
  if (!told.ok() || *told != image->size()) std::abort();
  const auto written = encode_png(*image);
  if (!written.ok()) std::abort();
  const auto again = decode_image(*written);
  if (!again.ok() || *again != *image) std::abort();
  return 0;
}
