#include <memory>

#include "kernels/bench.h"
#include "kernels/resize/resize_kernels.h"

namespace octet::kernels {

void GatherPixelsKernels::add_benchmarks() {
  bench::add<GatherPixelsKernels>("38x38x192_to_76x76", 0, [](const Isa& isa) {
    const auto gather = best_kernel<GatherPixelsKernels>(isa).run;
    auto in = std::make_shared<bench::Image<std::uint8_t>>(38, 38, 192), out = std::make_shared<bench::Image<std::uint8_t>>(76, 76, 192);
    std::vector<std::int32_t> doubled;
    for (std::int32_t i = 0; i < 76; ++i) doubled.push_back(i / 2);
    return [=](ThreadPool& pool) { gather(in->view, doubled, doubled, out->view, pool); };
  });
}

}  // namespace octet::kernels
