#include "importers/onnx/quantized.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace octet::onnx {
namespace {

struct IntegerRange {
  std::int64_t least, greatest;
};

Result<IntegerRange> range_of(ElementType type) {
  switch (type) {
    case ElementType::kU8:
      return IntegerRange{0, 255};
    case ElementType::kI8:
      return IntegerRange{-128, 127};
    case ElementType::kU16:
      return IntegerRange{0, 65535};
    case ElementType::kI16:
      return IntegerRange{-32768, 32767};
    default:
      return unsupported("quantization to " + std::string(octet::name_of(type)) + " is not supported");
  }
}

// A list along `axis` of data of that rank, a lone number for every place.
Shape aligned(std::size_t count, std::int64_t axis, std::int64_t rank) {
  Shape shape(static_cast<std::size_t>(rank), 1);
  if (count > 1) shape[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(count);
  return shape;
}

Status expect_fit(const QuantizationInputs& given, const Shape& data) {
  if (given.scales.size() == 1) return {};
  if (given.axis < 0 || given.axis >= std::ssize(data))
    return malformed(fmt::format("axis {} of data of shape {}", given.axis, to_string(data)));
  if (data[static_cast<std::size_t>(given.axis)] == std::ssize(given.scales)) return {};
  return malformed(fmt::format("{} scales along axis {} of data of shape {}", given.scales.size(), given.axis, to_string(data)));
}

// Which of the scales an element of a tensor has.
class ScaleIndex {
 public:
  ScaleIndex(const QuantizationInputs& given, const Shape& data) : count_(static_cast<std::int64_t>(given.scales.size())) {
    for (std::size_t i = static_cast<std::size_t>(given.axis) + 1; count_ > 1 && i < data.size(); ++i) inner_ *= data[i];
  }
  std::size_t operator()(std::size_t element) const {
    return static_cast<std::size_t>(static_cast<std::int64_t>(element) / std::max<std::int64_t>(inner_, 1) % count_);
  }

 private:
  std::int64_t count_, inner_ = 1;
};

Result<Value> dequantized_bias(NodeImport& node, const Tensor& integers, const QuantizationInputs& given) {
  const ScaleIndex index(given, integers.shape());
  const auto values = to_vector<std::int64_t>(integers);
  std::vector<float> reals(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    reals[i] = static_cast<float>(static_cast<double>(values[i] - given.zero_points[index(i)]) * given.scales[index(i)]);
  return node.constant(Tensor::of<float>(integers.shape(), reals));
}

// Unsigned weights are stored as signed ones, so that a zero point of 128 is none.
Tensor signed_weights(const Tensor& integers) {
  if (integers.type() == ElementType::kI8) return integers;
  std::vector<std::int8_t> values;
  values.reserve(static_cast<std::size_t>(integers.size()));
  for (const std::uint8_t value : integers.values<std::uint8_t>()) values.push_back(static_cast<std::int8_t>(value - 128));
  return Tensor::of<std::int8_t>(integers.shape(), values);
}

Result<Value> dequantized_weights(NodeImport& node, const Tensor& integers, const QuantizationInputs& given) {
  GraphBuilder& builder = node.builder();
  const std::int64_t shift = integers.type() == ElementType::kU8 ? 128 : 0;
  OCTET_ASSIGN(const Value stored, builder.constant(signed_weights(integers), node.name()));
  OCTET_ASSIGN(Value value, builder.add_stored(Convert{ElementType::kF32}, {stored}, node.name()));
  const Shape shape = aligned(given.scales.size(), given.axis, std::ssize(integers.shape()));
  std::vector<float> zeros, scales(given.scales.begin(), given.scales.end());
  for (const std::int64_t zero : given.zero_points) zeros.push_back(static_cast<float>(zero - shift));
  if (std::ranges::any_of(zeros, [](float zero) { return zero != 0; })) {
    OCTET_ASSIGN(const Value zero, node.constant(Tensor::of<float>(shape, zeros)));
    OCTET_ASSIGN(value, builder.add_stored(Binary{BinaryKind::kSubtract}, {value, zero}, node.name()));
  }
  OCTET_ASSIGN(const Value scale, node.constant(Tensor::of<float>(shape, scales)));
  return builder.add_stored(Binary{BinaryKind::kMultiply}, {value, scale}, node.name());
}

// Integers that are computed: (x - zero point) * scale as it stands.
Result<Value> dequantized_integers(NodeImport& node, Value integers, const QuantizationInputs& given) {
  const Shape shape = aligned(given.scales.size(), given.axis, std::ssize(node.shape_of(integers)));
  OCTET_ASSIGN(Value value, node.value(Convert{ElementType::kF32}, {integers}));
  const std::vector<float> zeros(given.zero_points.begin(), given.zero_points.end()), scales(given.scales.begin(), given.scales.end());
  OCTET_ASSIGN(const Value zero, node.constant(Tensor::of<float>(shape, zeros)));
  OCTET_ASSIGN(value, node.binary(BinaryKind::kSubtract, value, zero));
  OCTET_ASSIGN(const Value scale, node.constant(Tensor::of<float>(shape, scales)));
  return node.binary(BinaryKind::kMultiply, value, scale);
}

// Integers that were quantized with other numbers than they are read with: a line through the real values.
Result<Value> reinterpreted(NodeImport& node, const ImportedValue& data, const QuantizationInputs& given) {
  const double factor = given.scales[0] / static_cast<double>(data.quantization->scale);
  const double term = static_cast<double>(data.quantization->zero_point - given.zero_points[0]) * given.scales[0];
  OCTET_ASSIGN(const Value by, node.scalar_like(factor, data.value));
  OCTET_ASSIGN(const Value scaled, node.binary(BinaryKind::kMultiply, data.value, by));
  OCTET_ASSIGN(const Value offset, node.scalar_like(term, data.value));
  return node.binary(BinaryKind::kAdd, scaled, offset);
}

Result<ImportedValue> quantized_constant(NodeImport& node, const Tensor& reals, const QuantizationInputs& given, IntegerRange range) {
  OCTET_RETURN_IF_ERROR(node.builder().charge(reals.size()));
  const ScaleIndex index(given, reals.shape());
  auto values = to_vector<double>(reals);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double steps = static_cast<double>(std::nearbyint(static_cast<float>(values[i]) / static_cast<float>(given.scales[index(i)])));
    const double integer = steps + static_cast<double>(given.zero_points[index(i)]);
    values[i] = std::clamp(integer, static_cast<double>(range.least), static_cast<double>(range.greatest));
  }
  OCTET_ASSIGN(const Value constant, node.constant(converted(Tensor::of<double>(reals.shape(), values), given.type)));
  return ImportedValue{constant};
}

}  // namespace

Result<QuantizationInputs> quantization_at(const NodeImport& node, std::size_t scale, std::size_t zero_point, ElementType otherwise,
                                           std::int64_t axis) {
  QuantizationInputs given;
  OCTET_ASSIGN(given.scales, node.numbers_at(scale, "scale"));
  for (const double number : given.scales)
    if (!(number > 0) || !std::isfinite(number))
      return malformed(fmt::format("a scale (input {}) is {}, expected a positive number", scale, number));
  given.type = otherwise;
  given.zero_points.assign(given.scales.size(), 0);
  given.axis = axis;
  if (given.scales.empty()) return malformed(fmt::format("has no scale (input {})", scale));
  if (!node.has_input(zero_point)) return given;
  OCTET_ASSIGN(const Tensor zeros, node.known(zero_point, "zero point"));
  given.type = zeros.type();
  const auto values = to_vector<std::int64_t>(zeros);
  if (values.size() != given.scales.size())
    return malformed(fmt::format("{} scales and {} zero points (inputs {} and {})", given.scales.size(), values.size(), scale, zero_point));
  given.zero_points = values;
  return given;
}

Result<Value> dequantized(NodeImport& node, std::size_t data, const QuantizationInputs& given) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(data + 1));
  const ImportedValue& from = node.imported(data);
  OCTET_RETURN_IF_ERROR(expect_fit(given, node.shape(data)));
  if (from.quantization) {
    if (given.scales.size() != 1) return unsupported("a scale for each channel of an activation is not supported");
    const bool same =
        static_cast<float>(given.scales[0]) == from.quantization->scale && given.zero_points[0] == from.quantization->zero_point;
    return same ? Result<Value>(from.value) : reinterpreted(node, from, given);
  }
  const auto integers = node.constant_at(data);
  if (!integers) return dequantized_integers(node, from.value, given);
  if (integers->type() == ElementType::kI8 || integers->type() == ElementType::kU8) return dequantized_weights(node, *integers, given);
  return dequantized_bias(node, *integers, given);
}

