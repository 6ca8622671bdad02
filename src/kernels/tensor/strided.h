#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "tensor/shape.h"

// Tensors of any rank, as they lie in a graph.
namespace octet::kernels {

// A walk over the elements of a dense result, and for each of `kOperands` inputs how far apart in it the elements lie that go along,
// axis by axis; 0 along an axis that repeats it.
template <std::size_t kOperands>
struct Walk {
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> strides[kOperands];
};

// The same walk with as few axes as do; at least one, of size 1 for a scalar.
template <std::size_t kOperands>
Walk<kOperands> simplified(const Walk<kOperands>& walk) {
  Walk<kOperands> result;
  for (std::size_t axis = 0; axis < walk.sizes.size(); ++axis) {
    if (walk.sizes[axis] == 1) continue;
    bool joins = !result.sizes.empty();
    for (std::size_t i = 0; i < kOperands && joins; ++i) joins = result.strides[i].back() == walk.strides[i][axis] * walk.sizes[axis];
    if (joins) result.sizes.back() *= walk.sizes[axis];
    if (!joins) result.sizes.push_back(walk.sizes[axis]);
    for (std::size_t i = 0; i < kOperands; ++i) {
      if (joins) result.strides[i].back() = walk.strides[i][axis];
      if (!joins) result.strides[i].push_back(walk.strides[i][axis]);
    }
  }
  if (!result.sizes.empty()) return result;
  result.sizes = {1};
  for (auto& strides : result.strides) strides = {0};
  return result;
}

// out, dense of the walk's sizes, takes in[first + the sum of index * stride]. Elements have 1, 2, 4 or 8 bytes. What is read must lie
// in `in`. The same on any number of threads.
struct StridedCopy {
  Walk<1> walk;
  std::int64_t first = 0;
  std::size_t element_bytes = 4;
};
void strided_copy(const StridedCopy& copy, std::span<const std::byte> in, std::span<std::byte> out, ThreadPool& pool);

}  // namespace octet::kernels
