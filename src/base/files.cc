#include "base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/journal.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

Error open_error(const fs::path& path, int error) {
  return {ErrorCode::kNotFound, path.string() + ": cannot be opened: " + std::strerror(error)};
}

}  // namespace

Result<MappedFile> MappedFile::open(const fs::path& path) {
  // Not waiting: a pipe is refused below.
  posix::File file;
  if (const int error = posix::open(path, O_RDONLY | O_NONBLOCK, file); error != 0) return open_error(path, error);
  struct stat info {};
  if (::fstat(file.descriptor(), &info) != 0) return open_error(path, errno);
  if (!S_ISREG(info.st_mode)) return Error{ErrorCode::kNotFound, path.string() + ": is not a file"};
  MappedFile mapped;
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return mapped;
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
  if (start == MAP_FAILED) return open_error(path, errno);
  mapped.owner_ = std::shared_ptr<const void>(start, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  mapped.bytes_ = {static_cast<const std::byte*>(start), size};
  return mapped;
}

Result<std::string> read_text(const fs::path& path, std::size_t limit_bytes) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  if (file.bytes().size() > limit_bytes)
    return Error{ErrorCode::kMalformed, path.string() + ": has " + std::to_string(file.bytes().size()) + " bytes, more than the limit of " +
                                            std::to_string(limit_bytes)};
  return std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
}

Result<std::size_t> size_of_file(const fs::path& path) {
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(path, failed);  // all ones where it failed
  if (failed) return open_error(path, failed.value());
  return static_cast<std::size_t>(size);
}

Status check_output_folder(const fs::path& path) {
  const auto refused = [&](const std::string& why) { return Error{ErrorCode::kIo, path.string() + ": cannot be written: " + why}; };
  if (path.empty()) return {};
  std::error_code ignored;
  fs::path nearest = path;
  while (!nearest.empty() && !fs::exists(nearest, ignored)) nearest = nearest.parent_path();
  if (nearest.empty()) nearest = ".";
  if (!fs::is_directory(nearest, ignored)) return refused(nearest.string() + " is no folder");
  if (::access(nearest.c_str(), W_OK | X_OK) != 0) return refused(std::strerror(errno));
  return {};
}

Status check_output_file(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return Error{ErrorCode::kIo, path.string() + ": cannot be written: " + std::strerror(EISDIR)};
  return fs::exists(path, ignored) ? Status() : check_output_folder(path.parent_path());
}

Result<FolderView> FolderView::open(const fs::path& folder) {
  const fs::path path = folder.empty() ? fs::path(".") : folder;
  OCTET_RETURN_IF_ERROR(recover_folder(path));
  posix::File handle;
  if (posix::open(path, O_RDONLY | O_DIRECTORY, handle) == 0) (void)posix::lock_shared(handle);
  return FolderView(std::move(handle));
}

Result<fs::path> path_inside(const fs::path& base, std::string_view relative) {
  const fs::path part(relative);
  bool inside = !part.empty() && part.is_relative();
  for (const fs::path& step : part) inside = inside && step != "..";
  if (!inside) return Error{ErrorCode::kMalformed, "path '" + std::string(relative) + "' leaves its folder"};
  return base / part;
}

}  // namespace octet
