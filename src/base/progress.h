#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace octet {

// Told of steps done so far out of `total`; libraries call it, the command line draws it. May be empty.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

// Told of something the user should know that is no failure, such as an image that was skipped. May be empty.
using Warn = std::function<void(std::string_view message)>;

}  // namespace octet
