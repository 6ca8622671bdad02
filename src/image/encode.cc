#include "image/encode.h"

#include <exception>
#include <string>

#include "base/files.h"
#include "image/codec.h"

namespace octet {

bool append_bytes(std::vector<std::byte>& to, const void* data, std::size_t bytes) noexcept {
  try {
    const auto* first = static_cast<const std::byte*>(data);
    to.insert(to.end(), first, first + bytes);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

Result<std::vector<std::byte>> encode_jpeg(const Image& image, int quality) { return jpeg::encode(image, quality); }

Result<std::vector<std::byte>> encode_png(const Image& image) { return png::encode(image); }

Result<std::vector<std::byte>> encode_image(const std::filesystem::path& path, const Image& image) {
  const std::string extension = small_extension(path);
  const bool is_jpeg = extension == ".jpg" || extension == ".jpeg";
  if (!is_jpeg && extension != ".png")
    return Error{ErrorCode::kInvalidArgument, path.string() + ": a picture is written as .jpg, .jpeg or .png"};
  OCTET_ASSIGN_AT(std::vector<std::byte> file, is_jpeg ? encode_jpeg(image) : encode_png(image), path.string());
  return file;
}

Status write_image(const std::filesystem::path& path, const Image& image) {
  OCTET_ASSIGN(const std::vector<std::byte> file, encode_image(path, image));
  return write_file(path, std::span<const std::byte>(file));
}

}  // namespace octet
