#include <memory>

#include "kernels/bench.h"
#include "kernels/elementwise/elementwise_kernels.h"

namespace octet::kernels {
namespace {

constexpr std::int64_t kSide = 38, kChannels = 192;

template <typename T>
std::shared_ptr<bench::Image<T>> image() {
  return std::make_shared<bench::Image<T>>(kSide, kSide, kChannels);
}

std::string size() { return bench::size_text(kSide, kSide, kChannels); }

}  // namespace

void AddF32Kernels::add_benchmarks() {
  bench::add<AddF32Kernels>(size(), 0, [](const Isa& isa) {
    return [=, a = image<float>(), b = image<float>(), out = image<float>()](ThreadPool& pool) {
      add_f32(a->view, b->view, out->view, {}, isa, pool);
    };
  });
}

void MultiplyF32Kernels::add_benchmarks() {
  bench::add<MultiplyF32Kernels>(size(), 0, [](const Isa& isa) {
    return [=, a = image<float>(), b = image<float>(), out = image<float>()](ThreadPool& pool) {
      multiply_f32(a->view, b->view, out->view, {}, isa, pool);
    };
  });
}

void ScaleShiftF32Kernels::add_benchmarks() {
  bench::add<ScaleShiftF32Kernels>(size(), 0, [](const Isa& isa) {
    return [=, in = image<float>(), out = image<float>(), factors = std::vector<float>(kChannels, 0.5f)](ThreadPool& pool) {
      scale_shift_f32(in->view, factors, factors, out->view, {}, isa, pool);
    };
  });
}

void AddU8F32Kernels::add_benchmarks() {
  bench::add<AddU8F32Kernels>(size(), 0, [](const Isa& isa) {
    return [=, a = image<std::uint8_t>(), b = image<std::uint8_t>(), out = image<float>()](ThreadPool& pool) {
      add_u8(AddU8{0.5f, 0.4f, 3.0f, {}, 1.0f, 9}, a->view, b->view, out->view, isa, pool);
    };
  });
}

void AddU8Kernels::add_benchmarks() {
  bench::add<AddU8Kernels>(size(), 0, [](const Isa& isa) {
    return [=, a = image<std::uint8_t>(), b = image<std::uint8_t>(), out = image<std::uint8_t>()](ThreadPool& pool) {
      add_u8(AddU8{0.5f, 0.4f, 3.0f, {}, 1.0f, 9}, a->view, b->view, out->view, isa, pool);
    };
  });
}

}  // namespace octet::kernels
