#include "detector/detection_lists.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <type_traits>

namespace octet {
namespace {

static_assert(std::is_trivially_copyable_v<Detection>);

// To be read and written, in `folder` and without a name: it is gone when it is closed. Not open where it cannot be made.
posix::File unnamed_file(const std::filesystem::path& folder) {
  std::string name = (folder / "octet-XXXXXX").string();
  posix::File file(::mkostemp(name.data(), O_CLOEXEC));
  if (file.is_open() && posix::unlink(name) != 0) return {};
  return file;
}

// All of `content`, from that place in the file on; 0 or the errno.
int read_at(const posix::File& file, std::uint64_t place, std::span<std::byte> content) {
  while (!content.empty()) {
    const ssize_t count = ::pread(file.descriptor(), content.data(), content.size(), static_cast<off_t>(place));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : EIO;
    content = content.subspan(static_cast<std::size_t>(count));
    place += static_cast<std::uint64_t>(count);
  }
  return 0;
}

constexpr std::size_t kMostInMemory = (std::size_t{4} << 20) / sizeof(Detection);

}  // namespace

std::vector<Detection> DetectionLists::operator[](std::size_t image) const {
  const List& list = lists_[image];
  if (list.begin >= in_file_) {
    const auto first = recent_.begin() + static_cast<std::ptrdiff_t>(list.begin - in_file_);
    return {first, first + list.count};
  }
  std::vector<Detection> found(list.count);
  if (const int error = read_at(file_, list.begin * sizeof(Detection), std::as_writable_bytes(std::span(found))); error != 0)
    throw std::system_error(error, std::generic_category(), "what was found cannot be read back from its temporary file");
  return found;
}

void DetectionLists::set(std::size_t image, const std::vector<Detection>& found) {
  lists_[image] = {in_file_ + recent_.size(), static_cast<std::uint32_t>(found.size())};
  recent_.insert(recent_.end(), found.begin(), found.end());
  if (recent_.size() > kMostInMemory && can_spill_) spill();
}

void DetectionLists::spill() {
  std::error_code failed;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(failed);
  if (!file_.is_open() && !failed) file_ = unnamed_file(folder);
  can_spill_ = file_.is_open() && posix::write_all(file_, std::as_bytes(std::span(recent_))) == 0;
  if (!can_spill_) return;
  in_file_ += recent_.size();
  recent_.clear();
}

}  // namespace octet
