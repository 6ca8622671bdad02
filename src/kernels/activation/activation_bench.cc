#include <algorithm>
#include <memory>

#include "kernels/activation/activation_kernels.h"
#include "kernels/bench.h"

namespace octet::kernels {

void ActivateKernels::add_benchmarks() {
  static constexpr std::int64_t kLength = 16384;
  for (int kind = 0; kind < kActivationKinds; ++kind)
    bench::add<ActivateKernels>("kind" + std::to_string(kind) + "_" + std::to_string(kLength), 0, [kind](const Isa& isa) {
      auto in = std::make_shared<bench::Image<float>>(1, kLength, 1), out = std::make_shared<bench::Image<float>>(1, kLength, 1);
      std::ranges::copy(bench::noise<float>(kLength, -9, 9), in->span().begin());
      return [=](ThreadPool&) { activate({static_cast<Activation::Kind>(kind), 0, 6}, in->span(), out->span(), isa); };
    });
}

}  // namespace octet::kernels
