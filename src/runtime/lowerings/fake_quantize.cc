// A FakeQuantize that is no quantization to bytes (zero lies between two levels in a channel, the output has limits of its own, the data
// are no image, ...): in floats, as it is defined.

#include <array>

#include "graph/patterns.h"
#include "kernels/quantize/fake_quantize.h"
#include "runtime/lowerings/images.h"
#include "runtime/lowerings/list.h"

namespace octet {
namespace {

constexpr std::int64_t kMostLevels = std::int64_t{1} << 32;

void emit_image(PlanBuilder& builder, NodeId id, const kernels::FakeQuantization& how) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.image_f32(node.inputs[0]), to = builder.natural({id, 0});
  StepInfo info{node.name, "fake quantize"};
  info.passed_over = builder.passed_over(id);
  add_image_step<float, float>(builder, std::move(info), from, to,
                               [how](auto in, auto out, ThreadPool& pool) { kernels::fake_quantize_f32(how, in, out, pool); });
}

// Elements in a row are pixels of one channel.
void emit_plain(PlanBuilder& builder, NodeId id, const kernels::FakeQuantization& how) {
  const Node& node = builder.graph().node(id);
  const SlotId from = builder.plain(node.inputs[0]), to = builder.natural({id, 0});
  StepInfo info{node.name, "fake quantize"};
  info.passed_over = builder.passed_over(id);
  builder.add_step(std::move(info), {from}, {to}, [how, from, to](const Workspace& ws) {
    const auto in = ws.plain<const float>(from);
    const auto out = ws.plain<float>(to);
    const auto count = static_cast<std::int64_t>(in.size());
    kernels::fake_quantize_f32(how, {in.data(), 1, count, 1, 1}, {out.data(), 1, count, 1, 1}, ws.pool());
  });
}

}  // namespace

MatchResult match_fake_quantize(const MatchContext& context, NodeId id) {
  const Node& node = context.graph.node(id);
  const auto* op = std::get_if<FakeQuantize>(&node.op);
  if (!op || unfit_for_kernels(context, id)) return NoMatch{};
  if (op->levels > kMostLevels) return NoMatch{"it has more than 2^32 levels"};
  const Shape& shape = node.outputs[0].shape;
  const bool is_image = shape.size() == 4;
  kernels::FakeQuantization how;
  how.levels = static_cast<double>(op->levels);
  const std::array limits{&how.in_low, &how.in_high, &how.out_low, &how.out_high};
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const Value limit = node.inputs[i + 1];
    if (!context.constants.is_constant(limit)) return NoMatch{};
    const Tensor& constant = context.constants[limit];
    if (!is_image && constant.size() != 1) return NoMatch{"the limits " + to_string(constant.shape()) + " are not one for all"};
    auto values = is_image ? channel_values(constant, shape) : std::optional(to_vector<double>(constant));
    if (!values) return NoMatch{"the limits " + to_string(constant.shape()) + " vary along other axes than the channels"};
    *limits[i] = std::move(*values);
  }
  Match match;
  match.results = {{{id, 0}, {is_image ? Format::kImageF32 : Format::kPlain, nullptr}}};
  match.emit = [id, is_image, how = std::move(how)](PlanBuilder& builder) {
    is_image ? emit_image(builder, id, how) : emit_plain(builder, id, how);
  };
  return match;
}

}  // namespace octet
