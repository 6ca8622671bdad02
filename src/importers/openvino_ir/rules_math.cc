#include "graph/op_functions.h"
#include "graph/op_schema.h"
#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
namespace {

// "none" asks for equal shapes, which NumPy's rule covers; "pdpd" aligns at an axis and agrees only where shapes are equal.
Status check_broadcast(LayerImport& layer) {
  const std::string rule = layer.attributes.choice("auto_broadcast", {"numpy", "none", "pdpd", "explicit"}, "numpy");
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  for (std::size_t i = 1; i < layer.input_count() && rule != "numpy" && rule != "none"; ++i)
    if (layer.shape(i) != layer.shape(0)) return unsupported("auto_broadcast=\"" + rule + "\" is not supported (numpy, none)");
  return {};
}

// Integers are what they are; PyTorch's floor division of integers has a Floor behind it.
Result<std::vector<Value>> import_floor_or_ceiling(LayerImport& layer) {
  if (ops::is_integer(layer.element_type(0))) return std::vector<Value>{layer.input(0)};
  return import_plain(layer);
}

Result<std::vector<Value>> import_relu(LayerImport& layer) { return layer.add(Unary{UnaryKind::kRelu}); }

Result<std::vector<Value>> import_clamp(LayerImport& layer) {
  const double min = layer.attributes.number("min"), max = layer.attributes.number("max");
  if (layer.attributes.status().ok() && min > max) return malformed("min is above max");
  return layer.add(Clamp{min, max});
}

Result<std::vector<Value>> import_prelu(LayerImport& layer) { return layer.add(PRelu{}); }

Result<std::vector<Value>> import_softmax(LayerImport& layer) {
  const std::int64_t axis = layer.attributes.integer("axis", 1), rank = static_cast<std::int64_t>(layer.shape(0).size());
  return layer.add(SoftMax{axis < 0 && axis >= -rank ? axis + rank : axis});
}

Result<std::vector<Value>> import_matmul(LayerImport& layer) {
  const bool a = layer.attributes.flag("transpose_a", false), b = layer.attributes.flag("transpose_b", false);
  return layer.add(MatMul{a, b});
}

Result<std::vector<Value>> import_convert(LayerImport& layer) {
  const std::string name = layer.attributes.text("destination_type");
  const auto type = element_type_from_name(name);
  if (layer.attributes.status().ok() && !type) return unsupported("element type '" + name + "' is not supported");
  return layer.add(Convert{type.value_or(ElementType::kF32)});
}

Result<std::vector<Value>> import_fake_quantize(LayerImport& layer) {
  OCTET_RETURN_IF_ERROR(check_broadcast(layer));
  return layer.add(FakeQuantize{layer.attributes.integer("levels")});
}

// opset2 has only the exact form.
Result<std::vector<Value>> import_gelu(LayerImport& layer) {
  const std::string form = layer.attributes.choice("approximation_mode", {"ERF", "TANH", "erf", "tanh"}, std::string("ERF"));
  return layer.add(Unary{form == "TANH" || form == "tanh" ? UnaryKind::kGeluTanh : UnaryKind::kGelu});
}

Result<std::vector<Value>> import_round(LayerImport& layer) {
  layer.attributes.choice("mode", {"half_to_even"}, std::string("half_to_even"));
  return layer.add(Unary{UnaryKind::kRound});
}

Result<std::vector<Value>> import_elu(LayerImport& layer) { return layer.add(Elu{layer.attributes.number("alpha")}); }

constexpr LayerRule kRules[] = {
    {"Relu", import_relu, 1, 1},  // older files name these three so
    {"PRelu", import_prelu, 2, 2},
    {"Softmax", import_softmax, 1, 1},
    {"Clamp", import_clamp},
    {"SoftMax", import_softmax},
    {"MatMul", import_matmul},
    {"Convert", import_convert},
    {"Floor", import_floor_or_ceiling},
    {"Ceiling", import_floor_or_ceiling},
    {"FakeQuantize", import_fake_quantize},
    {"Gelu", import_gelu},
    {"Round", import_round},
    {"Elu", import_elu},
    {"Select", import_binary},
};

}  // namespace

Result<std::vector<Value>> import_binary(LayerImport& layer) {
  OCTET_RETURN_IF_ERROR(check_broadcast(layer));
  return layer.add(*operation_named(layer.type()));
}

Result<std::vector<Value>> import_plain(LayerImport& layer) { return layer.add(*operation_named(layer.type())); }

std::span<const LayerRule> math_rules() { return kRules; }

}  // namespace octet::openvino_ir
