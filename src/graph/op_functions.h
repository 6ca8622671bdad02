#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

// What every operation has: `infer`, its rule of types with its errors, and `evaluate`, its plain definition. The files of ops/ hold them,
// related operations together; nothing outside graph/ needs this header.
namespace octet::ops {

// Of a tensor in a graph. A list in a file may be long and serve many nodes, so that it must not become a shape of each.
inline constexpr std::size_t kMaxRank = 16;

// What `infer` sees. The number of inputs has been checked. Sizes of validated shapes are at most kMaxElements, so the product of two of
// them, or the sum of a few, stays within int64; three need checked_product.
struct Arguments {
  std::span<const TensorType> types;
  std::span<const Tensor* const> constants;

  std::size_t count() const { return types.size(); }
  const Shape& shape(std::size_t i) const { return types[i].shape; }
  ElementType element(std::size_t i) const { return types[i].element; }
};

using Types = Result<std::vector<TensorType>>;

Types one_output(ElementType element, Shape shape);
Types same_type(const Arguments& arguments);  // one output of the type of input 0

Error malformed(std::string message);
Error unsupported(std::string message);

bool is_float(ElementType type);
bool is_integer(ElementType type);  // boolean is neither

Status expect_rank(const Arguments& arguments, std::size_t input, std::size_t rank, std::string_view role);
Status expect_float(const Arguments& arguments, std::string_view role);    // every input, and all the same
Status expect_numeric(const Arguments& arguments, std::string_view role);  // every input, and all the same
// Inputs from `first` on are of one type.
Status expect_one_type(const Arguments& arguments, std::string_view role, std::size_t first = 0);

// The values of an integer constant; kUnsupported where the input is computed.
Result<std::vector<std::int64_t>> integers(const Arguments& arguments, std::size_t input, std::string_view role);

// An axis from -rank to rank - 1, made non-negative.
Result<std::size_t> normalized_axis(std::int64_t axis, std::size_t rank);
// The constant at `input` as distinct, non-negative axes in ascending order.
Result<std::vector<std::size_t>> normalized_axes(const Arguments& arguments, std::size_t input, std::size_t rank);
// The constant at `input` as one integer.
Result<std::int64_t> single_integer(const Arguments& arguments, std::size_t input, std::string_view role);
// The constant at `input` as one axis.
Result<std::size_t> single_axis(const Arguments& arguments, std::size_t input, std::size_t rank);

// What `evaluate` sees: everything has passed `infer`. Real numbers are computed in double and rounded once at the end, which for
// + - * / and square root gives the bits of float arithmetic; integers in int64.
struct Call {
  std::span<const Tensor> inputs;
  std::span<const TensorType> outputs;

