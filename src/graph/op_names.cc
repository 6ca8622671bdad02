#include "graph/op_names.h"

namespace octet {
namespace {

// Empty for what is no enumerator, so that a search over the kinds ends.
constexpr std::string_view name_of(BinaryKind kind) {
  switch (kind) {
    case BinaryKind::kAdd:
      return "Add";
    case BinaryKind::kSubtract:
      return "Subtract";
    case BinaryKind::kMultiply:
      return "Multiply";
    case BinaryKind::kDivide:
      return "Divide";
    case BinaryKind::kMaximum:
      return "Maximum";
    case BinaryKind::kMinimum:
      return "Minimum";
    case BinaryKind::kPower:
      return "Power";
  }
  return {};
}

constexpr std::string_view name_of(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::kRelu:
      return "ReLU";
    case UnaryKind::kSigmoid:
      return "Sigmoid";
    case UnaryKind::kTanh:
      return "Tanh";
    case UnaryKind::kExp:
      return "Exp";
    case UnaryKind::kSqrt:
      return "Sqrt";
    case UnaryKind::kAbs:
      return "Abs";
    case UnaryKind::kNegative:
      return "Negative";
    case UnaryKind::kFloor:
      return "Floor";
    case UnaryKind::kSoftPlus:
      return "SoftPlus";
    case UnaryKind::kMish:
      return "Mish";
    case UnaryKind::kSwish:
      return "Swish";
    case UnaryKind::kHSwish:
      return "HSwish";
    case UnaryKind::kHSigmoid:
      return "HSigmoid";
  }
  return {};
}

template <typename Kind>
std::optional<Kind> kind_from_name(std::string_view name) {
  for (int i = 0; !name_of(static_cast<Kind>(i)).empty(); ++i)
    if (name_of(static_cast<Kind>(i)) == name) return static_cast<Kind>(i);
  return std::nullopt;
}

struct NameOf {
  std::string_view operator()(const Parameter&) const { return "Parameter"; }
  std::string_view operator()(const Constant&) const { return "Const"; }
  std::string_view operator()(const Output&) const { return "Result"; }
  std::string_view operator()(const Convolution&) const { return "Convolution"; }
  std::string_view operator()(const GroupConvolution&) const { return "GroupConvolution"; }
  std::string_view operator()(const MatMul&) const { return "MatMul"; }
  std::string_view operator()(const Binary& op) const { return name_of(op.kind); }
  std::string_view operator()(const Unary& op) const { return name_of(op.kind); }
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

std::optional<BinaryKind> binary_kind_from_name(std::string_view name) { return kind_from_name<BinaryKind>(name); }
std::optional<UnaryKind> unary_kind_from_name(std::string_view name) { return kind_from_name<UnaryKind>(name); }

}  // namespace octet
