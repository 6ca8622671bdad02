#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exporters/onnx/model_writer.h"
#include "graph/byte_grids.h"

namespace octet::onnx {

// The names by which the values of a graph are known in a model. A constant becomes an initializer when its name is first asked for:
// much of what is a constant in the graph is an attribute in ONNX.
class ValueNames {
 public:
  // A value that an output gives is called as that output is, other values as their nodes are.
  ValueNames(const Graph& graph, ModelWriter& model);

  const std::string& of(Value value);
  // Of a value that has no maker yet.
  void rename(Value value, std::string name) { names_[index_of(value.node)][value.port] = std::move(name); }

 private:
  const Graph& graph_;
  ModelWriter& model_;
  std::vector<Names> names_;   // by node and output
  std::vector<bool> written_;  // by node: constants that are initializers
};

// The bias of a convolution: a constant, one number for each channel, in an Add that alone reads the result.
struct Bias {
  NodeId add{};
  std::vector<float> values;
};
std::optional<Bias> bias_of(const Graph& graph, NodeId convolution);
// Whether a node is the Add of such a bias, which is written with its convolution.
bool is_bias(const Graph& graph, NodeId id);

// A node as a rule sees it, and where its form in ONNX goes.
class NodeExport {
 public:
  NodeExport(const Graph& graph, NodeId id, ValueNames& names, const std::map<Value, ByteGrid>& grids, ModelWriter& model)
      : graph_(graph), id_(id), names_(names), grids_(grids), model_(model) {}

  const Graph& graph() const { return graph_; }
  NodeId id() const { return id_; }
  const Node& node() const { return graph_.node(id_); }
  std::size_t input_count() const { return node().inputs.size(); }
  const Shape& shape(std::size_t input) const { return graph_.shape(node().inputs[input]); }
  ElementType element(std::size_t input) const { return graph_.type(node().inputs[input]).element; }
  const TensorType& output_type(std::size_t output = 0) const { return node().outputs[output]; }

  const std::string& input(std::size_t i) { return names_.of(node().inputs[i]); }
  // The inputs as they are.
  Names inputs();

  // The constant at an input, or null.
  const Tensor* constant(std::size_t input) const { return graph_.constant(node().inputs[input]); }
  // Its values; kUnsupported where the input is computed.
  Result<std::vector<std::int64_t>> integers(std::size_t input) const;
  // Its one axis, not negative.
  Result<std::int64_t> axis(std::size_t input) const;

  // The grid that the values of an input lie on, where they do.
  std::optional<ByteGrid> grid(std::size_t input) const;

  // New initializers.
  std::string constant(const Tensor& value, const std::string& role);
  std::string list(const std::vector<std::int64_t>& values, const std::string& role);
  // A number of the element type of the first input.
  std::string number(double value);

  // The value of constant inputs, as the operation defines it. kUnsupported where one is computed.
  Status evaluated();

  // A node in between, with one output or several.
  Names steps(std::size_t outputs, std::string_view op_type, const Names& inputs, const Attributes& attributes = {});
  std::string step(std::string_view op_type, const Names& inputs, const Attributes& attributes = {});
  // The node that gives the results: those of `as`, for what is written together with a node behind it.
  Status result(std::string_view op_type, const Names& inputs, const Attributes& attributes = {});
  // The node that gives one of several results.
  Status result_at(std::uint32_t output, std::string_view op_type, const Names& inputs, const Attributes& attributes = {});
  Status result_as(NodeId as, std::string_view op_type, const Names& inputs, const Attributes& attributes = {});

  // A value brought onto a grid as the result.
  Status quantized(const std::string& from, const ByteGrid& grid);

  Error unsupported(const std::string& what) const;

 private:
  const Graph& graph_;
  NodeId id_;
  ValueNames& names_;
  const std::map<Value, ByteGrid>& grids_;
  ModelWriter& model_;
};

// The nodes of one operation. Names every operation, so that the compiler asks for the rule of a new one.
Status write_node(NodeExport& to);

// QuantizeLinear and DequantizeLinear: a value brought onto a grid, with the names of the parameters and the u8 tensor derived from `name`.
void quantize(const std::string& from, const ByteGrid& grid, const std::string& to, ModelWriter& model);

}  // namespace octet::onnx
