#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/result.h"
#include "image/image.h"

namespace octet {

// Largest picture that is decoded; a file may claim any size, so this is checked before memory is taken.
inline constexpr std::int64_t kMaxPixels = 100'000'000;

struct DecodeOptions {
  // Turn the picture as its EXIF orientation says. COCO's annotations are made for the pixels as they are stored.
  bool apply_exif = false;
};

// Decodes a picture of any format of formats.h to the pixels that OpenCV's imread gives with IMREAD_COLOR, and without
// `apply_exif` IMREAD_IGNORE_ORIENTATION: grey and palette become BGR, 16 bits become 8, alpha is dropped. kMalformed for
// what is no such file or lacks pixels (OpenCV fills those of a JPEG with grey); a JPEG without its end marker lacks none.
Result<Image> decode_image(std::span<const std::byte> file, const DecodeOptions& options = {});

// The same of a file; kNotFound if it cannot be opened. Errors name the file.
Result<Image> read_image(const std::filesystem::path& path, const DecodeOptions& options = {});

// The size that decode_image() gives without `apply_exif`. Reads only the header.
Result<ImageSize> image_size(std::span<const std::byte> file);

}  // namespace octet
