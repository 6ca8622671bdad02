#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"
#include "quant/powers.h"
#include "runtime/plan.h"

namespace octet::quant {

// Nodes of a quantized graph that compute on quantized data, upstream first: convolutions and what else computes in integers.
std::vector<NodeId> quantized_layers(const Graph& quantized);

// The quantizers whose result an input of a node is, through what only moves values. Empty for floats.
std::vector<NodeId> quantizers_of(const Graph& quantized, Value input);

// Where a graph's own outputs begin: the values that they are of, but for a DetectionOutput its box codes and class scores, since what a
// list of boxes loses is not a matter of degree. Floats alone.
std::vector<Value> head_values(const Graph& graph);

// The graph with these values for its only outputs, in this order.
Graph ended_at(const Graph& graph, const std::vector<Value>& values);

// One layer beside a model in floats: with the inputs, the integer weights and the bias that it has in the quantized model.
struct LayerTrial {
  std::string name;             // of its node, in both
  Value floats{}, quantized{};  // its result in both ways, of LayerTrials::graph: behind its bias and its activation
  Value difference{};           // of the two
};

// A graph in floats that makes the results of layers of the quantized one as well, from the same floats: what that layer alone does to
// the outputs is seen when its quantized result takes the place of the one in floats.
struct LayerTrials {
  Graph graph;
  std::vector<LayerTrial> layers;  // upstream first
};

// `quantized` is `floats` with quantizers, weights and biases of its own; nodes of both have the same names.
// Those of quantized_layers() that have one of the names are tried.
LayerTrials try_layers(const Graph& floats, const Graph& quantized, const std::set<std::string>& names);

// A plan whose substitutes are the layers in their order, and which shows the floats and the difference of each. It keeps what a few
// megabytes hold, so that layers near the outputs are tried sooner.
Result<std::shared_ptr<const Plan>> compile_trials(const LayerTrials& trials);

// Does the work once for each picture, whole pictures on each thread, with a session of it. An error ends it, that of the first picture
// that has one.
using OnPicture = std::function<Status(Session& session, std::size_t picture)>;
Status for_each_picture(const std::shared_ptr<const Plan>& plan, std::size_t pictures, int threads, const OnPicture& work);

// What is made of a picture: by the model in floats, or with one layer quantized. Several pictures come from several threads, those of one
// in turn: floats, then layers from the last on. An error ends the work.
using OnOutputs = std::function<Status(std::size_t picture, std::optional<std::size_t> layer, std::span<const Tensor> outputs)>;

// Tries on each picture the layers that it has in `layers`, in rising order; a picture without any is not run. The plan is that of the
// trials. Progress counts trials.
Status run_trials(const std::shared_ptr<const Plan>& plan, std::span<const Tensor> pictures,
                  std::span<const std::vector<std::size_t>> layers, int threads, const OnOutputs& see, const Progress& progress = {});

// Of each picture and layer its result in floats and what quantizing the layer adds; `see` is shown the outputs in floats.
Result<std::vector<std::vector<Powers>>> measure_results(const LayerTrials& trials, const std::shared_ptr<const Plan>& plan,
                                                         std::span<const Tensor> pictures, int threads, const OnOutputs& see);

}  // namespace octet::quant
