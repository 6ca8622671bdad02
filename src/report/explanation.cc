#include "report/explanation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "report/html.h"
#include "report/template.h"
#include "report/views.h"

namespace octet {
namespace report {
namespace {

constexpr std::size_t kLayersShownAtFirst = 12;

std::vector<ExplainedLayer> worst_first(std::vector<ExplainedLayer> layers) {
  std::ranges::stable_sort(layers, std::ranges::greater(), &ExplainedLayer::error_share);
  return layers;
}

std::string sentence_of(const ExplanationInput& input, const std::vector<ExplainedLayer>& worst) {
  double sum = 0;
  std::size_t layers = 0;
  while (layers < worst.size() && sum < 0.5) sum += worst[layers++].error_share;
  return fmt::format("{:.1f} dB at the heads; {} of {} make half of the error.", input.snr_db, layers,
                     count_of(static_cast<std::int64_t>(worst.size()), "layer", "layers"));
}

Json layers_view(const std::vector<ExplainedLayer>& worst) {
  const double greatest = worst.empty() ? 1 : std::max(worst.front().error_share, 1e-30);
  Json rows = Json::array();
  for (const ExplainedLayer& layer : worst)
    rows.push_back({{"name", layer.node},
                    {"operation", layer.operation},
                    {"bits", layer.bits},
                    {"snr", fmt::format("{:.1f}", layer.snr_db)},
                    {"share", percent(layer.error_share, 2)},
                    {"exact_share", fmt::format("{:.9f}", layer.error_share)},
                    {"width", fmt::format("{:.2f}", 100 * layer.error_share / greatest)},
                    {"is_extra", rows.size() >= kLayersShownAtFirst}});
  return rows;
}

// A bar of unit width; the least that is there can be seen.
std::string bar(std::size_t column, double share, double greatest) {
  if (share <= 0) return {};
  return fmt::format("M{} 100V{:.1f}h.92V100z", column, std::min(98.0, 100 - 97 * std::sqrt(share / greatest)));
}

std::string number(double value) { return fmt::format("{:.4g}", value); }

Json facts_of(const ExplainedTensor& tensor) {
  const auto fact = [](const char* key, std::string value) { return Json{{"key", key}, {"value", std::move(value)}}; };
  Json facts = Json::array({fact("Seen", number(tensor.least) + " to " + number(tensor.greatest)),
                            fact("Clipped", percent(tensor.below_share + tensor.above_share, 3) + " %"),
                            fact("Step", fmt::format("{}, {} bits", number(tensor.step), tensor.bits)),
                            fact("SNR", fmt::format("{:.1f} dB", tensor.snr_db))});
  if (tensor.ranges > 1) facts.push_back(fact("Limits", fmt::format("of each of {} channels", tensor.ranges)));
  if (!tensor.method.empty()) facts.push_back(fact("Range", tensor.method));
  return facts;
}

Json tensor_view(const ExplainedTensor& tensor) {
  const double greatest =
      std::max({tensor.below_share, tensor.above_share, tensor.shares.empty() ? 0 : *std::ranges::max_element(tensor.shares), 1e-30});
  const std::size_t last = tensor.shares.size() + 1;
  std::string path;
  for (std::size_t i = 0; i < tensor.shares.size(); ++i) path += bar(i + 1, tensor.shares[i], greatest);
  return {{"name", tensor.name},
          {"columns", last + 1},
          {"path", path},
          {"clipped_path", bar(0, tensor.below_share, greatest) + bar(last, tensor.above_share, greatest)},
          {"description", fmt::format("Histogram between {} and {}, {} % clipped", number(tensor.low), number(tensor.high),
                                      percent(tensor.below_share + tensor.above_share, 3))},
          {"low", number(tensor.low)},
          {"high", number(tensor.high)},
          {"facts", facts_of(tensor)}};
}

// The layers of each reason, in the order in which a layer first has it.
std::vector<std::pair<std::string, std::vector<std::string>>> by_reason(const std::vector<KeptInFloats>& floats) {
  std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
  for (const KeptInFloats& layer : floats) {
    auto found = std::ranges::find(reasons, layer.reason, [](const auto& reason) { return reason.first; });
    if (found == reasons.end()) found = reasons.insert(found, {layer.reason, {}});
    found->second.push_back(layer.node);
  }
  return reasons;
}

// What was decided, in sentences.
Json choices_view(const ExplanationInput& input) {
  Json choices = Json::array();
  std::map<int, std::int64_t> of_bits;
  for (const ExplainedLayer& layer : input.layers) ++of_bits[layer.bits];
  for (const auto& [bits, count] : of_bits)
    choices.push_back(fmt::format("{} read{} activations of {} bits; weights are 8-bit integers with a scale for each output channel.",
                                  count_of(count, "layer", "layers"), count == 1 ? "s" : "", bits));
  std::map<std::string, std::int64_t> of_method;
  for (const ExplainedTensor& tensor : input.tensors)
    if (!tensor.method.empty()) ++of_method[tensor.method];
  for (const auto& [method, count] : of_method)
    choices.push_back(fmt::format("Range of {}: {}.", count_of(count, "tensor", "tensors"), method));
  for (const auto& [reason, nodes] : by_reason(input.floats))
    choices.push_back(nodes.size() == 1
                          ? fmt::format("{} stays in floats: it {}.", nodes[0], reason)
                          : fmt::format("{} layers stay in floats, each of which {}: {}.", nodes.size(), reason, fmt::join(nodes, ", ")));
  return choices;
}

// --- The search ---

// Places of figures in per cent of the width or height of a plot, a tenth of their range away from its edges.
class Axis {
 public:
  explicit Axis(const std::vector<double>& figures) : least_(std::ranges::min(figures)), greatest_(std::ranges::max(figures)) {
    const double margin = std::max(0.1 * (greatest_ - least_), 1e-3);
    low_ = least_ - margin;
    high_ = greatest_ + margin;
  }

