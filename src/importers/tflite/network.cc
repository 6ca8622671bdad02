#include "importers/tflite/network.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "graph/evaluate.h"
#include "passes/passes.h"

namespace octet::tflite {
namespace {

constexpr std::int64_t kFoldedPerConstant = 8;  // as often may the elements of the file's constants be made anew

std::vector<std::int64_t> order_to(Layout layout) {
  const auto& order = layout == Layout::kPlanar ? kAxisOfPlanes : kPlaceInPlanes;
  return {std::begin(order), std::end(order)};
}

std::int64_t elements_of_constants(const Model& model) {
  std::int64_t elements = 0;
  for (const TensorRecord& tensor : model.tensors)
    if (tensor.constant) elements += tensor.constant->size();
  return elements;
}

// A bias is stored in 32 bits with scales; other integers of 32 bits count something.
bool stands_for_reals(const TensorRecord& tensor) { return static_cast<bool>(tensor.quantization); }

// Levels of a quantized type and its lowest value; nothing for other types.
struct StoredRange {
  std::int64_t levels, lowest;
};
std::optional<StoredRange> stored_range(StoredType type) {
  if (type == StoredType::INT8) return StoredRange{256, -128};
  if (type == StoredType::UINT8) return StoredRange{256, 0};
  if (type == StoredType::INT16) return StoredRange{65536, -32768};
  return std::nullopt;
}

// Whether two tensors can hold the same real values, be they stored signed or not.
bool have_equal_values(const TensorRecord& a, const TensorRecord& b) {
  const auto of_a = stored_range(a.type), of_b = stored_range(b.type);
  if (!a.quantization || !b.quantization || !of_a || !of_b || of_a->levels != of_b->levels) return false;
  if (a.quantization.per_axis() || b.quantization.per_axis()) return false;
  return a.quantization.scale == b.quantization.scale &&
         a.quantization.zero_point[0] - of_a->lowest == b.quantization.zero_point[0] - of_b->lowest;
}

}  // namespace

Tensor real_values(const Tensor& stored, const Quantization& quantization) {
  if (!quantization) return converted(stored, ElementType::kF32);
  const auto from = to_vector<std::int64_t>(stored);
  Tensor reals(ElementType::kF32, stored.shape());
  const auto to = reals.mutable_values<float>();
  const auto axis = static_cast<std::size_t>(quantization.axis);
  const std::size_t inner = quantization.per_axis() ? static_cast<std::size_t>(row_major_strides(stored.shape())[axis]) : 1;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::size_t channel = i / inner % quantization.scale.size();
    to[i] = static_cast<float>(static_cast<double>(quantization.scale[channel]) *
                               static_cast<double>(from[i] - quantization.zero_point[channel]));
  }
  return reals;
}

Network::Network(const Model& model, Graph& graph)
    : model_(model),
      graph_(graph),
      features_(model.tensors.size()),
      elements_to_fold_(passes::FoldLimits{}.total + kFoldedPerConstant * elements_of_constants(model)) {
  for (std::size_t i = 0; i < features_.size(); ++i)
    if (model.tensors[i].constant) features_[i].stored = &model.tensors[i];
}

bool Network::is_known(std::int32_t tensor) const {
  const Feature& feature = features_[static_cast<std::size_t>(tensor)];
  return feature.plain || feature.planar || feature.stored;
}

const TensorRecord* Network::stored(std::int32_t tensor) const { return features_[static_cast<std::size_t>(tensor)].stored; }

Result<Value> Network::value(std::int32_t tensor, Layout layout) {
  Feature& feature = features_[static_cast<std::size_t>(tensor)];
  const std::string& name = record(tensor).name;
  if (feature.stored && !feature.plain) {
    const Tensor& constant = *feature.stored->constant;
    const bool real = stands_for_reals(*feature.stored) || constant.type() == ElementType::kF16;
    feature.plain = graph_.emit_constant(real ? real_values(constant, feature.stored->quantization) : constant, name);
  }
  std::optional<Value>& wanted = layout == Layout::kPlanar ? feature.planar : feature.plain;
  if (wanted) return *wanted;
  const Value given = layout == Layout::kPlanar ? *feature.plain : *feature.planar;
  if (graph_.shape(given).size() != 4)
    return Error{ErrorCode::kMalformed, fmt::format("tensor '{}' is {}, expected four axes", name, to_string(graph_.shape(given)))};
  const std::string turned = name + (layout == Layout::kPlanar ? "/planes" : "/pixels");
  OCTET_ASSIGN(wanted, add(Transpose{}, {given, integers(order_to(layout), turned + "/order")}, turned));
  return *wanted;
}

