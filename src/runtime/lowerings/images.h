#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/builder.h"
#include "runtime/lowering.h"

// What the lowerings of operations on images have in common.
namespace octet {

// Why kernels cannot take a node whatever it computes: they read and write floats (quantized or not), at least one. Nothing
// if they can.
std::optional<NoMatch> unfit_for_kernels(const MatchContext& context, NodeId id);

// A match whose last value is the result of `epilogue`: u8 if that ends in a quantization, else float.
Match match_of(const Epilogue& epilogue);

// A match of all results in the form of input 0; where that is quantized per channel, in float.
Match match_like_input(const MatchContext& context, NodeId id);

// `count` channels of an image from `first` on.
template <typename T>
kernels::ImageView<T> channels_of(kernels::ImageView<T> view, std::int64_t first, std::int64_t count) {
  view.data += first;
  view.channels = count;
  return view;
}

// Whether the rows of a step's output can be computed by themselves: from the rows below a window, or not.
using Windowed = std::optional<RowWindow>;
inline constexpr RowWindow kSameRow{};  // of what goes pixel by pixel

// Adds a step that calls run(in, out, pool) for each image of the batch, or for rows of one where there is a window; In and Out are the
// elements of the two slots.
template <typename In, typename Out, typename Run>
void add_image_step(PlanBuilder& builder, StepInfo info, SlotId from, SlotId to, Run run, Windowed window = {}) {
  const auto run_images = [from, to, run = std::move(run)](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.images(to); ++n) run(ws.image<const In>(from, n), ws.image<Out>(to, n), ws.pool());
  };
  builder.add_step(std::move(info), {from}, {to}, run_images, window ? std::vector{*window} : std::vector<RowWindow>());
}

// The same for an operation on bytes or on floats, whichever `to` holds, of a value that is given in its form.
template <typename Run>
void add_image_step(PlanBuilder& builder, StepInfo info, Value from, SlotId to, Run run, Windowed window = {}) {
  info.integer = builder.slot(to).format == Format::kImageU8;
  if (info.integer)
    add_image_step<std::uint8_t, std::uint8_t>(builder, std::move(info), builder.natural(from), to, std::move(run), window);
  else
    add_image_step<float, float>(builder, std::move(info), builder.image_f32(from), to, std::move(run), window);
}

// Adds a step between floats in the order of the graph and bytes in that order.
void add_plain_quantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name);
void add_dequantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name);

// Adds a step that quantizes one float image into another slot with its parameters.
void add_quantize_step(PlanBuilder& builder, SlotId from, SlotId to, const std::string& name);

// A float image that a step writes for the result of an epilogue: the result's own slot, or a temporary one that finish()
// quantizes into it, scaled and moved as the epilogue has it.
class FloatResult {
 public:
  FloatResult(PlanBuilder& builder, const Epilogue& epilogue);
  SlotId slot() const { return float_; }
  void finish(const std::string& name);

 private:
  PlanBuilder& builder_;
  SlotId float_, final_;
  std::vector<float> scale_;  // as the epilogue has them
  std::vector<std::int16_t> steps_;
};

}  // namespace octet