  double place(double figure) const { return 100 * (figure - low_) / (high_ - low_); }
  double least() const { return least_; }
  double greatest() const { return greatest_; }

 private:
  double least_, greatest_, low_ = 0, high_ = 1;
};

// Those that no other one beats in latency and fidelity at once, by latency.
std::vector<ExplainedStep> pareto_front(std::vector<ExplainedStep> steps) {
  std::ranges::sort(steps, [](const ExplainedStep& a, const ExplainedStep& b) {
    return a.relative_latency != b.relative_latency ? a.relative_latency < b.relative_latency : a.fidelity > b.fidelity;
  });
  std::vector<ExplainedStep> front;
  for (const ExplainedStep& step : steps)
    if (front.empty() || step.fidelity > front.back().fidelity) front.push_back(step);
  return front;
}

Json tick(double at, std::string text) { return {{"at", fmt::format("{:.2f}", at)}, {"text", std::move(text)}}; }

// Latency to the right, 300 wide, fidelity upwards, 100 high.
Json tradeoff_view(const std::vector<ExplainedStep>& steps) {
  if (steps.empty()) return {};
  std::vector<double> latencies, fidelities;
  for (const ExplainedStep& step : steps) {
    latencies.push_back(step.relative_latency);
    fidelities.push_back(step.fidelity);
  }
  const Axis x(latencies), y(fidelities);
  const auto right = [&](const ExplainedStep& step) { return fmt::format("{:.2f}", 3 * x.place(step.relative_latency)); };
  const auto down = [&](const ExplainedStep& step) { return fmt::format("{:.2f}", 100 - y.place(step.fidelity)); };
  std::string front;
  for (const ExplainedStep& step : pareto_front(steps)) front += (front.empty() ? "M" : "L") + right(step) + " " + down(step);
  Json points = Json::array(), rows = Json::array();
  for (const ExplainedStep& step : steps) {
    const std::string layers = count_of(static_cast<std::int64_t>(step.wide_layers), "layer", "layers");
    const std::string fidelity = fmt::format("{:.1f}", step.fidelity), latency = fmt::format("{:.3f}", step.relative_latency);
    const char* const kind = step.chosen ? "second" : "first";
    points.push_back({{"x", right(step)},
                      {"y", down(step)},
                      {"kind", kind},
                      {"title", fmt::format("{} in float: fidelity AP {}, latency {}", layers, fidelity, latency)}});
    rows.push_back({{"layers", step.wide_layers},
                    {"kind", kind},
                    {"fidelity", fidelity},
                    {"drop", step.drop ? fmt::format("{:.2f}", *step.drop) : "–"},
                    {"latency", latency}});
  }
  return {{"points", points},
          {"front", front},
          {"rows", rows},
          {"across", Json::array({tick(x.place(x.least()), fmt::format("{:.2f}", x.least())),
                                  tick(x.place(x.greatest()), fmt::format("{:.2f}", x.greatest()))})},
          {"upwards", Json::array({tick(100 - y.place(y.greatest()), fmt::format("{:.1f}", y.greatest())),
                                   tick(100 - y.place(y.least()), fmt::format("{:.1f}", y.least()))})}};
}

Json decisions_view(const std::vector<ExplainedDecision>& decisions) {
  if (decisions.empty()) return {};
  Json rows = Json::array();
  for (const ExplainedDecision& each : decisions)
    rows.push_back({{"name", each.node},
                    {"error", fmt::format("{:.3f}", 1000 * each.error)},
                    {"exact_error", fmt::format("{:.9f}", each.error)},
                    {"latency", percent(each.latency, 2)},
                    {"exact_latency", fmt::format("{:.9f}", each.latency)},
                    {"place", rows.size()},
                    {"choice", each.is_wide ? "float" : "integers"},
                    {"is_extra", rows.size() >= kLayersShownAtFirst}});
  return {{"rows", rows}, {"more", rows.size() > kLayersShownAtFirst ? Json(std::to_string(rows.size())) : Json()}};
}

// --- What the models find ---

std::string detections_sentence(const ExplainedDetections& detections) {
  return fmt::format("What both models find in {}{}. The truth is {}.", count_of(detections.compared.images, "picture", "pictures"),
                     detections.is_held_out ? " that were held out of the calibration" : " of the calibration",
                     detections.is_annotated ? "what is annotated there"
                                             : "what FP32 finds there with a score of at least 0.3, so that nothing need be annotated");
}

// --- The pictures ---

// Pictures to the right by their logarithm, 300 wide, the distance of the ranges upwards, 100 high.
Json curve_view(const std::vector<ExplainedCurvePoint>& curve) {
  if (curve.size() < 2) return {};
  std::vector<double> pictures, distances;
  for (const ExplainedCurvePoint& point : curve) {
    pictures.push_back(std::log2(static_cast<double>(std::max<std::int64_t>(point.images, 1))));
    distances.push_back(100 * point.distance);
  }
  const Axis x(pictures), y(distances);
  Json points = Json::array(), rows = Json::array(), across = Json::array();
  std::string line;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const std::string right = fmt::format("{:.2f}", 3 * x.place(pictures[i])), down = fmt::format("{:.2f}", 100 - y.place(distances[i]));
    const std::string images = count_of(curve[i].images, "picture", "pictures"), distance = fmt::format("{:.2f}", distances[i]);
    line += (line.empty() ? "M" : "L") + right + " " + down;
    points.push_back({{"x", right}, {"y", down}, {"title", fmt::format("{}: {} %", images, distance)}});
    rows.push_back({{"images", curve[i].images}, {"distance", distance}});
  }
  for (const std::size_t i : {std::size_t{0}, curve.size() - 1})
    across.push_back(tick(x.place(pictures[i]), std::to_string(curve[i].images)));
  return {{"points", points},
          {"line", line},
          {"rows", rows},
          {"across", across},
          {"upwards", Json::array({tick(100 - y.place(y.greatest()), fmt::format("{:.1f} %", y.greatest())),
                                   tick(100 - y.place(y.least()), fmt::format("{:.1f} %", y.least()))})}};
}

}  // namespace
}  // namespace report

