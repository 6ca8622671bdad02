#include "kernels/covariance/covariance.h"

#include "base/check.h"
#include "kernels/covariance/covariance_kernels.h"

namespace octet::kernels {

void pair_up_f32(const PlacePair& places, std::span<const float> steps, std::span<std::int32_t> words, const Isa& isa) {
  OCTET_CHECK(steps.size() == words.size(), "a word for each step");
  best_kernel<PairUpKernels>(isa).run(places, steps, words.data());
}

void add_column_products_i16(const PairedColumns& in, std::span<std::int32_t> products, const Isa& isa) {
  OCTET_CHECK(products.size() == static_cast<std::size_t>(in.columns * (in.columns + 1) / 2), "one product for each pair of columns");
  best_kernel<ColumnProductsKernels>(isa).run(in, products.data());
}

void add_scaled_rows_f64(const ScaledRows& add, std::span<double> to, const Isa& isa) { best_kernel<ScaledRowsKernels>(isa).run(add, to); }

}  // namespace octet::kernels
