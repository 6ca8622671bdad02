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

DataSource annotated_pictures(const std::filesystem::path& folder, const std::filesystem::path& annotations, bool exif) {
  if (annotations.empty()) return {.folder = folder, .apply_exif = exif};
  return {.images = {folder}, .annotations = annotations, .apply_exif = exif};
}

InferencePrecision precision_of(InferPrecision precision) {
  return precision == InferPrecision::kBf16 ? InferencePrecision::kBf16 : InferencePrecision::kF32;
}

const Engine& engine_of(const std::string& name) { return name.empty() ? default_engine() : *unwrap(engine_named(name)); }

}  // namespace octet::v1
