// Packing and the loops over rows and blocks of the float levels.
#include <algorithm>
#include <cstring>
#include <optional>

#include "base/check.h"
#include "kernels/depthwise2d/depthwise2d_blocks.h"

namespace octet::kernels::depthwise {
namespace {

// How an output is cut: some rows that are made at once are a group, and one item of work is a group for one block of channels. Where the
// second cache holds both images, the groups of a block come one after the other, so that rows are read from the first cache where windows
// overlap. Else the blocks of a group do, so that memory is read in its order.
struct Items {
  std::int64_t height = 0, group_rows = 1, blocks = 1;
  bool are_far = false;

  struct Item {
    std::int64_t block = 0, y = 0, rows = 0;
  };

  std::int64_t groups() const { return (height + group_rows - 1) / group_rows; }
  std::int64_t count() const { return groups() * blocks; }
  Item operator[](std::int64_t i) const {
    const std::int64_t block = are_far ? i % blocks : i / groups(), y = (are_far ? i / blocks : i % groups()) * group_rows;
    return {block, y, std::min(group_rows, height - y)};
  }
};

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

  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    const bool far = (in.pixels() * in.pixel_stride + out.pixels() * out.pixel_stride) * std::int64_t{sizeof(float)} > kSecondCache;
    const Items items{out.height, far ? std::min(kFarRows, kernels_.most_rows) : kernels_.most_rows,
                      static_cast<std::int64_t>(blocks_.size()), far};
    const std::int64_t grain = task_grain(out.width * items.group_rows * kernels_.channels * shape_.kernel_h * shape_.kernel_w / 4);
    pool.run(items.count(), grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const Items::Item item = items[i];
        const Block& block = blocks_[static_cast<std::size_t>(item.block)];
        make_rows({&shape_, from_channel(in, block.first), from_channel(out, block.first), item.y, &lines_[block.line], block.channels},
                  item.rows);
      }
    });
  }

 private:
  void make_rows(RowsPiece piece, std::int64_t rows) const {
    float* const first = piece.out.pixel(piece.y, 0);
    const std::int64_t pixels = rows * piece.out.width;
    for (std::size_t log = kernels_.clamped.size(); rows > 0;) {
      const std::int64_t at_once = std::int64_t{1} << --log;
      for (; at_once <= kernels_.most_rows && rows >= at_once; rows -= at_once, piece.y += at_once)
        kernels_.clamped[log][static_cast<std::size_t>(class_)](piece);
    }
    if (limits_) return;
    kernels_.activate[static_cast<std::size_t>(activation_.kind)](activation_, first, piece.out.pixel_stride, pixels, piece.channels);
  }

  void pack(Block& block, std::span<const float> weights, std::span<const float> bias) {
    const int width = kernels_.channels;
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

  static constexpr std::int64_t kSecondCache = 7 << 18;  // bytes of both images that it holds, 2 MiB being common
  static constexpr int kFarRows = 2;                     // at once; more are more streams than a CPU fetches ahead

  Isa isa_;
  const F32Kernels& kernels_;
  Depthwise2dShape shape_;
  Shape class_;
  Activation activation_;
  std::optional<Limits> limits_;  // nothing: the activation follows
  std::vector<Block> blocks_;
  std::vector<Line> lines_;
};

}  // namespace

std::unique_ptr<ConvolutionF32> make_packed_f32(const Isa& isa, const F32Kernels& kernels, const Depthwise2dShape& shape,
                                                std::span<const float> weights, std::span<const float> bias, const Activation& activation) {
  return std::make_unique<PackedF32>(isa, kernels, shape, weights, bias, activation);
}

}  // namespace octet::kernels::depthwise
