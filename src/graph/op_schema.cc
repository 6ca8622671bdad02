#include "graph/op_schema.h"

#include <limits>
#include <utility>

namespace octet {
namespace {

struct KindSchema {
  std::string_view name, opset;
};

// Empty for what is no enumerator, so that a walk over the kinds ends.
KindSchema schema_of(BinaryKind kind) {
  switch (kind) {
    case BinaryKind::kAdd:
      return {"Add", "opset1"};
    case BinaryKind::kSubtract:
      return {"Subtract", "opset1"};
    case BinaryKind::kMultiply:
      return {"Multiply", "opset1"};
    case BinaryKind::kDivide:
      return {"Divide", "opset1"};
    case BinaryKind::kMaximum:
      return {"Maximum", "opset1"};
    case BinaryKind::kMinimum:
      return {"Minimum", "opset1"};
    case BinaryKind::kPower:
      return {"Power", "opset1"};
    case BinaryKind::kMod:
      return {"Mod", "opset1"};
    case BinaryKind::kFloorMod:
      return {"FloorMod", "opset1"};
    case BinaryKind::kSquaredDifference:
      return {"SquaredDifference", "opset1"};
  }
  return {};
}

KindSchema schema_of(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::kRelu:
      return {"ReLU", "opset1"};
    case UnaryKind::kSigmoid:
      return {"Sigmoid", "opset1"};
    case UnaryKind::kTanh:
      return {"Tanh", "opset1"};
    case UnaryKind::kExp:
      return {"Exp", "opset1"};
    case UnaryKind::kSqrt:
      return {"Sqrt", "opset1"};
    case UnaryKind::kAbs:
      return {"Abs", "opset1"};
    case UnaryKind::kNegative:
      return {"Negative", "opset1"};
    case UnaryKind::kFloor:
      return {"Floor", "opset1"};
    case UnaryKind::kSoftPlus:
      return {"SoftPlus", "opset4"};
    case UnaryKind::kMish:
      return {"Mish", "opset4"};
    case UnaryKind::kSwish:
      return {"Swish", "opset4"};
    case UnaryKind::kHSwish:
      return {"HSwish", "opset4"};
    case UnaryKind::kHSigmoid:
      return {"HSigmoid", "opset5"};
    case UnaryKind::kLog:
      return {"Log", "opset1"};
    case UnaryKind::kErf:
      return {"Erf", "opset1"};
    case UnaryKind::kCeiling:
      return {"Ceiling", "opset1"};
    case UnaryKind::kSign:
      return {"Sign", "opset1"};
    case UnaryKind::kRound:
      return {"Round", "opset5"};
    case UnaryKind::kGelu:
    case UnaryKind::kGeluTanh:
      return {"Gelu", "opset7"};
    case UnaryKind::kSin:
      return {"Sin", "opset1"};
    case UnaryKind::kCos:
      return {"Cos", "opset1"};
    case UnaryKind::kLogicalNot:
      return {"LogicalNot", "opset1"};
  }
  return {};
}

KindSchema schema_of(CompareKind kind) {
  switch (kind) {
    case CompareKind::kEqual:
      return {"Equal", "opset1"};
    case CompareKind::kNotEqual:
      return {"NotEqual", "opset1"};
    case CompareKind::kGreater:
      return {"Greater", "opset1"};
    case CompareKind::kGreaterEqual:
      return {"GreaterEqual", "opset1"};
    case CompareKind::kLess:
      return {"Less", "opset1"};
    case CompareKind::kLessEqual:
      return {"LessEqual", "opset1"};
  }
  return {};
}

KindSchema schema_of(LogicalKind kind) {
  switch (kind) {
    case LogicalKind::kAnd:
      return {"LogicalAnd", "opset1"};
    case LogicalKind::kOr:
      return {"LogicalOr", "opset1"};
    case LogicalKind::kXor:
      return {"LogicalXor", "opset1"};
  }
  return {};
}

KindSchema schema_of(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::kMean:
      return {"ReduceMean", "opset1"};
    case ReduceKind::kSum:
      return {"ReduceSum", "opset1"};
    case ReduceKind::kMax:
      return {"ReduceMax", "opset1"};
    case ReduceKind::kMin:
      return {"ReduceMin", "opset1"};
    case ReduceKind::kProd:
      return {"ReduceProd", "opset1"};
    case ReduceKind::kL1:
      return {"ReduceL1", "opset4"};
    case ReduceKind::kL2:
      return {"ReduceL2", "opset4"};
  }
  return {};
}

constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

// Traits that several have.
constexpr OpTraits kCheap{.is_cheap = true};
constexpr OpTraits kElementwise{.keeps_axes = true, .is_cheap = true};
constexpr OpTraits kMoves{.only_moves_values = true, .is_cheap = true};
constexpr OpTraits kMovesWithinAxes{.only_moves_values = true, .keeps_axes = true, .is_cheap = true};
constexpr OpTraits kOnlyRepeats{.only_moves_values = true, .copies_if_type_stays = true, .is_cheap = true};
constexpr OpTraits kOnlyRenamesAxes{.only_moves_values = true, .copies_if_type_stays = true, .is_cheap = true};

