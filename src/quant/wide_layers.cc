#include "quant/wide_layers.h"

#include <algorithm>

#include "graph/patterns.h"
#include "quant/price.h"

namespace octet::quant {
namespace {

// A layer that costs nothing in float, or less, comes first.
bool is_worth_more(const LayerCost& a, const LayerCost& b) {
  constexpr double kFree = 1e-6;
  const double of_a = a.error / std::max(a.latency, kFree), of_b = b.error / std::max(b.latency, kFree);
  return of_a != of_b ? of_a > of_b : a.layer < b.layer;
}

}  // namespace

double relative_latency(const CalibratedModel& model, const std::set<NodeId>& wide) {
  const double with = price(model.graph(), model.plan(), plan_quantization(model.graph(), wide));
  return with / price(model.graph(), model.plan(), model.plan());
}

std::vector<LayerCost> affordable_layers(const CalibratedModel& model, double most_latency) {
  std::vector<LayerCost> layers;
  for (const NodeId layer : model.plan().layers)
    if (const double latency = relative_latency(model, {layer}) - 1; latency <= most_latency) layers.push_back({layer, 0, latency});
  return layers;
}

void sort_by_worth(std::vector<LayerCost>& layers) { std::ranges::sort(layers, is_worth_more); }

std::set<NodeId> layers_within(const CalibratedModel& model, const std::vector<LayerCost>& ranking, double most_latency,
                               std::size_t most_layers) {
  std::set<NodeId> wide;
  std::size_t counted = 0;
  for (const LayerCost& each : ranking) {
    const bool counts = !is_binary(model.graph(), {each.layer, 0}, BinaryKind::kAdd);
    if (each.error <= 0 || (counts && counted == most_layers)) continue;
    wide.insert(each.layer);
    if (relative_latency(model, wide) - 1 > most_latency)
      wide.erase(each.layer);
    else
      counted += counts;
  }
  return wide;
}

}  // namespace octet::quant
