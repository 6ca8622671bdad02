#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tflite/model.h"
#include "graph/graph.h"

// TensorFlow Lite's tensors in octet's graph. Images lie there as planes [N,C,H,W], where the file has pixels [N,H,W,C]: a rule asks for
// a tensor in the form that it computes in, and what lies in the other form is turned once, constants at once.
//
// A quantized tensor stands for its real values: the graph has floats, and where an operator rounds its result to the values that the
// tensor can have, a FakeQuantize. So quantizing is that FakeQuantize, and dequantizing is nothing.
namespace octet::tflite {

using schema::BuiltinOperator;

enum class Layout { kPlain, kPlanar };  // as the file has it; of four axes, the last one in second place

// The place among planes of an axis of pixels, and the axis of pixels that lies at a place among planes.
inline constexpr std::int64_t kPlaceInPlanes[] = {0, 2, 3, 1};
inline constexpr std::int64_t kAxisOfPlanes[] = {0, 3, 1, 2};

// Whether an input of the network is a picture, which lies as planes.
inline bool is_pixels(const Shape& shape) { return shape.size() == 4 && (shape[3] == 1 || shape[3] == 3); }

class Network {
 public:
  Network(const Model& model, Graph& graph);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const Model& model() const { return model_; }
  Graph& graph() { return graph_; }
  const TensorRecord& record(std::int32_t tensor) const { return model_.tensors[static_cast<std::size_t>(tensor)]; }

  // Whether a tensor has a value: it is an input, a constant, or was written by an operator.
  bool is_known(std::int32_t tensor) const;
  // The form in which a known tensor was given.
  Layout layout(std::int32_t tensor) const { return features_[static_cast<std::size_t>(tensor)].given; }
  // A known tensor in the wanted form; kPlanar is for four axes.
  Result<Value> value(std::int32_t tensor, Layout layout);
  // The stored constant of a tensor, also through a Dequantize, with its quantization; null for any other.
  const TensorRecord* stored(std::int32_t tensor) const;

  // Sets the value of a tensor. kMalformed if it has one.
  Status give(std::int32_t tensor, Value value, Layout layout);
  // Makes `tensor` a name of what `source` stores.
  void give_stored(std::int32_t tensor, const TensorRecord& source) { features_[static_cast<std::size_t>(tensor)].stored = &source; }

  // Appends an operation, or its value where all inputs are constants.
  Result<Value> add(Op op, std::vector<Value> inputs, const std::string& name);
  // All outputs of an operation.
  Result<std::vector<Value>> add_all(Op op, std::vector<Value> inputs, const std::string& name);
  Value integers(const std::vector<std::int64_t>& values, const std::string& name);

  // The value rounded to what a quantized tensor can hold.
  Result<Value> rounded(const TensorRecord& record, Value value);

 private:
  struct Feature {
    std::optional<Value> plain, planar;
    Layout given = Layout::kPlain;
    const TensorRecord* stored = nullptr;
  };

  bool fits_in_budget(const Node& node) const;

  const Model& model_;
  Graph& graph_;
  std::vector<Feature> features_;
  std::int64_t elements_to_fold_;
};

// The real values of a stored tensor, one by one as `scale * (stored - zero_point)`; of floats, they themselves in f32.
Tensor real_values(const Tensor& stored, const Quantization& quantization);

// One operator on its way into the graph: its inputs and options, and where its results go. Errors name it.
class Layer {
 public:
  Layer(Network& network, std::size_t index);

  Network& network() { return network_; }
  Graph& graph() { return network_.graph(); }
  const OperatorRecord& record() const { return record_; }
  const std::string& name() const { return name_; }  // of the first output

  std::size_t num_inputs() const { return record_.inputs.size(); }
  std::size_t num_outputs() const { return record_.outputs.size(); }
  bool has(std::size_t input) const { return input < num_inputs() && record_.inputs[input] >= 0; }
  const TensorRecord& input(std::size_t i) const { return network_.record(record_.inputs[i]); }
  const TensorRecord& output(std::size_t i) const { return network_.record(record_.outputs[i]); }

  // Status of the numbers of inputs and outputs, of tensors that octet cannot read, and of those that have no value yet.
  Status check(std::size_t least_inputs) const;

  Layout layout(std::size_t input) const { return network_.layout(record_.inputs[input]); }
  Result<Value> value(std::size_t input, Layout layout);
  Result<Value> plain(std::size_t input) { return value(input, Layout::kPlain); }
  Result<Value> planar(std::size_t input) { return value(input, Layout::kPlanar); }
  // As the file has it.
  Result<Shape> shape(std::size_t input);
  // Stored numbers with their quantization, e.g. of weights; null where the input is computed.
  const TensorRecord* stored(std::size_t input) const { return network_.stored(record_.inputs[input]); }
  // A constant input's integers; kUnsupported where it is computed.
  Result<std::vector<std::int64_t>> integers(std::size_t input);
  // An axis from -rank to rank - 1, made non-negative.
  Result<std::int64_t> axis(std::int64_t axis, std::size_t rank) const;

  // The operator's options; those of the format's defaults where it has none.
  template <typename T>
  Result<T> options() const {
    const auto& found = record_.options;
    if (found.type == schema::BuiltinOptionsUnionTraits<T>::enum_value && found.value) return *static_cast<const T*>(found.value);
    if (found.type == schema::BuiltinOptions::NONE) return T();
    return malformed("has the options of another operator");
  }

  // Appends an operation whose name begins as that of the layer.
  Result<Value> add(Op op, std::vector<Value> inputs, std::string_view suffix = "");
  Value integers(const std::vector<std::int64_t>& values, std::string_view suffix);
  Value number(float value, std::string_view suffix);

  // Ends the operator: its result, after an activation and rounded where the tensor is quantized.
  Status give(Value result, Layout layout, schema::Activation activation = schema::Activation::NONE, std::size_t output = 0);
  // The same for an operator whose results are elements of some of its inputs: those that are of the same quantization are not rounded.
  Status give_moved(Value result, Layout layout, std::span<const std::size_t> from, std::size_t output = 0);

  Error malformed(std::string_view what) const;
  Error unsupported(std::string_view what) const;
  // The operator in a message: "operator 7 CONV_2D ('model/conv/Relu')".
  std::string place() const;

 private:
  Network& network_;
  std::size_t index_;
  const OperatorRecord& record_;
  std::string name_;
};

}  // namespace octet::tflite
