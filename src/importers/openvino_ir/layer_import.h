#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "formats/openvino_ir/attributes.h"
#include "formats/openvino_ir/ir.h"
#include "graph/graph.h"

namespace octet::openvino_ir {

// Hands out each node name once. Names of inputs and outputs are claimed first, so that a layer of the same name yields.
class NameClaims {
 public:
  std::string claim(std::string_view wanted);

 private:
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, std::size_t> next_number_;
};

// What is known of values before the network runs: constants, shapes, and what is computed of them, as long as it is small. This is
// what turns ShapeOf -> Gather -> Concat -> Reshape into a Reshape to a constant shape.
class KnownValues {
 public:
  // To be called whenever nodes were added.
  void extend(const Graph& graph);
  const Tensor* find(Value value) const;

 private:
  void learn(const Graph& graph, const Node& node);

  std::vector<std::vector<std::optional<Tensor>>> values_;
};

// One layer on its way into the graph: what a rule sees.
class LayerImport {
 public:
  LayerImport(const Layer& layer, std::vector<Value> inputs, Graph& graph, NameClaims& names, KnownValues& known)
      : attributes(layer), layer_(layer), inputs_(std::move(inputs)), graph_(graph), names_(names), known_(known) {}

  AttributeReader attributes;

  const std::string& name() const { return layer_.name; }
  const std::string& type() const { return layer_.type; }
  std::string_view opset() const { return layer_.opset; }
  const std::vector<Value>& inputs() const { return inputs_; }
  std::size_t input_count() const { return inputs_.size(); }
  Value input(std::size_t i) const { return inputs_[i]; }
  const Shape& shape(std::size_t i) const { return graph_.shape(inputs_[i]); }
  ElementType element_type(std::size_t i) const { return graph_.type(inputs_[i]).element; }

  // kMalformed unless the file lists that many outputs; for counts that decide how many there are.
  Status expect_outputs(std::int64_t count) const;

  // Reports what went wrong with the attributes, else appends the operation under the layer's name and returns its outputs.
  // Parameters (OpSchema::first_parameter) that are computed, but known, become constants.
  Result<std::vector<Value>> add(Op op);
  Result<std::vector<Value>> add(Op op, std::vector<Value> inputs);

  // A constant named after the layer.
  Value constant(Tensor value, std::string_view suffix);

  // The value of an input that must be known now; kUnsupported, with its role, if it is computed from the network's inputs.
  Result<std::vector<std::int64_t>> integers(std::size_t input, std::string_view role) const;
  Result<std::vector<double>> numbers(std::size_t input, std::string_view role) const;

 private:
  Result<const Tensor*> known(std::size_t input, std::string_view role) const;
  void pin_inputs(std::vector<Value>& inputs, std::size_t first);

  const Layer& layer_;
  std::vector<Value> inputs_;
  Graph& graph_;
  NameClaims& names_;
  KnownValues& known_;
};

Error unsupported(std::string message);
Error malformed(std::string message);

}  // namespace octet::openvino_ir
