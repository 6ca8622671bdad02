#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/cpu.h"
#include "base/thread_pool.h"

namespace octet::kernels {

// A stack of products out = scale * a b, [rows, depth] x [depth, columns] of floats. Elements lie as far apart as the strides say: those
// of `a` along the depth and those of `out` along the columns lie together; `b` may lie in any order, so also transposed.
// Products are summed in blocks as in a convolution (kSumBlock), and the stack's products are independent of each other.
struct MatmulF32 {
  std::int64_t rows = 0, depth = 0, columns = 0;
  std::int64_t a_row_stride = 0, b_row_stride = 0, b_column_stride = 0, out_row_stride = 0;  // in elements
  float scale = 1;
  std::vector<std::int64_t> a_offsets, b_offsets, out_offsets;  // of each product, in elements
};

// Scratch that a run takes of each thread.
std::size_t matmul_f32_scratch_bytes(const MatmulF32& matmul, const Isa& isa);

// Elements of `out` that belong to no product stay. The same bits on any number of threads.
void matmul_f32(const MatmulF32& matmul, std::span<const float> a, std::span<const float> b, std::span<float> out, const Isa& isa,
                ThreadPool& pool);

// The plain definition, in double.
void matmul_f32_ref(const MatmulF32& matmul, std::span<const float> a, std::span<const float> b, std::span<float> out);

}  // namespace octet::kernels
