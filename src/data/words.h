#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

// Words that messages share.
namespace octet {

// "1 image", "2 images".
std::string counted(std::integral auto count, std::string_view noun) { return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s"); }

// "bicycle, car, bus and 74 others": at least two of what is left out.
template <typename T>
std::string first_few(const std::vector<T>& values, std::size_t most = 3) {
  const std::size_t shown = values.size() <= most + 1 ? values.size() : most;
  std::string text = fmt::format("{}", fmt::join(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < values.size()) text += fmt::format(" and {} others", values.size() - shown);
  return text;
}

}  // namespace octet
