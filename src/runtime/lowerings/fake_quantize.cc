// A FakeQuantize of an image that is no quantization to bytes (zero lies between two levels in a channel, the output has
// limits of its own, ...): in floats, as it is defined.

#include <array>

#include "graph/patterns.h"
#include "kernels/quantize/fake_quantize.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

constexpr std::int64_t kMostLevels = std::int64_t{1} << 32;

void emit(PlanBuilder& builder, NodeId id, const kernels::FakeQuantization& how) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]), to = builder.natural({id, 0});
  StepInfo info{node.name, "fake quantize"};
  info.passed_over = builder.passed_over(id);
  add_image_step<float, float>(builder, std::move(info), from, to,
                               [how](auto in, auto out, ThreadPool& pool) { kernels::fake_quantize_f32(how, in, out, pool); });
}

}  // namespace

MatchResult match_fake_quantize(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* op = std::get_if<FakeQuantize>(&node.op);
  if (!op || node.outputs[0].shape.size() != 4 || unfit_for_kernels(context, id)) return NoMatch{};
  if (op->levels > kMostLevels) return NoMatch{"it has more than 2^32 levels"};
  kernels::FakeQuantization how;
  how.levels = static_cast<double>(op->levels);
  const std::array limits{&how.in_low, &how.in_high, &how.out_low, &how.out_high};
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const Value limit = node.inputs[i + 1];
    if (!context.constants.is_constant(limit)) return NoMatch{};
    auto values = channel_values(context.constants[limit], node.outputs[0].shape);
    if (!values) return NoMatch{"the limits " + to_string(context.graph.shape(limit)) + " vary along other axes than the channels"};
    *limits[i] = std::move(*values);
  }
  Match match;
  match.results = {{{id, 0}, {Format::kImageF32, nullptr}}};
  match.emit = [id, how = std::move(how)](PlanBuilder& builder) { emit(builder, id, how); };
  return match;
}

}  // namespace octet
