#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "base/scratch_file.h"

namespace octet {

// Lists that grow at their ends, in any order, and of which no more than the last few kilobytes of each are in memory; the rest lies in a
// temporary file, or stays in memory where no such file can be written. Several threads may read.
template <typename Item>
class SpilledLists {
  static_assert(std::is_trivially_copyable_v<Item>);

 public:
  explicit SpilledLists(std::size_t lists) : lists_(lists) {}

  std::size_t size() const { return lists_.size(); }
  std::size_t count(std::size_t list) const { return lists_[list].blocks.size() * kItemsOfBlock + lists_[list].last.size(); }

  void add(std::size_t list, const Item& item) {
    List& to = lists_[list];
    to.last.push_back(item);
    if (to.last.size() % kItemsOfBlock == 0) spill(to);
  }

  // All of a list, behind what is in `items`. Throws std::system_error where the file cannot be read any more.
  void append_to(std::vector<Item>& items, std::size_t list) const {
    const List& from = lists_[list];
    std::size_t at = items.size();
    items.resize(at + count(list));
    for (const std::uint64_t block : from.blocks) {
      file_.read(block, std::as_writable_bytes(std::span(items).subspan(at, kItemsOfBlock)));
      at += kItemsOfBlock;
    }
    std::ranges::copy(from.last, items.begin() + static_cast<std::ptrdiff_t>(at));
  }
  // `count` items of a list from `begin` on, in the place of what is in `items`. Throws as append_to().
  void read(std::vector<Item>& items, std::size_t list, std::size_t begin, std::size_t count) const {
    const List& from = lists_[list];
    const std::size_t end = begin + count, in_file = from.blocks.size() * kItemsOfBlock;
    items.resize(count);
    std::size_t at = begin;
    while (at < std::min(end, in_file)) {
      const std::size_t inside = at % kItemsOfBlock, few = std::min(end - at, kItemsOfBlock - inside);
      file_.read(from.blocks[at / kItemsOfBlock] + inside * sizeof(Item),
                 std::as_writable_bytes(std::span(items).subspan(at - begin, few)));
      at += few;
    }
    if (at < end)
      std::ranges::copy(std::span(from.last).subspan(at - in_file, end - at), items.begin() + static_cast<std::ptrdiff_t>(at - begin));
  }
  std::vector<Item> operator[](std::size_t list) const {
    std::vector<Item> items;
    append_to(items, list);
    return items;
  }

 private:
  static constexpr std::size_t kItemsOfBlock = std::max<std::size_t>(std::size_t{8192} / sizeof(Item), 1);

  struct List {
    std::vector<std::uint64_t> blocks;  // where each begins in the file
    std::vector<Item> last;
  };

  void spill(List& list) {
    const std::uint64_t place = file_.size();
    if (!file_.append(std::as_bytes(std::span(list.last)))) return;
    list.blocks.push_back(place);
    list.last.clear();
  }

  std::vector<List> lists_;
  ScratchFile file_;
};

}  // namespace octet
