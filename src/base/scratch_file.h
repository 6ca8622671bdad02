#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/posix_file.h"

namespace octet {

// A file in TMPDIR that is gone when it is closed, to be read and written. Not open where it cannot be made.
posix::File unnamed_file();

// A temporary file without a name, in TMPDIR: what need not be in memory. It is gone when it is closed. Several threads may read.
class ScratchFile {
 public:
  std::uint64_t size() const { return size_; }

  // Makes the file where there is none yet. False where it cannot be written (any more): nothing was added then, nor will be.
  bool append(std::span<const std::byte> content);
  // Throws std::system_error where it cannot be read any more.
  void read(std::uint64_t place, std::span<std::byte> content) const;

  // All of it, to be read where it lies, until the file goes; after the last append(). Empty where it cannot be mapped.
  std::span<const std::byte> map();
  // Gives back what memory these mapped bytes take.
  static void release(std::span<const std::byte> mapped);

 private:
  posix::File file_;
  std::uint64_t size_ = 0;
  bool has_failed_ = false;
  std::shared_ptr<const void> mapped_;
};

// Puts the first `count` items of a file in front of those in memory. Throws as ScratchFile::read().
template <typename Item>
void take_back(const ScratchFile& file, std::size_t count, std::vector<Item>& items) {
  std::vector<Item> all(count);
  file.read(0, std::as_writable_bytes(std::span(all)));
  all.insert(all.end(), items.begin(), items.end());
  items = std::move(all);
}

}  // namespace octet
