// Operations on images other than convolutions.

#include <algorithm>
#include <cmath>

#include "kernels/elementwise/elementwise.h"
#include "kernels/pool/pool.h"
#include "kernels/quantize/quantize.h"
#include "kernels/resize/resize.h"
#include "runtime/builder.h"
#include "runtime/requantization.h"

namespace octet {
namespace {

std::vector<float> one_a_channel(const std::vector<float>& values, std::int64_t channels) {
  return values.size() == 1 ? std::vector<float>(static_cast<std::size_t>(channels), values[0]) : values;
}

std::vector<float> inverse(const std::vector<float>& values) {
  std::vector<float> result;
  for (const float value : values) result.push_back(1.0f / value);
  return result;
}

std::span<const float> planar_image(const Workspace& ws, SlotId from, std::int64_t n) {
  const auto all = ws.plain<const float>(from);
  const std::size_t image = all.size() / static_cast<std::size_t>(ws.slot(from).batch());
  return all.subspan(static_cast<std::size_t>(n) * image, image);
}

// x * scale + offset on planar floats, straight into a quantized image.
void add_quantized_input_step(PlanBuilder& builder, SlotId from, SlotId to, const Affine& affine, const std::string& name) {
  const QuantParams& quant = *builder.slot(to).quant;
  const std::int64_t channels = builder.slot(to).channels();
  auto scale = one_a_channel(affine.scale, channels), offset = one_a_channel(affine.offset, channels);
  std::vector<std::uint8_t> zero_point;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    scale[c] /= quant.scale_of(c);
    offset[c] /= quant.scale_of(c);
    zero_point.push_back(quant.zero_point_of(c));
  }
  builder.add_step({name, "quantize input", "", false, 0}, {from}, {to},
                   [from, to, scale, offset, zero_point, isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
                       kernels::quantized_nhwc_from_nchw(planar_image(ws, from, n), scale, offset, zero_point,
                                                         ws.image<std::uint8_t>(to, n), isa, ws.pool());
                   });
}

kernels::AddU8 quantized_add(const QuantParams& a, const QuantParams& b, const Epilogue& epilogue) {
  kernels::AddU8 add;
  const QuantParams* out = epilogue.quant.get();
  add.activation = out ? without_implied_limits(epilogue.activation, 1.0f / out->scale[0], out->zero_point[0]) : epilogue.activation;
  const bool fold = out && kernels::is_scalable(add.activation);
  const double unit = fold ? 1.0 / static_cast<double>(out->scale[0]) : 1.0;
  const double scale_a = static_cast<double>(a.scale[0]) * unit, scale_b = static_cast<double>(b.scale[0]) * unit;
  add.a_multiplier = static_cast<float>(scale_a);
  add.b_multiplier = static_cast<float>(scale_b);
  add.offset = static_cast<float>(-scale_a * a.zero_point[0] - scale_b * b.zero_point[0]);
  if (fold) add.activation = kernels::scaled(add.activation, static_cast<float>(unit));
  if (out) add.zero_point = out->zero_point[0];
  if (out && !fold) add.inv_scale = 1.0f / out->scale[0];
  return add;
}

bool emit_quantized_add(PlanBuilder& builder, const Node& node, const NodeDecision& decision) {
  const auto& decisions = builder.decisions();
  const QuantParamsPtr qa = decisions.quant(node.inputs[0]), qb = decisions.quant(node.inputs[1]), qo = decision.epilogue.quant;
  if (decision.lowering != Lowering::kAddImages || !qa || !qb || qa->per_channel() || qb->per_channel() || (qo && qo->per_channel()))
    return false;
  const SlotId a = builder.natural(node.inputs[0]), b = builder.natural(node.inputs[1]), to = builder.natural(decision.epilogue.result);
  const kernels::AddU8 add = quantized_add(*qa, *qb, decision.epilogue);
  builder.add_step({node.name, "add", "", true, 0}, {a, b}, {to},
                   [add, a, b, to, to_u8 = qo != nullptr, isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.slot(a).batch(); ++n) {
                       const auto left = ws.image<const std::uint8_t>(a, n), right = ws.image<const std::uint8_t>(b, n);
                       if (to_u8)
                         kernels::add_u8(add, left, right, ws.image<std::uint8_t>(to, n), isa, ws.pool());
                       else
                         kernels::add_u8(add, left, right, ws.image<float>(to, n), isa, ws.pool());
                     }
                   });
  return true;
}

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

}  // namespace

