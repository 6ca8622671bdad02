#pragma once

#include "kernels/pool/pool.h"

namespace octet::kernels::ref {

// Row y of the output, by the definition.
void max_pool_row(const PoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y);
void max_pool_row(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, std::int64_t y);
void avg_pool_row(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out, std::int64_t y);

}  // namespace octet::kernels::ref
