#pragma once

#include <span>
#include <vector>

#include "graph/graph.h"
#include "graph/ops.h"

// Shared by the files of evaluate(); nothing outside graph/ needs it. Real numbers are computed in double and rounded once
// at the end, which for + - * / and square root gives the bits of float arithmetic; integers in int64.
namespace octet::reference {

struct Call {
  std::span<const Tensor> inputs;
  std::span<const TensorType> outputs;

  std::vector<double> reals(std::size_t input) const { return to_vector<double>(inputs[input]); }
  std::vector<std::int64_t> integers(std::size_t input) const { return to_vector<std::int64_t>(inputs[input]); }
  const Shape& shape(std::size_t input) const { return inputs[input].shape(); }
};

// Values rounded to an element type.
template <typename T>
Tensor rounded(const TensorType& type, std::span<const T> values) {
  return converted(Tensor::of<T>(type.shape, values), type.element);
}

// An axis that passed infer_types, made non-negative.
inline std::size_t axis_of(std::int64_t axis, const Shape& shape) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(shape.size()) : axis);
}

// A tensor seen as [outer, axis, inner].
struct AxisView {
  std::int64_t outer = 1, length = 1, inner = 1;
  AxisView(const Shape& shape, std::size_t axis) : length(shape[axis]) {
    for (std::size_t i = 0; i < axis; ++i) outer *= shape[i];
    for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  }
};

using Tensors = std::vector<Tensor>;

// evaluate_conv.cc
Tensors run(const Convolution& op, const Call& call);
Tensors run(const GroupConvolution& op, const Call& call);
Tensors run(const MatMul& op, const Call& call);

// evaluate_pool.cc
Tensors run(const MaxPool& op, const Call& call);
Tensors run(const AvgPool& op, const Call& call);

// evaluate_elementwise.cc
Tensors run(const Binary& op, const Call& call);
Tensors run(const Unary& op, const Call& call);
Tensors run(const Clamp& op, const Call& call);
Tensors run(const PRelu& op, const Call& call);
Tensors run(const Convert& op, const Call& call);

// evaluate_quantize.cc
Tensors run(const FakeQuantize& op, const Call& call);

// evaluate_reduce.cc
Tensors run(const SoftMax& op, const Call& call);
Tensors run(const ReduceMean& op, const Call& call);

// evaluate_resize.cc
Tensors run(const Interpolate& op, const Call& call);

// evaluate_shape_ops.cc
Tensors run(const Concat& op, const Call& call);
Tensors run(const VariadicSplit& op, const Call& call);
Tensors run(const Split& op, const Call& call);
Tensors run(const StridedSlice& op, const Call& call);
Tensors run(const Reshape& op, const Call& call);
Tensors run(const Transpose& op, const Call& call);
Tensors run(const Squeeze& op, const Call& call);
Tensors run(const Unsqueeze& op, const Call& call);
Tensors run(const ReorgYolo& op, const Call& call);
Tensors run(const Pad& op, const Call& call);
Tensors run(const ShapeOf& op, const Call& call);
Tensors run(const Gather& op, const Call& call);

// evaluate_detection.cc
Tensors run(const PriorBoxClustered& op, const Call& call);
Tensors run(const DetectionOutput& op, const Call& call);

}  // namespace octet::reference