FloatResult::FloatResult(PlanBuilder& builder, const NodeDecision& decision)
    : builder_(builder), final_(builder.natural(decision.epilogue.result)) {
  const Slot& last = builder.slot(final_);
  float_ = last.format == Format::kImageU8 ? builder.make_slot(Format::kImageF32, last.type) : final_;
}

void FloatResult::finish(const std::string& name) {
  if (float_ != final_) add_quantize_step(builder_, float_, final_, name);
}

void add_quantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name) {
  const std::vector<float> inv_scale = inverse(builder.slot(to).quant->scale);
  builder.add_step({name, "quantize", "", false, 0}, {from}, {to}, [from, to, inv_scale, isa = builder.isa()](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
      kernels::quantize_u8(ws.image<const float>(from, n), inv_scale, ws.slot(to).quant->zero_point, ws.image<std::uint8_t>(to, n), isa,
                           ws.pool());
  });
}

void emit_quantize(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const Value data = node.inputs[0];
  const SlotId to = builder.natural({id, 0});
  if (!builder.decisions().is_image(data)) return add_quantized_input_step(builder, builder.plain(data), to, {{1.0f}, {0.0f}}, node.name);
  add_quantize_step(builder, builder.image_f32(data), to, node.name);
}

void emit_input_image(PlanBuilder& builder, NodeId id, const NodeDecision& decision) {
  const std::string& name = builder.graph().node(id).name;
  const SlotId from = builder.plain(decision.data), to = builder.natural(decision.epilogue.result);
  if (builder.slot(to).format == Format::kImageU8) return add_quantized_input_step(builder, from, to, decision.affine, name);
  const std::int64_t channels = builder.slot(to).channels();
  builder.add_step({name, "scale and shift input", "", false, 0}, {from}, {to},
                   [from, to, scale = one_a_channel(decision.affine.scale, channels),
                    offset = one_a_channel(decision.affine.offset, channels), isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
                       kernels::nhwc_from_nchw(planar_image(ws, from, n), scale, offset, ws.image<float>(to, n), isa, ws.pool());
                   });
}

void emit_scale_shift(PlanBuilder& builder, NodeId id, const NodeDecision& decision) {
  const std::string& name = builder.graph().node(id).name;
  const SlotId from = builder.image_f32(decision.data);
  FloatResult result(builder, decision);
  const SlotId to = result.slot();
  const std::int64_t channels = builder.slot(from).channels();
  builder.add_step(
      {name, "scale and shift", "", false, 0}, {from}, {to},
      [from, to, scale = one_a_channel(decision.affine.scale, channels), offset = one_a_channel(decision.affine.offset, channels),
       activation = decision.epilogue.activation, isa = builder.isa()](const Workspace& ws) {
        for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
          kernels::scale_shift_f32(ws.image<const float>(from, n), scale, offset, ws.image<float>(to, n), activation, isa, ws.pool());
      });
  result.finish(name);
}

void emit_binary_images(PlanBuilder& builder, NodeId id, const NodeDecision& decision) {
  const Node& node = builder.graph().node(id);
  if (emit_quantized_add(builder, node, decision)) return;
  const SlotId a = builder.image_f32(node.inputs[0]), b = builder.image_f32(node.inputs[1]);
  FloatResult result(builder, decision);
  const SlotId to = result.slot();
  const bool add = decision.lowering == Lowering::kAddImages;
  builder.add_step({node.name, add ? "add" : "multiply", "", false, 0}, {a, b}, {to},
                   [a, b, to, add, activation = decision.epilogue.activation, isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
                       (add ? kernels::add_f32 : kernels::multiply_f32)(ws.image<const float>(a, n), ws.image<const float>(b, n),
                                                                        ws.image<float>(to, n), activation, isa, ws.pool());
                   });
  result.finish(node.name);
}

void emit_activate_image(PlanBuilder& builder, NodeId id, const NodeDecision& decision) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]);
  FloatResult result(builder, decision);
  const SlotId to = result.slot();
  const std::vector<float> ones(static_cast<std::size_t>(builder.slot(from).channels()), 1.0f), zeros(ones.size(), 0.0f);
  builder.add_step({node.name, "activation", "", false, 0}, {from}, {to},
                   [from, to, ones, zeros, activation = decision.epilogue.activation, isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
                       kernels::scale_shift_f32(ws.image<const float>(from, n), ones, zeros, ws.image<float>(to, n), activation, isa,
                                                ws.pool());
                   });
  result.finish(node.name);
}

