#include "download/partial_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

// Whether `path` still names the open file: whoever held the lock may have moved or removed it.
bool is_named(const posix::File& file, const fs::path& path) {
  struct stat opened {
  }, named{};
  return ::fstat(file.descriptor(), &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

bool is_regular(const posix::File& file) {
  struct stat info {};
  return ::fstat(file.descriptor(), &info) == 0 && S_ISREG(info.st_mode);
}

int sync_folder(const fs::path& folder) {
  posix::File handle;
  const int error = posix::open(folder, O_RDONLY | O_DIRECTORY, handle);
  return error != 0 ? error : posix::sync(handle);
}

}  // namespace

Error PartialFile::cannot_be_written(int error) const {
  return {ErrorCode::kIo, place_.string() + ": cannot be written: " + std::strerror(error)};
}

Result<PartialFile> PartialFile::open(const fs::path& place, const std::function<void()>& on_wait) {
  const fs::path folder = place.has_parent_path() ? place.parent_path() : fs::path(".");
  PartialFile part(place, folder / ("." + place.filename().string() + ".part"));
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return part.cannot_be_written(failed.value());
  OCTET_RETURN_IF_ERROR(part.open_and_lock(on_wait));
  OCTET_RETURN_IF_ERROR(part.take_over());
  return part;
}

Status PartialFile::open_and_lock(const std::function<void()>& on_wait) {
  do {
    // Not through a link, which anybody who may write to the folder could have put there; not waiting for the other end of a pipe.
    if (const int error = posix::open(path_, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, file_, 0644); error != 0)
      return cannot_be_written(error);
    if (!is_regular(file_)) return cannot_be_written(EEXIST);
    if (posix::lock(file_, posix::Wait::kNo) != EWOULDBLOCK) continue;
    if (on_wait && !had_to_wait_) on_wait();
    had_to_wait_ = true;
    (void)posix::lock(file_, posix::Wait::kYes);
  } while (!is_named(file_, path_));
  return {};
}

// Reads what is there, for its digest; what is appended then follows it.
Status PartialFile::take_over() {
  std::vector<std::byte> chunk(kChunkBytes);
  for (;;) {
    const ssize_t got = ::read(file_.descriptor(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_be_written(errno);
    if (got == 0) return {};
    digest_.update(std::span(chunk).first(static_cast<std::size_t>(got)));
    size_ += got;
  }
}

Status PartialFile::restart() {
  if (const int error = posix::truncate(file_); error != 0) return cannot_be_written(error);
  if (::lseek(file_.descriptor(), 0, SEEK_SET) < 0) return cannot_be_written(errno);
  size_ = 0;
  digest_ = Sha384();
  return {};
}

Status PartialFile::append(std::span<const std::byte> bytes) {
  if (const int error = posix::write_all(file_, bytes); error != 0) return cannot_be_written(error);
  digest_.update(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
  return {};
}

// The lock stays until the object goes, and with it whoever waits, who then finds that the name is another file's or nobody's.
Status PartialFile::put_in_place() {
  if (const int error = posix::sync(file_); error != 0) return cannot_be_written(error);
  if (const int error = posix::rename(path_, place_); error != 0) return cannot_be_written(error);
  if (sync_folder(path_.parent_path()) != 0)
    return Error{ErrorCode::kIo, place_.string() + ": is written, but the disk does not confirm it"};
  return {};
}

void PartialFile::remove() { (void)posix::unlink(path_); }

}  // namespace octet
