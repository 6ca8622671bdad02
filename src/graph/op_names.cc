#include <array>

#include "graph/ops.h"

namespace octet {
namespace {

// In the order of BinaryKind and UnaryKind.
constexpr std::array<std::string_view, 7> kBinaryNames{"Add", "Subtract", "Multiply", "Divide", "Maximum", "Minimum", "Power"};
constexpr std::array<std::string_view, 13> kUnaryNames{"ReLU",  "Sigmoid",  "Tanh", "Exp",   "Sqrt",   "Abs",     "Negative",
                                                       "Floor", "SoftPlus", "Mish", "Swish", "HSwish", "HSigmoid"};

struct NameOf {
  std::string_view operator()(const Parameter&) const { return "Parameter"; }
  std::string_view operator()(const Constant&) const { return "Const"; }
  std::string_view operator()(const Output&) const { return "Result"; }
  std::string_view operator()(const Convolution&) const { return "Convolution"; }
  std::string_view operator()(const GroupConvolution&) const { return "GroupConvolution"; }
  std::string_view operator()(const MatMul&) const { return "MatMul"; }
  std::string_view operator()(const Binary& op) const { return kBinaryNames[static_cast<std::size_t>(op.kind)]; }
  std::string_view operator()(const Unary& op) const { return kUnaryNames[static_cast<std::size_t>(op.kind)]; }
  std::string_view operator()(const Clamp&) const { return "Clamp"; }
  std::string_view operator()(const PRelu&) const { return "PReLU"; }
  std::string_view operator()(const SoftMax&) const { return "SoftMax"; }
  std::string_view operator()(const MaxPool&) const { return "MaxPool"; }
  std::string_view operator()(const AvgPool&) const { return "AvgPool"; }
  std::string_view operator()(const Concat&) const { return "Concat"; }
  std::string_view operator()(const VariadicSplit&) const { return "VariadicSplit"; }
  std::string_view operator()(const Split&) const { return "Split"; }
  std::string_view operator()(const StridedSlice&) const { return "StridedSlice"; }
  std::string_view operator()(const Reshape&) const { return "Reshape"; }
  std::string_view operator()(const Transpose&) const { return "Transpose"; }
  std::string_view operator()(const Squeeze&) const { return "Squeeze"; }
  std::string_view operator()(const Unsqueeze&) const { return "Unsqueeze"; }
  std::string_view operator()(const Convert&) const { return "Convert"; }
  std::string_view operator()(const Interpolate&) const { return "Interpolate"; }
  std::string_view operator()(const FakeQuantize&) const { return "FakeQuantize"; }
  std::string_view operator()(const PriorBoxClustered&) const { return "PriorBoxClustered"; }
  std::string_view operator()(const DetectionOutput&) const { return "DetectionOutput"; }
  std::string_view operator()(const ReorgYolo&) const { return "ReorgYolo"; }
  std::string_view operator()(const ReduceMean&) const { return "ReduceMean"; }
  std::string_view operator()(const Pad&) const { return "Pad"; }
  std::string_view operator()(const ShapeOf&) const { return "ShapeOf"; }
  std::string_view operator()(const Gather&) const { return "Gather"; }
};

}  // namespace

std::string_view type_name(const Op& op) { return std::visit(NameOf{}, op); }

}  // namespace octet
