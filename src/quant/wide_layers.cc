#include "quant/wide_layers.h"

#include <algorithm>
#include <span>
#include <utility>

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

struct Choice {
  std::set<NodeId> layers;
  double error = 0;  // that it takes away
};

// What is affordable of `first`, and of the ranking in its order.
Choice filled(std::span<const LayerCost> first, const CalibratedModel& model, std::span<const LayerCost> ranking, double most_latency,
              std::size_t most_layers) {
  Choice choice;
  std::size_t counted = 0;
  const auto take = [&](const LayerCost& each) {
    const bool counts = !is_binary(model.graph(), {each.layer, 0}, BinaryKind::kAdd);
    if (each.error <= 0 || (counts && counted == most_layers) || !choice.layers.insert(each.layer).second) return;
    if (relative_latency(model, choice.layers) - 1 > most_latency) {
      choice.layers.erase(each.layer);
    } else {
      choice.error += each.error;
      counted += counts;
    }
  };
  std::ranges::for_each(first, take);
  std::ranges::for_each(ranking, take);
  return choice;
}

// Layers that the order of worth may pass over, as others, each of a little, leave no room for them.
std::vector<LayerCost> with_largest_errors(std::vector<LayerCost> layers) {
  constexpr std::size_t kTried = 8;
  std::ranges::sort(layers,
                    [](const LayerCost& a, const LayerCost& b) { return a.error != b.error ? a.error > b.error : a.layer < b.layer; });
  layers.resize(std::min(layers.size(), kTried));
  return layers;
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
  Choice best = filled({}, model, ranking, most_latency, most_layers);
  for (const LayerCost& first : with_largest_errors(ranking)) {
    Choice other = filled({&first, 1}, model, ranking, most_latency, most_layers);
    if (other.error > best.error) best = std::move(other);
  }
  return best.layers;
}

}  // namespace octet::quant
