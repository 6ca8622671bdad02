#include "record/recorded_file.h"

#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/files.h"

namespace octet {

Result<RecordedFile> record_file(std::string path, const std::filesystem::path& place) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(place));
  return RecordedFile{std::move(path), file.bytes().size(), sha256_hex(file.bytes())};
}

std::optional<std::string> difference_of(const RecordedFile& recorded, const std::filesystem::path& place) {
  if (recorded.sha256.empty()) return std::nullopt;
  std::error_code failed;
  if (!std::filesystem::is_regular_file(place, failed)) return "is missing";
  const std::uintmax_t bytes = std::filesystem::file_size(place, failed);
  if (!failed && bytes != recorded.bytes) return fmt::format("has {} bytes for {}", bytes, recorded.bytes);
  const auto file = MappedFile::open(place);
  if (!file.ok()) return "cannot be read";
  return sha256_hex(file->bytes()) == recorded.sha256 ? std::nullopt : std::optional<std::string>("has another content");
}

}  // namespace octet
