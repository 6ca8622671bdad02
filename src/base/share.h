#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace octet {

// One of the equal shares of a list of work that several processes do. Items are dealt in turn, so that neighbours, which are alike in
// cost, go to different processes.
struct Share {
  std::size_t index = 0;  // from 0; people count from 1
  std::size_t count = 1;

  bool is_whole() const { return count == 1; }
  bool owns(std::size_t item) const { return item % count == index; }
  // Of a list of `items`, how many are owned, and the n-th of those.
  std::size_t size(std::size_t items) const { return items / count + (index < items % count ? 1 : 0); }
  std::size_t item(std::size_t n) const { return n * count + index; }
  // Of the equal shares that this one falls into, the one of that number.
  Share part(std::size_t number, std::size_t parts) const { return {index + count * number, count * parts}; }

  bool operator==(const Share&) const = default;
};

inline constexpr std::size_t kMostShares = 65536;

// "2/3".
std::string to_string(const Share& share);

// "2/3", or "auto": the task of a Slurm array (SLURM_ARRAY_TASK_ID, _COUNT and, where they are set, _MIN and _STEP), or the pod of an
// indexed Kubernetes job (JOB_COMPLETION_INDEX, and JOB_COMPLETIONS, which the job's file has to set). kInvalidArgument says what is wrong.
Result<Share> parse_share(std::string_view word);

}  // namespace octet
