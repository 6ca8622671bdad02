// Packing and the loops over rows and blocks of the float levels.
#include <algorithm>
#include <cstring>
#include <optional>

#include "base/check.h"
#include "kernels/depthwise2d/depthwise2d_blocks.h"

namespace octet::kernels::depthwise {
namespace {

class PackedF32 final : public ConvolutionF32 {
 public:
  PackedF32(const Isa& isa, const F32Kernels& kernels, const Depthwise2dShape& shape, std::span<const float> weights,
            std::span<const float> bias, const Activation& activation)
      : isa_(isa),
        kernels_(kernels),
        shape_(shape),
        class_(shape_class(shape)),
        activation_(activation),
        limits_(limits_of(activation)),
        blocks_(cut_blocks(shape.channels, std::span(&kernels, 1))) {
    for (Block& block : blocks_) pack(block, weights, bias);
  }

  std::string_view name() const override { return isa_.name; }
  bool takes_rows() const override { return true; }

  // Threads share the rows, as they do those of the convolutions before and after.
  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    const bool far = (in.pixels() * in.pixel_stride + out.pixels() * out.pixel_stride) * std::int64_t{sizeof(float)} > kSecondCache;
    pool.run(out.height, row_grain(shape_, out.width),
             [&](std::int64_t begin, std::int64_t end) { far ? make_far_rows(in, out, begin, end) : make_blocks(in, out, begin, end); });
  }

 private:
  // All rows of a block one after the other, so that rows are read from the first cache where windows overlap.
  void make_blocks(const ImageView<const float>& in, const ImageView<float>& out, std::int64_t begin, std::int64_t end) const {
    for (const Block& block : blocks_)
      for (std::int64_t y = begin; y < end; y += kernels_.most_rows)
        make_rows(piece_of(in, out, block, y), std::min<std::int64_t>(kernels_.most_rows, end - y));
  }

  // All blocks of some rows one after the other, so that memory beyond the second cache is read in its order.
  void make_far_rows(const ImageView<const float>& in, const ImageView<float>& out, std::int64_t begin, std::int64_t end) const {
    constexpr std::int64_t kRows = 2;  // more are more streams than a CPU fetches ahead
    for (std::int64_t y = begin; y < end; y += kRows)
      for (const Block& block : blocks_) make_rows(piece_of(in, out, block, y), std::min(kRows, end - y));
  }

  RowsPiece piece_of(const ImageView<const float>& in, const ImageView<float>& out, const Block& block, std::int64_t y) const {
    return {&shape_, from_channel(in, block.first), from_channel(out, block.first), y, &lines_[block.line], block.channels};
  }

  void make_rows(RowsPiece piece, std::int64_t rows) const {
    float* const first = piece.out.pixel(piece.y, 0);
    const std::int64_t pixels = rows * piece.out.width;
    const bool leaky = activation_.kind == Activation::Kind::kLeaky;
    const auto& functions = leaky ? kernels_.leaky : kernels_.clamped;
    for (std::size_t log = functions.size(); rows > 0;) {
      const std::int64_t at_once = std::int64_t{1} << --log;
      for (; at_once <= kernels_.most_rows && rows >= at_once; rows -= at_once, piece.y += at_once)
        functions[log][static_cast<std::size_t>(class_)](piece);
    }
    if (leaky || limits_) return;
    kernels_.activate[static_cast<std::size_t>(activation_.kind)](activation_, first, piece.out.pixel_stride, pixels, piece.channels);
  }

  void pack(Block& block, std::span<const float> weights, std::span<const float> bias) {
    const int width = kernels_.channels;
    const std::int64_t taps = shape_.kernel_h * shape_.kernel_w;
    // As F32Constants has it: biases, limits, slope, and room up to the next line.
    const std::size_t constants_lines = lines_of(static_cast<std::size_t>(width + 3) * sizeof(float));
    block.line = lines_.size();
    lines_.resize(lines_.size() + constants_lines + lines_of(static_cast<std::size_t>(taps * width) * sizeof(float)));
    std::vector<float> values(static_cast<std::size_t>(width) + 3);
    for (int c = 0; c < block.channels && !bias.empty(); ++c) values[c] = bias[block.first + c];
    const Limits limits = limits_.value_or(Limits());
    values[width] = limits.lowest;
    values[width + 1] = limits.highest;
    values[width + 2] = activation_.a;
    std::memcpy(&lines_[block.line], values.data(), values.size() * sizeof(float));
    pack_weights(block, width, weights, &lines_[block.line + constants_lines]);
  }

  // [kx][ky][channel].
  void pack_weights(const Block& block, int width, std::span<const float> weights, Line* to) const {
    std::vector<float> values;
    for (std::int64_t kx = 0; kx < shape_.kernel_w; ++kx)
      for (std::int64_t ky = 0; ky < shape_.kernel_h; ++ky)
        for (int c = 0; c < width; ++c) {
          const std::int64_t at = ((block.first + c) * shape_.kernel_h + ky) * shape_.kernel_w + kx;
          values.push_back(c < block.channels ? weights[static_cast<std::size_t>(at)] : 0.0f);
        }
    std::memcpy(to, values.data(), values.size() * sizeof(float));
  }

  static constexpr std::int64_t kSecondCache = 7 << 18;  // bytes of both images that it holds, 2 MiB being common

  Isa isa_;
  const F32Kernels& kernels_;
  Depthwise2dShape shape_;
  Shape class_;
  Activation activation_;
  std::optional<Limits> limits_;  // nothing: the activation follows, unless it is a leak
  std::vector<Block> blocks_;
  std::vector<Line> lines_;
};

}  // namespace

std::unique_ptr<ConvolutionF32> make_packed_f32(const Isa& isa, const F32Kernels& kernels, const Depthwise2dShape& shape,
                                                std::span<const float> weights, std::span<const float> bias, const Activation& activation) {
  return std::make_unique<PackedF32>(isa, kernels, shape, weights, bias, activation);
}

}  // namespace octet::kernels::depthwise
