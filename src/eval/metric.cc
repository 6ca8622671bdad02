#include "eval/metric.h"

#include <array>

namespace octet {

std::span<const Metric> metrics() {
  constexpr std::size_t kAsMany = 100;  // as COCO's, where a metric sets no limit
  static constexpr std::array kMetrics = {Metric{"lvis", kLvisMostInImage, evaluate_lvis}, Metric{"voc2007", kAsMany, evaluate_voc2007},
                                          Metric{"voc2012", kAsMany, evaluate_voc2012}, Metric{"openimages", kAsMany, evaluate_openimages}};
  return kMetrics;
}

}  // namespace octet
