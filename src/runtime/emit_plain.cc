// Operations on tensors that lie as in the graph.

#include <algorithm>
#include <numeric>

#include "graph/detection_output.h"
#include "graph/evaluate.h"
#include "kernels/elementwise/elementwise.h"
#include "runtime/builder.h"

namespace octet {
namespace {

// A tensor over memory of the plan; it must not outlive the step.
Tensor borrowed(const Workspace& ws, SlotId id) {
  return Tensor(ws.slot(id).type.element, ws.slot(id).type.shape, ws.plain_bytes(id), nullptr);
}

}  // namespace

void emit_activate_plain(PlanBuilder& builder, NodeId id, const kernels::Activation& activation) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.plain(node.inputs[0]), to = builder.natural({id, 0});
  builder.add_step({node.name, std::string(type_name(node.op)), "", false, 0}, {from}, {to},
                   [from, to, activation, isa = builder.isa()](const Workspace& ws) {
                     const auto in = ws.plain<const float>(from);
                     const auto out = ws.plain<float>(to);
                     constexpr std::int64_t kGrain = 16384;
                     ws.pool().run(static_cast<std::int64_t>(in.size()), kGrain, [&](std::int64_t begin, std::int64_t end) {
                       const auto first = static_cast<std::size_t>(begin), count = static_cast<std::size_t>(end - begin);
                       kernels::activate(activation, in.subspan(first, count), out.subspan(first, count), isa);
                     });
                   });
}

// Joins along any axis by copying runs of bytes; inputs that lie in place already are left out.
void emit_concat_plain(PlanBuilder& builder, NodeId id, const std::map<Value, Placement>& placements) {
  const Node& node = builder.graph().node(id);
  const Shape& shape = node.outputs[0].shape;
  const SlotId to = builder.natural({id, 0});
  const std::int64_t given = std::get<Concat>(node.op).axis;
  const auto axis = static_cast<std::ptrdiff_t>(given < 0 ? given + static_cast<std::int64_t>(shape.size()) : given);
  const auto product = [](auto begin, auto end) { return std::accumulate(begin, end, std::int64_t{1}, std::multiplies<>()); };
  const auto element = static_cast<std::int64_t>(size_of(node.outputs[0].element));
  const std::int64_t outer = product(shape.begin(), shape.begin() + axis), row = product(shape.begin() + axis, shape.end()) * element;
  const Slot whole = builder.slot(to);
  std::int64_t offset = 0;
  for (const Value input : node.inputs) {
    const Shape& part = builder.graph().shape(input);
    const std::int64_t run = product(part.begin() + axis, part.end()) * element;
    const SlotId from = builder.plain(input);
    const Slot& place = builder.slot(from);
    const bool in_place = outer == 1 && place.memory == whole.memory && place.index == whole.index &&
                          place.byte_offset == whole.byte_offset + static_cast<std::size_t>(offset) && !placements.empty();
    if (!in_place)
      builder.add_step({node.name, "Concat", "", false, 0}, {from}, {to}, [from, to, outer, run, row, offset](const Workspace& ws) {
        const auto in = ws.plain_bytes(from), out = ws.plain_bytes(to);
        for (std::int64_t i = 0; i < outer; ++i) std::copy_n(in.begin() + i * run, run, out.begin() + i * row + offset);
      });
    offset += run;
  }
}

// The result is the input's bytes with another shape; copied only where the two could not share memory.
void emit_same_bytes(PlanBuilder& builder, NodeId id, bool from_image, const std::map<Value, Placement>& placements) {
  const Node& node = builder.graph().node(id);
  const Value to_value{id, 0};
  if (placements.contains(to_value) && placements.at(to_value).base == builder.decisions().resolve(node.inputs[0])) return;
  const SlotId to = builder.natural(to_value);
  if (!from_image) {
    const SlotId from = builder.plain(node.inputs[0]);
    builder.add_step({node.name, "copy", "", false, 0}, {from}, {to},
                     [from, to](const Workspace& ws) { std::ranges::copy(ws.plain_bytes(from), ws.plain_bytes(to).begin()); });
    return;
  }
  const SlotId from = builder.image_f32(node.inputs[0]);
  builder.add_step({node.name, "copy", "", false, 0}, {from}, {to}, [from, to](const Workspace& ws) {
    const Slot& in = ws.slot(from);
    const std::int64_t image = in.channels() * in.height() * in.width();
    for (std::int64_t n = 0; n < in.batch(); ++n) {
      float* data = ws.plain<float>(to).data() + n * image;
      kernels::copy_f32(ws.image<const float>(from, n), {data, in.height(), in.width(), in.channels(), in.channels()}, ws.pool());
    }
  });
}

void emit_detection_output(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  std::vector<SlotId> from;
  for (const Value input : node.inputs) from.push_back(builder.plain(input));
  const SlotId to = builder.natural({id, 0});
  const Shape &codes = builder.graph().shape(node.inputs[0]), &scores = builder.graph().shape(node.inputs[1]),
              &priors = builder.graph().shape(node.inputs[2]);
  DetectionSizes sizes{codes[0], codes[1] / 4, 0, priors[0] > 1, priors[1] == 2};
  sizes.classes = sizes.priors > 0 ? scores[1] / sizes.priors : 0;
  builder.add_step({node.name, "DetectionOutput", "", false, 0}, from, {to},
                   [from, to, sizes, op = std::get<DetectionOutput>(node.op)](const Workspace& ws) {
                     thread_local DetectionScratch scratch;
                     detection_output(op, sizes, ws.plain<const float>(from[0]), ws.plain<const float>(from[1]),
                                      ws.plain<const float>(from[2]), ws.plain<float>(to), scratch);
                   });
}

void emit_generic(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  std::vector<SlotId> from, to;
  for (const Value input : node.inputs) from.push_back(builder.plain(input));
  for (std::uint32_t port = 0; port < node.outputs.size(); ++port) to.push_back(builder.natural({id, port}));
  builder.add_step({node.name, std::string(type_name(node.op)), "reference", false, 0}, from, to,
                   [from, to, op = node.op, types = node.outputs](const Workspace& ws) {
                     std::vector<Tensor> inputs;
                     for (const SlotId input : from) inputs.push_back(borrowed(ws, input));
                     const auto outputs = evaluate(op, inputs, types);
                     for (std::size_t i = 0; i < to.size(); ++i) std::ranges::copy(outputs[i].bytes(), ws.plain_bytes(to[i]).begin());
                   });
}

}  // namespace octet
