#include "steps/check_by_metric.h"

#include <utility>

namespace octet {
namespace {

Status compare(MetricCheckResult& result, std::span<const ResultSource* const> found, std::span<const std::int64_t> image_ids,
               int threads) {
  const ResampledModel &first = result.models[0].model, &second = result.models[1].model;
  if (first.ap >= 0 && second.ap >= 0) result.drop = first.ap - second.ap;  // else nothing is annotated, which is no drop of 0
  if (auto drops = bootstrap_ap_drop(first, second, {}, threads); drops.ok()) result.drops = std::move(*drops);
  OCTET_ASSIGN(const Fidelity fidelity, evaluate_fidelity(*found[0], *found[1], image_ids, kReferenceScore, threads));
  result.fidelity = fidelity.numbers.AP;
  return {};
}

}  // namespace

Result<MetricCheckResult> score_by_metric(const Metric& metric, const CocoGroundTruth& truth, std::span<const ResultSource* const> found,
                                          std::span<const std::int64_t> image_ids, int threads) {
  MetricCheckResult result;
  result.images = static_cast<std::int64_t>(image_ids.size());
  for (const ResultSource* of_model : found) {
    OCTET_ASSIGN(MetricAccuracy accuracy, metric.evaluate(truth, *of_model, threads));
    result.models.push_back(std::move(accuracy));
  }
  if (found.size() == 2) OCTET_RETURN_IF_ERROR(compare(result, found, image_ids, threads));
  return result;
}

}  // namespace octet
