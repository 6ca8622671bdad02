// Linear resize in floats, of an image or of planes that are made one.

#include "graph/resize.h"
#include "kernels/resize/linear.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

std::vector<kernels::LinearTap> taps(const Interpolate& op, std::int64_t from, std::int64_t to) {
  std::vector<kernels::LinearTap> result;
  for (const LinearSource& source : linear_sources(op, from, to)) result.push_back({source.low, source.high, source.share_of_high});
  return result;
}

void emit(PlanBuilder& builder, NodeId id) {
  const Node& node = builder.graph().node(id);
  const auto& op = std::get<Interpolate>(node.op);
  const Shape &in = builder.graph().shape(node.inputs[0]), &out = node.outputs[0].shape;
  add_image_step<float, float>(builder, {node.name, "linear resize"}, builder.image_f32(node.inputs[0]), builder.natural({id, 0}),
                               [rows = taps(op, in[2], out[2]), columns = taps(op, in[3], out[3])](auto from, auto to, ThreadPool& pool) {
                                 kernels::resize_linear(from, rows, columns, to, pool);
                               });
}

}  // namespace

MatchResult match_resize_linear(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* op = std::get_if<Interpolate>(&node.op);
  if (!op || op->mode != Interpolate::Mode::kLinear || unfit_for_kernels(context, id)) return NoMatch{};
  Match match;
  match.results = {{{id, 0}, {Format::kImageF32, nullptr}}};
  match.emit = [id](PlanBuilder& builder) { emit(builder, id); };
  return match;
}

}  // namespace octet
