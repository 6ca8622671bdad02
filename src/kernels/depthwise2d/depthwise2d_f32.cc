// Packing and the loops over rows and blocks of the float levels.
#include <algorithm>
#include <cstring>
#include <optional>

#include "base/check.h"
#include "kernels/depthwise2d/depthwise2d_blocks.h"

namespace octet::kernels::depthwise {
namespace {

// What F32Constants has of all channels: one number of each, or none for zeros.
struct Numbers {
  std::vector<float> bias, lowest, highest, inv_scale, zero_point;
  float leak = 0;
};

// Weights and constants of the blocks, and the way over an output, whatever it holds.
class Packed {
 public:
  Packed(const F32Kernels& kernels, const Depthwise2dShape& shape, std::span<const float> weights, const Numbers& numbers)
      : kernels_(kernels), shape_(shape), class_(shape_class(shape)), blocks_(cut_blocks(shape.channels, std::span(&kernels, 1))) {
    for (Block& block : blocks_) pack(block, weights, numbers);
  }

  // Calls finish(piece, rows) for what has been made. Threads share the rows, as they do those of the convolutions before and after.
  template <typename Result, typename Finish>
  void run(ImageView<const float> in, ImageView<Result> out, const F32Kernels::Functions<Result>& functions, ThreadPool& pool,
           const Finish& finish) const {
    const std::int64_t bytes =
        in.pixels() * in.pixel_stride * std::int64_t{sizeof(float)} + out.pixels() * out.pixel_stride * std::int64_t{sizeof(Result)};
    const auto make_rows = [&](const Block& block, std::int64_t y, std::int64_t rows) {
      const RowsPiece<Result> piece{&shape_, from_channel(in, block.first), from_channel(out, block.first),
                                    y,       &lines_[block.line],           block.channels};
      make(functions, piece, rows);
      finish(piece, rows);
    };
    pool.run(out.height, row_grain(shape_, out.width), [&](std::int64_t begin, std::int64_t end) {
      bytes > kSecondCache ? make_far_rows(begin, end, make_rows) : make_blocks(begin, end, make_rows);
    });
  }

 private:
  // All rows of a block one after the other, so that rows are read from the first cache where windows overlap.
  template <typename MakeRows>
  void make_blocks(std::int64_t begin, std::int64_t end, const MakeRows& make_rows) const {
    for (const Block& block : blocks_)
      for (std::int64_t y = begin; y < end; y += kernels_.most_rows)
        make_rows(block, y, std::min<std::int64_t>(kernels_.most_rows, end - y));
  }

  // All blocks of some rows one after the other, so that memory beyond the second cache is read in its order.
  template <typename MakeRows>
  void make_far_rows(std::int64_t begin, std::int64_t end, const MakeRows& make_rows) const {
    constexpr std::int64_t kRows = 2;  // more are more streams than a CPU fetches ahead
    for (std::int64_t y = begin; y < end; y += kRows)
      for (const Block& block : blocks_) make_rows(block, y, std::min(kRows, end - y));
  }

  template <typename Result>
  void make(const F32Kernels::Functions<Result>& functions, RowsPiece<Result> piece, std::int64_t rows) const {
    for (std::size_t log = functions.size(); rows > 0;) {
      const std::int64_t at_once = std::int64_t{1} << --log;
      for (; at_once <= kernels_.most_rows && rows >= at_once; rows -= at_once, piece.y += at_once)
        functions[log][static_cast<std::size_t>(class_)](piece);
    }
  }

  void pack(Block& block, std::span<const float> weights, const Numbers& numbers) {
    const int width = kernels_.channels;
    const std::int64_t taps = shape_.kernel_h * shape_.kernel_w;
    // As F32Constants has it, and room up to the next line.
    std::vector<float> values;
    for (const auto* of_channels : {&numbers.bias, &numbers.lowest, &numbers.highest, &numbers.inv_scale, &numbers.zero_point})
      for (int c = 0; c < width; ++c)
        values.push_back(c < block.channels && !of_channels->empty() ? (*of_channels)[static_cast<std::size_t>(block.first + c)] : 0.0f);
    values.push_back(numbers.leak);
    const std::size_t constants_lines = lines_of(values.size() * sizeof(float));
    block.line = lines_.size();
    lines_.resize(lines_.size() + constants_lines + lines_of(static_cast<std::size_t>(taps * width) * sizeof(float)));
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

  const F32Kernels& kernels_;
  Depthwise2dShape shape_;
  Shape class_;
  std::vector<Block> blocks_;
  std::vector<Line> lines_;
};

class PackedF32 final : public ConvolutionF32 {
 public:
  PackedF32(const Isa& isa, const F32Kernels& kernels, const Depthwise2dShape& shape, std::span<const float> weights,
            std::span<const float> bias, const Activation& activation)
      : isa_(isa),
        kernels_(kernels),
        activation_(activation),
        limits_(limits_of(activation)),
        functions_(functions_for(activation)),
        activated_(limits_ || &functions_ != &kernels.clamped),
        packed_(kernels, shape, weights, numbers(shape, bias)) {}

