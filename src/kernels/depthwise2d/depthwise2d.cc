#include "kernels/depthwise2d/depthwise2d.h"

#include <vector>

#include "kernels/depthwise2d/depthwise2d_blocks.h"
#include "kernels/depthwise2d/depthwise2d_ref.h"

namespace octet::kernels {
namespace {

using depthwise::row_grain;

class RefF32 final : public Depthwise2dF32 {
 public:
  RefF32(const Depthwise2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation)
      : shape_(shape), activation_(activation), weights_(weights.begin(), weights.end()), bias_(bias.begin(), bias.end()) {}

  std::string_view name() const override { return "ref"; }
  std::size_t packed_bytes() const override { return (weights_.size() + bias_.size()) * sizeof(float); }

  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    pool.run(out.height, row_grain(shape_, out.width), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t y = begin; y < end; ++y) ref::depthwise2d_row_f32(shape_, weights_, bias_, activation_, in, out, y);
    });
  }

 private:
  Depthwise2dShape shape_;
  Activation activation_;
  std::vector<float> weights_, bias_;
};

class RefU8 final : public Depthwise2dU8 {
 public:
  RefU8(const Depthwise2dShape& shape, std::span<const std::int8_t> weights, std::span<const std::uint8_t> in_zero_point,
        const Requantization& requantization)
      : shape_(shape),
        weights_(weights.begin(), weights.end()),
        in_zero_point_(in_zero_point.begin(), in_zero_point.end()),
        requantization_(requantization) {}

  std::string_view name() const override { return "ref"; }
  std::size_t packed_bytes() const override { return weights_.size() + in_zero_point_.size(); }

  void run(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) const override { run_rows(in, out, pool); }
  void run(ImageView<const std::uint8_t> in, ImageView<float> out, ThreadPool& pool) const override { run_rows(in, out, pool); }

 private:
  template <typename T>
  void run_rows(ImageView<const std::uint8_t> in, ImageView<T> out, ThreadPool& pool) const {
    pool.run(out.height, row_grain(shape_, out.width), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t y = begin; y < end; ++y) ref::depthwise2d_row_u8(shape_, weights_, in_zero_point_, requantization_, in, out, y);
    });
  }

  Depthwise2dShape shape_;
  std::vector<std::int8_t> weights_;
  std::vector<std::uint8_t> in_zero_point_;
  Requantization requantization_;
};

// Best first; below the last one the reference runs.
constexpr const depthwise::U8Level* kU8Levels[] = {&vnni::kDepthwiseU8, &avx512::kDepthwiseU8, &avx2::kDepthwiseU8};
constexpr const depthwise::F32Level* kF32Levels[] = {&avx512::kDepthwiseF32, &avx2::kDepthwiseF32};

}  // namespace

depthwise::Shape depthwise::shape_class(const Depthwise2dShape& shape) {
  const std::int64_t size = shape.kernel_h, stride = shape.stride_w;
  if (shape.kernel_w != size || shape.stride_h != stride || shape.dilation_h != 1 || shape.dilation_w != 1 || (stride != 1 && stride != 2))
    return Shape::kAny;
  if (size == 3) return stride == 1 ? Shape::k3x3s1 : Shape::k3x3s2;
  if (size == 5) return stride == 1 ? Shape::k5x5s1 : Shape::k5x5s2;
  return Shape::kAny;
}

std::unique_ptr<Depthwise2dF32> make_depthwise2d_f32(const Depthwise2dShape& shape, std::span<const float> weights,
                                                     std::span<const float> bias, const Activation& activation, Isa isa) {
  for (const depthwise::F32Level* level : kF32Levels)
    if (level->isa <= isa) return depthwise::make_packed_f32(*level, shape, weights, bias, activation);
  return std::make_unique<RefF32>(shape, weights, bias, activation);
}

std::unique_ptr<Depthwise2dU8> make_depthwise2d_u8(const Depthwise2dShape& shape, std::span<const std::int8_t> weights,
                                                   std::span<const std::uint8_t> in_zero_point, const Requantization& requantization,
                                                   Isa isa) {
  for (const depthwise::U8Level* level : kU8Levels)
    if (level->isa <= isa) return depthwise::make_packed_u8(*level, shape, weights, in_zero_point, requantization);
  return std::make_unique<RefU8>(shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels
