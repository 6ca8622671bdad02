#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace octet {

// Bytes, zeros at first, that lie in a temporary file without a name, in TMPDIR, mapped to be read and written: the system writes them
// there and takes their memory where it needs it. Where such a file cannot be made, or its disk has no room or is itself in memory, they
// are memory as any other. Throws std::bad_alloc.
std::byte* map_scratch(std::size_t bytes);
void unmap_scratch(std::byte* begin, std::size_t bytes);

// Gives small pieces from the heap and large ones from map_scratch().
template <typename Item>
struct ScratchAllocator {
  using value_type = Item;
  static constexpr std::size_t kLeastBytesInFile = std::size_t{2} << 20;

  ScratchAllocator() = default;
  template <typename Other>
  ScratchAllocator(const ScratchAllocator<Other>&) {}  // NOLINT(google-explicit-constructor): as allocators are

  Item* allocate(std::size_t count) {
    if (!is_large(count)) return std::allocator<Item>().allocate(count);
    return reinterpret_cast<Item*>(map_scratch(count * sizeof(Item)));
  }
  void deallocate(Item* items, std::size_t count) {
    if (!is_large(count)) return std::allocator<Item>().deallocate(items, count);
    unmap_scratch(reinterpret_cast<std::byte*>(items), count * sizeof(Item));
  }

  bool operator==(const ScratchAllocator&) const = default;

 private:
  // What is more than there can be is refused by std::allocator.
  static bool is_large(std::size_t count) { return count >= kLeastBytesInFile / sizeof(Item) && count <= SIZE_MAX / 2 / sizeof(Item); }
};

// What has a row for each picture or object of a data set, of which there may be millions: a vector whose memory does not grow with them.
template <typename Item>
using ScratchVector = std::vector<Item, ScratchAllocator<Item>>;

}  // namespace octet