struct SchemaOf {
  OpSchema operator()(const Parameter&) const { return {"Parameter", "opset1", 0, 0}; }
  OpSchema operator()(const Constant&) const { return {"Const", "opset1", 0, 0}; }
  OpSchema operator()(const Output&) const { return {"Result", "opset1", 1, 1}; }
  OpSchema operator()(const Convolution&) const { return {"Convolution", "opset1", 2, 2, {.computes_in_integers = true}}; }
  OpSchema operator()(const GroupConvolution&) const { return {"GroupConvolution", "opset1", 2, 2, {.computes_in_integers = true}}; }
  OpSchema operator()(const ConvolutionBackpropData&) const { return {"ConvolutionBackpropData", "opset1", 2, 2}; }
  OpSchema operator()(const GroupConvolutionBackpropData&) const { return {"GroupConvolutionBackpropData", "opset1", 2, 2}; }
  OpSchema operator()(const MatMul&) const { return {"MatMul", "opset1", 2, 2}; }
  OpSchema operator()(const Binary& op) const {
    const auto [name, opset] = schema_of(op.kind);
    return {name, opset, 2, 2, {.keeps_axes = true, .computes_in_integers = op.kind == BinaryKind::kAdd, .is_cheap = true}};
  }
  OpSchema operator()(const Unary& op) const {
    const auto [name, opset] = schema_of(op.kind);
    return {name, opset, 1, 1, {.keeps_axes = true, .keeps_channel_factors = op.kind == UnaryKind::kRelu, .is_cheap = true}};
  }
  OpSchema operator()(const Compare& op) const {
    const auto [name, opset] = schema_of(op.kind);
    return {name, opset, 2, 2, kElementwise};
  }
  OpSchema operator()(const Logical& op) const {
    const auto [name, opset] = schema_of(op.kind);
    return {name, opset, 2, 2, kElementwise};
  }
  OpSchema operator()(const Select&) const { return {"Select", "opset1", 3, 3, kCheap}; }
  OpSchema operator()(const Clamp&) const { return {"Clamp", "opset1", 1, 1, kElementwise}; }
  OpSchema operator()(const PRelu&) const { return {"PReLU", "opset1", 2, 2, {.keeps_axes = true, .keeps_channel_factors = true}, 1}; }
  OpSchema operator()(const Elu&) const { return {"Elu", "opset1", 1, 1, kElementwise}; }
  OpSchema operator()(const HardSigmoid&) const { return {"HardSigmoid", "opset1", 3, 3, kElementwise, 1}; }
  OpSchema operator()(const SoftMax&) const { return {"SoftMax", "opset8", 1, 1, {.keeps_axes = true}}; }
  OpSchema operator()(const Mvn&) const { return {"MVN", "opset6", 2, 2, {.keeps_axes = true}, 1}; }
  // opset1 has no dilations and is what every OpenVINO reads; opset8 adds them, and a second output with indices.
  OpSchema operator()(const MaxPool& op) const {
    const OpTraits traits{.only_moves_values = true, .keeps_axes = true, .keeps_channel_factors = true};
    return {"MaxPool", op.dilations == Spatial{1, 1} ? "opset1" : "opset8", 1, 1, traits};
  }
  OpSchema operator()(const AvgPool&) const {
    return {"AvgPool", "opset1", 1, 1, {.keeps_axes = true, .keeps_channel_factors = true, .computes_in_integers = true}};
  }
  OpSchema operator()(const Concat&) const { return {"Concat", "opset1", 1, kAnyNumber, kMovesWithinAxes}; }
  OpSchema operator()(const VariadicSplit&) const { return {"VariadicSplit", "opset1", 3, 3, kMovesWithinAxes, 1}; }
  OpSchema operator()(const Split&) const { return {"Split", "opset1", 2, 2, kMovesWithinAxes, 1}; }
  OpSchema operator()(const StridedSlice&) const { return {"StridedSlice", "opset1", 3, 4, kMovesWithinAxes, 1}; }
  OpSchema operator()(const Reshape&) const { return {"Reshape", "opset1", 2, 2, kOnlyRenamesAxes, 1}; }
  OpSchema operator()(const Transpose&) const { return {"Transpose", "opset1", 2, 2, kMoves, 1}; }
  OpSchema operator()(const Squeeze&) const { return {"Squeeze", "opset1", 1, 2, kOnlyRenamesAxes, 1}; }
  OpSchema operator()(const Unsqueeze&) const { return {"Unsqueeze", "opset1", 2, 2, kOnlyRenamesAxes, 1}; }
  OpSchema operator()(const Convert&) const {
    return {"Convert", "opset1", 1, 1, {.keeps_axes = true, .copies_if_type_stays = true, .is_cheap = true}};
  }
  OpSchema operator()(const Interpolate& op) const {
    const bool nearest = op.mode == Interpolate::Mode::kNearest;
    const OpTraits traits{.only_moves_values = nearest, .keeps_axes = true, .keeps_channel_factors = true, .copies_if_type_stays = true};
    return {"Interpolate", "opset4", 2, 2, traits, 1};
  }
  OpSchema operator()(const FakeQuantize&) const { return {"FakeQuantize", "opset1", 5, 5, {.keeps_axes = true}}; }
  OpSchema operator()(const PriorBoxClustered&) const { return {"PriorBoxClustered", "opset1", 2, 2, {}, 0}; }
  OpSchema operator()(const DetectionOutput&) const { return {"DetectionOutput", "opset8", 3, 3}; }
  OpSchema operator()(const ReorgYolo&) const { return {"ReorgYolo", "opset2", 1, 1, kMoves}; }
  OpSchema operator()(const Reduce& op) const {
    const auto [name, opset] = schema_of(op.kind);
    return {name, opset, 2, 2, kCheap, 1};
  }
  OpSchema operator()(const CumSum&) const { return {"CumSum", "opset3", 2, 2, kElementwise, 1}; }
  // opset11 adds `stable`.
  OpSchema operator()(const TopK&) const { return {"TopK", "opset11", 2, 2, {}, 1}; }
  OpSchema operator()(const Pad&) const {
    return {"Pad", "opset1", 3, 4, {.keeps_axes = true, .copies_if_type_stays = true, .is_cheap = true}, 1};
  }
  OpSchema operator()(const ShapeOf&) const { return {"ShapeOf", "opset3", 1, 1}; }
  OpSchema operator()(const Range&) const { return {"Range", "opset4", 3, 3, kCheap, 0}; }
  OpSchema operator()(const Tile&) const { return {"Tile", "opset1", 2, 2, kOnlyRepeats, 1}; }
  OpSchema operator()(const Broadcast&) const { return {"Broadcast", "opset3", 2, 2, kOnlyRepeats, 1}; }
  OpSchema operator()(const OneHot&) const { return {"OneHot", "opset1", 4, 4, kCheap, 1}; }
  OpSchema operator()(const Gather&) const { return {"Gather", "opset8", 3, 3, kMoves, 1}; }
  OpSchema operator()(const GatherElements&) const { return {"GatherElements", "opset6", 2, 2, kMoves}; }
  OpSchema operator()(const GatherNd&) const { return {"GatherND", "opset8", 2, 2, kMoves}; }
  OpSchema operator()(const ScatterElementsUpdate&) const { return {"ScatterElementsUpdate", "opset3", 4, 4, kCheap, 3}; }
  OpSchema operator()(const ScatterNdUpdate&) const { return {"ScatterNDUpdate", "opset4", 3, 3, kCheap}; }
  OpSchema operator()(const GridSample&) const { return {"GridSample", "opset9", 2, 2}; }
  OpSchema operator()(const DepthToSpace&) const { return {"DepthToSpace", "opset1", 1, 1, kMoves}; }
  OpSchema operator()(const SpaceToDepth&) const { return {"SpaceToDepth", "opset1", 1, 1, kMoves}; }
};

