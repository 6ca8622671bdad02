#include "tensor/element_type.h"

#include <array>

namespace octet {
namespace {

struct Entry {
  std::string_view name;
  std::size_t bytes;
};

constexpr std::array<Entry, 12> kEntries{{{"f32", 4},
                                          {"f16", 2},
                                          {"f64", 8},
                                          {"i8", 1},
                                          {"u8", 1},
                                          {"i16", 2},
                                          {"u16", 2},
                                          {"i32", 4},
                                          {"u32", 4},
                                          {"i64", 8},
                                          {"u64", 8},
                                          {"boolean", 1}}};

}  // namespace

std::size_t size_of(ElementType type) { return kEntries[static_cast<std::size_t>(type)].bytes; }

std::string_view name_of(ElementType type) { return kEntries[static_cast<std::size_t>(type)].name; }

std::optional<ElementType> element_type_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kEntries.size(); ++i)
    if (kEntries[i].name == name) return static_cast<ElementType>(i);
  return std::nullopt;
}

}  // namespace octet
