#include <fmt/format.h>

#include "api/api.h"
#include "base/cpu.h"
#include "base/version.h"

namespace octet::v1 {

std::string version() { return kVersion; }

void require_requested_isa() { unwrap(requested_isa()); }

int threads_of(int option) {
  if (option < 0 || option > kMostThreads)
    throw Error(ErrorKind::kInvalidArgument, fmt::format("threads is {}, not 0 to {}", option, kMostThreads));
  return option == 0 ? available_threads() : option;
}

std::int64_t count_of(std::int64_t option, std::string_view what) {
  if (option < 0) throw Error(ErrorKind::kInvalidArgument, fmt::format("{} is {}, not 0 or more", what, option));
  return option;
}

}  // namespace octet::v1
