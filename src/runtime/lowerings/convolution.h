#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "graph/patterns.h"
#include "kernels/conv2d/conv2d.h"
#include "kernels/depthwise2d/depthwise2d.h"
#include "runtime/lowerings/images.h"

// What the lowerings of convolutions have in common.
namespace octet {

kernels::Conv2dShape group_shape(const ConvolutionGeometry& conv);
kernels::Depthwise2dShape depthwise_shape(const ConvolutionGeometry& conv);
RowWindow window_of(const ConvolutionGeometry& conv);

// Why no kernel takes a convolution, or nothing.
std::optional<NoMatch> unfit_convolution(const MatchContext& context, NodeId id);

// The sum of `value`, which nothing else reads, and an image that lies in floats already. An activation behind it is for another lowering.
struct SumBehind {
  NodeId node{};
  Value addend;
};
std::optional<SumBehind> sum_behind(const MatchContext& context, Value value);

// Group `group` of values that lie group after group, `size` each; none of none.
template <typename T>
std::span<const T> group_of(std::span<const T> values, std::int64_t group, std::int64_t size) {
  return values.empty() ? values : values.subspan(static_cast<std::size_t>(group * size), static_cast<std::size_t>(size));
}

// The kernels of a convolution, each for an equal share of the channels: one a group, or one for all that is depthwise.
template <typename Kernel>
using GroupKernels = std::vector<std::shared_ptr<const Kernel>>;

// The kernel of a dense convolution of floats, in the precision that was asked for.
std::unique_ptr<kernels::SummingConvolutionF32> float_convolution(const PlanBuilder& builder, const kernels::Conv2dShape& shape,
                                                                  std::span<const float> weights, std::span<const float> bias,
                                                                  const kernels::Activation& activation, std::int64_t out_pixels);

StepInfo convolution_info(const PlanBuilder& builder, NodeId id, const ConvolutionGeometry& conv, std::string_view kernel);

// Adds the step of a convolution, with the scratch that it takes.
template <typename In, typename Out, typename Kernel>
void add_convolution_step(PlanBuilder& builder, StepInfo info, const ConvolutionGeometry& conv, GroupKernels<Kernel> groups, SlotId from,
                          SlotId to) {
  for (const auto& kernel : groups) builder.need_scratch(kernel->scratch_bytes(builder.slot(to).height() * builder.slot(to).width()));
  const bool by_rows = std::ranges::all_of(groups, [](const auto& kernel) { return kernel->takes_rows(); });
  const auto run = [groups = std::move(groups)](auto in, auto out, ThreadPool& pool) {
    const auto count = static_cast<std::int64_t>(groups.size());
    const std::int64_t ins = in.channels / count, outs = out.channels / count;
    for (std::int64_t g = 0; g < count; ++g)
      groups[static_cast<std::size_t>(g)]->run(channels_of(in, g * ins, ins), channels_of(out, g * outs, outs), pool);
  };
  add_image_step<In, Out>(builder, std::move(info), from, to, run, by_rows ? Windowed(window_of(conv)) : std::nullopt);
}

}  // namespace octet
