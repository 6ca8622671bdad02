#include "runtime/lowerings/input_step.h"

#include <cstdint>
#include <vector>

#include "kernels/pixel_runs.h"
#include "kernels/quantize/quantize.h"

namespace octet {
namespace {

constexpr std::int64_t kBytes = 256;  // that there are

// The two ways from planar floats to interleaved channels, with their numbers.
struct ToFloats {
  using Element = float;
  Affine affine;  // one a channel, or nothing
  Isa isa;

  void run(std::span<const float> planar, kernels::ImageView<float> out, ThreadPool& pool) const {
    kernels::nhwc_from_nchw(planar, affine.scale, affine.offset, out, isa, pool);
  }
};

struct ToBytes {
  using Element = std::uint8_t;
  Affine affine;  // one a channel, in steps of the quantization
  std::vector<std::uint8_t> zero_point;
  Isa isa;

  void run(std::span<const float> planar, kernels::ImageView<std::uint8_t> out, ThreadPool& pool) const {
    kernels::quantized_nhwc_from_nchw(planar, affine.scale, affine.offset, zero_point, out, isa, pool);
  }
};

ToBytes to_bytes(const Affine& affine, const Slot& to, Isa isa) {
  const Affine real = affine.scale.empty() ? Affine{{1.0f}, {0.0f}} : affine;
  ToBytes way{real.of_channels(to.channels()), {}, isa};
  for (std::size_t c = 0; c < way.affine.scale.size(); ++c) {
    way.affine.scale[c] /= to.quant->scale_of(c);
    way.affine.offset[c] /= to.quant->scale_of(c);
    way.zero_point.push_back(to.quant->zero_point_of(c));
  }
  return way;
}

// What `way` makes of each byte in each channel, at byte * channels + channel.
template <typename Way>
std::vector<typename Way::Element> table_of(const Way& way, std::int64_t channels) {
  std::vector<float> planar;
  for (std::int64_t c = 0; c < channels; ++c)
    for (std::int64_t byte = 0; byte < kBytes; ++byte) planar.push_back(static_cast<float>(byte));
  std::vector<typename Way::Element> table(planar.size());
  ThreadPool alone(1);
  way.run(planar, {table.data(), 1, kBytes, channels, channels}, alone);
  return table;
}

template <typename T>
void look_up(std::span<const T> table, kernels::ImageView<const std::uint8_t> in, kernels::ImageView<T> out, ThreadPool& pool) {
  pool.run(out.pixels(), kernels::task_grain(out.channels), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t pixel = begin; pixel < end; ++pixel) {
      const std::uint8_t* from = in.data + pixel * in.pixel_stride;
      T* to = out.data + pixel * out.pixel_stride;
      for (std::int64_t c = 0; c < out.channels; ++c) to[c] = table[static_cast<std::size_t>(from[c] * out.channels + c)];
    }
  });
}

// Image `n` of the batch of planar floats in a slot.
template <typename T>
std::span<T> planar_image(const Workspace& ws, SlotId id, std::int64_t n) {
  const auto all = ws.plain<T>(id);
  const std::size_t image = all.size() / static_cast<std::size_t>(ws.slot(id).batch());
  return all.subspan(static_cast<std::size_t>(n) * image, image);
}

template <typename Way>
void add_step(PlanBuilder& builder, StepInfo info, SlotId from, SlotId to, const Way& way) {
  using Element = Way::Element;
  if (builder.slot(from).format != Format::kPicture) {
    builder.add_step(std::move(info), {from}, {to}, [way, from, to](const Workspace& ws) {
      for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
        way.run(planar_image<const float>(ws, from, n), ws.image<Element>(to, n), ws.pool());
    });
    return;
  }
  const auto table = table_of(way, builder.slot(to).channels());
  builder.add_step(std::move(info), {from}, {to}, [table, from, to](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.slot(to).batch(); ++n)
      look_up(std::span(table), ws.image<const std::uint8_t>(from, n), ws.image<Element>(to, n), ws.pool());
  });
}

}  // namespace

void add_input_step(PlanBuilder& builder, StepInfo info, SlotId from, SlotId to, const Affine& affine) {
  const Slot& image = builder.slot(to);
  if (image.format == Format::kImageU8)
    add_step(builder, std::move(info), from, to, to_bytes(affine, image, builder.isa()));
  else
    add_step(builder, std::move(info), from, to, ToFloats{affine.of_channels(image.channels()), builder.isa()});
}

void add_planar_step(PlanBuilder& builder, StepInfo info, SlotId from, SlotId to) {
  builder.add_step(std::move(info), {from}, {to}, [from, to, isa = builder.isa()](const Workspace& ws) {
    for (std::int64_t n = 0; n < ws.slot(from).batch(); ++n)
      kernels::nchw_from_nhwc(ws.image<const float>(from, n), planar_image<float>(ws, to, n), isa, ws.pool());
  });
}

}  // namespace octet
