#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/convolution.h"

namespace octet::kernels::test {

// Runs a convolution that takes rows piece by piece, each of at most `rows` rows of the output.
template <typename Convolution, typename In, typename Out>
void run_in_pieces(const Convolution& conv, ImageView<const In> in, ImageView<Out> out, std::int64_t stride_h, std::int64_t rows,
                   ThreadPool& pool) {
  for (std::int64_t y = 0; y < out.height; y += rows) {
    ImageView<Out> piece = from_row(out, y);
    piece.height = std::min(rows, out.height - y);
    conv.run(from_row(in, y * stride_h), piece, pool);
  }
}

}  // namespace octet::kernels::test
