#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace octet::cli {

// "1 image", "2 images".
std::string counted(std::integral auto count, std::string_view noun) { return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s"); }

}  // namespace octet::cli
