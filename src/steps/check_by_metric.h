#pragma once

#include <optional>
#include <span>
#include <vector>

#include "eval/metric.h"
#include "steps/check.h"

namespace octet {

// Accuracy of one model, or of two side by side on the same images, by another metric than COCO's.
struct MetricCheckResult {
  std::vector<MetricAccuracy> models;
  std::vector<ClassMap> classes;   // of each model
  std::optional<double> drop;      // of the metric's first number, a fraction
  std::optional<ApDrops> drops;    // of two models: how sure that is
  std::optional<double> fidelity;  // as of CheckResult: COCO's
  std::int64_t images = 0;         // that every model could read
};

// Everything of a MetricCheckResult but its classes. Arguments and errors are those of score_results(), and those of the metric.
Result<MetricCheckResult> score_by_metric(const Metric& metric, const CocoGroundTruth& truth, std::span<const ResultSource* const> found,
                                          std::span<const std::int64_t> image_ids, int threads);

}  // namespace octet
