#include "image/exif.h"

#include <opencv2/core.hpp>
#include <optional>
#include <utility>

#include "image/byte_order.h"
#include "image/codec.h"
#include "image/mat_view.h"

namespace octet {
namespace {

// The value of a single 16-bit number in directory 0 of the TIFF structure that EXIF is: a byte order ("II" or "MM"), 42, and
// where the directory begins; there a count of entries of 12 bytes each: tag, type, count, value.
std::optional<std::size_t> short_of(std::span<const std::byte> tiff, std::size_t tag) {
  constexpr std::size_t kEntryBytes = 12, kShort = 3;
  const ByteOrder order = number_at(tiff, 0, 2, ByteOrder::kBig) == ('I' << 8 | 'I') ? ByteOrder::kLittle : ByteOrder::kBig;
  const auto number = [&](std::size_t at, std::size_t bytes) { return number_at(tiff, at, bytes, order); };
  const std::size_t begin = number(4, 4), count = number(begin, 2);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = begin + 2 + i * kEntryBytes;
    if (entry + kEntryBytes > tiff.size()) break;
    if (number(entry, 2) == tag && number(entry + 2, 2) == kShort && number(entry + 4, 4) == 1) return number(entry + 8, 2);
  }
  return std::nullopt;
}

Image transposed(const Image& image) {
  Image result({image.height(), image.width()});
  cv::Mat target = mat_view(result);
  cv::transpose(mat_view(image), target);
  return result;
}

enum class Flip { kVertical = 0, kHorizontal = 1, kBoth = -1 };  // OpenCV's codes

Image flipped(Image image, Flip flip) {
  cv::Mat view = mat_view(image);
  cv::flip(view, view, static_cast<int>(flip));
  return image;
}

}  // namespace

int exif_orientation(std::span<const std::byte> file) {
  constexpr std::size_t kOrientationTag = 0x0112;
  const Codec* codec = codec_of(file);
  if (!codec || !codec->exif) return 1;
  const std::size_t value = short_of(codec->exif(file), kOrientationTag).value_or(1);
  return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
}

Image upright(Image image, int orientation) {
  if (image.bytes().empty()) return image;
  switch (orientation) {
    case 2:
      return flipped(std::move(image), Flip::kHorizontal);
    case 3:
      return flipped(std::move(image), Flip::kBoth);
    case 4:
      return flipped(std::move(image), Flip::kVertical);
    case 5:
      return transposed(image);
    case 6:
      return flipped(transposed(image), Flip::kHorizontal);
    case 7:
      return flipped(transposed(image), Flip::kBoth);
    case 8:
      return flipped(transposed(image), Flip::kVertical);
    default:
      return image;
  }
}

}  // namespace octet
