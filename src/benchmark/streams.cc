#include "benchmark/streams.h"

#include <algorithm>

namespace octet {

StreamLayout layout_for_latency(int threads) { return {1, std::max(1, threads)}; }

StreamLayout layout_for_throughput(int threads, std::size_t session_bytes, std::uint64_t memory_bytes) {
  const std::uint64_t room = memory_bytes / 2 / std::max<std::size_t>(1, session_bytes);
  const auto streams = std::min(static_cast<std::uint64_t>(std::max(1, threads)), std::max<std::uint64_t>(1, room));
  return layout_of_streams(static_cast<int>(streams), threads);
}

StreamLayout layout_of_streams(int streams, int threads) { return {std::max(1, streams), std::max(1, threads / std::max(1, streams))}; }

}  // namespace octet
