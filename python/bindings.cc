#include "bindings.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <optional>

#include "base/cpu.h"
#include "base/parallel.h"
#include "data/coco_json.h"
#include "eval/average_precision.h"
#include "eval/coco_eval.h"
#include "eval/id_index.h"

namespace octet::python {
namespace {

CocoGroundTruth truth_of(std::span<const std::int64_t> images, std::span<const std::int64_t> categories, std::span<const CocoRow> rows) {
  CocoGroundTruth truth;
  for (const std::int64_t id : images) truth.images.push_back({.id = id, .file_name = {}});
  for (const std::int64_t id : categories) truth.categories.push_back({.id = id, .name = {}});
  truth.annotations.reserve(rows.size());
  for (const CocoRow& row : rows)
    truth.annotations.push_back({row.id, row.image_id, row.category_id, row.box, row.area, row.is_crowd != 0});
  return truth;
}

std::vector<CocoResult> results_of(std::span<const std::int64_t> images, std::span<const CocoRow> rows) {
  const IdIndex chosen(images);
  std::vector<CocoResult> results;
  results.reserve(rows.size());
  for (const CocoRow& row : rows)
    if (chosen.find(row.image_id) != IdIndex::kNone) results.push_back({row.image_id, row.category_id, row.box, row.score});
  return results;
}

// Detections of one category, size class and limit of them an image, as precision and score at each hit, at one IoU threshold. Recall rises
// at hits alone, and precision falls from one to the next, so that what COCO's tables take is found there.
struct Hits {
  std::vector<double> precision, scores;

  void add(std::uint32_t counted, double score) {
    constexpr double kNotZero = 2.220446049250313e-16;  // that COCO's code adds to a divisor
    precision.push_back(static_cast<double>(precision.size() + 1) / (static_cast<double>(counted) + kNotZero));
    scores.push_back(score);
  }
  // The best precision at this recall or a higher one.
  void make_falling() {
    for (std::size_t i = precision.size(); i > 1; --i) precision[i - 2] = std::max(precision[i - 2], precision[i - 1]);
  }
  void clear() {
    precision.clear();
    scores.clear();
  }
};

// The number of hits, of as many objects, at which each point of recall is reached.
std::array<std::size_t, kRecallPoints> hits_at_recall(std::size_t objects) {
  std::array<std::size_t, kRecallPoints> hits{};
  std::size_t count = 0;
  for (std::size_t r = 0; r < hits.size(); ++r) {
    while (static_cast<double>(count) / static_cast<double>(objects) < recall_point(static_cast<int>(r))) ++count;
    hits[r] = count;
  }
  return hits;
}

class Accumulation {
 public:
  Accumulation(const CocoMatches& matches, const MatchSettings& settings, const CocoTables& tables)
      : matches_(matches), settings_(settings), tables_(tables) {}

  void category(std::size_t k) const {
    std::array<Hits, kIouThresholdCount> hits;
    for (std::size_t size = 0; size < kSizeClassCount; ++size) {
      const std::size_t objects = matches_.categories[k].objects[size].size();
      if (objects == 0) continue;
      const auto needed = hits_at_recall(objects);
      for (std::size_t m = 0; m < settings_.max_detections.size(); ++m) {
        const double best_score = trace(matches_.categories[k], size, settings_.max_detections[m], hits);
        for (std::size_t t = 0; t < hits.size(); ++t) {
          tables_.recall[place(t, k, size, m)] = static_cast<double>(hits[t].scores.size()) / static_cast<double>(objects);
          write(hits[t], best_score, needed, t, place(0, k, size, m));
        }
      }
    }
  }

 private:
  // Answers the highest score, 0 where nothing was found.
  static double trace(const CategoryMatches& matches, std::size_t size, int most, std::array<Hits, kIouThresholdCount>& hits) {
    std::array<std::uint32_t, kIouThresholdCount> counted{};
    std::optional<double> best;
    for (Hits& at : hits) at.clear();
    matches.detections.for_each_block([&](std::span<const MatchedDetection> detections) {
      for (const MatchedDetection& one : detections) {
        if (one.rank >= most) continue;
        if (!best) best = one.score;
        const unsigned counts = ~one.ignored[size] & unsigned{kEveryThreshold};
        for (std::size_t t = 0; t < counted.size(); ++t) counted[t] += counts >> t & 1;
        for (unsigned met = one.matched[size] & counts; met != 0; met &= met - 1) {
          const auto t = static_cast<std::size_t>(std::countr_zero(met));
          hits[t].add(counted[t], one.score);
        }
      }
    });
    for (Hits& at : hits) at.make_falling();
    return best.value_or(0);
  }

  // What no hit reaches is 0, in both tables; a recall of 0 is reached by the best detection, hit or not.
  void write(const Hits& hits, double best_score, const std::array<std::size_t, kRecallPoints>& needed, std::size_t t,
             std::size_t to) const {
    const std::size_t step = place(1, 0, 0, 0);
    for (std::size_t r = 0; r < needed.size(); ++r) {
      const std::size_t hit = std::max<std::size_t>(needed[r], 1) - 1, at = to + (t * needed.size() + r) * step;
      const bool is_reached = hit < hits.scores.size();
      tables_.precision[at] = is_reached ? hits.precision[hit] : 0;
      tables_.scores[at] = needed[r] == 0 ? best_score : is_reached ? hits.scores[hit] : 0;
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

octet_status read_coco_annotations(std::string_view text, CocoGroundTruth& truth) noexcept {
  return v1::guarded([&] { truth = v1::unwrap(parse_coco_annotations(text)); });
}

octet_status read_coco_results(std::string_view text, std::vector<CocoResult>& results) noexcept {
  return v1::guarded([&] { results = v1::unwrap(parse_coco_results(text, available_threads())); });
}

void write_rows(const std::vector<CocoAnnotation>& annotations, CocoRow* rows) noexcept {
  for (const CocoAnnotation& one : annotations)
    *rows++ = {one.id, one.image_id, one.category_id, one.box, one.area, 0, one.is_crowd ? 1 : 0};
}

void write_rows(const std::vector<CocoResult>& results, CocoRow* rows) noexcept {
  std::int64_t id = 0;
  for (const CocoResult& one : results) *rows++ = {++id, one.image_id, one.category_id, one.box, one.box.area(), one.score, 0};
}

octet_status accumulate_coco(std::span<const std::int64_t> images, std::span<const std::int64_t> categories, std::span<const CocoRow> truth,
                             std::span<const CocoRow> found, const MatchSettings& settings, const CocoTables& tables) noexcept {
  return v1::guarded([&] {
    const int threads = available_threads();
    const CocoMatches matches = v1::unwrap(match_coco(truth_of(images, categories, truth), results_of(images, found), threads, settings));
    for (const std::span<double> table : {tables.precision, tables.recall, tables.scores}) std::ranges::fill(table, -1);
    const Accumulation accumulation(matches, settings, tables);
    parallel_for_each(threads, matches.categories.size(), [&](int, std::size_t k) { accumulation.category(k); });
  });
}

}  // namespace octet::python
