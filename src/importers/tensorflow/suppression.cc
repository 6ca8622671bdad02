// Exporters differ in the version of the operation, in what stands between it and the predictions (filters by score,
// clipping, per-class columns, loops over images) and in names. What stays is that boxes and scores reach it as data.
#include "importers/tensorflow/suppression.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

#include "importers/tensorflow/heads.h"
#include "importers/tensorflow/trace.h"

namespace octet::tensorflow {
namespace {

// Inputs of one version of the operation; -1: it has no such input.
struct Version {
  std::string_view op;
  int iou_threshold, score_threshold, soft_sigma, max_total;
};

constexpr Version kVersions[] = {
    {"NonMaxSuppression", -1, -1, -1, -1}, {"NonMaxSuppressionV2", 3, -1, -1, -1}, {"NonMaxSuppressionV3", 3, 4, -1, -1},
    {"NonMaxSuppressionV4", 3, 4, -1, -1}, {"NonMaxSuppressionV5", 3, 4, 5, -1},   {"CombinedNonMaxSuppression", 4, 5, -1, 3},
};

const Version* version_of(const NodeRecord& node) {
  const auto found = std::ranges::find(kVersions, node.op, &Version::op);
  return found == std::end(kVersions) ? nullptr : found;
}

Result<double> number_at(const NodeRecord& node, int input, Evaluator& constants) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, static_cast<std::size_t>(input) + 1));
  return constants.number(node.inputs[static_cast<std::size_t>(input)]);
}

// Thresholds of one suppression node.
struct Limits {
  float iou = 0.5f, score = -HUGE_VALF;
  bool operator==(const Limits&) const = default;
};

Result<Limits> limits_of(const NodeRecord& node, Evaluator& constants) {
  const Version& version = *version_of(node);
  Limits limits;
  OCTET_ASSIGN_AT(limits.iou, attribute<float>(node, "iou_threshold", 0.5f), place(node));
  if (version.iou_threshold >= 0) {
    OCTET_ASSIGN(const double iou, number_at(node, version.iou_threshold, constants));
    limits.iou = static_cast<float>(iou);
  }
  if (version.score_threshold >= 0) {
    OCTET_ASSIGN(const double score, number_at(node, version.score_threshold, constants));
    limits.score = static_cast<float>(score);
  }
  if (version.soft_sigma >= 0) {
    OCTET_ASSIGN(const double sigma, number_at(node, version.soft_sigma, constants));
    if (sigma != 0) return unsupported(node, "soft suppression (sigma " + std::to_string(sigma) + "); octet suppresses outright");
  }
  return limits;
}

// The last value before which the filter `scores > constant` stands, on the way of the scores: a Gather by the indices
// of a Where of a Greater. Nothing if it is not one.
std::optional<float> filter_threshold(const Source& source, const NodeRecord& gather, Ref joined_scores, Evaluator& constants) {
  if (!gather.op.starts_with("Gather") || gather.inputs.size() < 2) return std::nullopt;
  Ref at = gather.inputs[1];
  for (std::size_t hops = 0; hops < 16 && source.op(at) != "Greater" && source.op(at) != "GreaterEqual"; ++hops) {
    if (source.node(at).inputs.empty()) return std::nullopt;
    at = source.node(at).inputs[0];
  }
  const NodeRecord& greater = source.node(at);
  if (!greater.op.starts_with("Greater") || greater.inputs.size() != 2 || source.is_dynamic(greater.inputs[1])) return std::nullopt;
  if (trace_back(source, greater.inputs[0], [&](Ref ref) { return ref == joined_scores; }).empty()) return std::nullopt;
  const auto threshold = constants.number(greater.inputs[1]);
  return threshold.ok() ? std::optional(static_cast<float>(*threshold)) : std::nullopt;
}

// Takes the part of the path where boxes are cut at the image border, and what is behind it, away; whether there was one.
bool remove_clipping(const Source& source, std::vector<Ref>& path) {
  const auto clips = [&](Ref ref) { return source.op(ref) == "Minimum" || source.op(ref) == "Maximum"; };
  const auto last = std::find_if(path.rbegin(), path.rend(), clips);
  path.erase(path.begin(), last.base());
  return last != path.rend();
}

