#include <fmt/format.h>

#include "api/api.h"
#include "base/cpu.h"
#include "base/version.h"

namespace octet::v1 {
namespace {

double number_between(double low, double high, double option, std::string_view what) {
  if (!(low <= option && option <= high))
    throw Error(ErrorKind::kInvalidArgument, fmt::format("{} is {}, not {} to {}", what, option, low, high));
  return option;
}

}  // namespace

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

double score_threshold_of(double option) { return number_between(0, 1, option, "score_threshold"); }

double seconds_of(double option, std::string_view what) { return number_between(0, 86400, option, what); }

DataSource annotated_pictures(const std::filesystem::path& folder, const std::filesystem::path& annotations, bool exif) {
  if (annotations.empty()) return {.folder = folder, .apply_exif = exif};
  return {.images = {folder}, .annotations = annotations, .apply_exif = exif};
}

InferencePrecision precision_of(InferPrecision precision) {
  return precision == InferPrecision::kBf16 ? InferencePrecision::kBf16 : InferencePrecision::kF32;
}

const Engine& engine_of(const std::string& name) { return name.empty() ? default_engine() : *unwrap(engine_named(name)); }

}  // namespace octet::v1
