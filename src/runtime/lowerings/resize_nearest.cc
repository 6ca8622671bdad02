// Nearest resize of an image, of floats or of bytes.

#include <algorithm>
#include <cmath>

#include "kernels/resize/resize.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

// For each output place the input place that it copies.
std::vector<std::int32_t> nearest_indices(const Interpolate& op, std::int64_t in, std::int64_t out) {
  std::vector<std::int32_t> indices;
  const auto from = static_cast<double>(in), to = static_cast<double>(out);
  for (std::int64_t i = 0; i < out; ++i) {
    double at = static_cast<double>(i) * from / to;  // multiplied first, so that whole numbers come out whole
    if (op.coordinates == Interpolate::Coordinates::kHalfPixel) at = (static_cast<double>(i) + 0.5) * from / to - 0.5;
    if (op.coordinates == Interpolate::Coordinates::kAlignCorners)
      at = out == 1 ? 0 : static_cast<double>(i * (in - 1)) / static_cast<double>(out - 1);
    switch (op.nearest) {
      case Interpolate::NearestRounding::kFloor:
        at = std::floor(at);
        break;
      case Interpolate::NearestRounding::kCeil:
        at = std::ceil(at);
        break;
      case Interpolate::NearestRounding::kRoundPreferFloor:
        at = std::ceil(at - 0.5);
        break;
      case Interpolate::NearestRounding::kRoundPreferCeil:
        at = std::floor(at + 0.5);
        break;
    }
    indices.push_back(static_cast<std::int32_t>(std::clamp<std::int64_t>(static_cast<std::int64_t>(at), 0, in - 1)));
  }
  return indices;
}

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const auto& op = std::get<Interpolate>(node.op);
  const SlotId to = builder.natural({id, 0});
  const bool u8 = builder.slot(to).format == Format::kImageU8;
  const SlotId from = u8 ? builder.natural(node.inputs[0]) : builder.image_f32(node.inputs[0]);
  const Slot &in = builder.slot(from), &out = builder.slot(to);
  builder.add_step({node.name, "resize", "", u8}, {from}, {to},
                   [from, to, u8, rows = nearest_indices(op, in.height(), out.height()),
                    columns = nearest_indices(op, in.width(), out.width())](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n) {
                       if (u8)
                         kernels::gather_pixels_u8(ws.image<const std::uint8_t>(from, n), rows, columns, ws.image<std::uint8_t>(to, n),
                                                   ws.pool());
                       else
                         kernels::gather_pixels_f32(ws.image<const float>(from, n), rows, columns, ws.image<float>(to, n), ws.pool());
                     }
                   });
}

}  // namespace

MatchResult match_resize_nearest(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* op = std::get_if<Interpolate>(&node.op);
  if (!op) return NoMatch{};
  if (const auto unfit = unfit_for_kernels(context, id)) return *unfit;
  if (op->mode != Interpolate::Mode::kNearest) return NoMatch{"the mode is linear, not nearest"};
  if (!context.forms.is_image(node.inputs[0])) return NoMatch{"the data lie as planes, not as an image"};
  Match match = match_like_input(context, id);
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
