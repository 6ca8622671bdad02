#include "image/encode.h"

#include <string>

#include "base/files.h"
#include "image/codec.h"

namespace octet {

bool is_written_name(const std::filesystem::path& path) {
  const std::string extension = small_extension(path);
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

Result<std::vector<std::byte>> encode_image(const std::filesystem::path& path, const Image& image) {
  if (!is_written_name(path)) return Error{ErrorCode::kInvalidArgument, path.string() + ": a picture is written as .jpg, .jpeg or .png"};
  OCTET_ASSIGN_AT(std::vector<std::byte> file, small_extension(path) == ".png" ? encode_png(image) : encode_jpeg(image), path.string());
  return file;
}

Status write_image(const std::filesystem::path& path, const Image& image) {
  OCTET_ASSIGN(const std::vector<std::byte> file, encode_image(path, image));
  return write_file(path, std::span<const std::byte>(file));
}

}  // namespace octet
