#include "importers/openvino_ir/rules.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "graph/op_schema.h"
#include "importers/openvino_ir/einsum.h"

namespace octet::openvino_ir {
namespace {

struct Entry {
  std::string_view type;
  Rule rule;
  std::size_t least_inputs = 0, most_inputs = 0;  // where they are not those of the graph's operation of that name
};

// What has attributes, or another form in a file than in the graph. Parameter, Const and Result are in import.cc: they need the names and
// the .bin file.
constexpr std::array kRules{
    Entry{"Relu", import_relu, 1, 1},  // older files name these three so
    Entry{"PRelu", import_prelu, 2, 2},
    Entry{"Softmax", import_softmax, 1, 1},
    Entry{"Swish", import_swish, 1, 2},
    Entry{"ScaledDotProductAttention", import_attention, 3, 5},
    Entry{"BatchNormInference", import_batch_norm, 5, 5},
    Entry{"LogSoftmax", import_log_softmax, 1, 1},
    Entry{"Einsum", import_einsum, 2, 2},
    Entry{"IsNaN", import_is_nan, 1, 1},
    Entry{"Clamp", import_clamp},
    Entry{"SoftMax", import_softmax},
    Entry{"MatMul", import_matmul},
    Entry{"Convert", import_convert},
    Entry{"Floor", import_floor_or_ceiling},
    Entry{"Ceiling", import_floor_or_ceiling},
    Entry{"FakeQuantize", import_fake_quantize},
    Entry{"Gelu", import_gelu},
    Entry{"Round", import_round},
    Entry{"Elu", import_elu},
    Entry{"Select", import_binary},
    Entry{"MVN", import_mvn, 1, 2},
    Entry{"CumSum", import_cum_sum, 1, 2},
    Entry{"TopK", import_top_k},
    Entry{"Convolution", import_convolution},
    Entry{"GroupConvolution", import_group_convolution},
    Entry{"ConvolutionBackpropData", import_convolution_backprop, 2, 3},
    Entry{"GroupConvolutionBackpropData", import_group_convolution_backprop, 2, 3},
    Entry{"MaxPool", import_max_pool},
    Entry{"AvgPool", import_avg_pool},
    Entry{"Concat", import_concat},
    Entry{"Split", import_split},
    Entry{"VariadicSplit", import_variadic_split},
    Entry{"Reshape", import_reshape},
    Entry{"Squeeze", import_squeeze},
    Entry{"Pad", import_pad},
    Entry{"ShapeOf", import_shape_of},
    Entry{"Range", import_range},
    Entry{"Broadcast", import_broadcast, 2, 3},
    Entry{"OneHot", import_one_hot},
    Entry{"Gather", import_gather},
    Entry{"GatherElements", import_gather_elements},
    Entry{"GatherND", import_gather_nd},
    Entry{"ScatterElementsUpdate", import_scatter},
    Entry{"ScatterUpdate", import_scatter_update, 4, 4},
    Entry{"ScatterNDUpdate", import_scatter},
    Entry{"GridSample", import_grid_sample},
    Entry{"ReorgYolo", import_reorg},
    Entry{"DepthToSpace", import_depth_to_space},
    Entry{"SpaceToDepth", import_space_to_depth},
    Entry{"ConvertLike", import_convert_like, 2, 2},
    Entry{"StridedSlice", import_strided_slice},
    Entry{"Slice", import_slice, 4, 5},
    Entry{"Interpolate", import_interpolate, 2, 4},
    Entry{"PriorBoxClustered", import_prior_box_clustered},
    Entry{"DetectionOutput", import_detection_output, 3, 5},
};

// Of what is in a file as in the graph, or null.
Rule rule_without_attributes(const Op& op) {
  return std::visit(
      [](const auto& operation) -> Rule {
        using Operation = std::decay_t<decltype(operation)>;
        constexpr bool kIsBinary =
            std::is_same_v<Operation, Binary> || std::is_same_v<Operation, Compare> || std::is_same_v<Operation, Logical>;
        if constexpr (kIsBinary) return import_binary;
        if constexpr (std::is_same_v<Operation, Reduce>) return import_reduce;
        if constexpr (std::is_same_v<Operation, Unary> || std::is_empty_v<Operation>) return import_plain;
        return nullptr;
      },
      op);
}

}  // namespace

std::optional<LayerRule> find_rule(std::string_view type) {
  const Op* op = operation_named(type);
  const auto entry = std::find_if(kRules.begin(), kRules.end(), [&](const Entry& each) { return each.type == type; });
  if (entry != kRules.end() && entry->most_inputs > 0) return LayerRule{entry->rule, entry->least_inputs, entry->most_inputs};
  if (!op) return std::nullopt;
  const Rule rule = entry != kRules.end() ? entry->rule : rule_without_attributes(*op);
  if (!rule) return std::nullopt;
  const OpSchema schema = schema_of(*op);
  return LayerRule{rule, schema.least_inputs, schema.most_inputs};
}

}  // namespace octet::openvino_ir
