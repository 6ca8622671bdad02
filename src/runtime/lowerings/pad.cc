// A Pad with a constant of an image, along height and width, in floats.

#include <algorithm>

#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

// The part of a padded image that is the data: a view of its rows would not be dense, so that it is copied row by row.
void pad_image(kernels::ImageView<const float> in, kernels::ImageView<float> out, std::int64_t top, std::int64_t left, float value) {
  const auto fill = [&](std::int64_t y, std::int64_t first, std::int64_t last) {
    for (std::int64_t x = first; x < last; ++x) std::fill_n(out.pixel(y, x), out.channels, value);
  };
  for (std::int64_t y = 0; y < out.height; ++y) {
    const bool inside = y >= top && y < top + in.height;
    if (!inside) {
      fill(y, 0, out.width);
      continue;
    }
    fill(y, 0, left);
    for (std::int64_t x = 0; x < in.width; ++x) std::copy_n(in.pixel(y - top, x), in.channels, out.pixel(y, left + x));
    fill(y, left + in.width, out.width);
  }
}

}  // namespace

MatchResult match_pad(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* op = std::get_if<Pad>(&node.op);
  if (!op) return NoMatch{};
  if (op->mode != Pad::Mode::kConstant) return NoMatch{"the mode is not constant"};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  if (!context.forms.is_image(node.inputs[0])) return NoMatch{"the data lie as planes, not as an image"};
  const Shape &in = context.graph.shape(node.inputs[0]), &out = node.outputs[0].shape;
  if (in[0] != out[0] || in[1] != out[1]) return NoMatch{"it pads other axes than height and width"};
  if (node.inputs.size() == 4 && !context.constants.is_constant(node.inputs[3])) return NoMatch{"the value is computed"};
  const auto begin = to_vector<std::int64_t>(context.constants[node.inputs[1]]);
  const float value = node.inputs.size() == 4 ? to_vector<float>(context.constants[node.inputs[3]])[0] : 0;
  Match match;
  match.results = {{{id, 0}, {Format::kImageF32, nullptr}}};
  match.emit = [id, begin, value](PlanBuilder& builder) {
    const Node& which = builder.graph().node(id);
    add_image_step<float, float>(builder, {which.name, "pad"}, builder.image_f32(which.inputs[0]), builder.natural({id, 0}),
                                 [begin, value](auto from, auto to, ThreadPool&) { pad_image(from, to, begin[2], begin[3], value); });
  };
  return match;
}

}  // namespace octet
