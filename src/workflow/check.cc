#include "workflow/check.h"

#include "base/thread_pool.h"

namespace octet {
namespace {

std::vector<std::int64_t> ids_of_done(const Dataset& dataset, const DetectionRun& run) {
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < dataset.images.size(); ++i)
    if (run.done[i]) ids.push_back(dataset.images[i].id);
  return ids;
}

Status compare(CheckResult& result, const CocoGroundTruth& truth, const std::vector<CocoResult>& first, const std::vector<CocoResult>& second,
               const std::vector<std::int64_t>& ids, ThreadPool& pool) {
  result.drop = result.models[0].numbers.AP - result.models[1].numbers.AP;
  OCTET_ASSIGN(const Fidelity fidelity, evaluate_fidelity(first, second, ids, kReferenceScore, &pool));
  result.fidelity = fidelity.numbers.AP;
  if (auto uncertainty = bootstrap_ap_drop(truth, first, second, {}, &pool); uncertainty.ok()) result.uncertainty = *uncertainty;
  return {};
}

}  // namespace

Result<CheckResult> check_accuracy(const std::vector<Detector>& detectors, const Dataset& dataset, const DetectRunOptions& options) {
  OCTET_CHECK(detectors.size() == 1 || detectors.size() == 2, "one model or two");
  CheckResult result;
  ThreadPool pool(options.threads);
  std::vector<std::vector<CocoResult>> found;
  DetectRunOptions each = options;
  const auto images = static_cast<std::int64_t>(dataset.images.size());
  for (std::size_t i = 0; i < detectors.size(); ++i) {
    if (options.progress)
      each.progress = [&, before = static_cast<std::int64_t>(i) * images](std::int64_t done, std::int64_t) {
        options.progress(before + done, images * static_cast<std::int64_t>(detectors.size()));
      };
    if (i > 0) each.warn = {};  // the first model has named what cannot be read
    OCTET_ASSIGN(auto run, detect_images(detectors[i], dataset, each));
    OCTET_ASSIGN(auto results, coco_results(detectors[i], dataset, run));
    result.runs.push_back(std::move(run));
    found.push_back(std::move(results));
  }
  const auto ids = ids_of_done(dataset, result.runs[0]);
  result.images = static_cast<std::int64_t>(ids.size());
  if (ids.empty()) return Error{ErrorCode::kNotFound, dataset.image_folder.string() + ": none of its images could be read"};
  const CocoGroundTruth truth = restrict_to_images(dataset.truth, ids);
  for (const auto& results : found) {
    OCTET_ASSIGN(auto accuracy, evaluate_coco(truth, results, &pool));
    result.models.push_back(std::move(accuracy));
  }
  if (found.size() == 2) OCTET_RETURN_IF_ERROR(compare(result, truth, found[0], found[1], ids, pool));
  return result;
}

}  // namespace octet
