#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/decode.h"
#include "image/image.h"

namespace octet {

// A picture file as a page can hold it.
struct BrowserPicture {
  std::string_view media_type;
  std::vector<std::byte> bytes;
  ImageSize size;
};

// `file` as it is where every browser shows what decode_image() gives for it: JPEG and PNG without an orientation, which a
// browser would apply by itself. All else is decoded and encoded anew as JPEG. Errors as of decode_image().
Result<BrowserPicture> browser_picture(std::span<const std::byte> file, const DecodeOptions& options = {});

}  // namespace octet
