#include "quant/wide_layers.h"

#include <algorithm>
#include <mutex>

#include "base/parallel.h"
#include "quant/price.h"

namespace octet::quant {
namespace {

std::set<NodeId> all_but(const std::vector<NodeId>& layers, NodeId one) {
  std::set<NodeId> others(layers.begin(), layers.end());
  others.erase(one);
  return others;
}

std::vector<LayerCost> affordable_layers(const CalibratedModel& model, double most_latency) {
  std::vector<LayerCost> layers;
  for (const NodeId layer : model.plan().layers)
    if (const double latency = relative_latency(model, {layer}) - 1; latency <= most_latency) layers.push_back({layer, 0, latency});
  return layers;
}

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

Result<std::vector<LayerCost>> rank_layers(const CalibratedModel& model, double most_latency, const ErrorOf& error_of, int threads,
                                           const Progress& progress) {
  std::vector<LayerCost> layers = affordable_layers(model, most_latency);
  std::vector<Status> failures(layers.size());
  std::mutex mutex;
  std::int64_t done = 0;
  parallel_for_each(std::max(1, threads), layers.size(), [&](int, std::size_t i) {
    const auto error = [&]() -> Result<double> {
      OCTET_ASSIGN(const QuantizedModel alone, model.quantize(all_but(model.plan().layers, layers[i].layer)));
      return error_of(alone.graph);
    }();
    if (error.ok())
      layers[i].error = *error;
    else
      failures[i] = error.error();
    const std::lock_guard lock(mutex);
    if (progress) progress(++done, static_cast<std::int64_t>(layers.size()));
  });
  for (const Status& failure : failures) OCTET_RETURN_IF_ERROR(failure);
  std::ranges::sort(layers, is_worth_more);
  return layers;
}

std::set<NodeId> layers_within(const CalibratedModel& model, const std::vector<LayerCost>& ranking, double most_latency,
                               std::size_t most_layers) {
  std::set<NodeId> wide;
  for (const LayerCost& each : ranking) {
    if (each.error <= 0) continue;
    if (wide.size() == most_layers) break;
    wide.insert(each.layer);
    if (relative_latency(model, wide) - 1 > most_latency) wide.erase(each.layer);
  }
  return wide;
}

}  // namespace octet::quant