Status Network::give(std::int32_t tensor, Value value, Layout layout) {
  if (is_known(tensor)) return Error{ErrorCode::kMalformed, "tensor '" + record(tensor).name + "' is written twice"};
  Feature& feature = features_[static_cast<std::size_t>(tensor)];
  (layout == Layout::kPlanar ? feature.planar : feature.plain) = value;
  feature.given = layout;
  return {};
}

bool Network::fits_in_budget(const Node& node) const {
  std::int64_t elements = 0;
  for (const TensorType& output : node.outputs) elements += element_count(output.shape);
  return elements <= elements_to_fold_;
}

Result<std::vector<Value>> Network::add_all(Op op, std::vector<Value> inputs, const std::string& name) {
  OCTET_ASSIGN(const NodeId id, graph_.add(std::move(op), std::move(inputs), name));
  const Node node = graph_.node(id);
  std::vector<Tensor> constants;
  for (const Value input : node.inputs)
    if (const Tensor* constant = graph_.constant(input)) constants.push_back(*constant);
  std::vector<Value> outputs;
  if (node.inputs.empty() || constants.size() != node.inputs.size() || !fits_in_budget(node)) {
    for (std::uint32_t port = 0; port < node.outputs.size(); ++port) outputs.push_back({id, port});
    return outputs;
  }
  for (Tensor& value : evaluate(node.op, constants, node.outputs)) {
    elements_to_fold_ -= value.size();
    outputs.push_back(graph_.emit_constant(std::move(value), name));
  }
  return outputs;
}

Result<Value> Network::add(Op op, std::vector<Value> inputs, const std::string& name) {
  OCTET_ASSIGN(const std::vector<Value> outputs, add_all(std::move(op), std::move(inputs), name));
  return outputs.at(0);
}

Value Network::integers(const std::vector<std::int64_t>& values, const std::string& name) {
  return graph_.emit_constant(Tensor::of<std::int64_t>({std::ssize(values)}, values), name);
}

Result<Value> Network::rounded(const TensorRecord& record, Value value) {
  const auto range = stored_range(record.type);
  if (!record.quantization || !range) return value;
  if (record.quantization.per_axis())
    return Error{ErrorCode::kUnsupported,
                 fmt::format("tensor '{}' is computed and has scales along an axis; octet takes one scale", record.name)};
  const double scale = static_cast<double>(record.quantization.scale[0]);
  const std::int64_t low = range->lowest - record.quantization.zero_point[0];
  const auto limit = [&](std::int64_t step, const char* which) {
    return graph_.emit_constant(Tensor::scalar(static_cast<float>(static_cast<double>(step) * scale)), record.name + which);
  };
  const Value lower = limit(low, "/low"), upper = limit(low + range->levels - 1, "/high");
  return add(FakeQuantize{range->levels}, {value, lower, upper, lower, upper}, record.name + "/quantized");
}

Layer::Layer(Network& network, std::size_t index) : network_(network), index_(index), record_(network.model().operators[index]) {
  name_ = record_.outputs.empty() ? "operator_" + std::to_string(index) : output(0).name;
}

std::string Layer::place() const {
  const bool custom = record_.code == static_cast<std::int32_t>(BuiltinOperator::CUSTOM);
  std::string kind = custom ? record_.custom_code : schema::EnumNameBuiltinOperator(static_cast<BuiltinOperator>(record_.code));
  if (kind.empty()) kind = "of code " + std::to_string(record_.code);
  return fmt::format("operator {} {} ('{}')", index_, kind, name_);
}

Error Layer::malformed(std::string_view what) const { return Error{ErrorCode::kMalformed, std::string(what)}.at(place()); }
Error Layer::unsupported(std::string_view what) const { return Error{ErrorCode::kUnsupported, std::string(what)}.at(place()); }

