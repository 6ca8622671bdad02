#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/falling_order.h"
#include "base/scratch_file.h"

namespace octet {

// Items that are added in any order and read by falling `kKey`, a member that is a number and not NaN; of equal ones the first that was
// added comes first. More than `most_in_memory` of them are sorted in runs, which lie in a temporary file and are merged into another
// (Knuth, "The Art of Computer Programming", volume 3, section 5.4); where no such file can be written, they stay in memory.
template <typename Item, auto kKey>
class SortedList {
  static_assert(std::is_trivially_copyable_v<Item>);

 public:
  static constexpr std::size_t kMostInMemory = std::size_t{1} << 19;

  SortedList() = default;
  explicit SortedList(std::size_t most_in_memory) : most_in_memory_(most_in_memory) {}

  std::size_t size() const { return in_file_ + recent_.size(); }
  void reserve(std::size_t items) { recent_.reserve(std::min(items, most_in_memory_)); }

  void add(const Item& item) {
    if (recent_.size() >= most_in_memory_ && can_spill_) end_run();
    recent_.push_back(item);
  }

  // After the last call of add(), and once. Throws std::system_error where the file cannot be read any more.
  void sort() {
    if (!runs_.empty() && can_spill_) end_run();
    if (!runs_.empty() && !(can_spill_ && merge())) {
      take_back(file_, std::exchange(in_file_, 0), recent_);
      runs_.clear();
    }
    if (runs_.empty()) sort_recent();
  }

  // Calls visit(std::span<const Item>) with all of them, in their order. After sort(); from several threads, too. Throws as sort().
  template <typename Visit>
  void for_each_block(Visit visit) const {
    for (std::size_t at = 0; at < recent_.size(); at += kItemsOfBlock)
      visit(std::span<const Item>(recent_).subspan(at, std::min(kItemsOfBlock, recent_.size() - at)));
    std::vector<Item> block;
    for (std::size_t at = 0; at < in_file_; at += block.size()) {
      block.resize(std::min(kItemsOfBlock, in_file_ - at));
      file_.read(at * sizeof(Item), std::as_writable_bytes(std::span(block)));
      visit(std::span<const Item>(block));
    }
  }

 private:
  static constexpr std::size_t kItemsOfBlock = std::max<std::size_t>((std::size_t{1} << 18) / sizeof(Item), 1);

  // A run while it is merged.
  struct Run {
    std::size_t begin = 0, end = 0;  // in the file, of what is not in memory yet
    std::vector<Item> block{};
    std::size_t at = 0;  // in the block
  };

  void sort_recent() {
    std::vector<double> keys;
    keys.reserve(recent_.size());
    for (const Item& item : recent_) keys.push_back(item.*kKey);
    std::vector<Item> sorted;
    sorted.reserve(recent_.size());
    for (const std::uint32_t place : falling_order(keys)) sorted.push_back(recent_[place]);
    recent_ = std::move(sorted);
  }

  void end_run() {
    sort_recent();
    can_spill_ = file_.append(std::as_bytes(std::span(recent_)));
    if (!can_spill_) return;
    runs_.push_back({in_file_, in_file_ + recent_.size()});
    in_file_ += recent_.size();
    recent_.clear();
  }

  // False where there is no room; the runs are as before then.
  bool merge() {
    ScratchFile merged;
    std::vector<Run> runs = runs_;
    // A heap with the run at its top whose next item comes first; of equal ones the earlier run's does.
    std::vector<std::size_t> heap;
    const auto next_of = [&](std::size_t run) { return runs[run].block[runs[run].at].*kKey; };
    const auto comes_later = [&](std::size_t a, std::size_t b) { return next_of(a) != next_of(b) ? next_of(a) < next_of(b) : a > b; };
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (fill(runs[i])) heap.push_back(i);
    std::ranges::make_heap(heap, comes_later);
    std::vector<Item> block;
    while (!heap.empty()) {
      std::ranges::pop_heap(heap, comes_later);
      Run& run = runs[heap.back()];
      block.push_back(run.block[run.at++]);
      if (run.at < run.block.size() || fill(run))
        std::ranges::push_heap(heap, comes_later);
      else
        heap.pop_back();
      if (block.size() < kItemsOfBlock && !heap.empty()) continue;
      if (!merged.append(std::as_bytes(std::span(block)))) return false;
      block.clear();
    }
    file_ = std::move(merged);
    return true;
  }

  // Reads on. All runs together have about as much in memory as one run has.
  bool fill(Run& run) const {
    const std::size_t share = std::max<std::size_t>(most_in_memory_ / runs_.size(), 1);
    run.block.resize(std::min(share, run.end - run.begin));
    file_.read(run.begin * sizeof(Item), std::as_writable_bytes(std::span(run.block)));
    run.begin += run.block.size();
    run.at = 0;
    return !run.block.empty();
  }

  std::size_t most_in_memory_ = kMostInMemory;
  ScratchFile file_;
  std::vector<Run> runs_;
  std::size_t in_file_ = 0;
  std::vector<Item> recent_;
  bool can_spill_ = true;
};

}  // namespace octet
