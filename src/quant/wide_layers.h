#pragma once

#include <set>
#include <vector>

#include "quant/quantize.h"

// Which layers of a quantized model are worth their floats: those whose integers add the most error for the time that they save.
namespace octet::quant {

// A layer, what quantizing it alone adds to the error, a square that adds up, and how much longer, as a share of the price of all, the
// model runs without that.
struct LayerCost {
  NodeId layer{};
  double error = 0, latency = 0;
};

// All layers that cost no more than `most_latency` each, with an error of 0.
std::vector<LayerCost> affordable_layers(const CalibratedModel& model, double most_latency);

// By falling error for their latency; ties by node.
void sort_by_worth(std::vector<LayerCost>& layers);

// By the price of both, the time of the model with these layers in float over that with none.
double relative_latency(const CalibratedModel& model, const std::set<NodeId>& wide);

// At most `most_layers`, and sums besides, that cost, together, no more than `most_latency`, what is too dear being passed over: in the
// order of the ranking, in that with one layer of a large error before all, or by falling error, whichever takes away the most.
std::set<NodeId> layers_within(const CalibratedModel& model, const std::vector<LayerCost>& ranking, double most_latency,
                               std::size_t most_layers);

}  // namespace octet::quant
