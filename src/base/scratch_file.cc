#include "base/scratch_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace octet {

posix::File unnamed_file() {
  std::error_code failed;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(failed);
  if (failed) return {};
  std::string name = (folder / "octet-XXXXXX").string();
  posix::File file(::mkostemp(name.data(), O_CLOEXEC));
  if (file.is_open() && posix::unlink(name) != 0) return {};
  return file;
}

bool ScratchFile::append(std::span<const std::byte> content) {
  if (has_failed_) return false;
  if (!file_.is_open()) file_ = unnamed_file();
  has_failed_ = !file_.is_open() || posix::write_all(file_, content) != 0;
  if (has_failed_) return false;
  size_ += content.size();
  return true;
}

void ScratchFile::read(std::uint64_t place, std::span<std::byte> content) const {
  while (!content.empty()) {
    const ssize_t count = ::pread(file_.descriptor(), content.data(), content.size(), static_cast<off_t>(place));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0)
      throw std::system_error(count < 0 ? errno : EIO, std::generic_category(),
                              "what was found cannot be read back from its temporary file");
    content = content.subspan(static_cast<std::size_t>(count));
    place += static_cast<std::uint64_t>(count);
  }
}

std::span<const std::byte> ScratchFile::map() {
  if (size_ == 0) return {};
  void* const start = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_.descriptor(), 0);
  if (start == MAP_FAILED) return {};
  mapped_ = std::shared_ptr<const void>(start, [size = size_](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return {static_cast<const std::byte*>(start), size_};
}

void ScratchFile::release(std::span<const std::byte> mapped) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t before = reinterpret_cast<std::uintptr_t>(mapped.data()) % page;  // the call takes whole pages
  (void)::madvise(const_cast<std::byte*>(mapped.data() - before), before + mapped.size(), MADV_DONTNEED);
}

}  // namespace octet
