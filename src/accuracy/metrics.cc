#include "accuracy/metrics.h"

#include <array>
#include <cmath>

#include "base/parallel.h"
#include "base/parse_number.h"
#include "eval/matching.h"
#include "model/yaml.h"

namespace octet::accuracy {
namespace {

constexpr std::array<Kind<Metric>, 5> kMetrics{{
    {"map", make_map},
    {"coco_precision", make_coco_precision},
    {"coco_recall", make_coco_recall},
    {"coco_orig_precision", make_coco_orig_precision},
    {"coco_orig_recall", make_coco_orig_recall},
}};

Reference read_reference(Settings& settings) {
  Reference reference;
  const YAML::Node node = settings.node("reference");
  if (!node) return reference;
  const auto number = [&](const YAML::Node& value) {
    const auto parsed = value.IsScalar() ? parse_number<double>(value.Scalar()) : std::nullopt;
    if (!parsed || !std::isfinite(*parsed)) settings.fail("reference", "must be a number, or numbers by class");
    return parsed.value_or(0);
  };
  if (node.IsMap()) {
    for (const auto& pair : node) reference.by_class[pair.first.IsScalar() ? pair.first.Scalar() : ""] = number(pair.second);
  } else if (const double value = number(node); value != 0) {
    reference.number = value;  // upstream takes 0 for none
  }
  return reference;
}

std::optional<double> read_threshold(Settings& settings, std::string_view key) {
  if (!settings.has(key)) return std::nullopt;
  return settings.number(key, 0);
}

// The keys that all metrics have, then those of its own.
Result<MetricEntry> make_metric(const YAML::Node& node) {
  MetricEntry entry;
  OCTET_ASSIGN(entry.type, block_type("metric", node, "type"));
  const auto read = [&](Settings& settings) {
    constexpr std::array<std::string_view, 2> kPresenters{"print_scalar", "print_vector"};
    entry.name = settings.text("name", entry.type);
    entry.prints_classes = settings.choice("presenter", kPresenters) == "print_vector";
    entry.reference = read_reference(settings);
    entry.abs_threshold = read_threshold(settings, "abs_threshold");
    entry.rel_threshold = read_threshold(settings, "rel_threshold");
  };
  std::vector<std::string_view> names;
  for (const Kind<Metric>& kind : kMetrics) {
    names.push_back(kind.name);
    if (kind.name != entry.type) continue;
    Settings settings(node.IsMap() ? node : YAML::Node(), "metric " + entry.type);
    settings.ignore({"type"});
    read(settings);
    OCTET_ASSIGN(entry.compute, kind.make(settings));
    OCTET_RETURN_IF_ERROR(settings.finish());
    return entry;
  }
  return unknown_block("metric", entry.type, node, names);
}

}  // namespace

Result<std::vector<MetricEntry>> make_metrics(const YAML::Node& metrics) {
  if (!metrics || !metrics.IsSequence() || metrics.size() == 0)
    return Error{ErrorCode::kMalformed, "the data set lists no 'metrics', so there is nothing to measure"};
  std::vector<MetricEntry> entries;
  for (const YAML::Node& node : metrics) {
    OCTET_ASSIGN(MetricEntry entry, make_metric(node));
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<double> read_iou_thresholds(Settings& settings) {
  std::vector<double> thresholds;
  const std::vector<std::string> texts = settings.texts("threshold");
  for (const std::string& text : texts) {
    if (text == "0.5:0.05:0.95" || text == ".50:.05:.95" || text == "0.50:0.05:0.95" || text == ".5:.05:.95") {
      for (int i = 0; i < kIouThresholdCount; ++i) thresholds.push_back(iou_threshold(i));
    } else if (const auto number = parse_number<double>(text); number && *number > 0 && *number <= 1) {
      thresholds.push_back(*number);
    } else {
      settings.fail("threshold", "must be 0.5:0.05:0.95, or numbers above 0 and up to 1");
    }
  }
  if (texts.empty())
    for (int i = 0; i < kIouThresholdCount; ++i) thresholds.push_back(iou_threshold(i));
  return thresholds;
}

MetricValues for_each_class(const Evaluated& evaluated, const std::function<double(int label)>& compute) {
  std::vector<double> all(evaluated.labels.size());
  parallel_for_each(evaluated.threads, all.size(), [&](int, std::size_t i) { all[i] = compute(evaluated.labels[i].first); });
  MetricValues values;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (std::isnan(all[i])) continue;
    values.values.push_back(all[i]);
    values.names.push_back(evaluated.labels[i].second);
  }
  return values;
}

}  // namespace octet::accuracy
