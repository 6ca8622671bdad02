#pragma once

#include <memory>
#include <span>
#include <vector>

#include "graph/graph.h"
#include "quant/calibrate.h"
#include "quant/powers.h"
#include "runtime/plan.h"

namespace octet::quant {

// Images, and what the heads (layer_alone.h) of the model in floats make of each.
struct HeadReference {
  std::vector<Tensor> inputs;
  std::vector<std::vector<Tensor>> heads;
};

// Of what a session gave, which its next run overwrites.
std::vector<Tensor> copies_of(std::span<const Tensor> outputs);

// By the plan of a graph that ends at its heads, whole images on each thread. Images that cannot be used are skipped; kNotFound where none
// is left.
Result<HeadReference> head_reference(const std::shared_ptr<const Plan>& plan, const CalibrationImages& images, int threads);
Result<HeadReference> head_reference(const Graph& floats, const CalibrationImages& images, int threads);

// Adds the power of the truth, and of what was found less that.
void add_difference(Powers& powers, const Tensor& truth, const Tensor& found);

// Mean of the heads' relative errors; none without heads.
double mean_error(const std::vector<Powers>& heads);

// The same of the heads of another graph in all images of the reference.
Result<double> head_error(const Graph& graph, const HeadReference& reference, int threads);

}  // namespace octet::quant
