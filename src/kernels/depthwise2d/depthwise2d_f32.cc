// Packing and the loops over rows and blocks of the float levels.
#include <cstring>
#include <optional>

#include "base/check.h"
#include "kernels/depthwise2d/depthwise2d_blocks.h"

namespace octet::kernels::depthwise {
namespace {

class PackedF32 final : public ConvolutionF32 {
 public:
  PackedF32(const Isa& isa, std::span<const F32Kernels> kernels, const Depthwise2dShape& shape, std::span<const float> weights,
            std::span<const float> bias, const Activation& activation)
      : isa_(isa),
        kernels_(kernels),
        shape_(shape),
        class_(shape_class(shape)),
        activation_(activation),
        limits_(limits_of(activation)),
        blocks_(cut_blocks(shape.channels, kernels)) {
    for (Block& block : blocks_) pack(block, weights, bias);
  }

  std::string_view name() const override { return isa_.name; }
  bool takes_rows() const override { return true; }

  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    pool.run(out.height, row_grain(shape_, out.width), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t y = begin; y < end; ++y) make_row(in, out, y);
    });
  }

 private:
  void make_row(const ImageView<const float>& in, const ImageView<float>& out, std::int64_t y) const {
    for (const Block& block : blocks_) {
      RowPiece<float> piece;
      piece.shape = &shape_;
      piece.in = from_channel(in, block.first);
      piece.y = y;
      piece.x_end = out.width;
      piece.block = &lines_[block.line];
      piece.channels = block.channels;
      piece.out = out.pixel(y, 0) + block.first;
      piece.out_step = out.pixel_stride;
      kernels_[block.kernels].clamped[static_cast<std::size_t>(class_)](piece);
    }
    if (!limits_) activate_row(out, y);
  }

  void activate_row(const ImageView<float>& out, std::int64_t y) const {
    const bool dense = is_dense(out);
    const std::int64_t runs = dense ? 1 : out.width, length = dense ? out.width * out.channels : out.channels;
    for (std::int64_t x = 0; x < runs; ++x) {
      const std::span<float> values(out.pixel(y, x), static_cast<std::size_t>(length));
      activate(activation_, values, values, isa_);
    }
  }

  void pack(Block& block, std::span<const float> weights, std::span<const float> bias) {
    const int width = kernels_[block.kernels].channels;
    const std::int64_t taps = shape_.kernel_h * shape_.kernel_w;
    // As F32Constants has it: biases, limits, and room up to the next line.
    const std::size_t constants_lines = lines_of(static_cast<std::size_t>(width + 2) * sizeof(float));
    block.line = lines_.size();
    lines_.resize(lines_.size() + constants_lines + lines_of(static_cast<std::size_t>(taps * width) * sizeof(float)));
    std::vector<float> values(static_cast<std::size_t>(width) + 2);
    for (int c = 0; c < block.channels && !bias.empty(); ++c) values[c] = bias[block.first + c];
    const Limits limits = limits_.value_or(Limits());
    values[width] = limits.lowest;
    values[width + 1] = limits.highest;
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

  Isa isa_;
  std::span<const F32Kernels> kernels_;
  Depthwise2dShape shape_;
  Shape class_;
  Activation activation_;
  std::optional<Limits> limits_;  // nothing: the activation follows
  std::vector<Block> blocks_;
  std::vector<Line> lines_;
};

}  // namespace

std::unique_ptr<ConvolutionF32> make_packed_f32(const Isa& isa, std::span<const F32Kernels> kernels, const Depthwise2dShape& shape,
                                                std::span<const float> weights, std::span<const float> bias, const Activation& activation) {
  return std::make_unique<PackedF32>(isa, kernels, shape, weights, bias, activation);
}

}  // namespace octet::kernels::depthwise
