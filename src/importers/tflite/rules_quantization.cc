// Between stored and real values: a quantized tensor stands for its real values, so that quantizing is rounding, and dequantizing nothing.
#include <array>

#include "importers/tflite/rules.h"

namespace octet::tflite {
namespace {

constexpr std::array<std::size_t, 1> kFirst{0};

Result<Value> as_floats(Layer& layer, Value value, std::string_view suffix = "") {
  if (layer.graph().type(value).element == ElementType::kF32) return value;
  return layer.add(Convert{ElementType::kF32}, {value}, suffix);
}

Status quantize(Layer& layer) {
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  OCTET_ASSIGN(const Value reals, as_floats(layer, data, "/f32"));
  if (!layer.output(0).quantization) return layer.malformed("its output has no scale");
  return layer.give_moved(reals, layout, kFirst);
}

// A constant stays stored as it is, so that weights keep their integers.
Status dequantize(Layer& layer) {
  if (const TensorRecord* constant = layer.stored(0)) {
    layer.network().give_stored(layer.record().outputs[0], *constant);
    return {};
  }
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  OCTET_ASSIGN(const Value reals, as_floats(layer, data));
  return layer.give(reals, layout);
}

Status cast(Layer& layer) {
  const auto type = element_type_of(layer.output(0).type);
  if (!type || layer.output(0).quantization) return layer.unsupported("casts to " + type_name(layer.output(0).type));
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  OCTET_ASSIGN(const Value result, layer.add(Convert{*type}, {data}));
  return layer.give(result, layout);
}

constexpr NamedRule kRules[] = {
    {BuiltinOperator::QUANTIZE, 1, quantize},
    {BuiltinOperator::DEQUANTIZE, 1, dequantize},
    {BuiltinOperator::CAST, 1, cast},
};

}  // namespace

std::span<const NamedRule> quantization_rules() { return kRules; }

}  // namespace octet::tflite
