#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "image/image.h"

namespace octet {

inline constexpr int kDefaultJpegQuality = 90;

// Of an image that is not empty. `quality` 1..100, else kInvalidArgument. Colour is kept at full resolution, so that thin coloured lines
// stay sharp.
Result<std::vector<std::byte>> encode_jpeg(const Image& image, int quality = kDefaultJpegQuality);
Result<std::vector<std::byte>> encode_png(const Image& image);

// Whether a file of this name is written as JPEG or PNG: .jpg, .jpeg or .png, in any case of letters.
bool is_written_name(const std::filesystem::path& path);

// JPEG or PNG by the extension of `path`. kInvalidArgument unless is_written_name().
Result<std::vector<std::byte>> encode_image(const std::filesystem::path& path, const Image& image);

// The same, written beside `path` and renamed.
Status write_image(const std::filesystem::path& path, const Image& image);

}  // namespace octet
