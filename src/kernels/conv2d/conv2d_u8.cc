#include "kernels/conv2d/conv2d.h"

#include <vector>

namespace octet::kernels {
namespace {

class RefU8 final : public Conv2dU8 {
 public:
  RefU8(const Conv2dShape& shape, std::span<const std::int8_t> weights, std::uint8_t in_zero_point, const Requantization& requantization)
      : shape_(shape), weights_(weights.begin(), weights.end()), in_zero_point_(in_zero_point), requantization_(requantization) {}

  std::string_view name() const override { return "ref"; }
  std::size_t packed_bytes() const override { return weights_.size(); }
  void run(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool&) const override {
    conv2d_u8_ref(shape_, weights_, in_zero_point_, requantization_, in, out);
  }
  void run(ImageView<const std::uint8_t> in, ImageView<float> out, ThreadPool&) const override {
    conv2d_u8_ref(shape_, weights_, in_zero_point_, requantization_, in, out);
  }

 private:
  Conv2dShape shape_;
  std::vector<std::int8_t> weights_;
  std::uint8_t in_zero_point_;
  Requantization requantization_;
};

}  // namespace

std::unique_ptr<Conv2dU8> make_conv2d_u8(const Conv2dShape& shape, std::span<const std::int8_t> weights, std::uint8_t in_zero_point,
                                         const Requantization& requantization, Isa) {
  return std::make_unique<RefU8>(shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels
