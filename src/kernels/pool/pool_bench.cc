#include <memory>

#include "kernels/bench.h"
#include "kernels/pool/pool_kernels.h"

namespace octet::kernels {

void MaxPoolF32Kernels::add_benchmarks() {
  bench::add<MaxPoolF32Kernels>("52x52x64_k2s2", 0, [](const Isa& isa) {
    auto in = std::make_shared<bench::Image<float>>(104, 104, 64), out = std::make_shared<bench::Image<float>>(52, 52, 64);
    return
        [=](ThreadPool& pool) { max_pool({.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2}, in->view, out->view, isa, pool); };
  });
}

void MaxPoolU8Kernels::add_benchmarks() {
  for (const std::int64_t size : {5, 9, 13})
    bench::add<MaxPoolU8Kernels>("19x19x512_k" + std::to_string(size), 0, [size](const Isa& isa) {
      auto in = std::make_shared<bench::Image<std::uint8_t>>(19, 19, 512), out = std::make_shared<bench::Image<std::uint8_t>>(19, 19, 512);
      return [=](ThreadPool& pool) {
        max_pool({.kernel_h = size, .kernel_w = size, .pad_top = size / 2, .pad_left = size / 2}, in->view, out->view, isa, pool);
      };
    });
  bench::add<MaxPoolU8Kernels>("52x52x64_k2s2", 0, [](const Isa& isa) {
    auto in = std::make_shared<bench::Image<std::uint8_t>>(104, 104, 64), out = std::make_shared<bench::Image<std::uint8_t>>(52, 52, 64);
    return
        [=](ThreadPool& pool) { max_pool({.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2}, in->view, out->view, isa, pool); };
  });
}

void AvgPoolF32Kernels::add_benchmarks() {
  bench::add<AvgPoolF32Kernels>("10x10x960_to_1x1", 0, [](const Isa& isa) {
    auto in = std::make_shared<bench::Image<float>>(10, 10, 960), out = std::make_shared<bench::Image<float>>(1, 1, 960);
    AvgPoolShape shape;
    shape.kernel_h = shape.kernel_w = 10;
    return [=](ThreadPool& pool) { avg_pool_f32(shape, in->view, out->view, isa, pool); };
  });
}

}  // namespace octet::kernels