template <typename Operation>
void append_each(std::vector<Op>& all) {
  if constexpr (requires(Operation op) { schema_of(op.kind); }) {
    using Kind = decltype(Operation::kind);
    for (int kind = 0; !schema_of(static_cast<Kind>(kind)).name.empty(); ++kind) all.push_back(Operation{static_cast<Kind>(kind)});
  } else {
    all.push_back(Operation{});
  }
}

template <std::size_t... kIndices>
std::vector<Op> one_of_each(std::index_sequence<kIndices...>) {
  std::vector<Op> all;
  (append_each<std::variant_alternative_t<kIndices, Op>>(all), ...);
  return all;
}

}  // namespace

OpSchema schema_of(const Op& op) { return std::visit(SchemaOf{}, op); }

Status check_input_count(std::size_t count, std::size_t least, std::size_t most) {
  if (count >= least && count <= most) return {};
  const std::string expected = least == most   ? std::to_string(least)
                               : count < least ? "at least " + std::to_string(least)
                                               : "at most " + std::to_string(most);
  return Error{ErrorCode::kMalformed, "has " + std::to_string(count) + " inputs, expected " + expected};
}

std::string_view type_name(const Op& op) { return schema_of(op).name; }

std::span<const Op> all_operations() {
  static const std::vector<Op> all = one_of_each(std::make_index_sequence<std::variant_size_v<Op>>());
  return all;
}

const Op* operation_named(std::string_view name) {
  for (const Op& op : all_operations())
    if (type_name(op) == name) return &op;
  return nullptr;
}

}  // namespace octet