// Smallest constant that bounds how many of the suppressed boxes are kept: of the Minimum nodes behind the suppression.
Result<std::int64_t> max_detections(const Source& source, const std::vector<NodeIndex>& suppressions, Evaluator& constants) {
  const NodeRecord& first = source.node(suppressions.front());
  if (const Version& version = *version_of(first); version.max_total >= 0) {
    OCTET_RETURN_IF_ERROR(expect_inputs(first, static_cast<std::size_t>(version.max_total) + 1));
    return constants.integer(first.inputs[static_cast<std::size_t>(version.max_total)]);
  }
  const std::vector<char> behind = source.reached_from(suppressions);
  std::int64_t smallest = 0;
  for (NodeIndex i = 0; i < source.size(); ++i) {
    const NodeRecord& node = source.node(i);
    if (!behind[i] || node.op != "Minimum") continue;
    OCTET_ASSIGN_AT(const DataType type, attribute<DataType>(node, "T", DataType::kInt32), place(node));
    if (type != DataType::kInt32) continue;
    for (const Ref input : node.inputs)
      if (!source.is_dynamic(input))
        if (const auto limit = constants.integer(input); limit.ok() && *limit >= 1)
          smallest = smallest == 0 ? *limit : std::min(smallest, *limit);
  }
  return smallest;
}

std::vector<Ref> trace_to_heads(const Source& source, Ref from) {
  return trace_back(source, from, [&](Ref ref) { return joined_maps(source, ref).has_value(); });
}

Result<std::vector<Ref>> path_to_heads(const Source& source, const NodeRecord& node, std::size_t input, std::string_view what) {
  OCTET_RETURN_IF_ERROR(expect_inputs(node, 2));
  auto path = trace_to_heads(source, node.inputs[input]);
  if (path.empty())
    return unsupported(
        node, "octet finds no convolutions that predict the " + std::string(what) + "; only single-shot detectors (SSD) can be converted");
  return path;
}

std::vector<NodeIndex> suppressions_of(const Source& source) {
  std::vector<NodeIndex> nodes;
  for (NodeIndex i = 0; i < source.size(); ++i)
    if (version_of(source.node(i))) nodes.push_back(i);
  return nodes;
}

// By node: whether its value depends on an exponential, which decoded boxes do and scores do not.
std::vector<char> after_exponentials(const Source& source) {
  std::vector<NodeIndex> exponentials;
  for (NodeIndex i = 0; i < source.size(); ++i)
    if (source.node(i).op == "Exp") exponentials.push_back(i);
  return source.reached_from(std::move(exponentials));
}

}  // namespace

bool has_suppression(const Source& source) { return !suppressions_of(source).empty(); }

Result<Suppression> find_suppression(const Source& source, Evaluator& constants) {
  const std::vector<NodeIndex> nodes = suppressions_of(source);
  OCTET_CHECK(!nodes.empty(), "no suppression");
  const NodeRecord& first = source.node(nodes.front());
  OCTET_ASSIGN(const Limits limits, limits_of(first, constants));
  for (const NodeIndex index : nodes) {
    OCTET_ASSIGN(const Limits others, limits_of(source.node(index), constants));
    if (others != limits) return unsupported(source.node(index), "has other thresholds than " + in_quotes(first.name));
  }
  Suppression found;
  OCTET_ASSIGN(found.boxes_path, path_to_heads(source, first, 0, "boxes"));
  OCTET_ASSIGN(found.scores_path, path_to_heads(source, first, 1, "classes"));
  if (found.boxes_path.back() == found.scores_path.back()) return unsupported(first, "boxes and classes are predicted together");
  found.iou_threshold = limits.iou;
  found.score_threshold = limits.score;
  constexpr std::size_t kMostFilters = 64;  // real graphs have two
  for (const Ref ref : std::span(found.scores_path).first(std::min(kMostFilters, found.scores_path.size())))
    if (const auto threshold = filter_threshold(source, source.node(ref), found.scores_path.back(), constants))
      found.score_threshold = std::max(*found.score_threshold, *threshold);
  found.score_threshold = std::max(*found.score_threshold, 0.f);
  found.clips_first = remove_clipping(source, found.boxes_path);
  OCTET_ASSIGN(const std::int64_t total, max_detections(source, nodes, constants));
  if (total > 0) found.max_detections = total;
  if (!(found.iou_threshold >= 0 && found.iou_threshold <= 1) || found.max_detections > 100000)
    return malformed(first, "has an IoU threshold outside of 0..1 or keeps " + std::to_string(found.max_detections) + " boxes");
  return found;
}

std::optional<Suppression> suppression_left_out(const Source& source) {
  const std::vector<char> after_exponential = after_exponentials(source);
  Suppression found;
  found.iou_threshold = 0.6f;  // post_processing.proto: batch_non_max_suppression; 100 detections as well
  for (const Ref end : source.ends()) {
    std::vector<Ref>& path = after_exponential[end.node] ? found.boxes_path : found.scores_path;
    if (!path.empty()) return std::nullopt;
    path = trace_to_heads(source, end);
    if (path.empty()) return std::nullopt;
  }
  if (found.boxes_path.empty() || found.scores_path.empty() || found.boxes_path.back() == found.scores_path.back()) return std::nullopt;
  remove_clipping(source, found.boxes_path);
  found.clips_first = true;  // as in the graphs that the API's authors published
  return found;
}

}  // namespace octet::tensorflow
