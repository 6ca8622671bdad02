#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "accuracy/annotations.h"
#include "accuracy/settings.h"
#include "base/result.h"

namespace octet::accuracy {

// What metrics are computed of: each image behind all postprocessing, in the order in which they were evaluated.
struct EvaluatedImage {
  std::string file_name;
  ImageBoxes truth, found;
};

struct Evaluated {
  std::vector<EvaluatedImage> images;
  std::vector<std::pair<int, std::string>> labels;  // without the background
  const CocoSource* coco = nullptr;                 // where the images are all of a COCO file; else null
  int threads = 1;
};

// One number, or one for each class for which it is defined.
struct MetricValues {
  std::vector<double> values;
  std::vector<std::string> names;  // of the classes; empty for one number
};

using Metric = std::function<MetricValues(const Evaluated& evaluated)>;

// What a metric is compared with: a number, or numbers by class, of which "mean" is one.
struct Reference {
  std::optional<double> number;
  std::map<std::string, double> by_class;

  bool is_given() const { return number || !by_class.empty(); }
};

// An entry of `metrics`.
struct MetricEntry {
  std::string name, type;
  bool prints_classes = false;  // print_vector
  Reference reference = {};
  std::optional<double> abs_threshold = {}, rel_threshold = {};
  Metric compute = {};
};

// kUnsupported for a metric, a presenter or a setting that octet lacks; kMalformed for an absent or empty list.
Result<std::vector<MetricEntry>> make_metrics(const YAML::Node& metrics);

// The metrics, one file each family.
Result<Metric> make_map(Settings& settings);
Result<Metric> make_coco_precision(Settings& settings);
Result<Metric> make_coco_recall(Settings& settings);
Result<Metric> make_coco_orig_precision(Settings& settings);
Result<Metric> make_coco_orig_recall(Settings& settings);

// The setting `threshold` of COCO's metrics: "0.5:0.05:0.95" is ten IoU thresholds and the fallback; else numbers above 0.
std::vector<double> read_iou_thresholds(Settings& settings);

// Computes a number for each class in turn and leaves the NaN ones out, with their names.
MetricValues for_each_class(const Evaluated& evaluated, const std::function<double(int label)>& compute);

}  // namespace octet::accuracy
