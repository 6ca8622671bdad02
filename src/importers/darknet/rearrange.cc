// Sections that move values and compute little: [upsample], [reorg], [reorg3d], [dropout].
#include "importers/darknet/rules.h"

namespace octet::darknet {
namespace {

Error does_not_divide(const CfgSection& section, NetContext& net, Value input, std::int64_t stride) {
  return section.error(ErrorCode::kMalformed,
                       "stride=" + std::to_string(stride) + " does not divide its input " + to_string(net.graph.shape(input)));
}

// Every stride-th place of both axes, beginning at (y, x).
Result<Value> phase(const CfgSection& section, NetContext& net, Value input, std::int64_t stride, std::int64_t y, std::int64_t x,
                    const std::string& name) {
  StridedSlice slice;
  slice.begin_mask = {1, 1, 0, 0};
  slice.end_mask = {1, 1, 1, 1};
  const Value begin = net.constant({0, 0, y, x}, name + "/begin");
  const Value end = net.constant({0, 0, 0, 0}, name + "/end");
  const Value strides = net.constant({1, 1, stride, stride}, name + "/strides");
  return net.add(section, slice, {input, begin, end, strides}, name);
}

// Depth to space: channel (y * s + x) * C' + c goes to channel c at phase (y, x), with C' = C / s^2.
Result<Layer> reverse_reorg(const CfgSection& section, NetContext& net, Value input, std::int64_t s) {
  const std::int64_t h = net.height(input), w = net.width(input), out_channels = net.channels(input) / (s * s);
  if (net.channels(input) % (s * s) != 0) return does_not_divide(section, net, input, s);
  const std::string name = net.layer_name("reorg");
  OCTET_ASSIGN(const Value blocks,
               net.add(section, Reshape{}, {input, net.constant({s, s, out_channels, h, w}, name + "/blocks_shape")}, name + "/blocks"));
  OCTET_ASSIGN(const Value moved, net.add(section, Transpose{}, {blocks, net.constant({2, 3, 0, 4, 1}, name + "/order")}, name + "/moved"));
  OCTET_ASSIGN(const Value value,
               net.add(section, Reshape{}, {moved, net.constant({1, out_channels, h * s, w * s}, name + "/shape")}, name));
  return Layer{value};
}

Result<std::int64_t> read_reorg_stride(const CfgSection& section) {
  OCTET_RETURN_IF_ERROR(refuse_options(section, {"flatten", "extra"}));
  return section.integer("stride", 1, kWindow);
}

}  // namespace

// Nearest: each value stride x stride times, times `scale`.
Result<Layer> convert_upsample(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(const Value input, net.input(section));
  OCTET_ASSIGN(const std::int64_t stride, section.integer("stride", 2, kWindow));
  OCTET_ASSIGN(const double scale, section.number("scale", 1));
  const std::string name = net.layer_name("upsample");
  const Value sizes = net.constant({net.height(input) * stride, net.width(input) * stride}, name + "/sizes");
  OCTET_ASSIGN(Value value, net.add(section, Interpolate{}, {input, sizes}, name));
  if (scale != 1) {
    const Value factor = net.constant(static_cast<float>(scale), {1, 1, 1, 1}, name + "/scale");
    OCTET_ASSIGN(value, net.add(section, Binary{BinaryKind::kMultiply}, {value, factor}, name + "/scaled"));
  }
  return Layer{value};
}

// Not space to depth: Darknet runs the loops of the reverse over the shape of the input, and networks are trained with that.
Result<Layer> convert_reorg(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(const Value input, net.input(section));
  OCTET_ASSIGN(const std::int64_t stride, read_reorg_stride(section));
  OCTET_ASSIGN(const std::int64_t reverse, section.integer("reverse", 0, kFlag));
  if (reverse) return reverse_reorg(section, net, input, stride);
  if (net.height(input) % stride != 0 || net.width(input) % stride != 0 || net.channels(input) % (stride * stride) != 0)
    return does_not_divide(section, net, input, stride);
  OCTET_ASSIGN(const Value value, net.add(section, ReorgYolo{stride}, {input}, net.layer_name("reorg")));
  return Layer{value};
}

// Space to depth: phase (y, x) of channel c goes to channel (y * stride + x) * C + c.
Result<Layer> convert_reorg3d(const CfgSection& section, NetContext& net) {
  OCTET_RETURN_IF_ERROR(refuse_options(section, {"reverse"}));
  OCTET_ASSIGN(const Value input, net.input(section));
  OCTET_ASSIGN(const std::int64_t stride, read_reorg_stride(section));
  if (stride > 8 || net.height(input) % stride != 0 || net.width(input) % stride != 0) return does_not_divide(section, net, input, stride);
  const std::string name = net.layer_name("reorg3d");
  std::vector<Value> phases;
  for (std::int64_t i = 0; i < stride * stride; ++i) {
    OCTET_ASSIGN(const Value part, phase(section, net, input, stride, i / stride, i % stride, name + "/phase" + std::to_string(i)));
    phases.push_back(part);
  }
  OCTET_ASSIGN(const Value value, net.add(section, Concat{1}, phases, name));
  return Layer{value};
}

// Drops nothing once training is over.
Result<Layer> convert_dropout(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(const Value value, net.previous(section));
  return Layer{value};
}

}  // namespace octet::darknet
