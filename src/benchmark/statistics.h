#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace octet {

// The value below which `fraction` (0..1) of the samples lie, linear between the two nearest: with the samples sorted, the one
// at position fraction * (count - 1), as numpy's default. Any order; not empty, no NaN.
double percentile(std::span<const double> samples, double fraction);

// What the latencies of one model come to, in milliseconds.
struct LatencySummary {
  double median_ms = 0, p90_ms = 0, p99_ms = 0, min_ms = 0, max_ms = 0;
  double mean_ms = 0;
};

// Nothing for no samples.
std::optional<LatencySummary> summarize_latencies(std::span<const double> samples_ms);

// Inferences a second that were finished in `seconds` of wall-clock time by all streams together; 0 if no time passed.
double throughput(std::int64_t inferences, double seconds);

}  // namespace octet
