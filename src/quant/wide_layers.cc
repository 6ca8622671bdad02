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

double price_of_all(const CalibratedModel& model) { return price(model.graph(), model.plan(), model.plan()); }

// With these layers in float, in prices of all in integers.
double relative_price(const CalibratedModel& model, const std::set<NodeId>& wide, double of_all) {
  return price(model.graph(), model.plan(), plan_quantization(model.graph(), wide)) / of_all;
}

struct Choice {
  std::set<NodeId> layers;
  double error = 0;  // that it takes away
};

// What is affordable of `first`, and of the ranking in its order.
Choice filled(std::span<const LayerCost> first, const CalibratedModel& model, std::span<const LayerCost> ranking, double most_latency,
              std::size_t most_layers) {
  const double of_all = price_of_all(model);
  Choice choice;
  std::size_t counted = 0;
  const auto take = [&](const LayerCost& each) {
    const bool counts = !is_binary(model.graph(), {each.layer, 0}, BinaryKind::kAdd);
    if (each.error <= 0 || (counts && counted == most_layers) || !choice.layers.insert(each.layer).second) return;
    if (relative_price(model, choice.layers, of_all) - 1 > most_latency) {
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

std::vector<LayerCost> by_error(std::vector<LayerCost> layers) {
  std::ranges::sort(layers,
                    [](const LayerCost& a, const LayerCost& b) { return a.error != b.error ? a.error > b.error : a.layer < b.layer; });
  return layers;
}

}  // namespace

double relative_latency(const CalibratedModel& model, const std::set<NodeId>& wide) {
  return relative_price(model, wide, price_of_all(model));
}

std::vector<LayerCost> affordable_layers(const CalibratedModel& model, double most_latency) {
  const double of_all = price_of_all(model);
  std::vector<LayerCost> layers;
  for (const NodeId layer : model.plan().layers)
    if (const double latency = relative_price(model, {layer}, of_all) - 1; latency <= most_latency) layers.push_back({layer, 0, latency});
  return layers;
}

void sort_by_worth(std::vector<LayerCost>& layers) { std::ranges::sort(layers, is_worth_more); }

std::set<NodeId> layers_within(const CalibratedModel& model, const std::vector<LayerCost>& ranking, double most_latency,
                               std::size_t most_layers) {
  constexpr std::size_t kTriedFirst = 8;
  const std::vector<LayerCost> largest = by_error(ranking);
  // The order of worth alone leaves no room for a large error behind many small ones, and no number where layers are counted.
  Choice best = filled({}, model, ranking, most_latency, most_layers);
  const auto compare = [&](std::span<const LayerCost> first) {
    Choice other = filled(first, model, ranking, most_latency, most_layers);
    if (other.error > best.error) best = std::move(other);
  };
  for (std::size_t i = 0; i < std::min(largest.size(), kTriedFirst); ++i) compare({&largest[i], 1});
  compare(largest);
  return best.layers;
}

}  // namespace octet::quant
