#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

// Shared by the files of infer_types; nothing outside graph/ needs it. Sizes of validated shapes are at most kMaxElements,
// so the product of two of them, or the sum of a few, stays within int64; three need checked_product.
namespace octet::infer {

// Of a tensor in a graph. A list in a file may be long and serve many nodes, so that it must not become a shape of each.
inline constexpr std::size_t kMaxRank = 16;

struct Arguments {
  std::span<const TensorType> types;
  std::span<const Tensor* const> constants;

  std::size_t count() const { return types.size(); }
  const Shape& shape(std::size_t i) const { return types[i].shape; }
  ElementType element(std::size_t i) const { return types[i].element; }
};

using Types = Result<std::vector<TensorType>>;

Error malformed(std::string message);
Error unsupported(std::string message);

bool is_float(ElementType type);
bool is_integer(ElementType type);  // boolean is neither

Status expect_rank(const Arguments& arguments, std::size_t input, std::size_t rank, std::string_view role);
Status expect_float(const Arguments& arguments, std::string_view role);    // every input, and all the same
Status expect_numeric(const Arguments& arguments, std::string_view role);  // every input, and all the same

// The values of an integer constant; kUnsupported where the input is computed.
Result<std::vector<std::int64_t>> integers(const Arguments& arguments, std::size_t input, std::string_view role);

// An axis from -rank to rank - 1, made non-negative.
Result<std::size_t> normalized_axis(std::int64_t axis, std::size_t rank);
// The constant at `input` as distinct, non-negative axes in ascending order.
Result<std::vector<std::size_t>> normalized_axes(const Arguments& arguments, std::size_t input, std::size_t rank);
// The constant at `input` as one axis.
Result<std::size_t> single_axis(const Arguments& arguments, std::size_t input, std::size_t rank);

// infer_types.cc
Types infer(const Parameter& op, const Arguments& arguments);
Types infer(const Constant& op, const Arguments& arguments);
Types infer(const Output& op, const Arguments& arguments);

// infer_windows.cc
Types infer(const Convolution& op, const Arguments& arguments);
Types infer(const GroupConvolution& op, const Arguments& arguments);
Types infer(const MaxPool& op, const Arguments& arguments);
Types infer(const AvgPool& op, const Arguments& arguments);

// infer_shape_ops.cc
Types infer(const Concat& op, const Arguments& arguments);
Types infer(const VariadicSplit& op, const Arguments& arguments);
Types infer(const Split& op, const Arguments& arguments);
Types infer(const StridedSlice& op, const Arguments& arguments);
Types infer(const Reshape& op, const Arguments& arguments);
Types infer(const Transpose& op, const Arguments& arguments);
Types infer(const Squeeze& op, const Arguments& arguments);
Types infer(const Unsqueeze& op, const Arguments& arguments);
Types infer(const Convert& op, const Arguments& arguments);
Types infer(const ReorgYolo& op, const Arguments& arguments);
Types infer(const Pad& op, const Arguments& arguments);
Types infer(const ShapeOf& op, const Arguments& arguments);
Types infer(const Gather& op, const Arguments& arguments);

// infer_math.cc
Types infer(const MatMul& op, const Arguments& arguments);
Types infer(const Binary& op, const Arguments& arguments);
Types infer(const Unary& op, const Arguments& arguments);
Types infer(const Clamp& op, const Arguments& arguments);
Types infer(const PRelu& op, const Arguments& arguments);
Types infer(const SoftMax& op, const Arguments& arguments);
Types infer(const Interpolate& op, const Arguments& arguments);
Types infer(const FakeQuantize& op, const Arguments& arguments);
Types infer(const ReduceMean& op, const Arguments& arguments);

// infer_detection.cc
Types infer(const PriorBoxClustered& op, const Arguments& arguments);
Types infer(const DetectionOutput& op, const Arguments& arguments);

}  // namespace octet::infer
