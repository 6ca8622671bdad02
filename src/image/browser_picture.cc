#include "image/browser_picture.h"

#include <utility>

#include "image/encode.h"
#include "image/exif.h"
#include "image/formats.h"

namespace octet {

Result<BrowserPicture> browser_picture(std::span<const std::byte> file, const DecodeOptions& options) {
  const std::string_view type = media_type(file);
  if ((type == "image/jpeg" || type == "image/png") && exif_orientation(file) == 1) {
    OCTET_ASSIGN(const ImageSize size, image_size(file));
    return BrowserPicture{type, {file.begin(), file.end()}, size};
  }
  OCTET_ASSIGN(const Image image, decode_image(file, options));
  OCTET_ASSIGN(std::vector<std::byte> bytes, encode_jpeg(image));
  return BrowserPicture{"image/jpeg", std::move(bytes), image.size()};
}

}  // namespace octet
