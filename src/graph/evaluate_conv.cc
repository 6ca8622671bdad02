#include <algorithm>

#include "graph/evaluate_ops.h"
#include "graph/positions.h"

namespace octet::reference {
namespace {

// Output places along one axis whose window element `offset` (kernel index * dilation - pad) lies inside the data.
struct Reach {
  std::int64_t first, last;  // last is excluded
};

Reach reach(std::int64_t outputs, std::int64_t size, std::int64_t stride, std::int64_t offset) {
  const std::int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const std::int64_t last = size - offset <= 0 ? 0 : (size - offset - 1) / stride + 1;
  return {first, std::min(last, outputs)};
}

struct Geometry {
  std::int64_t height, width, out_height, out_width;
  Spatial kernel, strides, dilations, pads;
};

// plane += one input channel slid over by one kernel.
void accumulate(const Geometry& g, const double* channel, const double* kernel, std::vector<double>& plane) {
  for (std::int64_t ky = 0; ky < g.kernel[0]; ++ky) {
    const std::int64_t offset_y = ky * g.dilations[0] - g.pads[0];
    const Reach rows = reach(g.out_height, g.height, g.strides[0], offset_y);
    for (std::int64_t kx = 0; kx < g.kernel[1]; ++kx) {
      const std::int64_t offset_x = kx * g.dilations[1] - g.pads[1];
      const Reach columns = reach(g.out_width, g.width, g.strides[1], offset_x);
      const double weight = kernel[ky * g.kernel[1] + kx];
      for (std::int64_t y = rows.first; y < rows.last; ++y) {
        const double* row = channel + (y * g.strides[0] + offset_y) * g.width;
        double* out = &plane[static_cast<std::size_t>(y * g.out_width)];
        for (std::int64_t x = columns.first; x < columns.last; ++x) out[x] += weight * row[x * g.strides[1] + offset_x];
      }
    }
  }
}

template <typename Op>
Tensors convolve(const Op& op, const Call& call, std::int64_t groups, const Shape& weights_shape) {
  const Shape &data_shape = call.shape(0), &out_shape = call.outputs[0].shape;
  const auto data = call.reals(0), weights = call.reals(1);
  const std::int64_t outputs = weights_shape[0], inputs = weights_shape[1];  // of one group
  const Geometry g{data_shape[2], data_shape[3], out_shape[2], out_shape[3], {weights_shape[2], weights_shape[3]},
                   op.strides,    op.dilations,  op.pads.begin};
  std::vector<double> result, plane;
  for (std::int64_t n = 0; n < data_shape[0]; ++n) {
    for (std::int64_t o = 0; o < groups * outputs; ++o) {
      plane.assign(static_cast<std::size_t>(g.out_height * g.out_width), 0.0);
      for (std::int64_t i = 0; i < inputs; ++i) {
        const std::int64_t channel = n * data_shape[1] + o / outputs * inputs + i;
        accumulate(g, data.data() + channel * g.height * g.width, weights.data() + (o * inputs + i) * g.kernel[0] * g.kernel[1], plane);
      }
      result.insert(result.end(), plane.begin(), plane.end());
    }
  }
  return {rounded<double>(call.outputs[0], result)};
}

// A factor of a product as a stack of matrices [rows, columns] with strides in elements.
struct Matrices {
  Shape stack;
  std::int64_t rows, columns, row_stride, column_stride;
};

Matrices matrices(Shape shape, bool transpose, bool list_is_row) {
  if (shape.size() == 1) {
    shape.insert(list_is_row ? shape.begin() : shape.end(), 1);
    transpose = false;
  }
  Matrices m{Shape(shape.begin(), shape.end() - 2), shape[shape.size() - 2], shape.back(), shape.back(), 1};
  if (transpose) {
    std::swap(m.rows, m.columns);
    std::swap(m.row_stride, m.column_stride);
  }
  return m;
}

}  // namespace

Tensors run(const Convolution& op, const Call& call) { return convolve(op, call, 1, call.shape(1)); }

Tensors run(const GroupConvolution& op, const Call& call) {
  const Shape& weights = call.shape(1);
  return convolve(op, call, weights[0], Shape(weights.begin() + 1, weights.end()));
}

Tensors run(const MatMul& op, const Call& call) {
  const auto left = call.reals(0), right = call.reals(1);
  const Matrices a = matrices(call.shape(0), op.transpose_a, true), b = matrices(call.shape(1), op.transpose_b, false);
  const Shape stack = broadcast(a.stack, b.stack).value();
  const auto from_a = broadcast_positions(a.stack, stack), from_b = broadcast_positions(b.stack, stack);
  std::vector<double> result;
  for (std::size_t s = 0; s < from_a.size(); ++s) {
    const double* first_a = left.data() + from_a[s] * a.rows * a.columns;
    const double* first_b = right.data() + from_b[s] * b.rows * b.columns;
    for (std::int64_t row = 0; row < a.rows; ++row)
      for (std::int64_t column = 0; column < b.columns; ++column) {
        double sum = 0;
        for (std::int64_t k = 0; k < a.columns; ++k)
          sum += first_a[row * a.row_stride + k * a.column_stride] * first_b[k * b.row_stride + column * b.column_stride];
        result.push_back(sum);
      }
  }
  return {rounded<double>(call.outputs[0], result)};
}

}  // namespace octet::reference
