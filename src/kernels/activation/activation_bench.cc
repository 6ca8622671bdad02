#include "kernels/activation/activation_kernels.h"
#include "kernels/bench.h"

namespace octet::kernels {

void ActivateKernels::add_benchmarks() {
  constexpr std::int64_t kLength = 16384;
  for (int kind = 0; kind < kActivationKinds; ++kind)
    bench::add<ActivateKernels>("kind" + std::to_string(kind) + "_" + std::to_string(kLength), 0, [kind](const Isa& isa) {
      return [=, in = bench::noise<float>(kLength, -9, 9), out = std::vector<float>(kLength)](ThreadPool&) mutable {
        activate({static_cast<Activation::Kind>(kind), 0, 6}, in, out, isa);
      };
    });
}

}  // namespace octet::kernels
