#pragma once

#include <cstddef>
#include <cstdint>

namespace octet {

// How the threads of a machine are divided among inferences that run at a time.
struct StreamLayout {
  int streams = 1;
  int threads_per_stream = 1;

  bool operator==(const StreamLayout&) const = default;
};

// The least time for one inference: all threads work on it.
StreamLayout layout_for_latency(int threads);

// The most inferences a second: each thread has its own, as threads that share an inference wait for each other after every layer and
// read each other's results out of foreign caches. Fewer streams where their sessions, of `session_bytes` each, would take more than
// half of the memory; then each has several threads. docs/benchmark_app.md has the measurement.
StreamLayout layout_for_throughput(int threads, std::size_t session_bytes, std::uint64_t memory_bytes);

// A number of streams that the user asks for. Each has at least one thread.
StreamLayout layout_of_streams(int streams, int threads);

}  // namespace octet
