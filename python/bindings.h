#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "boxes/box.h"
#include "boxes/detection.h"

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

// An annotation, or a detection, whose area is that of its box: a row of the arrays of octet.pycocotools (ROW in _rows.py), as it lies
// there.
struct CocoRow {
  std::int64_t id = 0, image_id = 0, category_id = 0;
  BoxLtwh box;
  double area = 0, score = 0;
  std::int64_t is_crowd = 0;
};
static_assert(sizeof(CocoRow) == 80 && std::is_standard_layout_v<CocoRow>);

// The text of a file of annotations, of results. What octet's readers refuse is an error, though Python may know what to do with it.
octet_status read_coco_annotations(std::string_view text, CocoGroundTruth& truth) noexcept;
octet_status read_coco_results(std::string_view text, std::vector<CocoResult>& results) noexcept;
// Into as many rows; results are numbered from 1 on, as pycocotools does.
void write_rows(const CocoAnnotations& annotations, CocoRow* rows) noexcept;
void write_rows(const std::vector<CocoResult>& results, CocoRow* rows) noexcept;

// What pycocotools leaves to choose.
struct CocoChoice {
  std::span<const std::int64_t> images, categories;  // ids, none twice; what else rows name is left out
  bool has_categories = true;                        // false: a detection may meet an object of any category
  std::span<const double> thresholds, recall_points;
  std::span<const double> areas;                 // of each range the lowest and the highest
  std::span<const std::int64_t> max_detections;  // of one pair of an image and a category; what scores lower than the most is not looked at
};

// The tables that COCOeval.eval has, in its order: precision and scores [iou][recall][category][size][most detections], recall
// [iou][category][size][most detections]. -1 where no object counts.
struct CocoTables {
  std::span<double> precision, recall, scores;
};

octet_status accumulate(const CocoChoice& choice, std::span<const CocoRow> truth, std::span<const CocoRow> found,
                        const CocoTables& tables) noexcept;

// Places of rows by pairs of an image and a category, the detections of each by falling score.
struct SortedPairs {
  std::vector<std::int64_t> pairs;  // category * images + image, by their places, rising; those without either are left out
  std::vector<std::int64_t> truth, found;
  std::vector<std::int64_t> truth_begin, found_begin;  // of each pair, and the end of the last
};

octet_status sort_pairs(const CocoChoice& choice, std::span<const CocoRow> truth, std::span<const CocoRow> found,
                        SortedPairs& sorted) noexcept;

// The rows themselves, in that order.
struct CocoPairs {
  std::span<const CocoRow> truth, found;
  std::span<const std::int64_t> truth_begin, found_begin;

  std::size_t size() const { return truth_begin.size() - 1; }
  std::span<const CocoRow> objects(std::size_t pair) const { return rows_of(pair, truth_begin, truth); }
  std::span<const CocoRow> detections(std::size_t pair) const { return rows_of(pair, found_begin, found); }

 private:
  static std::span<const CocoRow> rows_of(std::size_t pair, std::span<const std::int64_t> begins, std::span<const CocoRow> rows) {
    const auto begin = static_cast<std::size_t>(begins[pair]);
    return rows.subspan(begin, static_cast<std::size_t>(begins[pair + 1]) - begin);
  }
};

// What pycocotools' evaluateImg() finds of each pair, for each range of areas and each threshold.
struct CocoMeetings {
  std::span<std::int32_t> order;          // [area][object]: those of a pair that count come first
  std::span<std::int32_t> met;            // [area][threshold][detection]: the object, -1 for none
  std::span<std::int32_t> taken;          // [area][threshold][object]: the last detection that met it, -1 for none
  std::span<std::uint8_t> met_uncounted;  // [area][threshold][detection]: it met an object that does not count
};

octet_status match_pairs(const CocoPairs& pairs, std::span<const double> thresholds, std::span<const double> areas,
                         const CocoMeetings& meetings) noexcept;

}  // namespace octet::python
