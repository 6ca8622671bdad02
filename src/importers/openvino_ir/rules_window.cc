#include <algorithm>

#include "importers/openvino_ir/rules.h"
#include "importers/window_rules.h"

namespace octet::openvino_ir {
namespace {

struct Window {
  Spatial kernel{1, 1}, strides{1, 1}, dilations{1, 1};
};

// Far above any real attribute, and small enough that sums and products of two stay inside int64.
constexpr std::int64_t kGreatest = std::int64_t{1} << 24;

bool is_within(const Spatial& pair, std::int64_t least) {
  return std::all_of(pair.begin(), pair.end(), [&](std::int64_t v) { return v >= least && v <= kGreatest; });
}

bool is_sane(const Window& window, const Pads& pads) {
  return is_within(window.kernel, 1) && is_within(window.strides, 1) && is_within(window.dilations, 1) && is_within(pads.begin, 0) &&
         is_within(pads.end, 0);
}

Result<Pads> read_pads(LayerImport& layer, const Window& window) {
  const std::string rule =
      layer.attributes.choice("auto_pad", {"explicit", "notset", "valid", "same_upper", "same_lower"}, std::string("explicit"));
  Pads pads;
  if (rule == "explicit" || rule == "notset") pads = {layer.attributes.pair("pads_begin"), layer.attributes.pair("pads_end")};
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  if (layer.shape(0).size() != 4) return unsupported("data of shape " + to_string(layer.shape(0)) + "; only [N,C,H,W] is supported");
  if (!is_sane(window, pads)) return malformed("kernel, strides and dilations must be positive, pads not negative, and none huge");
  return rule.starts_with("same")
             ? same_pads({layer.shape(0)[2], layer.shape(0)[3]}, window.kernel, window.strides, window.dilations, rule == "same_upper")
             : pads;
}

Result<Rounding> read_rounding(LayerImport& layer, const Window& window, const Pads& pads) {
  const std::string rule = layer.attributes.choice("rounding_type", {"floor", "ceil", "ceil_torch"}, std::string("floor"));
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  if (rule == "ceil_torch") {
    const Shape& data = layer.shape(0);
    const auto rounding = ceil_within_data({data[2], data[3]}, window.kernel, window.strides, window.dilations, pads);
    if (!rounding) return unsupported("rounding_type=\"ceil_torch\" that rounds height and width differently");
    return *rounding;
  }
  return rule == "ceil" ? Rounding::kCeil : Rounding::kFloor;
}

// Convolution or GroupConvolution, whose weights end with the kernel and have the given rank.
template <typename Operation>
Result<std::vector<Value>> import_conv(LayerImport& layer, std::size_t weights_rank) {
  const Shape& weights = layer.shape(1);
  if (weights.size() != weights_rank)
    return unsupported("weights of shape " + to_string(weights) + "; only convolution over height and width is supported");
  Window window{
      {weights[weights_rank - 2], weights[weights_rank - 1]}, layer.attributes.pair("strides"), layer.attributes.pair("dilations")};
  OCTET_ASSIGN(const Pads pads, read_pads(layer, window));
  return layer.add(Operation{window.strides, window.dilations, pads});
}

// What a transposed convolution gives without pads, along an axis.
std::int64_t unpadded_size(const Shape& data, const Window& window, const Spatial& output_padding, std::size_t axis) {
  return window.strides[axis] * (data[2 + axis] - 1) + (window.kernel[axis] - 1) * window.dilations[axis] + 1 + output_padding[axis];
}

// The pads that leave the size of the third input, the odd one at the end ("upper") or at the beginning.
Result<Pads> pads_for_output_shape(LayerImport& layer, const Window& window, const Spatial& output_padding) {
  const std::string rule = layer.attributes.choice("auto_pad", {"same_upper", "same_lower", "valid", "explicit", "notset"});
  OCTET_ASSIGN(const auto size, layer.integers(2, "output_shape"));
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  if (size.size() != 2) return unsupported("only convolution over height and width is supported");
  Pads pads;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t total = unpadded_size(layer.shape(0), window, output_padding, axis) - size[axis];
    if (size[axis] < 1 || total < 0) return malformed("output_shape " + to_string(size) + " is larger than what there is");
    pads.begin[axis] = rule == "same_upper" ? total / 2 : total - total / 2;
    pads.end[axis] = total - pads.begin[axis];
  }
  return pads;
}

template <typename Operation>
Result<std::vector<Value>> import_backprop(LayerImport& layer, std::size_t weights_rank) {
  const Shape& weights = layer.shape(1);
  if (weights.size() != weights_rank || layer.shape(0).size() != 4)
    return unsupported("weights of shape " + to_string(weights) + "; only convolution over height and width is supported");
  const Window window{
      {weights[weights_rank - 2], weights[weights_rank - 1]}, layer.attributes.pair("strides"), layer.attributes.pair("dilations")};
  const Spatial output_padding = layer.attributes.pair("output_padding", Spatial{0, 0});
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  if (!is_sane(window, {output_padding, {}})) return malformed("kernel, strides and dilations must be positive, and none huge");
  Pads pads;
  if (layer.input_count() == 3) {
    OCTET_ASSIGN(pads, pads_for_output_shape(layer, window, output_padding));
  } else {
    const std::string rule = layer.attributes.choice("auto_pad", {"explicit", "notset", "valid"}, std::string("explicit"));
    if (rule != "valid") pads = {layer.attributes.pair("pads_begin"), layer.attributes.pair("pads_end")};
  }
  return layer.add(Operation{window.strides, window.dilations, pads, output_padding}, {layer.input(0), layer.input(1)});
}

Result<std::vector<Value>> import_convolution_backprop(LayerImport& layer) { return import_backprop<ConvolutionBackpropData>(layer, 4); }

Result<std::vector<Value>> import_group_convolution_backprop(LayerImport& layer) {
  return import_backprop<GroupConvolutionBackpropData>(layer, 5);
}

Result<std::vector<Value>> import_convolution(LayerImport& layer) { return import_conv<Convolution>(layer, 4); }

Result<std::vector<Value>> import_group_convolution(LayerImport& layer) { return import_conv<GroupConvolution>(layer, 5); }

Result<std::vector<Value>> import_max_pool(LayerImport& layer) {
  const Window window{layer.attributes.pair("kernel"), layer.attributes.pair("strides"), layer.attributes.pair("dilations", Spatial{1, 1})};
  OCTET_ASSIGN(const Pads pads, read_pads(layer, window));
  OCTET_ASSIGN(const Rounding rounding, read_rounding(layer, window, pads));
  return layer.add(MaxPool{window.kernel, window.strides, window.dilations, pads, rounding});
}

Result<std::vector<Value>> import_avg_pool(LayerImport& layer) {
  const Window window{layer.attributes.pair("kernel"), layer.attributes.pair("strides"), {1, 1}};
  const std::string exclude = layer.attributes.has("exclude_pad") ? "exclude_pad" : "exclude-pad";
  const bool exclude_pad = layer.attributes.flag(exclude);
  OCTET_ASSIGN(const Pads pads, read_pads(layer, window));
  OCTET_ASSIGN(const Rounding rounding, read_rounding(layer, window, pads));
  return layer.add(AvgPool{window.kernel, window.strides, pads, exclude_pad, rounding});
}

constexpr LayerRule kRules[] = {
    {"Convolution", import_convolution},
    {"GroupConvolution", import_group_convolution},
    {"ConvolutionBackpropData", import_convolution_backprop, 2, 3},
    {"GroupConvolutionBackpropData", import_group_convolution_backprop, 2, 3},
    {"MaxPool", import_max_pool},
    {"AvgPool", import_avg_pool},
};

}  // namespace

std::span<const LayerRule> window_rules() { return kRules; }

}  // namespace octet::openvino_ir
