#include "graph/op_functions.h"
#include "graph/positions.h"

namespace octet::ops {
namespace {

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

// A list on one side stands for a row (left) or a column (right) that the result drops, as in NumPy.
Types infer(const MatMul& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "product"));
  Shape a = arguments.shape(0), b = arguments.shape(1);
  if (a.empty() || b.empty()) return malformed("a factor is a scalar");
  const bool list_a = a.size() == 1, list_b = b.size() == 1;
  if (list_a) a.insert(a.begin(), 1);
  if (list_b) b.push_back(1);
  if (op.transpose_a && !list_a) std::swap(a[a.size() - 1], a[a.size() - 2]);
  if (op.transpose_b && !list_b) std::swap(b[b.size() - 1], b[b.size() - 2]);
  const std::int64_t rows = a[a.size() - 2], columns = b[b.size() - 1];
  if (a[a.size() - 1] != b[b.size() - 2])
    return malformed("shapes " + to_string(arguments.shape(0)) + " and " + to_string(arguments.shape(1)) + " do not multiply");
  a.resize(a.size() - 2);
  b.resize(b.size() - 2);
  OCTET_ASSIGN(Shape result, broadcast(a, b));
  if (!list_a) result.push_back(rows);
  if (!list_b) result.push_back(columns);
  return one_output(arguments.element(0), std::move(result));
}

Tensors evaluate(const MatMul& op, const Call& call) {
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

}  // namespace octet::ops
