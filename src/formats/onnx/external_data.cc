#include "formats/onnx/external_data.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/files.h"
#include "base/posix_file.h"
#include "base/quoted_name.h"

namespace octet::onnx {
namespace fs = std::filesystem;
namespace {

Error refused(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

// Opens a path below a folder, component by component, so that no symbolic link is followed whoever changes the folder meanwhile.
Result<posix::File> open_below(const fs::path& folder, const fs::path& relative) {
  posix::File at;
  if (const int error = posix::open(folder, O_RDONLY | O_DIRECTORY, at); error != 0)
    return Error{ErrorCode::kNotFound, folder.string() + ": cannot be opened: " + std::strerror(error)};
  for (const fs::path& step : relative) {
    posix::File next(::openat(at.descriptor(), step.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!next.is_open() && (errno == ELOOP || errno == ENOTDIR))
      return refused("is or passes a symbolic link, which octet does not follow");
    if (!next.is_open()) return Error{ErrorCode::kNotFound, std::string("cannot be opened: ") + std::strerror(errno)};
    at = std::move(next);
  }
  return at;
}

Result<ExternalData::Bytes> map_file(const posix::File& file) {
  struct stat info {};
  if (::fstat(file.descriptor(), &info) != 0 || !S_ISREG(info.st_mode)) return refused("is not a file");
  if (info.st_nlink > 1) return refused("has a second name (a hard link), which may lie outside of the model's folder; copy it");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return ExternalData::Bytes{};
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
  if (start == MAP_FAILED) return Error{ErrorCode::kNotFound, std::string("cannot be mapped: ") + std::strerror(errno)};
  std::shared_ptr<const void> owner(start, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return ExternalData::Bytes{{static_cast<const std::byte*>(start), size}, std::move(owner)};
}

}  // namespace

Result<ExternalData::Bytes> ExternalData::read(const ExternalPlace& place, std::int64_t expected) {
  const std::string where = "external data " + in_quotes(place.location);
  if (folder_.empty()) return refused("lie outside of the file, which has no folder").at(where);
  OCTET_ASSIGN_AT([[maybe_unused]] const fs::path inside, path_inside(folder_, place.location), where);
  auto found = mapped_.find(place.location);
  if (found == mapped_.end()) {
    OCTET_ASSIGN_AT(const posix::File file, open_below(folder_, fs::path(place.location).lexically_normal()), where);
    OCTET_ASSIGN_AT(Bytes bytes, map_file(file), where);
    found = mapped_.emplace(place.location, std::move(bytes)).first;
  }
  const Bytes& whole = found->second;
  const auto size = static_cast<std::int64_t>(whole.bytes.size());
  if (place.length >= 0 && place.length != expected)
    return refused("has " + std::to_string(place.length) + " bytes for a tensor of " + std::to_string(expected)).at(where);
  if (place.offset < 0 || place.offset > size || expected > size - place.offset)
    return refused("has " + std::to_string(size) + " bytes, too few for " + std::to_string(expected) + " at " +
                   std::to_string(place.offset))
        .at(where);
  return Bytes{whole.bytes.subspan(static_cast<std::size_t>(place.offset), static_cast<std::size_t>(expected)), whole.owner};
}

std::vector<fs::path> ExternalData::files() const {
  std::vector<fs::path> files;
  for (const auto& [location, bytes] : mapped_) files.push_back(folder_ / location);
  return files;
}

}  // namespace octet::onnx
