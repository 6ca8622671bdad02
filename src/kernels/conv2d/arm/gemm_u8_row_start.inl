// What a matrix product adds to the sums of a row, for kernels of bytes: see GemmU8.

namespace {

template <int kRows, int kVectors>
OCTET_OP void add_row_start(const GemmU8& gemm, std::int64_t row, Ints (&acc)[kRows][kVectors]) {
  if (gemm.row_start == nullptr) return;
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) acc[r][v] = add_ints(acc[r][v], set_ints(gemm.row_start[row + r]));
}

}  // namespace
