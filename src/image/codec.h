#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/image.h"

// The two codecs behind decode.h and encode.h.
namespace octet::jpeg {

bool is_jpeg(std::span<const std::byte> file);
Result<ImageSize> size(std::span<const std::byte> file);
Result<Image> decode(std::span<const std::byte> file);
Result<std::vector<std::byte>> encode(const Image& image, int quality);

}  // namespace octet::jpeg

namespace octet::png {

bool is_png(std::span<const std::byte> file);
Result<ImageSize> size(std::span<const std::byte> file);
Result<Image> decode(std::span<const std::byte> file);
Result<std::vector<std::byte>> encode(const Image& image);

}  // namespace octet::png

namespace octet {

// kMalformed unless both sides are at least 1 and the area at most kMaxPixels.
Status check_image_size(std::int64_t width, std::int64_t height);

}  // namespace octet
