#include <memory>

#include "kernels/bench.h"
#include "kernels/covariance/covariance.h"
#include "kernels/covariance/covariance_kernels.h"

namespace octet::kernels {

void PairUpKernels::add_benchmarks() {
  for (const std::size_t channels : {24, 576})
    bench::add<PairUpKernels>(std::to_string(channels), 0, [channels](const Isa& isa) {
      auto values = std::make_shared<std::vector<float>>(channels, 0.5f);
      std::vector<std::int32_t> words(channels);
      return [=](ThreadPool&) mutable { pair_up_f32({values->data(), values->data()}, *values, words, isa); };
    });
}

// 64 places of an image, as second-order rounding takes them.
void ColumnProductsKernels::add_benchmarks() {
  constexpr std::int64_t kPairs = 32;
  for (const std::int64_t columns : {9, 96, 576})
    bench::add<ColumnProductsKernels>(
        "64x" + std::to_string(columns), static_cast<double>(kPairs * columns * (columns + 1)), [columns](const Isa& isa) {
          auto words = std::make_shared<std::vector<std::int32_t>>(kPairs * columns + kWordSlack);
          std::vector<std::int32_t> products(static_cast<std::size_t>(columns * (columns + 1) / 2));
          return [=](ThreadPool&) mutable { add_column_products_i16({words->data(), kPairs, columns}, products, isa); };
        });
}

void ScaledRowsKernels::add_benchmarks() {
  for (const std::size_t count : {64, 576})
    bench::add<ScaledRowsKernels>(std::to_string(count), 4 * static_cast<double>(count), [count](const Isa& isa) {
      auto row = std::make_shared<std::vector<double>>(count, 0.5);
      std::vector<double> to(count);
      return [=](ThreadPool&) mutable {
        const double* const from = row->data();
        add_scaled_rows_f64({{1, -1, 1, -1}, {from, from, from, from}}, to, isa);
      };
    });
}

}  // namespace octet::kernels
