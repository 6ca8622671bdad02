#include "report/explanation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "report/html.h"
#include "report/template.h"

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
  for (const KeptInFloats& layer : input.floats) choices.push_back(fmt::format("{} stays in floats: it {}.", layer.node, layer.reason));
  return choices;
}

}  // namespace
}  // namespace report

std::string render_explanation(const ExplanationInput& input) {
  using namespace report;
  const std::vector<ExplainedLayer> worst = worst_first(input.layers);
  Json tensors = Json::array();
  for (const ExplainedTensor& tensor : input.tensors) tensors.push_back(tensor_view(tensor));
  return fill_page("explanation", {{"model", input.model_name},
                                   {"pictures", count_of(static_cast<std::int64_t>(input.images), "picture", "pictures")},
                                   {"sentence", sentence_of(input, worst)},
                                   {"choices", choices_view(input)},
                                   {"layers", layers_view(worst)},
                                   {"more", worst.size() > kLayersShownAtFirst ? Json(std::to_string(worst.size())) : Json()},
                                   {"tensors", tensors}});
}

}  // namespace octet
