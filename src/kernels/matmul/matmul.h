#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/cpu.h"
#include "base/thread_pool.h"

namespace octet::kernels {

// A stack of products [rows, depth] x [depth, columns] of floats. Rows of `a` are dense; `b` may lie in any order, so also transposed.
// Products are summed in blocks as in a convolution (kSumBlock), and the stack's products are independent of each other.
struct MatmulF32 {
  std::int64_t rows = 0, depth = 0, columns = 0;
  std::int64_t b_row_stride = 0, b_column_stride = 0;  // of depth and of columns, in elements
  std::vector<std::int64_t> a_offsets, b_offsets;      // of each product's factors
};

// Scratch that a run takes of each thread.
std::size_t matmul_f32_scratch_bytes(const MatmulF32& matmul, const Isa& isa);

// `out` holds the results one behind the other. The same bits on any number of threads.
void matmul_f32(const MatmulF32& matmul, std::span<const float> a, std::span<const float> b, std::span<float> out, const Isa& isa,
                ThreadPool& pool);

// The plain definition, in double.
void matmul_f32_ref(const MatmulF32& matmul, std::span<const float> a, std::span<const float> b, std::span<float> out);

}  // namespace octet::kernels
