#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "importers/openvino_ir/layer_import.h"

namespace octet::openvino_ir {

// Translates one layer: appends what it means to the graph and returns the values of its outputs in order. A rule may return fewer
// than the layer has, where the rest is seldom read and not supported (indices of a MaxPool).
using Rule = Result<std::vector<Value>> (*)(LayerImport&);

struct LayerRule {
  Rule import = nullptr;
  std::size_t least_inputs = 0, most_inputs = 0;  // of the layer; others do not reach the rule
};

// The rule of a layer type.
std::optional<LayerRule> find_rule(std::string_view type);

// rules_math.cc: element by element, and MatMul, SoftMax, FakeQuantize.
// import_plain and import_binary take layers that have the name of an operation of the graph.
Result<std::vector<Value>> import_plain(LayerImport& layer);
Result<std::vector<Value>> import_floor_or_ceiling(LayerImport& layer);
Result<std::vector<Value>> import_relu(LayerImport& layer);
Result<std::vector<Value>> import_prelu(LayerImport& layer);
Result<std::vector<Value>> import_binary(LayerImport& layer);
Result<std::vector<Value>> import_swish(LayerImport& layer);
Result<std::vector<Value>> import_clamp(LayerImport& layer);
Result<std::vector<Value>> import_softmax(LayerImport& layer);
Result<std::vector<Value>> import_matmul(LayerImport& layer);
Result<std::vector<Value>> import_convert(LayerImport& layer);
Result<std::vector<Value>> import_fake_quantize(LayerImport& layer);
Result<std::vector<Value>> import_gelu(LayerImport& layer);
Result<std::vector<Value>> import_round(LayerImport& layer);
Result<std::vector<Value>> import_elu(LayerImport& layer);

// rules_composed.cc: what the graph has as several operations.
Result<std::vector<Value>> import_attention(LayerImport& layer);
Result<std::vector<Value>> import_batch_norm(LayerImport& layer);
Result<std::vector<Value>> import_log_softmax(LayerImport& layer);
Result<std::vector<Value>> import_is_nan(LayerImport& layer);
Result<std::vector<Value>> import_swish_of_beta(LayerImport& layer);

// rules_reduce.cc: what takes elements along axes together.
Result<std::vector<Value>> import_reduce(LayerImport& layer);
Result<std::vector<Value>> import_mvn(LayerImport& layer);
Result<std::vector<Value>> import_cum_sum(LayerImport& layer);
Result<std::vector<Value>> import_top_k(LayerImport& layer);

// rules_window.cc: what slides a window.
Result<std::vector<Value>> import_convolution(LayerImport& layer);
Result<std::vector<Value>> import_group_convolution(LayerImport& layer);
Result<std::vector<Value>> import_convolution_backprop(LayerImport& layer);
Result<std::vector<Value>> import_group_convolution_backprop(LayerImport& layer);
Result<std::vector<Value>> import_max_pool(LayerImport& layer);
Result<std::vector<Value>> import_avg_pool(LayerImport& layer);

// rules_shape.cc: what only moves values.
Result<std::vector<Value>> import_concat(LayerImport& layer);
Result<std::vector<Value>> import_split(LayerImport& layer);
Result<std::vector<Value>> import_variadic_split(LayerImport& layer);
Result<std::vector<Value>> import_reshape(LayerImport& layer);
Result<std::vector<Value>> import_squeeze(LayerImport& layer);
Result<std::vector<Value>> import_shape_of(LayerImport& layer);
Result<std::vector<Value>> import_reorg(LayerImport& layer);
Result<std::vector<Value>> import_depth_to_space(LayerImport& layer);
Result<std::vector<Value>> import_space_to_depth(LayerImport& layer);
Result<std::vector<Value>> import_convert_like(LayerImport& layer);

// rules_slice.cc
Result<std::vector<Value>> import_strided_slice(LayerImport& layer);
Result<std::vector<Value>> import_slice(LayerImport& layer);

// rules_fill.cc: what makes more elements of few.
Result<std::vector<Value>> import_pad(LayerImport& layer);
Result<std::vector<Value>> import_range(LayerImport& layer);
Result<std::vector<Value>> import_broadcast(LayerImport& layer);
Result<std::vector<Value>> import_one_hot(LayerImport& layer);

// rules_gather.cc: what reads from, or writes to, places that another tensor names.
Result<std::vector<Value>> import_gather(LayerImport& layer);
Result<std::vector<Value>> import_gather_elements(LayerImport& layer);
Result<std::vector<Value>> import_gather_nd(LayerImport& layer);
Result<std::vector<Value>> import_scatter(LayerImport& layer);
Result<std::vector<Value>> import_scatter_update(LayerImport& layer);
Result<std::vector<Value>> import_grid_sample(LayerImport& layer);

// rules_resize.cc
Result<std::vector<Value>> import_interpolate(LayerImport& layer);

// rules_detection.cc
Result<std::vector<Value>> import_prior_box_clustered(LayerImport& layer);
Result<std::vector<Value>> import_detection_output(LayerImport& layer);

}  // namespace octet::openvino_ir
