#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/thread_pool.h"
#include "kernels/factors.h"
#include "kernels/view.h"

namespace octet::kernels {

// Weights of integer convolutions are stored bytes less a zero point, so -255..255. Where all of a layer fit into 8 bits, kernels that
// multiply bytes take them; else those of 16-bit operands.
inline constexpr int kGreatestWeight = 255;

inline bool fit_into_bytes(std::span<const std::int16_t> weights) {
  std::int16_t least = 0, greatest = 0;  // of all, without a way out, which compilers make vectors of
  for (const std::int16_t weight : weights) {
    least = std::min(least, weight);
    greatest = std::max(greatest, weight);
  }
  return least >= -128 && greatest <= 127;
}

// A convolution with its weights packed for one kernel: dense (conv2d/) or depthwise (depthwise2d/). Immutable once made, and safe to run
// from several threads at once, each with a pool of its own. `in` and `out` have the channels that it was made for and must not overlap;
// the size of the output is that of `out`.
// Where takes_rows(), `out` may be some rows of a greater output: `in` then begins at the row that the window of the first of them would
// begin at without padding, and the results are those of a run over all rows, to the bit.
class ConvolutionF32 {
 public:
  virtual ~ConvolutionF32() = default;
  virtual std::string_view name() const = 0;  // of the kernel: "avx2_6x16"
  virtual Factors factors() const { return Factors::kF32; }
  // What a run that writes an image of `out_pixels` takes of the pool's scratch, for each thread.
  virtual std::size_t scratch_bytes(std::int64_t) const { return 0; }
  virtual bool takes_rows() const { return false; }
  virtual void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const = 0;
};

// A dense one, which can add an image to its results: of the same rows and channels, and no part of the output.
class SummingConvolutionF32 : public ConvolutionF32 {
 public:
  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const final { run(in, std::nullopt, out, pool); }
  virtual void run(ImageView<const float> in, std::optional<ImageView<const float>> addend, ImageView<float> out,
                   ThreadPool& pool) const = 0;
};

// As ConvolutionF32, in integers.
class ConvolutionU8 {
 public:
  virtual ~ConvolutionU8() = default;
  virtual std::string_view name() const = 0;
  virtual std::size_t scratch_bytes(std::int64_t) const { return 0; }
  virtual bool takes_rows() const { return false; }
  virtual void run(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) const = 0;  // requantization.to_u8
  virtual void run(ImageView<const std::uint8_t> in, ImageView<float> out, ThreadPool& pool) const = 0;         // else
};

// What becomes of float results before they leave the registers. Images of one size, of which one is written at least.
struct FloatResults {
  std::optional<ImageView<const float>> addend{};  // added to the results; may be `sums`
  std::optional<ImageView<float>> sums{};          // where they go then
  std::optional<ImageView<std::uint8_t>> bytes{};  // and where, times inv_scale, limited and rounded as in requantize.h
  float inv_scale = 1;
  std::uint8_t zero_point = 0;
};

// A ConvolutionU8 of float results that can do more with them.
class SummingConvolutionU8 : public ConvolutionU8 {
 public:
  using ConvolutionU8::run;
  virtual void run(ImageView<const std::uint8_t> in, const FloatResults& results, ThreadPool& pool) const = 0;
};

}  // namespace octet::kernels
