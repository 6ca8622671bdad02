#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "image/image.h"

// The formats behind formats.h, decode.h, exif.h and encode.h. Every function takes a whole file, which may hold anything,
// and may be called from several threads at once.
namespace octet {

struct Codec {
  std::string_view name;                                // "JPEG"
  std::string_view media_type;                          // "image/jpeg"
  std::span<const std::string_view> extensions;         // ".jpg", in small letters
  bool (*recognises)(std::span<const std::byte> file);  // by its first bytes
  // The rest is called for what was recognised.
  Result<ImageSize> (*size)(std::span<const std::byte> file);  // reads no more than the header
  Result<Image> (*decode)(std::span<const std::byte> file);
  // The TIFF structure that EXIF consists of; empty where the file has none. Null where the format has none.
  std::span<const std::byte> (*exif)(std::span<const std::byte> file);
};

// All of them; a file is recognised by one at most.
std::span<const Codec> codecs();

// The one that recognises `file`, or null.
const Codec* codec_of(std::span<const std::byte> file);

// ".jpg" of "A.JPG".
std::string small_extension(const std::filesystem::path& path);

// kMalformed unless both sides are at least 1 and the area at most kMaxPixels.
Status check_image_size(std::int64_t width, std::int64_t height);

namespace bmp {
extern const Codec kCodec;
}
namespace jpeg {
extern const Codec kCodec;
}
namespace png {
extern const Codec kCodec;
}
namespace tiff {
extern const Codec kCodec;
}
namespace webp {
extern const Codec kCodec;
}

}  // namespace octet