  std::vector<double> reals(std::size_t input) const { return to_vector<double>(inputs[input]); }
  std::vector<std::int64_t> integers(std::size_t input) const { return to_vector<std::int64_t>(inputs[input]); }
  const Shape& shape(std::size_t input) const { return inputs[input].shape(); }
};

using Tensors = std::vector<Tensor>;

// Values rounded to an element type.
template <typename T>
Tensor rounded(const TensorType& type, std::span<const T> values) {
  return converted(Tensor::of<T>(type.shape, values), type.element);
}

// An axis that passed `infer`, made non-negative.
std::size_t axis_of(std::int64_t axis, const Shape& shape);

// A tensor seen as [outer, axis, inner].
struct AxisView {
  std::int64_t outer = 1, length = 1, inner = 1;
  AxisView(const Shape& shape, std::size_t axis);
};

// ops/ends.cc
Types infer(const Parameter& op, const Arguments& arguments);
Tensors evaluate(const Parameter& op, const Call& call);
Types infer(const Constant& op, const Arguments& arguments);
Tensors evaluate(const Constant& op, const Call& call);
Types infer(const Output& op, const Arguments& arguments);
Tensors evaluate(const Output& op, const Call& call);

// ops/window.cc
Types infer(const Convolution& op, const Arguments& arguments);
Tensors evaluate(const Convolution& op, const Call& call);
Types infer(const GroupConvolution& op, const Arguments& arguments);
Tensors evaluate(const GroupConvolution& op, const Call& call);
Types infer(const MaxPool& op, const Arguments& arguments);
Tensors evaluate(const MaxPool& op, const Call& call);
Types infer(const AvgPool& op, const Arguments& arguments);
Tensors evaluate(const AvgPool& op, const Call& call);

// ops/deconvolution.cc
Types infer(const ConvolutionBackpropData& op, const Arguments& arguments);
Tensors evaluate(const ConvolutionBackpropData& op, const Call& call);
Types infer(const GroupConvolutionBackpropData& op, const Arguments& arguments);
Tensors evaluate(const GroupConvolutionBackpropData& op, const Call& call);

// ops/matmul.cc
Types infer(const MatMul& op, const Arguments& arguments);
Tensors evaluate(const MatMul& op, const Call& call);

// ops/elementwise.cc
Types infer(const Binary& op, const Arguments& arguments);
Tensors evaluate(const Binary& op, const Call& call);
Types infer(const Unary& op, const Arguments& arguments);
Tensors evaluate(const Unary& op, const Call& call);
Types infer(const Clamp& op, const Arguments& arguments);
Tensors evaluate(const Clamp& op, const Call& call);
Types infer(const PRelu& op, const Arguments& arguments);
Tensors evaluate(const PRelu& op, const Call& call);
Types infer(const HardSigmoid& op, const Arguments& arguments);
Tensors evaluate(const HardSigmoid& op, const Call& call);
Types infer(const Convert& op, const Arguments& arguments);
Tensors evaluate(const Convert& op, const Call& call);
Types infer(const Elu& op, const Arguments& arguments);
Tensors evaluate(const Elu& op, const Call& call);

// ops/logic.cc
Types infer(const Compare& op, const Arguments& arguments);
Tensors evaluate(const Compare& op, const Call& call);
Types infer(const Logical& op, const Arguments& arguments);
Tensors evaluate(const Logical& op, const Call& call);
Types infer(const Select& op, const Arguments& arguments);
Tensors evaluate(const Select& op, const Call& call);

// ops/fake_quantize.cc
Types infer(const FakeQuantize& op, const Arguments& arguments);
Tensors evaluate(const FakeQuantize& op, const Call& call);

// ops/reduce.cc
Types infer(const SoftMax& op, const Arguments& arguments);
Tensors evaluate(const SoftMax& op, const Call& call);
Types infer(const Reduce& op, const Arguments& arguments);
Tensors evaluate(const Reduce& op, const Call& call);
Types infer(const Mvn& op, const Arguments& arguments);
Tensors evaluate(const Mvn& op, const Call& call);
Types infer(const CumSum& op, const Arguments& arguments);
Tensors evaluate(const CumSum& op, const Call& call);

// ops/top_k.cc
Types infer(const TopK& op, const Arguments& arguments);
Tensors evaluate(const TopK& op, const Call& call);

// ops/interpolate.cc
Types infer(const Interpolate& op, const Arguments& arguments);
Tensors evaluate(const Interpolate& op, const Call& call);

// ops/grid_sample.cc
Types infer(const GridSample& op, const Arguments& arguments);
Tensors evaluate(const GridSample& op, const Call& call);

// ops/slices.cc
Types infer(const Concat& op, const Arguments& arguments);
Tensors evaluate(const Concat& op, const Call& call);
Types infer(const VariadicSplit& op, const Arguments& arguments);
Tensors evaluate(const VariadicSplit& op, const Call& call);
Types infer(const Split& op, const Arguments& arguments);
Tensors evaluate(const Split& op, const Call& call);
Types infer(const StridedSlice& op, const Arguments& arguments);
Tensors evaluate(const StridedSlice& op, const Call& call);
Types infer(const Pad& op, const Arguments& arguments);
Tensors evaluate(const Pad& op, const Call& call);

// ops/gather.cc
Types infer(const Gather& op, const Arguments& arguments);
Tensors evaluate(const Gather& op, const Call& call);
Types infer(const GatherElements& op, const Arguments& arguments);
Tensors evaluate(const GatherElements& op, const Call& call);
Types infer(const GatherNd& op, const Arguments& arguments);
Tensors evaluate(const GatherNd& op, const Call& call);
Types infer(const ScatterElementsUpdate& op, const Arguments& arguments);
Tensors evaluate(const ScatterElementsUpdate& op, const Call& call);
Types infer(const ScatterNdUpdate& op, const Arguments& arguments);
Tensors evaluate(const ScatterNdUpdate& op, const Call& call);

// ops/shapes.cc
Types infer(const Reshape& op, const Arguments& arguments);
Tensors evaluate(const Reshape& op, const Call& call);
Types infer(const Transpose& op, const Arguments& arguments);
Tensors evaluate(const Transpose& op, const Call& call);
Types infer(const Squeeze& op, const Arguments& arguments);
Tensors evaluate(const Squeeze& op, const Call& call);
Types infer(const Unsqueeze& op, const Arguments& arguments);
Tensors evaluate(const Unsqueeze& op, const Call& call);
Types infer(const ReorgYolo& op, const Arguments& arguments);
Tensors evaluate(const ReorgYolo& op, const Call& call);
Types infer(const ShapeOf& op, const Arguments& arguments);
Tensors evaluate(const ShapeOf& op, const Call& call);
Types infer(const DepthToSpace& op, const Arguments& arguments);
Tensors evaluate(const DepthToSpace& op, const Call& call);
Types infer(const SpaceToDepth& op, const Arguments& arguments);
Tensors evaluate(const SpaceToDepth& op, const Call& call);

// ops/fill.cc
Types infer(const Range& op, const Arguments& arguments);
Tensors evaluate(const Range& op, const Call& call);
Types infer(const Tile& op, const Arguments& arguments);
Tensors evaluate(const Tile& op, const Call& call);
Types infer(const Broadcast& op, const Arguments& arguments);
Tensors evaluate(const Broadcast& op, const Call& call);
Types infer(const OneHot& op, const Arguments& arguments);
Tensors evaluate(const OneHot& op, const Call& call);

// ops/detection.cc
Types infer(const PriorBoxClustered& op, const Arguments& arguments);
Tensors evaluate(const PriorBoxClustered& op, const Call& call);
Types infer(const DetectionOutput& op, const Arguments& arguments);
Tensors evaluate(const DetectionOutput& op, const Call& call);

}  // namespace octet::ops