Result<ImportedValue> quantized(NodeImport& node, Value data, const QuantizationInputs& given) {
  OCTET_ASSIGN(const IntegerRange range, range_of(given.type));
  OCTET_RETURN_IF_ERROR(expect_fit(given, node.shape_of(data)));
  for (const std::int64_t zero : given.zero_points)
    if (zero < range.least || zero > range.greatest)
      return malformed(fmt::format("a zero point of {} in {}", zero, octet::name_of(given.type)));
  if (const Tensor* constant = node.graph().constant(data)) return quantized_constant(node, Tensor(*constant), given, range);
  if (given.scales.size() != 1) return unsupported("a scale for each channel of an activation is not supported");
  const auto bound = [&](std::int64_t integer) {
    const double real = static_cast<double>(integer - given.zero_points[0]) * given.scales[0];
    return node.constant(Tensor::of<float>(Shape(node.shape_of(data).size(), 1), {static_cast<float>(real)}));
  };
  OCTET_ASSIGN(const Value low, bound(range.least));
  OCTET_ASSIGN(const Value high, bound(range.greatest));
  OCTET_ASSIGN(const Value value, node.value(FakeQuantize{range.greatest - range.least + 1}, {data, low, high, low, high}));
  return ImportedValue{value, Quantization{given.type, static_cast<float>(given.scales[0]), given.zero_points[0]}};
}

}  // namespace octet::onnx
