#include "bindings.h"

#include <algorithm>
#include <cstddef>

#include "base/cpu.h"
#include "base/parallel.h"
#include "eval/average_precision.h"
#include "eval/coco_eval.h"

namespace octet::python {
namespace {

BoxLtwh box_at(std::span<const double> numbers, std::size_t row) {
  const auto box = numbers.subspan(4 * row, 4);
  return {box[0], box[1], box[2], box[3]};
}

CocoGroundTruth truth_of(std::span<const std::int64_t> images, std::span<const std::int64_t> categories, const TruthColumns& columns) {
  CocoGroundTruth truth;
  for (const std::int64_t id : images) truth.images.push_back({.id = id, .file_name = {}});
  for (const std::int64_t id : categories) truth.categories.push_back({.id = id, .name = {}});
  for (std::size_t i = 0; i < columns.id.size(); ++i)
    if (std::ranges::binary_search(categories, columns.category[i]))
      truth.annotations.push_back(
          {columns.id[i], columns.image[i], columns.category[i], box_at(columns.box, i), columns.area[i], columns.is_crowd[i] != 0});
  return truth;
}

std::vector<CocoResult> results_of(std::span<const std::int64_t> images, const FoundColumns& columns) {
  std::vector<CocoResult> results;
  for (std::size_t i = 0; i < columns.image.size(); ++i)
    if (std::ranges::binary_search(images, columns.image[i]))
      results.push_back({columns.image[i], columns.category[i], box_at(columns.box, i), columns.score[i]});
  return results;
}

// Detections of one category and one limit of them an image, as precision and recall after each of them, at one IoU threshold.
struct Curve {
  std::vector<double> precision, recall;

  void trace(std::span<const MatchedDetection* const> detections, std::size_t size, int threshold, std::size_t objects) {
    constexpr double kNotZero = 2.220446049250313e-16;  // that COCO's code adds to a divisor
    precision.clear();
    recall.clear();
    double hits = 0, misses = 0;
    for (const MatchedDetection* one : detections) {
      const bool ignored = one->ignored[size] >> threshold & 1, matched = one->matched[size] >> threshold & 1;
      if (!ignored) ++(matched ? hits : misses);
      recall.push_back(hits / static_cast<double>(objects));
      precision.push_back(hits / (misses + hits + kNotZero));
    }
    for (std::size_t i = precision.size(); i > 1; --i) precision[i - 2] = std::max(precision[i - 2], precision[i - 1]);
  }
};

class Accumulation {
 public:
  Accumulation(const CocoMatches& matches, const MatchSettings& settings, const CocoTables& tables)
      : matches_(matches), settings_(settings), tables_(tables) {}

  void category(std::size_t k) const {
    std::vector<const MatchedDetection*> detections;
    Curve curve;
    for (std::size_t m = 0; m < settings_.max_detections.size(); ++m) {
      detections.clear();
      for (const MatchedDetection& one : matches_.categories[k].detections)
        if (one.rank < settings_.max_detections[m]) detections.push_back(&one);
      for (std::size_t size = 0; size < kSizeClassCount; ++size) {
        const std::size_t objects = matches_.categories[k].objects[size].size();
        if (objects == 0) continue;
        for (int t = 0; t < kIouThresholdCount; ++t) {
          curve.trace(detections, size, t, objects);
          write(curve, detections, k, size, m, static_cast<std::size_t>(t));
        }
      }
    }
  }

 private:
  void write(const Curve& curve, std::span<const MatchedDetection* const> detections, std::size_t k, std::size_t size, std::size_t m,
             std::size_t t) const {
    tables_.recall[place(t, k, size, m)] = curve.recall.empty() ? 0 : curve.recall.back();
    for (std::size_t r = 0; r < kRecallPoints; ++r) {
      const auto at = std::ranges::lower_bound(curve.recall, recall_point(static_cast<int>(r))) - curve.recall.begin();
      const std::size_t i = static_cast<std::size_t>(at), to = place(t * kRecallPoints + r, k, size, m);
      tables_.precision[to] = i < detections.size() ? curve.precision[i] : 0;
      tables_.scores[to] = i < detections.size() ? detections[i]->score : 0;
    }
  }

  std::size_t place(std::size_t row, std::size_t k, std::size_t size, std::size_t m) const {
    return ((row * matches_.categories.size() + k) * kSizeClassCount + size) * settings_.max_detections.size() + m;
  }

  const CocoMatches& matches_;
  const MatchSettings& settings_;
  const CocoTables& tables_;
};

}  // namespace

octet_status bench(const std::vector<const octet_model*>& models, const BenchSettings& settings, const octet_callbacks& callbacks,
                   std::vector<v1::Latency>& latencies) noexcept {
  return v1::guarded([&] {
    std::vector<v1::Model> all;
    for (const octet_model* one : models) all.push_back(one->model);
    latencies = v1::bench(all, {settings.threads, settings.streams, settings.seconds, v1::progress_of(callbacks), settings.engine,
                                settings.require, v1::infer_precision_of(settings.infer_precision)});
  });
}

octet_status run(const RunSettings& settings, const octet_callbacks& callbacks, RunFigures& figures) noexcept {
  return v1::guarded([&] {
    v1::RunOptions options;
    options.weights = settings.weights;
    options.description = settings.description;
    options.labels = settings.labels;
    options.model_dir = settings.model_dir;
    options.score_threshold = settings.score_threshold;
    options.bench_seconds = settings.bench_seconds;
    options.limit = settings.limit;
    options.threads = settings.threads;
    options.onnx = settings.onnx;
    options.annotations = settings.annotations;
    options.exif = settings.exif;
    options.engines = settings.engines;
    options.require = settings.require;
    options.infer_precision = v1::infer_precision_of(settings.infer_precision);
    options.step = [&](std::string_view) { return v1::progress_of(callbacks); };
    options.warn = v1::warn_of(callbacks);
    const v1::RunResult result = v1::run(settings.source, settings.coco, settings.output, options);
    v1::tell_classes(result.comparison.first, 0, settings.class_accuracy, callbacks.user);
    v1::tell_classes(result.comparison.second, 1, settings.class_accuracy, callbacks.user);
    figures = {result.report.string(),
               result.fp32.string(),
               result.int8.string(),
               v1::c_comparison(result.comparison),
               {result.fp32_latency, result.int8_latency}};
  });
}

octet_status accumulate_coco(std::span<const std::int64_t> images, std::span<const std::int64_t> categories, const TruthColumns& truth,
                             const FoundColumns& found, const MatchSettings& settings, int threads, const CocoTables& tables) noexcept {
  return v1::guarded([&] {
    if (threads == 0) threads = available_threads();
    const CocoMatches matches = v1::unwrap(match_coco(truth_of(images, categories, truth), results_of(images, found), threads, settings));
    for (const std::span<double> table : {tables.precision, tables.recall, tables.scores}) std::ranges::fill(table, -1);
    const Accumulation accumulation(matches, settings, tables);
    parallel_for_each(threads, matches.categories.size(), [&](int, std::size_t k) { accumulation.category(k); });
  });
}

}  // namespace octet::python
