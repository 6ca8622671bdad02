#include <memory>

#include "kernels/bench.h"
#include "kernels/statistics/statistics.h"
#include "kernels/statistics/statistics_kernels.h"

namespace octet::kernels {

void AddPixelsKernels::add_benchmarks() {
  for (const std::int64_t channels : {3, 32, 192})
    bench::add<AddPixelsKernels>(bench::size_text(76, 76, channels), 0, [channels](const Isa& isa) {
      auto in = std::make_shared<bench::Image<float>>(76, 76, channels);
      auto totals = std::make_shared<ChannelTotals>(static_cast<std::size_t>(channels));
      return [=](ThreadPool&) { add_pixels_f32(in->view, *totals, isa); };
    });
}

}  // namespace octet::kernels