Status Layer::check(std::size_t least_inputs) const {
  if (num_inputs() < least_inputs) return malformed(fmt::format("has {} inputs, expected {}", num_inputs(), least_inputs));
  if (num_outputs() == 0) return malformed("has no output");
  for (std::size_t i = 0; i < num_inputs(); ++i) {
    if (!has(i)) {
      if (i < least_inputs) return malformed(fmt::format("lacks input {}", i));
      continue;
    }
    if (!input(i).unreadable.empty()) return unsupported(fmt::format("its input '{}' {}", input(i).name, input(i).unreadable));
    if (!network_.is_known(record_.inputs[i]))
      return malformed(fmt::format("reads '{}' before any operator writes it: the operators are a cycle or out of order", input(i).name));
  }
  for (std::size_t i = 0; i < num_outputs(); ++i)
    if (!output(i).unreadable.empty()) return unsupported(fmt::format("its output '{}' {}", output(i).name, output(i).unreadable));
  return {};
}

Result<Value> Layer::value(std::size_t input, Layout layout) {
  auto found = network_.value(record_.inputs[input], layout);
  if (!found.ok()) return found.error().at(place());
  return found;
}

Result<Shape> Layer::shape(std::size_t input) {
  if (const TensorRecord* constant = stored(input)) return constant->constant->shape();
  OCTET_ASSIGN(const Value found, value(input, layout(input)));
  const Shape& shape = graph().shape(found);
  if (layout(input) == Layout::kPlain) return shape;
  return Shape{shape[0], shape[2], shape[3], shape[1]};
}

Result<std::vector<std::int64_t>> Layer::integers(std::size_t input) {
  OCTET_ASSIGN(const Value found, plain(input));
  if (const Tensor* constant = graph().constant(found)) return to_vector<std::int64_t>(*constant);
  return unsupported(fmt::format("its input '{}' is computed, octet takes a constant", this->input(input).name));
}

Result<std::int64_t> Layer::axis(std::int64_t axis, std::size_t rank) const {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count) return malformed(fmt::format("axis {} of {}", axis, rank));
  return axis < 0 ? axis + count : axis;
}

Result<Value> Layer::add(Op op, std::vector<Value> inputs, std::string_view suffix) {
  auto added = network_.add(std::move(op), std::move(inputs), name_ + std::string(suffix));
  if (!added.ok()) return added.error().at(place());
  return added;
}

Value Layer::integers(const std::vector<std::int64_t>& values, std::string_view suffix) {
  return network_.integers(values, name_ + std::string(suffix));
}

Value Layer::number(float value, std::string_view suffix) {
  return graph().emit_constant(Tensor::scalar(value), name_ + std::string(suffix));
}

Status Layer::give(Value result, Layout layout, schema::Activation activation, std::size_t index) {
  using schema::Activation;
  std::optional<Op> op;
  switch (activation) {
    case Activation::NONE:
      break;
    case Activation::RELU:
      op = Unary{UnaryKind::kRelu};
      break;
    case Activation::RELU_N1_TO_1:
      op = Clamp{-1, 1};
      break;
    case Activation::RELU6:
      op = Clamp{0, 6};
      break;
    case Activation::TANH:
      op = Unary{UnaryKind::kTanh};
      break;
    default:
      return unsupported(fmt::format("its fused activation {} is not supported", static_cast<int>(activation)));
  }
  if (op) {
    OCTET_ASSIGN(result, add(std::move(*op), {result}, "/activation"));
  }
  auto rounded = network_.rounded(output(index), result);
  if (!rounded.ok()) return rounded.error().at(place());
  if (auto given = network_.give(record_.outputs[index], *rounded, layout); !given.ok()) return given.error().at(place());
  return {};
}

Status Layer::give_moved(Value result, Layout layout, std::span<const std::size_t> from, std::size_t index) {
  const bool same = std::ranges::all_of(from, [&](std::size_t i) { return have_equal_values(input(i), output(index)); });
  if (!same) return give(result, layout, schema::Activation::NONE, index);
  if (auto given = network_.give(record_.outputs[index], result, layout); !given.ok()) return given.error().at(place());
  return {};
}

}  // namespace octet::tflite
