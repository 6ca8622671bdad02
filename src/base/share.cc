#include "base/share.h"

#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "base/parse_number.h"

namespace octet {
namespace {

Error refused(const std::string& why) { return {ErrorCode::kInvalidArgument, "--shard: " + why}; }

// Of a share that people count from 1.
Result<Share> counted_from_one(std::size_t number, std::size_t count, std::string_view word) {
  if (count < 1 || count > kMostShares) return refused(fmt::format("'{}': there can be 1 to {} shares", word, kMostShares));
  if (number < 1 || number > count) return refused(fmt::format("'{}': the shares are 1/{} to {}/{}", word, count, count, count));
  return Share{number - 1, count};
}

// Nothing where the variable is not set.
Result<std::optional<std::size_t>> variable(const char* name) {
  const char* const text = std::getenv(name);
  if (!text) return std::optional<std::size_t>();
  const auto number = parse_number<std::size_t>(text);
  if (!number) return refused(fmt::format("auto: {}={} is no whole number", name, text));
  return number;
}

Result<std::size_t> required(const char* name, const char* beside) {
  OCTET_ASSIGN(const auto number, variable(name));
  if (!number) return refused(fmt::format("auto: {} is set and {} is not", beside, name));
  return *number;
}

Result<Share> slurm_share(std::size_t task) {
  OCTET_ASSIGN(const std::size_t count, required("SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_ID"));
  OCTET_ASSIGN(const auto least, variable("SLURM_ARRAY_TASK_MIN"));
  OCTET_ASSIGN(const auto step, variable("SLURM_ARRAY_TASK_STEP"));
  const std::size_t first = least.value_or(1), distance = step.value_or(1);
  const std::string word = fmt::format("auto (SLURM_ARRAY_TASK_ID={}, SLURM_ARRAY_TASK_COUNT={})", task, count);
  if (task < first || distance == 0 || (task - first) % distance != 0)
    return refused(word + ": no task of an array that begins at " + std::to_string(first));
  return counted_from_one((task - first) / distance + 1, count, word);
}

Result<Share> kubernetes_share(std::size_t index) {
  OCTET_ASSIGN(const std::size_t count, required("JOB_COMPLETIONS", "JOB_COMPLETION_INDEX"));
  if (index >= count) return refused(fmt::format("auto: JOB_COMPLETION_INDEX={} is not below JOB_COMPLETIONS={}", index, count));
  return counted_from_one(index + 1, count, fmt::format("auto (JOB_COMPLETIONS={})", count));
}

Result<Share> share_of_environment() {
  OCTET_ASSIGN(const auto task, variable("SLURM_ARRAY_TASK_ID"));
  if (task) return slurm_share(*task);
  OCTET_ASSIGN(const auto index, variable("JOB_COMPLETION_INDEX"));
  if (index) return kubernetes_share(*index);
  return refused("auto: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set; give I/N");
}

}  // namespace

std::string to_string(const Share& share) { return fmt::format("{}/{}", share.index + 1, share.count); }

Result<Share> parse_share(std::string_view word) {
  if (word == "auto") return share_of_environment();
  const auto slash = word.find('/');
  const auto number = parse_number<std::size_t>(word.substr(0, slash));
  const auto count = slash == std::string_view::npos ? std::nullopt : parse_number<std::size_t>(word.substr(slash + 1));
  if (!number || !count) return refused(fmt::format("'{}' is neither I/N, as in 2/3, nor auto", word));
  return counted_from_one(*number, *count, word);
}

}  // namespace octet
