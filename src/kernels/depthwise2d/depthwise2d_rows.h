#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "kernels/depthwise2d/depthwise2d_kernels.h"
#include "kernels/requantize_table.h"

// What the vector levels share: channels are cut into blocks, each with its constants packed for one kernel function,
// which makes a piece of an output row for one block.
namespace octet::kernels::depthwise {

// A piece of output rows: pixels x_begin to x_end - 1 of row y, and of those below where a function makes several, for the channels of one
// block.
template <typename Element>
struct RowPiece {
  const Depthwise2dShape* shape = nullptr;
  ImageView<const Element> in;  // from the first channel of the block on
  std::int64_t y = 0, x_begin = 0, x_end = 0;
  const void* block = nullptr;  // its constants: U8Constants or F32Constants, then its weights
  void* out = nullptr;          // of pixel x_begin of row y
  std::int64_t out_step = 0;    // elements from one pixel to the next
  int channels = 0;             // that are stored
  std::int64_t rows = 1;
  std::int64_t out_row_step = 0;  // elements from one row to the next
};

// Where the results of pixels go that lie `step` elements apart; a set of vectors may hold more pixels than `count`.
template <typename T>
struct StoredPixels {
  T* first = nullptr;
  std::int64_t step = 0, count = 1;
};

// The shapes with functions of their own, and the one for all others.
enum class Shape : std::uint8_t { k3x3s1, k3x3s2, k5x5s1, k5x5s2, k7x7s1, kAny };
inline constexpr int kShapes = 6;
inline Shape shape_class(const Depthwise2dShape& shape) {
  const std::int64_t size = shape.kernel_h, stride = shape.stride_w;
  if (shape.kernel_w != size || shape.stride_h != stride || shape.dilation_h != 1 || shape.dilation_w != 1 || (stride != 1 && stride != 2))
    return Shape::kAny;
  if (size == 3) return stride == 1 ? Shape::k3x3s1 : Shape::k3x3s2;
  if (size == 5) return stride == 1 ? Shape::k5x5s1 : Shape::k5x5s2;
  if (size == 7 && stride == 1) return Shape::k7x7s1;
  return Shape::kAny;
}

// With a function of its own.
inline bool is_3x3(const Depthwise2dShape& shape) {
  const Shape kind = shape_class(shape);
  return kind == Shape::k3x3s1 || kind == Shape::k3x3s2;
}

template <typename Element>
using RowFunctions = std::array<void (*)(const RowPiece<Element>&), kShapes>;  // one a Shape

// Which sum a lane of a vector of sums belongs to, for group `group` of a block's vectors.
enum class LaneOrder : std::uint8_t {
  kNatural,  // channel group * lanes + lane
  kByQuads,  // four channels of each group in turn: what interleaving leaves
};

// How taps are laid into the weights that a lane multiplies at once.
enum class TapOrder : std::uint8_t {
  kQuads,               // bytes of four taps
  kSplitQuads,          // 16-bit: taps 0 and 2 of four, then taps 1 and 3
  kTwoColumns,          // 16-bit, two taps: of two rows, and in the last row of two columns
  kTwoColumnsByHalves,  // the same, the first tap of all lanes of a vector and then the second
};

// The constants of a block, in the order of the lanes; bytes in that of the channels, the zero points in that of
// the vectors of 16-bit results.
template <int kChannels>
struct alignas(64) U8Constants {
  std::int32_t start[kChannels];  // minus the zero point times all weights
  float multiplier[kChannels], offset[kChannels], lowest[kChannels], highest[kChannels], inv_scale[kChannels];
  std::int16_t zero_point[kChannels];
  std::uint8_t lowest_u8[kChannels], highest_u8[kChannels];  // limits of the results
  std::uint8_t outside[kChannels];                           // what padding looks like: the zero point of the input
  float leak;
};

template <int kChannels>
struct alignas(64) F32Constants {
  float bias[kChannels];
  float lowest[kChannels], highest[kChannels];        // limits of the activation, if it is a clamp; of bytes, in steps
  float inv_scale[kChannels], zero_point[kChannels];  // of bytes
  float leak;                                         // slope of the activation, if it is a leak
};

// What padding looks like to the float kernels.
alignas(64) inline constexpr float kZeros[32] = {};

// The most values that FinishNumbers takes at once.
inline constexpr int kMostTogether = 256;

// The rest of the requantization of `pixels` pixels of to_real for each kind of activation, where RequantizationTable::round_first holds.
// Some values behind the last may be read, fewer than kMostTogether.
using FinishNumbers = std::array<void (*)(const void* block, const Activation& activation, const float* real, std::int64_t pixels,
                                          std::uint8_t* out, std::int64_t out_step, int channels),
                                 kActivationKinds>;

// The kernels for blocks of one width at one level.
struct U8Kernels {
  int channels = 0, pixels = 0, lanes = 0;  // of a block, and of these channels in a set of vectors
  int rows = 1;                             // of 3x3 with a stride of 1 that to_u8 makes at once, by weights of each
  LaneOrder lane_order = LaneOrder::kNatural;
  TapOrder tap_order = TapOrder::kQuads;
  std::array<RowFunctions<std::uint8_t>, kBriefs> to_u8;  // requantized, for each Brief but kNo
  RowFunctions<std::uint8_t> to_real;                     // fma(sum, multiplier, offset) in the order of the lanes, all pixels of a set

