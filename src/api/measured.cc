#include "api/measured.h"

namespace octet::v1 {

Accuracy accuracy_from(const CheckResult& result, std::size_t model) {
  const CocoNumbers& numbers = result.models.at(model).numbers;
  Accuracy accuracy{numbers.AP,   numbers.AP50,  numbers.AP75,     numbers.AP_small,  numbers.AP_medium, numbers.AP_large, numbers.AR1,
                    numbers.AR10, numbers.AR100, numbers.AR_small, numbers.AR_medium, numbers.AR_large,  result.images,    {}};
  for (const CategoryAccuracy& category : result.models.at(model).categories)
    accuracy.classes.push_back({category.name, category.category_id, category.objects, category.AP, category.AP50});
  return accuracy;
}

Comparison comparison_from(const CheckResult& result) {
  Comparison comparison;
  comparison.first = accuracy_from(result, 0);
  comparison.second = accuracy_from(result, 1);
  comparison.drop = comparison.first.ap - comparison.second.ap;
  comparison.drop_low = result.drops ? result.drops->all.low : comparison.drop;
  comparison.drop_high = result.drops ? result.drops->all.high : comparison.drop;
  comparison.fidelity = result.fidelity.value_or(-1);
  return comparison;
}

Latency latency_from(const ModelBench& measured) {
  const LatencySummary& summary = measured.latency;
  return {summary.median_ms, summary.p90_ms, summary.p99_ms, summary.min_ms, summary.mean_ms, measured.throughput, measured.latencies_ms};
}

}  // namespace octet::v1
