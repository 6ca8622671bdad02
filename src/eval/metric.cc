#include "eval/metric.h"

#include <array>

namespace octet {

std::span<const Metric> metrics() {
  static constexpr std::array kMetrics = {Metric{"lvis", evaluate_lvis}, Metric{"voc2007", evaluate_voc2007},
                                          Metric{"voc2012", evaluate_voc2012}, Metric{"openimages", evaluate_openimages}};
  return kMetrics;
}

}  // namespace octet
