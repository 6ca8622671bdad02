#include "graph/op_schema.h"
#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
namespace {

// Before opset7 there are no batch_dims. A negative number counts from the rank of the indices.
Result<std::vector<Value>> import_gather(LayerImport& layer) {
  const std::int64_t batch_dims = layer.attributes.integer("batch_dims", 0);
  const std::int64_t rank = std::ssize(layer.shape(1));
  return layer.add(Gather{batch_dims < 0 && batch_dims >= -rank ? batch_dims + rank : batch_dims});
}

Result<std::vector<Value>> import_gather_elements(LayerImport& layer) {
  return layer.add(GatherElements{layer.attributes.integer("axis")});
}

// opset5 flattens several batch axes into one, opset8 keeps them.
Result<std::vector<Value>> import_gather_nd(LayerImport& layer) {
  const std::int64_t batch_dims = layer.attributes.integer("batch_dims", 0);
  if (layer.opset() == "opset5" && batch_dims > 1) return unsupported("more than one of batch_dims in opset5");
  return layer.add(GatherNd{batch_dims});
}

// The newer forms of both name what happens where several updates meet.
Result<std::vector<Value>> import_scatter(LayerImport& layer) {
  layer.attributes.choice("reduction", {"none"}, std::string("none"));
  return layer.add(*operation_named(layer.type()));
}

// Of a vector, as the ends of slices are computed: what ScatterElementsUpdate does.
Result<std::vector<Value>> import_scatter_update(LayerImport& layer) {
  if (layer.shape(0).size() != 1 || layer.shape(1).size() != 1 || layer.shape(2) != layer.shape(1))
    return unsupported("only a vector with a vector of updates is supported, not " + to_string(layer.shape(0)) + " with " +
                       to_string(layer.shape(2)));
  OCTET_ASSIGN(const auto axes, layer.integers(3, "axis"));
  if (axes.size() != 1 || (axes[0] != 0 && axes[0] != -1)) return malformed("the axis of a vector is 0");
  const Value axis = layer.constant(Tensor::scalar<std::int64_t>(0), "/axis");
  return layer.add(ScatterElementsUpdate{}, {layer.input(0), layer.input(1), layer.input(2), axis});
}

Result<std::vector<Value>> import_grid_sample(LayerImport& layer) {
  GridSample op;
  op.align_corners = layer.attributes.flag("align_corners", false);
  const std::string mode = layer.attributes.choice("mode", {"bilinear", "nearest", "bicubic"}, std::string("bilinear"));
  if (mode == "nearest") op.mode = GridSample::Mode::kNearest;
  if (mode == "bicubic") op.mode = GridSample::Mode::kBicubic;
  const std::string padding = layer.attributes.choice("padding_mode", {"zeros", "border", "reflection"}, std::string("zeros"));
  if (padding == "border") op.padding = GridSample::Padding::kBorder;
  if (padding == "reflection") op.padding = GridSample::Padding::kReflection;
  return layer.add(op);
}

constexpr LayerRule kRules[] = {
    {"Gather", import_gather},
    {"GatherElements", import_gather_elements},
    {"GatherND", import_gather_nd},
    {"ScatterElementsUpdate", import_scatter},
    {"ScatterUpdate", import_scatter_update, 4, 4},
    {"ScatterNDUpdate", import_scatter},
    {"GridSample", import_grid_sample},
};

}  // namespace

std::span<const LayerRule> gather_rules() { return kRules; }

}  // namespace octet::openvino_ir
