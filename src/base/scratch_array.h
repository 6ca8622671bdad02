#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/scratch_file.h"

namespace octet {

// Items that are added at the end and then read where they lie, again and again. Those of more than a few megabytes lie in a temporary
// file, of which as much is in memory as is being read; where no such file can be written, they stay in memory.
template <typename Item>
class ScratchArray {
  static_assert(std::is_trivially_copyable_v<Item>);

 public:
  std::size_t size() const { return in_file_ + recent_.size(); }

  void add(const Item& item) {
    recent_.push_back(item);
    if (recent_.size() == kItemsInMemory && can_spill_) spill();
  }

  // Takes back what was added behind the first `size` items, as far as it is still in memory.
  void cut(std::size_t size) {
    if (size < this->size()) recent_.resize(std::max(size, in_file_) - in_file_);
  }

  // After the last call of add(), and once. Throws std::system_error where the file cannot be read any more.
  void finish() {
    recent_.shrink_to_fit();
    if (in_file_ == 0) return;
    if (can_spill_) spill();
    if (can_spill_) mapped_ = file_.map();
    if (mapped_.empty()) take_back(file_, std::exchange(in_file_, 0), recent_);
  }

  // After finish(). Several threads may read.
  std::span<const Item> items(std::size_t begin, std::size_t count) const {
    if (mapped_.empty()) return std::span(recent_).subspan(begin, count);
    return std::span(reinterpret_cast<const Item*>(mapped_.data()), in_file_).subspan(begin, count);
  }

  // Gives back what memory these items take that lie in a file; they may be read again.
  void release(std::span<const Item> items) const {
    if (!mapped_.empty()) ScratchFile::release(std::as_bytes(items));
  }

 private:
  static constexpr std::size_t kItemsInMemory = (std::size_t{2} << 20) / sizeof(Item);

  void spill() {
    can_spill_ = file_.append(std::as_bytes(std::span(recent_)));
    if (!can_spill_) return;
    in_file_ += recent_.size();
    recent_.clear();
  }

  ScratchFile file_;
  std::span<const std::byte> mapped_;
  std::size_t in_file_ = 0;  // the first ones
  std::vector<Item> recent_;
  bool can_spill_ = true;
};

}  // namespace octet
