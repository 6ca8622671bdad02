#include "kernels/tensor/binary.h"

#include <algorithm>

namespace octet::kernels {
namespace {

template <Arithmetic kOp>
float apply(float a, float b) {
  if constexpr (kOp == Arithmetic::kAdd) return a + b;
  if constexpr (kOp == Arithmetic::kSubtract) return a - b;
  if constexpr (kOp == Arithmetic::kMultiply) return a * b;
  if constexpr (kOp == Arithmetic::kDivide) return a / b;
  if constexpr (kOp == Arithmetic::kMaximum) return std::max(a, b);
  if constexpr (kOp == Arithmetic::kMinimum) return std::min(a, b);
  return (a - b) * (a - b);
}

// One run along the last axis; steps of 0 and 1 are loops that the compiler makes vectors of.
template <Arithmetic kOp>
void run_of(const float* a, std::int64_t a_step, const float* b, std::int64_t b_step, float* out, std::int64_t count) {
  if (a_step == 1 && b_step == 1) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = apply<kOp>(a[i], b[i]);
  } else if (a_step == 1 && b_step == 0) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = apply<kOp>(a[i], *b);
  } else if (a_step == 0 && b_step == 1) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = apply<kOp>(*a, b[i]);
  } else {
    for (std::int64_t i = 0; i < count; ++i) out[i] = apply<kOp>(a[i * a_step], b[i * b_step]);
  }
}

template <Arithmetic kOp>
void run_walk(const Walk<2>& walk, std::span<const float> a, std::span<const float> b, std::span<float> out, ThreadPool& pool) {
  const std::size_t last = walk.sizes.size() - 1;
  const std::int64_t columns = walk.sizes[last], rows = static_cast<std::int64_t>(out.size()) / columns;
  // A single run is cut, so that threads share it.
  constexpr std::int64_t kGrainElements = 16384;
  const std::int64_t a_step = walk.strides[0][last], b_step = walk.strides[1][last];
  if (rows == 1) {
    pool.run(columns, kGrainElements, [&](std::int64_t begin, std::int64_t end) {
      run_of<kOp>(a.data() + begin * a_step, a_step, b.data() + begin * b_step, b_step, out.data() + begin, end - begin);
    });
    return;
  }
  // Runs that differ in the axis before the last are a plane.
  const std::int64_t height = walk.sizes[last - 1], a_height = walk.strides[0][last - 1], b_height = walk.strides[1][last - 1];
  pool.run(rows, std::max<std::int64_t>(1, kGrainElements / columns), [&](std::int64_t begin, std::int64_t end) {
    while (begin < end) {
      std::int64_t from_a = 0, from_b = 0, rest = begin / height;
      for (std::size_t axis = last - 1; axis-- > 0; rest /= walk.sizes[axis]) {
        from_a += rest % walk.sizes[axis] * walk.strides[0][axis];
        from_b += rest % walk.sizes[axis] * walk.strides[1][axis];
      }
      const std::int64_t first = begin % height, stop = std::min(height, first + end - begin);
      for (std::int64_t y = first; y < stop; ++y, ++begin)
        run_of<kOp>(a.data() + from_a + y * a_height, a_step, b.data() + from_b + y * b_height, b_step, out.data() + begin * columns,
                    columns);
    }
  });
}

}  // namespace

void binary_f32(Arithmetic op, const Walk<2>& walk, std::span<const float> a, std::span<const float> b, std::span<float> out,
                ThreadPool& pool) {
  if (out.empty()) return;
  switch (op) {
    case Arithmetic::kAdd:
      return run_walk<Arithmetic::kAdd>(walk, a, b, out, pool);
    case Arithmetic::kSubtract:
      return run_walk<Arithmetic::kSubtract>(walk, a, b, out, pool);
    case Arithmetic::kMultiply:
      return run_walk<Arithmetic::kMultiply>(walk, a, b, out, pool);
    case Arithmetic::kDivide:
      return run_walk<Arithmetic::kDivide>(walk, a, b, out, pool);
    case Arithmetic::kMaximum:
      return run_walk<Arithmetic::kMaximum>(walk, a, b, out, pool);
    case Arithmetic::kMinimum:
      return run_walk<Arithmetic::kMinimum>(walk, a, b, out, pool);
    case Arithmetic::kSquaredDifference:
      return run_walk<Arithmetic::kSquaredDifference>(walk, a, b, out, pool);
  }
}

}  // namespace octet::kernels
