#include "image/decode.h"

#include <string>
#include <utility>

#include "base/files.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/formats.h"

namespace octet {
namespace {

Result<const Codec*> recognised(std::span<const std::byte> file) {
  if (file.empty()) return Error{ErrorCode::kMalformed, "the file is empty"};
  const Codec* codec = codec_of(file);
  if (!codec) return Error{ErrorCode::kMalformed, "not a picture that octet reads (" + picture_formats() + ")"};
  return codec;
}

}  // namespace

Status check_image_size(std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1) return Error{ErrorCode::kMalformed, "there is no picture in the file"};
  if (width > kMaxPixels / height)
    return Error{ErrorCode::kMalformed, "the header claims " + std::to_string(width) + "x" + std::to_string(height) +
                                            " pixels, more than the " + std::to_string(kMaxPixels) + " that are accepted"};
  return {};
}

Result<Image> decode_image(std::span<const std::byte> file, const DecodeOptions& options) {
  OCTET_ASSIGN(const Codec* codec, recognised(file));
  OCTET_ASSIGN(Image image, codec->decode(file));
  return options.apply_exif ? upright(std::move(image), exif_orientation(file)) : std::move(image);
}

Result<ImageSize> image_size(std::span<const std::byte> file) {
  OCTET_ASSIGN(const Codec* codec, recognised(file));
  return codec->size(file);
}

Result<Image> read_image(const std::filesystem::path& path, const DecodeOptions& options) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  OCTET_ASSIGN_AT(Image image, decode_image(file.bytes(), options), path.string());
  return image;
}

}  // namespace octet
