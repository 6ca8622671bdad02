#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "importers/openvino_ir/layer_import.h"

namespace octet::openvino_ir {

// Translates one layer: appends what it means to the graph and returns the values of its outputs in order. A rule may return fewer
// than the layer has, where the rest is seldom read and not supported (indices of a MaxPool).
using Rule = Result<std::vector<Value>> (*)(LayerImport&);

// A type of layers that has attributes, or another form in a file than in the graph. Parameter, Const and Result are in import.cc: they
// need the names and the .bin file.
struct LayerRule {
  std::string_view type;
  Rule import = nullptr;
  std::size_t least_inputs = 0, most_inputs = 0;  // of the layer, where they are not those of the graph's operation of that name
};

// In rules_*.cc, by family.
std::span<const LayerRule> composed_rules();  // what the graph has as several operations
std::span<const LayerRule> detection_rules();
std::span<const LayerRule> fill_rules();    // what makes more elements of few
std::span<const LayerRule> gather_rules();  // what reads from, or writes to, places that another tensor names
std::span<const LayerRule> math_rules();    // element by element, and MatMul, SoftMax, FakeQuantize
std::span<const LayerRule> reduce_rules();  // what takes elements along axes together
std::span<const LayerRule> resize_rules();
std::span<const LayerRule> shape_rules();  // what only moves values
std::span<const LayerRule> slice_rules();
std::span<const LayerRule> window_rules();

// Of layers that have the name of an operation of the graph, and no rule of their own.
Result<std::vector<Value>> import_plain(LayerImport& layer);
Result<std::vector<Value>> import_binary(LayerImport& layer);
Result<std::vector<Value>> import_reduce(LayerImport& layer);

// The rule of a layer type, with the number of its inputs; layers with others do not reach it.
std::optional<LayerRule> find_rule(std::string_view type);

}  // namespace octet::openvino_ir