  std::string_view name() const override { return isa_.name; }
  bool takes_rows() const override { return true; }

  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    packed_.run(in, out, functions_, pool, [&](const RowsPiece<float>& piece, std::int64_t rows) {
      if (activated_) return;
      kernels_.activate[static_cast<std::size_t>(activation_.kind)](activation_, piece.out.pixel(piece.y, 0), piece.out.pixel_stride,
                                                                    rows * piece.out.width, piece.channels);
    });
  }

 private:
  Numbers numbers(const Depthwise2dShape& shape, std::span<const float> bias) const {
    const auto of_all = [&](float number) { return std::vector<float>(static_cast<std::size_t>(shape.channels), number); };
    const Limits limits = limits_.value_or(Limits());
    return {{bias.begin(), bias.end()}, of_all(limits.lowest), of_all(limits.highest), {}, {}, activation_.a};
  }

  const F32Kernels::Functions<float>& functions_for(const Activation& activation) const {
    if (activation.kind == Activation::Kind::kLeaky) return kernels_.leaky;
    return activation.kind == Activation::Kind::kHSwish ? kernels_.h_swish : kernels_.clamped;
  }

  Isa isa_;
  const F32Kernels& kernels_;
  Activation activation_;
  std::optional<Limits> limits_;
  const F32Kernels::Functions<float>& functions_;
  bool activated_;  // by them; else the activation follows
  Packed packed_;
};

class PackedQuantizing final : public QuantizingDepthwise2d {
 public:
  PackedQuantizing(const Isa& isa, const F32Kernels& kernels, const Depthwise2dShape& shape, std::span<const float> weights,
                   const RequantizationTable& table)
      : isa_(isa), functions_(functions_for(kernels, table.activation.kind)), packed_(kernels, shape, weights, numbers(table)) {}

  std::string_view name() const override { return isa_.name; }

  void run(ImageView<const float> in, ImageView<std::uint8_t> out, ThreadPool& pool) const override {
    packed_.run(in, out, functions_, pool, [](const RowsPiece<std::uint8_t>&, std::int64_t) {});
  }

 private:
  static Numbers numbers(const RequantizationTable& table) {
    const float leak = table.activation.kind == Activation::Kind::kLeaky ? table.activation.a : 1;
    return {table.offset, table.lowest, table.highest, table.inv_scale, {table.zero_point.begin(), table.zero_point.end()}, leak};
  }

  static const F32Kernels::Functions<std::uint8_t>& functions_for(const F32Kernels& kernels, Activation::Kind kind) {
    if (kind == Activation::Kind::kSwish) return kernels.quantized_swish;
    return kind == Activation::Kind::kHSwish ? kernels.quantized_h_swish : kernels.quantized_leaky;
  }

  Isa isa_;
  const F32Kernels::Functions<std::uint8_t>& functions_;
  Packed packed_;
};

}  // namespace

std::unique_ptr<ConvolutionF32> make_packed_f32(const Isa& isa, const F32Kernels& kernels, const Depthwise2dShape& shape,
                                                std::span<const float> weights, std::span<const float> bias, const Activation& activation) {
  return std::make_unique<PackedF32>(isa, kernels, shape, weights, bias, activation);
}

std::unique_ptr<QuantizingDepthwise2d> make_packed_quantizing(const Isa& isa, const F32Kernels& kernels, const Depthwise2dShape& shape,
                                                              std::span<const float> weights, const RequantizationTable& table) {
  return std::make_unique<PackedQuantizing>(isa, kernels, shape, weights, table);
}

}  // namespace octet::kernels::depthwise
