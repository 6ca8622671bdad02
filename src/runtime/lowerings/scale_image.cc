// An image times, or plus, one computed number for each of its channels: [N,C,H,W] and [N,C,1,1].

#include "kernels/elementwise/elementwise.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

bool is_pixel_of(const Shape& pixel, const Shape& image) {
  return image.size() == 4 && pixel.size() == 4 && pixel[0] == image[0] && pixel[1] == image[1] && pixel[2] == 1 && pixel[3] == 1;
}

// The image, and the numbers of its channels; nothing for operands of other shapes.
std::optional<std::pair<Value, Value>> operands(const MatchContext& context, const Node& node) {
  const Value a = node.inputs[0], b = node.inputs[1];
  const Shape &shape_a = context.graph.shape(a), &shape_b = context.graph.shape(b);
  if (is_pixel_of(shape_b, shape_a) && context.forms.is_image(a)) return std::pair(a, b);
  if (is_pixel_of(shape_a, shape_b) && context.forms.is_image(b)) return std::pair(b, a);
  return std::nullopt;
}

void emit(PlanBuilder& builder, NodeId id, bool adds, Value image, Value numbers, const Epilogue& epilogue) {
  const SlotId from = builder.image_f32(image), pixel = builder.image_f32(numbers);
  FloatResult result(builder, epilogue);
  const SlotId to = result.slot();
  std::vector<float> neutral(static_cast<std::size_t>(builder.slot(from).channels()), adds ? 1.0f : 0.0f);
  const std::string& name = builder.graph().node(id).name;
  builder.add_step({name, adds ? "shift by channel" : "scale by channel"}, {from, pixel}, {to},
                   [=, neutral = std::move(neutral), activation = epilogue.activation, isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n) {
                       const std::span<const float> given(ws.image<const float>(pixel, n).data, neutral.size()), kept(neutral);
                       kernels::scale_shift_f32(ws.image<const float>(from, n), adds ? kept : given, adds ? given : kept,
                                                ws.image<float>(to, n), activation, isa, ws.pool());
                     }
                   });
  result.finish(name);
}

}  // namespace

MatchResult match_scale_image(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* binary = std::get_if<Binary>(&node.op);
  if (!binary || (binary->kind != BinaryKind::kAdd && binary->kind != BinaryKind::kMultiply)) return NoMatch{};
  const auto pair = operands(context, node);
  if (!pair || unfit_for_kernels(context, id)) return NoMatch{};
  Epilogue epilogue = context.fusion.epilogue({id, 0}, {});
  Match match = match_of(epilogue);
  match.emit = [id, adds = binary->kind == BinaryKind::kAdd, pair = *pair, epilogue = std::move(epilogue)](PlanBuilder& builder) {
    emit(builder, id, adds, pair.first, pair.second, epilogue);
  };
  return match;
}

}  // namespace octet
