#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/result.h"
#include "image/image.h"

namespace octet {

// Largest picture that is decoded; a file may claim any size, so this is checked before memory is taken.
inline constexpr std::int64_t kMaxPixels = 100'000'000;

// Decodes a JPEG or PNG to the pixels that OpenCV's imread gives with IMREAD_COLOR | IMREAD_IGNORE_ORIENTATION:
// grey and palette become BGR, 16 bits become 8, alpha is dropped, an EXIF orientation is ignored as in COCO's
// annotations. kMalformed for what is no such file or ends too early (OpenCV fills such a JPEG with grey).
Result<Image> decode_image(std::span<const std::byte> file);

// The same of a file; kNotFound if it cannot be opened. Errors name the file.
Result<Image> read_image(const std::filesystem::path& path);

// Reads only the header.
Result<ImageSize> image_size(std::span<const std::byte> file);

}  // namespace octet
