#include <memory>

#include "kernels/bench.h"
#include "kernels/quantize/quantize.h"
#include "kernels/quantize/quantize_kernels.h"

namespace octet::kernels {
namespace {

template <typename T>
std::shared_ptr<bench::Image<T>> image(std::int64_t side, std::int64_t channels) {
  return std::make_shared<bench::Image<T>>(side, side, channels);
}

}  // namespace

void QuantizeU8Kernels::add_benchmarks() {
  for (const std::size_t count : {1, 192})
    bench::add<QuantizeU8Kernels>(count == 1 ? "38x38x192" : "38x38x192_by_channel", 0, [count](const Isa& isa) {
      return [=, in = image<float>(38, 192), out = image<std::uint8_t>(38, 192), scale = std::vector<float>(count, 0.7f),
              zero = std::vector<std::int16_t>(count, 9)](ThreadPool& pool) { quantize_u8(in->view, scale, zero, out->view, isa, pool); };
    });
}

void DequantizeU8Kernels::add_benchmarks() {
  for (const std::size_t count : {1, 192})
    bench::add<DequantizeU8Kernels>(count == 1 ? "38x38x192" : "38x38x192_by_channel", 0, [count](const Isa& isa) {
      return [=, in = image<std::uint8_t>(38, 192), out = image<float>(38, 192), scale = std::vector<float>(count, 0.7f),
              zero = std::vector<std::uint8_t>(count, 9)](ThreadPool& pool) { dequantize_u8(in->view, scale, zero, out->view, isa, pool); };
    });
}

void InterleaveKernels::add_benchmarks() {
  bench::add<InterleaveKernels>("300x300x3", 0, [](const Isa& isa) {
    return [=, in = image<float>(300, 3), out = image<float>(300, 3), factors = std::vector<float>{0.5f, 0.6f, 0.7f}](ThreadPool& pool) {
      nhwc_from_nchw(in->span(), factors, factors, out->view, isa, pool);
    };
  });
  bench::add<InterleaveKernels>("38x38x255", 0, [](const Isa& isa) {
    return [=, in = image<float>(38, 255), out = image<float>(38, 255)](ThreadPool& pool) {
      nhwc_from_nchw(in->span(), {}, {}, out->view, isa, pool);
    };
  });
}

void InterleaveQuantizedKernels::add_benchmarks() {
  bench::add<InterleaveQuantizedKernels>("300x300x3", 0, [](const Isa& isa) {
    return [=, in = image<float>(300, 3), out = image<std::uint8_t>(300, 3), factors = std::vector<float>{0.5f, 0.6f, 0.7f},
            zero = std::vector<std::uint8_t>{1, 2, 3}](ThreadPool& pool) {
      quantized_nhwc_from_nchw(in->span(), factors, factors, zero, out->view, isa, pool);
    };
  });
}

void SeparateKernels::add_benchmarks() {
  bench::add<SeparateKernels>("38x38x255", 0, [](const Isa& isa) {
    return [=, in = image<float>(38, 255), out = image<float>(38, 255)](ThreadPool& pool) {
      nchw_from_nhwc(in->view, out->span(), isa, pool);
    };
  });
}

}  // namespace octet::kernels
