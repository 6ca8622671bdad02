#include "kernels/tensor/strided.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace octet::kernels {
namespace {

// A plane of the result: the last axis, and the one along which the input is dense (or any other).
struct Plane {
  std::int64_t rows, row_in, row_out;  // how many, and how far apart in input and output
  std::int64_t columns, column_in;
};

// In tiles, so that lines of the input that hold one element of each of several rows stay in the first cache until all are used.
template <typename T>
void copy_plane(const Plane& plane, const T* in, T* out) {
  constexpr std::int64_t kTile = 16;
  if (plane.column_in == 1) {
    for (std::int64_t r = 0; r < plane.rows; ++r) std::copy_n(in + r * plane.row_in, plane.columns, out + r * plane.row_out);
    return;
  }
  for (std::int64_t top = 0; top < plane.rows; top += kTile)
    for (std::int64_t left = 0; left < plane.columns; left += kTile)
      for (std::int64_t r = top; r < std::min(top + kTile, plane.rows); ++r)
        for (std::int64_t c = left; c < std::min(left + kTile, plane.columns); ++c)
          out[r * plane.row_out + c] = in[r * plane.row_in + c * plane.column_in];
}

// The walk's other axes, each index of which is a plane.
struct Planes {
  std::vector<std::int64_t> sizes, in, out;
  Plane plane{1, 0, 0, 1, 0};

  std::int64_t count() const { return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>()); }
};

Planes planes_of(const Walk<1>& walk) {
  const auto& strides = walk.strides[0];
  const std::size_t last = walk.sizes.size() - 1;
  // The rows of a plane: where the columns are no runs, the axis of the input's runs; else the one before.
  std::size_t rows = last;
  for (std::size_t axis = 0; axis < last; ++axis)
    if (rows == last || strides[axis] == 1 || (strides[last] == 1 && axis + 1 == last)) rows = axis;
  Planes planes;
  std::int64_t out = 1;
  for (std::size_t axis = walk.sizes.size(); axis-- > 0; out *= walk.sizes[axis]) {
    if (axis == last) {
      planes.plane.columns = walk.sizes[axis];
      planes.plane.column_in = strides[axis];
    } else if (axis == rows) {
      planes.plane.rows = walk.sizes[axis];
      planes.plane.row_in = strides[axis];
      planes.plane.row_out = out;
    } else {
      planes.sizes.push_back(walk.sizes[axis]);
      planes.in.push_back(strides[axis]);
      planes.out.push_back(out);
    }
  }
  return planes;
}

template <typename T>
void copy_elements(const StridedCopy& copy, const T* in, T* out, ThreadPool& pool) {
  const Planes planes = planes_of(copy.walk);
  constexpr std::int64_t kGrainElements = 16384;
  const std::int64_t grain =
      std::max<std::int64_t>(1, kGrainElements / std::max<std::int64_t>(1, planes.plane.rows * planes.plane.columns));
  pool.run(planes.count(), grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t index = begin; index < end; ++index) {
      std::int64_t from = copy.first, to = 0, rest = index;
      for (std::size_t i = 0; i < planes.sizes.size(); ++i) {
        from += rest % planes.sizes[i] * planes.in[i];
        to += rest % planes.sizes[i] * planes.out[i];
        rest /= planes.sizes[i];
      }
      copy_plane(planes.plane, in + from, out + to);
    }
  });
}

template <typename T>
void copy_as(const StridedCopy& copy, std::span<const std::byte> in, std::span<std::byte> out, ThreadPool& pool) {
  copy_elements(copy, reinterpret_cast<const T*>(in.data()), reinterpret_cast<T*>(out.data()), pool);
}

}  // namespace

void strided_copy(const StridedCopy& copy, std::span<const std::byte> in, std::span<std::byte> out, ThreadPool& pool) {
  if (out.empty()) return;
  switch (copy.element_bytes) {
    case 1:
      return copy_as<std::uint8_t>(copy, in, out, pool);
    case 2:
      return copy_as<std::uint16_t>(copy, in, out, pool);
    case 4:
      return copy_as<std::uint32_t>(copy, in, out, pool);
    case 8:
      return copy_as<std::uint64_t>(copy, in, out, pool);
    default:
      OCTET_CHECK(false, "an element of another size");
  }
}

}  // namespace octet::kernels
