#include "detect/decode_detection_output.h"

#include <algorithm>
#include <cmath>

namespace octet {
namespace {

constexpr std::size_t kRow = 7;
constexpr float kMaxClass = 1 << 24;  // beyond it a float no longer counts one by one

}  // namespace

Status decode_detection_output(std::span<const float> values, const Shape& shape, double score_threshold,
                               std::vector<Candidate>& candidates) {
  if (shape.size() != 4 || shape[0] != 1 || shape[1] != 1 || shape[3] != kRow ||
      static_cast<std::size_t>(element_count(shape)) != values.size())
    return Error{ErrorCode::kMalformed, "the output is " + to_string(shape) + ", not the [1,1,N,7] of a DetectionOutput"};
  for (; !values.empty(); values = values.subspan(kRow)) {
    if (values[0] < 0) break;
    const auto row = values.first<kRow>();
    const bool is_finite = std::ranges::all_of(row, [](float value) { return std::isfinite(value); });
    if (!is_finite || row[1] < 0 || row[1] > kMaxClass || !(row[2] > score_threshold)) continue;
    candidates.push_back({static_cast<int>(row[1]), row[2], row[3], row[4], row[5], row[6]});
  }
  return {};
}

}  // namespace octet
