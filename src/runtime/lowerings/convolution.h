#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "graph/patterns.h"
#include "kernels/conv2d/conv2d.h"
#include "kernels/depthwise2d/depthwise2d.h"
#include "runtime/lowerings/images.h"

// What the four lowerings of convolutions have in common.
namespace octet {

kernels::Conv2dShape group_shape(const ConvolutionGeometry& conv);
kernels::Depthwise2dShape depthwise_shape(const ConvolutionGeometry& conv);

// Why no kernel takes a convolution, or nothing.
std::optional<NoMatch> unfit_convolution(const MatchContext& context, NodeId id);

// The integers behind the weights of a convolution of quantized data, or why it is not computed in integers: reasons only
// where the data are quantized, so that a model in floats gives none. A dense sum needs one input scale for all channels.
struct IntegerConvolution {
  std::optional<IntegerWeights> weights;
  NoMatch reason;
};
IntegerConvolution integer_convolution(const MatchContext& context, NodeId id, const ConvolutionGeometry& conv);

// Group `group` of values that lie group after group, `size` each; none of none.
template <typename T>
std::span<const T> group_of(std::span<const T> values, std::int64_t group, std::int64_t size) {
  return values.empty() ? values : values.subspan(static_cast<std::size_t>(group * size), static_cast<std::size_t>(size));
}

StepInfo convolution_info(const PlanBuilder& builder, NodeId id, const ConvolutionGeometry& conv);

template <typename T>
kernels::ImageView<T> channels_of(kernels::ImageView<T> view, std::int64_t first, std::int64_t count) {
  view.data += first;
  view.channels = count;
  return view;
}

// Calls run(kernel, in, out) for each image and each kernel, on the kernel's share of the channels.
template <typename In, typename Out, typename Kernel, typename Run>
void run_groups(const Workspace& ws, std::span<const std::shared_ptr<const Kernel>> groups, SlotId from, SlotId to, const Run& run) {
  const auto count = static_cast<std::int64_t>(groups.size());
  for (std::int64_t n = 0; n < ws.slot(from).batch(); ++n) {
    const auto in = ws.image<const In>(from, n);
    const auto out = ws.image<Out>(to, n);
    for (std::int64_t g = 0; g < count; ++g)
      run(*groups[static_cast<std::size_t>(g)], channels_of(in, g * (in.channels / count), in.channels / count),
          channels_of(out, g * (out.channels / count), out.channels / count));
  }
}

// Asks for the scratch that kernels of dense convolutions take; depthwise ones take none.
template <typename Kernel>
void reserve_scratch(PlanBuilder& builder, std::span<const std::shared_ptr<const Kernel>> groups, SlotId to) {
  const Slot& out = builder.slot(to);
  if constexpr (requires(const Kernel& kernel) { kernel.scratch_bytes(0); })
    for (const auto& kernel : groups) builder.need_scratch(kernel->scratch_bytes(out.height() * out.width()));
}

// The step of a convolution of u8 data; `to` says whether it writes bytes or floats.
template <typename Kernel>
void add_u8_step(PlanBuilder& builder, StepInfo info, std::vector<std::shared_ptr<const Kernel>> groups, SlotId from, SlotId to) {
  info.integer = true;
  info.kernel = groups[0]->name();
  reserve_scratch<Kernel>(builder, groups, to);
  const bool to_u8 = builder.slot(to).format == Format::kImageU8;
  builder.add_step(std::move(info), {from}, {to}, [groups = std::move(groups), from, to, to_u8](const Workspace& ws) {
    const auto run = [&](const Kernel& kernel, auto in, auto out) { kernel.run(in, out, ws.pool()); };
    const auto all = std::span(groups);
    to_u8 ? run_groups<std::uint8_t, std::uint8_t>(ws, all, from, to, run) : run_groups<std::uint8_t, float>(ws, all, from, to, run);
  });
}

}  // namespace octet
