#include "eval/metric.h"

#include <array>

namespace octet {

std::span<const Metric> metrics() {
  static constexpr std::array kMetrics = {Metric{"lvis", evaluate_lvis}};
  return kMetrics;
}

}  // namespace octet