void emit_max_pool(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const auto& op = std::get<MaxPool>(node.op);
  const kernels::PoolShape shape{op.kernel[0],    op.kernel[1],    op.strides[0],    op.strides[1],
                                 op.dilations[0], op.dilations[1], op.pads.begin[0], op.pads.begin[1]};
  const SlotId to = builder.natural({id, 0});
  const bool u8 = builder.slot(to).format == Format::kImageU8;
  const SlotId from = u8 ? builder.natural(node.inputs[0]) : builder.image_f32(node.inputs[0]);
  builder.add_step({node.name, "max pool", "", u8, 0}, {from}, {to}, [shape, from, to, u8, isa = builder.isa()](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n) {
      if (u8)
        kernels::max_pool_u8(shape, ws.image<const std::uint8_t>(from, n), ws.image<std::uint8_t>(to, n), isa, ws.pool());
      else
        kernels::max_pool_f32(shape, ws.image<const float>(from, n), ws.image<float>(to, n), isa, ws.pool());
    }
  });
}

void emit_avg_pool(PlanBuilder& builder, NodeId id, const NodeDecision& decision) {
  const Node& node = builder.graph().node(id);
  const auto& op = std::get<AvgPool>(node.op);
  kernels::AvgPoolShape shape;
  static_cast<kernels::PoolShape&>(shape) = {op.kernel[0],     op.kernel[1],    op.strides[0], op.strides[1], 1, 1,
                                             op.pads.begin[0], op.pads.begin[1]};
  shape.pad_bottom = op.pads.end[0];
  shape.pad_right = op.pads.end[1];
  shape.exclude_pad = op.exclude_pad;
  const SlotId from = builder.image_f32(node.inputs[0]);
  FloatResult result(builder, decision);
  const SlotId to = result.slot();
  const kernels::Activation activation = decision.epilogue.activation;
  builder.add_step({node.name, "average pool", "", false, 0}, {from}, {to},
                   [shape, from, to, activation, isa = builder.isa()](const Workspace& ws) {
                     for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n) {
                       const auto out = ws.image<float>(to, n);
                       kernels::avg_pool_f32(shape, ws.image<const float>(from, n), out, isa, ws.pool());
                       if (activation.kind == kernels::Activation::Kind::kNone) continue;
                       for (std::int64_t i = 0; i < out.pixels(); ++i) {
                         const std::span<float> pixel(out.data + i * out.pixel_stride, static_cast<std::size_t>(out.channels));
                         kernels::activate(activation, pixel, pixel, isa);
                       }
                     }
                   });
  result.finish(node.name);
}

void emit_resize_nearest(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const auto& op = std::get<Interpolate>(node.op);
  const SlotId to = builder.natural({id, 0});
  const bool u8 = builder.slot(to).format == Format::kImageU8;
  const SlotId from = u8 ? builder.natural(node.inputs[0]) : builder.image_f32(node.inputs[0]);
  const Slot &in = builder.slot(from), &out = builder.slot(to);
  builder.add_step({node.name, "resize", "", u8, 0}, {from}, {to},
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

// Inputs that were written into their place need nothing; the others are copied, in the form that the result has.
void emit_concat_images(PlanBuilder& builder, NodeId id, const std::map<Value, Placement>& placements) {
  const Node& node = builder.graph().node(id);
  const SlotId to = builder.natural({id, 0});
  const bool u8 = builder.slot(to).format == Format::kImageU8;
  std::int64_t channel = 0;
  for (const Value input : node.inputs) {
    const std::int64_t count = builder.graph().shape(input)[1];
    const auto placed = placements.find(builder.decisions().resolve(input));
    const bool in_place = placed != placements.end() && placed->second.base == Value{id, 0} && placed->second.element_offset == channel;
    if (!in_place) {
      const SlotId from = u8 ? builder.natural(input) : builder.image_f32(input);
      builder.add_step({node.name, "concat", "", u8, 0}, {from}, {to}, [from, to, u8, channel, count](const Workspace& ws) {
        const auto part = [&](auto view) {
          view.data += channel;
          view.channels = count;
          return view;
        };
        for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n) {
          if (u8)
            kernels::copy_u8(ws.image<const std::uint8_t>(from, n), part(ws.image<std::uint8_t>(to, n)), ws.pool());
          else
            kernels::copy_f32(ws.image<const float>(from, n), part(ws.image<float>(to, n)), ws.pool());
        }
      });
    }
    channel += count;
  }
}

}  // namespace octet
