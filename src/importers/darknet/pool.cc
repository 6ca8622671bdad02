// [maxpool], [local_avgpool]: `padding` (size - 1 unless said otherwise) is the sum of both sides, the smaller half in front;
// an output side is (side + padding - size) / stride + 1. What is padded never wins nor counts. [avgpool]: over all places.
#include "importers/darknet/rules.h"

namespace octet::darknet {
namespace {

struct Window {
  Spatial kernel, strides;
  Pads pads;
};

Result<Window> read_window(const CfgSection& section) {
  OCTET_RETURN_IF_ERROR(refuse_options(section, {"maxpool_depth", "antialiasing"}));
  OCTET_ASSIGN(const Spatial strides, read_strides(section, 1));
  OCTET_ASSIGN(const std::int64_t stride, section.integer("stride", 1, kWindow));
  OCTET_ASSIGN(const std::int64_t size, section.integer("size", stride, kWindow));
  OCTET_ASSIGN(const std::int64_t padding, section.integer("padding", size - 1, kPadding));
  const std::int64_t before = padding / 2, after = padding - before;
  if (after >= size)
    return section.error(ErrorCode::kUnsupported, "padding=" + std::to_string(padding) + " leaves windows that hold nothing but padding");
  return Window{{size, size}, strides, {{before, before}, {after, after}}};
}

}  // namespace

Result<Layer> convert_maxpool(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(const Value input, net.input(section));
  OCTET_ASSIGN(const Window window, read_window(section));
  const MaxPool pool{.kernel = window.kernel, .strides = window.strides, .pads = window.pads};
  OCTET_ASSIGN(const Value value, net.add(section, pool, {input}, net.layer_name("maxpool")));
  return Layer{value};
}

Result<Layer> convert_local_avgpool(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(const Value input, net.input(section));
  OCTET_ASSIGN(const Window window, read_window(section));
  OCTET_ASSIGN(const Value value,
               net.add(section, AvgPool{window.kernel, window.strides, window.pads}, {input}, net.layer_name("avgpool")));
  return Layer{value};
}

Result<Layer> convert_avgpool(const CfgSection& section, NetContext& net) {
  OCTET_ASSIGN(const Value input, net.input(section));
  const std::string name = net.layer_name("avgpool");
  OCTET_ASSIGN(const Value value, net.add(section, Reduce{}, {input, net.constant({2, 3}, name + "/axes")}, name));
  return Layer{value};
}

}  // namespace octet::darknet