std::string render_explanation(const ExplanationInput& input) {
  using namespace report;
  const ReportInput found = input.detections ? input.detections->compared : ReportInput();
  const Json gallery = pictures_view(found);
  const std::vector<ExplainedLayer> worst = worst_first(input.layers);
  Json tensors = Json::array();
  for (const ExplainedTensor& tensor : input.tensors) tensors.push_back(tensor_view(tensor));
  return fill_page("explanation", {{"has_script", true},
                                   {"has_pictures", !gallery.is_null()},
                                   {"first", found.first.label},
                                   {"second", found.second.label},
                                   {"detections", input.detections ? Json(detections_sentence(*input.detections)) : Json()},
                                   {"gallery", gallery},
                                   {"accuracy", accuracy_view(found)},
                                   {"classes", classes_view(found)},
                                   {"decisions", decisions_view(input.decisions)},
                                   {"model", input.model_name},
                                   {"pictures", count_of(static_cast<std::int64_t>(input.images), "picture", "pictures")},
                                   {"sentence", sentence_of(input, worst)},
                                   {"choices", choices_view(input)},
                                   {"layers", layers_view(worst)},
                                   {"more", worst.size() > kLayersShownAtFirst ? Json(std::to_string(worst.size())) : Json()},
                                   {"tradeoff", tradeoff_view(input.tradeoff)},
                                   {"curve", curve_view(input.curve)},
                                   {"tensors", tensors}});
}

}  // namespace octet
