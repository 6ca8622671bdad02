#include "importers/openvino_ir/rules.h"

#include <array>

#include "graph/op_names.h"

namespace octet::openvino_ir {
namespace {

struct Entry {
  std::string_view type;
  Rule rule;
};

// Parameter, Const and Result are in import.cc: they need the names and the .bin file. Kinds of Binary and Unary are found by
// their names in graph/op_names.h, unless they stand here.
constexpr std::array kRules{
    Entry{"Relu", import_unary},
    Entry{"Swish", import_swish},
    Entry{"Clamp", import_clamp},
    Entry{"PReLU", import_prelu},
    Entry{"PRelu", import_prelu},
    Entry{"SoftMax", import_softmax},
    Entry{"Softmax", import_softmax},
    Entry{"MatMul", import_matmul},
    Entry{"Convert", import_convert},
    Entry{"FakeQuantize", import_fake_quantize},
    Entry{"ReduceMean", import_reduce_mean},
    Entry{"Convolution", import_convolution},
    Entry{"GroupConvolution", import_group_convolution},
    Entry{"MaxPool", import_max_pool},
    Entry{"AvgPool", import_avg_pool},
    Entry{"Concat", import_concat},
    Entry{"Split", import_split},
    Entry{"VariadicSplit", import_variadic_split},
    Entry{"Reshape", import_reshape},
    Entry{"Transpose", import_transpose},
    Entry{"Squeeze", import_squeeze},
    Entry{"Unsqueeze", import_unsqueeze},
    Entry{"Pad", import_pad},
    Entry{"ShapeOf", import_shape_of},
    Entry{"Gather", import_gather},
    Entry{"ReorgYolo", import_reorg},
    Entry{"StridedSlice", import_strided_slice},
    Entry{"Slice", import_slice},
    Entry{"Interpolate", import_interpolate},
    Entry{"PriorBoxClustered", import_prior_box_clustered},
    Entry{"DetectionOutput", import_detection_output},
};

}  // namespace

Rule find_rule(std::string_view type) {
  for (const Entry& entry : kRules)
    if (entry.type == type) return entry.rule;
  if (binary_kind_from_name(type)) return import_binary;
  if (unary_kind_from_name(type)) return import_unary;
  return nullptr;
}

}  // namespace octet::openvino_ir
