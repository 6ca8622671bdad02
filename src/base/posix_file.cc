#include "base/posix_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace octet::posix {
namespace {

template <typename Call>
auto uninterrupted(const Call& call) {
  for (;;) {
    const auto answer = call();
    if (answer != -1 || errno != EINTR) return answer;
  }
}

template <typename Call>
int error_of(const Call& call) {
  return uninterrupted(call) == -1 ? errno : 0;
}

}  // namespace

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() { (void)close(); }

// Not repeated: Linux gives the descriptor up even where a signal interrupts, and another file may have it by then.
int File::close() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (descriptor < 0 || ::close(descriptor) == 0 || errno == EINTR) return 0;
  return errno;
}

int open(const std::filesystem::path& path, int flags, File& file, mode_t mode) {
  const int descriptor = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
  if (descriptor < 0) return errno;
  file = File(descriptor);
  return 0;
}

int write_all(const File& file, std::span<const std::byte> content) {
  while (!content.empty()) {
    const ssize_t written = uninterrupted([&] { return ::write(file.descriptor(), content.data(), content.size()); });
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;  // no file system does this; an endless loop would be no answer
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

int sync(const File& file) {
  return error_of([&] { return ::fsync(file.descriptor()); });
}

int truncate(const File& file) {
  return error_of([&] { return ::ftruncate(file.descriptor(), 0); });
}

int lock(const File& file, Wait wait) {
  return error_of([&] { return ::flock(file.descriptor(), LOCK_EX | (wait == Wait::kNo ? LOCK_NB : 0)); });
}

int lock_shared(const File& file) {
  return error_of([&] { return ::flock(file.descriptor(), LOCK_SH); });
}

int rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  return error_of([&] { return ::rename(from.c_str(), to.c_str()); });
}

int unlink(const std::filesystem::path& path) {
  return error_of([&] { return ::unlink(path.c_str()); });
}

int make_folder(const std::filesystem::path& path) {
  return error_of([&] { return ::mkdir(path.c_str(), 0777); });
}

}  // namespace octet::posix
