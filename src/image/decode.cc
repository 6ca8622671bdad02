#include "image/decode.h"

#include "base/files.h"
#include "image/codec.h"

namespace octet {

Status check_image_size(std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1) return Error{ErrorCode::kMalformed, "there is no picture in the file"};
  if (width > kMaxPixels / height)
    return Error{ErrorCode::kMalformed, "the header claims " + std::to_string(width) + "x" + std::to_string(height) +
                                            " pixels, more than the " + std::to_string(kMaxPixels) + " that are accepted"};
  return {};
}

namespace {

Error not_a_picture(std::span<const std::byte> file) {
  return Error{ErrorCode::kMalformed, file.empty() ? "the file is empty" : "not a JPEG or PNG picture"};
}

}  // namespace

Result<Image> decode_image(std::span<const std::byte> file) {
  if (jpeg::is_jpeg(file)) return jpeg::decode(file);
  if (png::is_png(file)) return png::decode(file);
  return not_a_picture(file);
}

Result<ImageSize> image_size(std::span<const std::byte> file) {
  if (jpeg::is_jpeg(file)) return jpeg::size(file);
  if (png::is_png(file)) return png::size(file);
  return not_a_picture(file);
}

Result<Image> read_image(const std::filesystem::path& path) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  OCTET_ASSIGN_AT(Image image, decode_image(file.bytes()), path.string());
  return image;
}

}  // namespace octet
