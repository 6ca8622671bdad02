#include <numeric>

#include "graph/op_schema.h"
#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
namespace {

// opset2: the axes follow from an attribute.
Result<std::vector<Value>> import_mvn_by_channels(LayerImport& layer) {
  const bool across_channels = layer.attributes.flag("across_channels", false),
             variance = layer.attributes.flag("normalize_variance", true);
  const double epsilon = layer.attributes.number("eps");
  const std::int64_t first = across_channels ? 1 : 2, rank = std::ssize(layer.shape(0));
  if (rank <= first) return unsupported("data of shape " + to_string(layer.shape(0)));
  std::vector<std::int64_t> axes(static_cast<std::size_t>(rank - first));
  std::iota(axes.begin(), axes.end(), first);
  const Value list = layer.constant(Tensor::of<std::int64_t>({rank - first}, axes), "/axes");
  return layer.add(Mvn{variance, epsilon, true}, {layer.input(0), list});
}

Result<std::vector<Value>> import_mvn(LayerImport& layer) {
  if (layer.input_count() == 1) return import_mvn_by_channels(layer);
  Mvn op;
  op.epsilon = layer.attributes.number("eps");
  op.normalize_variance = layer.attributes.flag("normalize_variance");
  const std::string place = layer.attributes.choice("eps_mode", {"INSIDE_SQRT", "OUTSIDE_SQRT", "inside_sqrt", "outside_sqrt"});
  op.epsilon_inside_sqrt = place == "INSIDE_SQRT" || place == "inside_sqrt";
  return layer.add(op);
}

Result<std::vector<Value>> import_cum_sum(LayerImport& layer) {
  const CumSum op{layer.attributes.flag("exclusive", false), layer.attributes.flag("reverse", false)};
  if (layer.input_count() == 2) return layer.add(op);
  return layer.add(op, {layer.input(0), layer.constant(Tensor::scalar<std::int64_t>(0), "/axis")});
}

Result<std::vector<Value>> import_top_k(LayerImport& layer) {
  TopK op;
  op.axis = layer.attributes.integer("axis");
  op.mode = layer.attributes.choice("mode", {"max", "min"}) == "max" ? TopK::Mode::kMax : TopK::Mode::kMin;
  const std::string sort = layer.attributes.choice("sort", {"value", "index", "none"});
  op.sort = sort == "value" ? TopK::Sort::kValues : sort == "index" ? TopK::Sort::kIndices : TopK::Sort::kNone;
  const std::string type = layer.attributes.choice("index_element_type", {"i32", "i64"}, std::string("i32"));
  op.index_type = type == "i64" ? ElementType::kI64 : ElementType::kI32;
  return layer.add(op);
}

constexpr LayerRule kRules[] = {
    {"MVN", import_mvn, 1, 2},
    {"CumSum", import_cum_sum, 1, 2},
    {"TopK", import_top_k},
};

}  // namespace

Result<std::vector<Value>> import_reduce(LayerImport& layer) {
  auto op = std::get<Reduce>(*operation_named(layer.type()));
  op.keep_dims = layer.attributes.flag("keep_dims", false);
  return layer.add(op);
}

std::span<const LayerRule> reduce_rules() { return kRules; }

}  // namespace octet::openvino_ir
