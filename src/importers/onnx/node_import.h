#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/onnx/model.h"
#include "graph/graph.h"

namespace octet::onnx {

// How the integers of a quantized tensor stand for its real values: (integer - zero_point) * scale. In octet's graph such a tensor is its
// real values, behind a FakeQuantize.
struct Quantization {
  ElementType type = ElementType::kU8;
  float scale = 1;
  std::int64_t zero_point = 0;
  bool operator==(const Quantization&) const = default;
};

// What a value of the file is in octet's graph.
struct ImportedValue {
  Value value;
  std::optional<Quantization> quantization = {};  // where the file has integers and the graph their real values
};

using Values = std::vector<ImportedValue>;

// Where operations are appended. What depends on constants alone, and is small, becomes a constant at once: so shapes that a file computes
// are known when they are asked for.
class GraphBuilder {
 public:
  // The most that is computed for one file, in elements; what goes beyond stays in the graph.
  static constexpr std::int64_t kMaxFolded = std::int64_t{1} << 26;

  Result<Values> add(Op op, const std::vector<Value>& inputs, const std::string& name);
  // As it is, without folding: the way in which weights are stored.
  Result<Value> add_stored(Op op, std::vector<Value> inputs, const std::string& name);
  Result<Value> constant(Tensor value, const std::string& name);
  // For constants that a file only describes: kUnsupported where they are more than kMaxFolded elements in all.
  Status charge(std::int64_t elements);

  Graph graph;

 private:
  Result<Values> add_constants(std::vector<Tensor> values, const std::string& name);

  std::int64_t folded_ = 0;
};

// One node on its way into the graph: what a rule sees. What it answers is a copy, as the graph moves its nodes when it grows. Attributes
// of a wrong kind are kept as an error, which add() and status() answer.
class NodeImport {
 public:
  // `inputs` are those of the node; nothing where an optional one is left out.
  NodeImport(const NodeRecord& node, std::vector<std::optional<ImportedValue>> inputs, GraphBuilder& builder, std::string name)
      : node_(node), inputs_(std::move(inputs)), builder_(builder), name_(std::move(name)) {}

  const NodeRecord& node() const { return node_; }
  const std::string& name() const { return name_; }
  std::int64_t opset() const { return node_.opset; }
  std::size_t output_count() const { return node_.outputs.size(); }
  bool has_output(std::size_t i) const { return i < node_.outputs.size() && !node_.outputs[i].empty(); }

  // ---- inputs
  std::size_t input_count() const { return inputs_.size(); }
  bool has_input(std::size_t i) const { return i < inputs_.size() && inputs_[i].has_value(); }
  // kMalformed unless the first `count` inputs are there. input(), shape() and element() ask for inputs that are.
  Status expect_inputs(std::size_t count) const;
  Value input(std::size_t i) const { return imported(i).value; }
  const ImportedValue& imported(std::size_t i) const;
  Shape shape(std::size_t i) const { return graph().shape(input(i)); }
  std::int64_t rank(std::size_t i) const { return std::ssize(graph().shape(input(i))); }
  ElementType element(std::size_t i) const { return graph().type(input(i)).element; }
  std::vector<Value> all_inputs() const;  // those that are there

  // The constant at an input; nothing where it is computed or left out.
  std::optional<Tensor> constant_at(std::size_t i) const;
  // kMalformed where it is left out, kUnsupported where it is computed from the network's inputs; both name its role.
  Result<Tensor> known(std::size_t i, std::string_view role) const;
  Result<std::vector<std::int64_t>> integers_at(std::size_t i, std::string_view role) const;
  Result<std::vector<double>> numbers_at(std::size_t i, std::string_view role) const;
  Result<double> number_at(std::size_t i, std::string_view role) const;

  // ---- attributes
  bool has(std::string_view attribute) const { return node_.attributes.contains(attribute); }
  std::int64_t integer(std::string_view attribute, std::int64_t otherwise);
  bool flag(std::string_view attribute, bool otherwise) { return integer(attribute, otherwise) != 0; }
  double number(std::string_view attribute, double otherwise);
  std::string text(std::string_view attribute, const std::string& otherwise);
  std::vector<std::int64_t> integers(std::string_view attribute, const std::vector<std::int64_t>& otherwise = {});
  std::vector<double> numbers(std::string_view attribute);
  // One of some texts; another is kept as an error that lists them.
  std::string choice(std::string_view attribute, std::span<const std::string_view> choices, const std::string& otherwise);
  const Status& status() const { return status_; }
  // An axis of input `i` from an attribute, made non-negative; `rank` where it may stand behind the last.
  Result<std::int64_t> axis(std::string_view attribute, std::int64_t otherwise, std::int64_t rank);

  // ---- what it becomes
  Result<Values> add(Op op, const std::vector<Value>& inputs);
  // The first output of an operation.
  Result<Value> value(Op op, const std::vector<Value>& inputs);
  Result<Value> constant(Tensor value);
  Result<Value> integers_constant(const std::vector<std::int64_t>& values);  // i64 [n]
  Result<Value> scalar_like(double number, Value other);                     // of the element type of another value
  Result<Value> reshape(Value value, const Shape& shape);
  Result<Value> transpose(Value value, const std::vector<std::int64_t>& order);
  Result<Value> binary(BinaryKind kind, Value a, Value b);
  GraphBuilder& builder() { return builder_; }
  const Graph& graph() const { return builder_.graph; }
  Shape shape_of(Value value) const { return builder_.graph.shape(value); }

 private:
  template <typename T>
  const T* find(std::string_view attribute, std::string_view expected);

  const NodeRecord& node_;
  std::vector<std::optional<ImportedValue>> inputs_;
  GraphBuilder& builder_;
  std::string name_;
  Status status_;
};

// An axis from -rank to rank - 1, made non-negative; kMalformed.
Result<std::int64_t> normalized_axis(std::int64_t axis, std::int64_t rank);

}  // namespace octet::onnx
