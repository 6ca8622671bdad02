#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "benchmark/model_inputs.h"
#include "graph/graph.h"

namespace octet {

// The graph with other shapes of some inputs, by name; what follows from them is inferred anew. Errors: kInvalidArgument for an input that
// is not there, and that of the first node that does not fit, such as a Reshape or a constant that is made for the old sizes.
Result<Graph> with_input_shapes(const Graph& graph, const std::map<std::string, Shape>& shapes);

// A graph that takes and gives the values that are to be measured.
struct PreparedModel {
  Graph graph;
  // The one input is the bytes of a picture, u8 [N,H,W,C], for a graph of f32 [N,C,H,W]: RuntimeOptions::picture_input.
  bool picture_input = false;
};

// Puts the conversion of types, means and scales of the inputs into the graph, and the types of its outputs, by name. `inputs` are those
// of the graph, in order. kInvalidArgument for as many means or scales as are not channels, and for outputs that are not there.
Result<PreparedModel> prepared_model(const Graph& graph, std::span<const ModelInput> inputs,
                                     const std::map<std::string, ElementType>& output_types = {});

}  // namespace octet
