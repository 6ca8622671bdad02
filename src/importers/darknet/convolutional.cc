// [convolutional]: a convolution, its batch normalisation and its activation. Its floats in the weights file:
//
//   biases   [filters]        beta, where batch_normalize is set
//   gamma    [filters]        \.
//   mean     [filters]         > only where batch_normalize is set
//   variance [filters]        /
//   weights  [filters, channels / groups, size, size]
#include <algorithm>
#include <cmath>
#include <span>

#include "importers/darknet/rules.h"

namespace octet::darknet {
namespace {

constexpr double kBatchNormEpsilon = 1e-5;

struct Geometry {
  std::int64_t channels = 0, filters = 0, groups = 1, size = 1, padding = 0, dilation = 1;
  Spatial strides{1, 1};
  Shape out_shape;
  bool normalized = false;

  std::int64_t weights_per_filter() const { return channels / groups * size * size; }
  std::int64_t floats() const { return filters * (weights_per_filter() + (normalized ? 4 : 1)); }
};

Result<Geometry> read_geometry(const CfgSection& section, const Shape& input) {
  OCTET_RETURN_IF_ERROR(refuse_options(section, {"xnor", "binary", "share_index", "antialiasing", "sway", "rotate", "stretch",
                                                 "stretch_sway", "deform", "dontload", "dontloadscales", "flipped"}));
  Geometry g;
  g.channels = input[1];
  OCTET_ASSIGN(g.filters, section.integer("filters", 1, kChannels));
  OCTET_ASSIGN(g.groups, section.integer("groups", 1, kChannels));
  OCTET_ASSIGN(g.size, section.integer("size", 1, kWindow));
  OCTET_ASSIGN(g.dilation, section.integer("dilation", 1, kWindow));
  OCTET_ASSIGN(g.strides, read_strides(section, 1));
  OCTET_ASSIGN(g.padding, section.integer("padding", 0, kPadding));
  OCTET_ASSIGN(const std::int64_t pad, section.integer("pad", 0));
  OCTET_ASSIGN(const std::int64_t batch_normalize, section.integer("batch_normalize", 0));
  g.normalized = batch_normalize != 0;
  if (pad != 0) g.padding = g.size / 2;
  if (g.size == 1) g.dilation = 1;

  if (g.channels % g.groups != 0 || g.filters % g.groups != 0)
    return section.error(ErrorCode::kMalformed, "groups=" + std::to_string(g.groups) + " does not divide " + std::to_string(g.channels) +
                                                    " channels and " + std::to_string(g.filters) + " filters");
  if (g.dilation > 1 && 2 * g.padding != g.size - 1)
    return section.error(ErrorCode::kUnsupported, "dilation needs a padding that keeps the size");
  g.out_shape = {1, g.filters};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t room = input[2 + axis] + 2 * g.padding - g.size;
    if (room < 0) return section.error(ErrorCode::kMalformed, "size=" + std::to_string(g.size) + " is larger than its input");
    g.out_shape.push_back(room / g.strides[axis] + 1);
  }
  return g;
}

// Folded weights [filters, channels / groups, size, size] and bias [1, filters, 1, 1].
struct Folded {
  Tensor weights, bias;
};

bool all_finite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

// Scales one filter; with `reverse` its input channels change places, first with last.
void fold_filter(std::span<const float> filter, double factor, bool reverse, std::size_t plane, std::span<float> folded) {
  for (std::size_t begin = 0; begin < filter.size(); begin += plane) {
    const std::size_t target = reverse ? filter.size() - plane - begin : begin;
    for (std::size_t i = 0; i < plane; ++i) folded[target + i] = static_cast<float>(filter[begin + i] * factor);
  }
}

// In double, rounded once. `input_scale` multiplies the weights alone.
Result<Folded> fold(const CfgSection& section, const Geometry& g, double input_scale, bool reverse, WeightsFile& file) {
  const Shape shape{g.filters, g.channels / g.groups, g.size, g.size};
  if (auto status = validate_shape(shape); !status.ok()) return section.error(status.error().code, status.error().message);
  const std::span<const float> biases = file.take(g.filters);
  const std::span<const float> gammas = file.take(g.normalized ? g.filters : 0);
  const std::span<const float> means = file.take(g.normalized ? g.filters : 0);
  const std::span<const float> variances = file.take(g.normalized ? g.filters : 0);
  const std::span<const float> weights = file.take(g.filters * g.weights_per_filter());

  Folded folded{Tensor(ElementType::kF32, shape), Tensor(ElementType::kF32, {1, g.filters, 1, 1})};
  const std::span<float> out_weights = folded.weights.mutable_values<float>();
  const std::span<float> out_bias = folded.bias.mutable_values<float>();
  const auto per_filter = static_cast<std::size_t>(g.weights_per_filter());
  const auto plane = static_cast<std::size_t>(g.size * g.size);
  for (std::size_t f = 0; f < biases.size(); ++f) {
    const double factor = g.normalized ? gammas[f] / std::sqrt(variances[f] + kBatchNormEpsilon) : 1.0;
    out_bias[f] = static_cast<float>(g.normalized ? biases[f] - means[f] * factor : biases[f]);
    fold_filter(weights.subspan(f * per_filter, per_filter), factor * input_scale, reverse, plane,
                out_weights.subspan(f * per_filter, per_filter));
  }
  if (!all_finite(out_bias) || !all_finite(out_weights))
    return section.error(ErrorCode::kMalformed, "its weights are not finite numbers; the weights file is damaged or of another network");
  return folded;
}

Result<Value> add_convolution(const CfgSection& section, NetContext& net, const Geometry& g, Value data, Folded folded) {
  const std::string name = net.layer_name("conv");
  const std::int64_t padding = g.padding * g.dilation;
  const Pads pads{{padding, padding}, {padding, padding}};
  const Spatial dilations{g.dilation, g.dilation};
  const Shape grouped{g.groups, g.filters / g.groups, g.channels / g.groups, g.size, g.size};
  const Value weights = net.graph.emit_constant(g.groups == 1 ? folded.weights : folded.weights.reshaped(grouped), name + "/weights");
  const Op op = g.groups == 1 ? Op(Convolution{g.strides, dilations, pads}) : Op(GroupConvolution{g.strides, dilations, pads});
  OCTET_ASSIGN(const Value sums, net.add(section, op, {data, weights}, name));
  const Value bias = net.graph.emit_constant(std::move(folded.bias), name + "/bias");
  return net.add(section, Binary{BinaryKind::kAdd}, {sums, bias}, name + "/add");
}

}  // namespace

Result<Layer> convert_convolutional(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(Value data, net.previous(section));
  OCTET_ASSIGN(const Geometry geometry, read_geometry(section, net.graph.shape(data)));
  const bool takes_picture = data == net.picture && geometry.groups == 1;
  if (!takes_picture) {
    OCTET_ASSIGN(data, net.input(section));
  }
  net.floats += geometry.floats();
  Value value;
  if (!net.weights) {
    OCTET_ASSIGN(value, net.add(section, Parameter{ElementType::kF32, geometry.out_shape}, {}, net.layer_name("conv")));
  } else {
    const bool reverse = takes_picture && geometry.channels == 3;
    OCTET_ASSIGN(Folded folded, fold(section, geometry, takes_picture ? 1.0 / 255.0 : 1.0, reverse, *net.weights));
    OCTET_ASSIGN(value, add_convolution(section, net, geometry, data, std::move(folded)));
  }
  OCTET_ASSIGN(value, activate(section, net, value, "logistic", net.layer_name("conv")));
  return Layer{value};
}

}  // namespace octet::darknet
