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

// "1 image is", "2 images are".
std::string counted(std::integral auto count, std::string_view noun, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", counted(count, noun), count == 1 ? singular : plural);
}

// "1 of 5 images is", "2 of 5 images are". `nouns` are many, however many there are.
std::string share_of(std::integral auto count, std::integral auto all, std::string_view nouns, std::string_view singular,
                     std::string_view plural) {
  return fmt::format("{} of {} {} {}", count, all, nouns, count == 1 ? singular : plural);
}

// "bicycle, car, bus and 74 others": at least two of what is left out.
template <typename T>
std::string first_few(const std::vector<T>& values, std::size_t most = 3) {
  const std::size_t shown = values.size() <= most + 1 ? values.size() : most;
  std::string text = fmt::format("{}", fmt::join(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < values.size()) text += fmt::format(" and {} others", values.size() - shown);
  return text;
}

}  // namespace octet
