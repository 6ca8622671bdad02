#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "eval/matching.h"

#include "api/c_interface.h"

// What the Python module calls beside the C interface, in its manner: a status, and octet_error_message() for what is wrong.
namespace octet::python {

struct BenchSettings {
  int threads = 1, streams = 1;
  double seconds = 10;
  std::string engine, require;
  std::int32_t infer_precision = OCTET_INFER_F32;
};
octet_status bench(const std::vector<const octet_model*>& models, const BenchSettings& settings, const octet_callbacks& callbacks,
                   std::vector<v1::Latency>& latencies) noexcept;

struct RunSettings {
  std::string source, coco, output, weights, description, labels, model_dir, annotations, require;
  std::vector<std::string> engines;
  double score_threshold = 0.001, bench_seconds = 10;
  std::int64_t limit = 0;
  int threads = 1;
  bool onnx = false, exif = false;
  std::int32_t infer_precision = OCTET_INFER_F32;
  v1::TellClass class_accuracy = nullptr;  // with the callbacks' user
};
struct RunFigures {
  std::string report, fp32, int8;
  octet_comparison comparison{};
  std::vector<v1::Latency> latencies;  // FP32, INT8
};
octet_status run(const RunSettings& settings, const octet_callbacks& callbacks, RunFigures& figures) noexcept;

// Columns of COCO's annotations and results, an entry a row; boxes are left, top, width, height.
struct TruthColumns {
  std::span<const std::int64_t> id, image, category, is_crowd;
  std::span<const double> area, box;  // four numbers of `box` a row
};
struct FoundColumns {
  std::span<const std::int64_t> image, category;
  std::span<const double> score, box;
};
// The tables that COCOeval.eval has, in its order: precision and scores [iou][recall][category][size][most detections], recall
// [iou][category][size][most detections]. -1 where no object counts.
struct CocoTables {
  std::span<double> precision, recall, scores;
};

// Accumulates what was found in `images`, of `categories`, both rising. Rows of other images and categories are left out.
octet_status accumulate_coco(std::span<const std::int64_t> images, std::span<const std::int64_t> categories, const TruthColumns& truth,
                             const FoundColumns& found, const MatchSettings& settings, int threads, const CocoTables& tables) noexcept;

}  // namespace octet::python