  int width() const { return channels * pixels; }
  int channel_of(int group, int lane) const { return place_of(group, lane) % channels; }
  // Among the bytes that a lane's is one of: channel after channel, pixel after pixel.
  int place_of(int group, int lane) const {
    return lane_order == LaneOrder::kNatural ? group * lanes + lane : lane / 4 * quads() + group * 4 + lane % 4;
  }
  // Which of the lanes of all groups is at a place: the other way round.
  int lane_of(int place) const {
    return lane_order == LaneOrder::kNatural ? place : place % quads() / 4 * lanes + place / quads() * 4 + place % 4;
  }
  // Channels of a quad from each group.
  int quads() const { return width() / lanes * 4; }

  // The rest of the requantization of `pixels` pixels of to_real, after the activation.
  void (*finish)(const void* block, const float* real, std::int64_t pixels, std::uint8_t* out, std::int64_t out_step, int channels);
  FinishNumbers finish_numbers;
};

// Some whole rows of an output, from row y on, for the channels of one block; what is not float is as in RowPiece.
template <typename Result>
struct RowsPiece {
  const Depthwise2dShape* shape = nullptr;
  ImageView<const float> in;  // from the first channel of the block on, as `out`
  ImageView<Result> out;
  std::int64_t y = 0;
  const void* block = nullptr;
  int channels = 0;
};
template <typename Result>
using RowsFunctions = std::array<void (*)(const RowsPiece<Result>&), kShapes>;  // one a Shape

// Of each kind, for `pixels` pixels that are `step` elements apart.
using ActivatePixels =
    std::array<void (*)(const Activation& activation, float* out, std::int64_t step, std::int64_t pixels, int channels), kActivationKinds>;

// The kernels for blocks of `channels` channels at one level.
struct F32Kernels {
  int channels = 0, most_rows = 1;
  template <typename Result>
  using Functions = std::array<RowsFunctions<Result>, 3>;  // of one row at once, of two and of four, where most_rows goes so far
  Functions<float> clamped, leaky, h_swish;
  Functions<std::uint8_t> quantized_leaky, quantized_swish, quantized_h_swish;
  ActivatePixels activate;
};

// The convolution by these kernels, widest blocks first, which outlive it. `isa` is that of the kernel: it names it, and activations
// between its steps keep to it.
std::unique_ptr<ConvolutionU8> make_packed_u8(const Isa& isa, std::span<const U8Kernels> kernels, const Depthwise2dShape& shape,
                                              std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point,
                                              const Requantization& requantization);
std::unique_ptr<ConvolutionF32> make_packed_f32(const Isa& isa, const F32Kernels& kernels, const Depthwise2dShape& shape,
                                                std::span<const float> weights, std::span<const float> bias, const Activation& activation);
std::unique_ptr<QuantizingDepthwise2d> make_packed_quantizing(const Isa& isa, const F32Kernels& kernels, const Depthwise2dShape& shape,
                                                              std::span<const float> weights, const RequantizationTable& table);

}  // namespace octet::kernels::depthwise
