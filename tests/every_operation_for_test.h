#pragma once

#include <fmt/format.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/op_schema.h"

namespace octet {

// Operations on one input x of [2,4,6,8], each with an output of its own.
class EveryOperation {
 public:
  EveryOperation() : x_(graph.emit(Parameter{ElementType::kF32, {2, 4, 6, 8}}, {}, "x")) {
    graph.name = "every operation";
    graph.model_info = {{"model_type", "ssd"}, {"octet_head", "[{\"output\": \"a <b>\"}]"}, {"nested.key", "1.5 2"}};
    add_math();
    add_windows();
    add_shapes();
    add_resizes();
    add_detection();
  }

  Graph graph;

 private:
  Value out(const std::string& name, Op op, std::vector<Value> inputs, std::uint32_t port = 0) {
    const Value value = graph.emit(std::move(op), std::move(inputs), name + "/node");
    graph.emit(Output{}, {{value.node, port}}, name);
    return value;
  }
  Value ints(const std::vector<std::int64_t>& values) {
    return graph.emit_constant(Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
  }
  Value axis(std::int64_t value) { return graph.emit_constant(Tensor::scalar<std::int64_t>(value)); }
  Value real(float value) { return graph.emit_constant(Tensor::scalar<float>(value)); }
  Value noise(Shape shape) {
    Tensor tensor(ElementType::kF32, std::move(shape));
    for (float& value : tensor.mutable_values<float>()) value = std::normal_distribution<float>(0, 0.5f)(random_);
    return graph.emit_constant(std::move(tensor));
  }

  void add_math() {
    const Value positive = graph.emit(Binary{}, {graph.emit(Unary{UnaryKind::kAbs}, {x_}), real(0.1f)});
    const Value flags = graph.emit(Compare{CompareKind::kGreater}, {x_, real(0.5f)});
    const Value other_flags = graph.emit(Compare{CompareKind::kLess}, {x_, real(1.5f)});
    for (const Op& op : all_operations()) {
      const std::string name(type_name(op));
      if (std::holds_alternative<Binary>(op)) out(name, op, {positive, name == "Power" ? real(1.7f) : noise({1, 4, 1, 1})});
      if (std::holds_alternative<Compare>(op)) out(name, op, {x_, noise({1, 4, 1, 1})});
      if (std::holds_alternative<Logical>(op)) out(name, op, {flags, other_flags});
      if (std::holds_alternative<Reduce>(op)) out(name, op, {x_, ints({2, 3})});
      if (const auto* unary = std::get_if<Unary>(&op)) add_unary(unary->kind, positive, flags);
    }
    out("select", Select{}, {flags, x_, real(0.25f)});
    out("elu", Elu{0.75}, {x_});
    out("mvn", Mvn{true, 1e-3, true}, {x_, ints({1, 3})});
    out("mvn_outside", Mvn{true, 0.5, false}, {x_, ints({3})});
    out("cum_sum", CumSum{true, false}, {x_, axis(2)});
    out("top_k", TopK{3}, {x_, axis(3)});
    out("top_k_places", TopK{1, TopK::Mode::kMin, TopK::Sort::kIndices, ElementType::kI32}, {x_, axis(2)}, 1);
    out("clamp", Clamp{-1.0 / 3, 6}, {x_});
    out("clamp_open", Clamp{0.1, std::numeric_limits<double>::infinity()}, {x_});
    out("prelu", PRelu{}, {x_, noise({4})});
    out("hard_sigmoid", HardSigmoid{}, {x_, real(0.3f), real(0.6f)});
    out("softmax", SoftMax{2}, {x_});
    out("matmul", MatMul{false, true}, {x_, noise({5, 8})});
    out("matmul_a", MatMul{true, false}, {x_, noise({6, 5})});
    out("convert", Convert{ElementType::kI32}, {x_});
    out("fake_quantize", FakeQuantize{255}, {x_, real(-2.1f), real(2.1f), real(-2.1f), real(2.1f)});
    out("reduce_mean_flat", Reduce{ReduceKind::kMean, false}, {x_, ints({1})});
  }

  void add_unary(UnaryKind kind, Value positive, Value flags) {
    const bool needs_positive = kind == UnaryKind::kSqrt || kind == UnaryKind::kLog;
    const std::string name = kind == UnaryKind::kGeluTanh ? "gelu_tanh" : std::string(type_name(Unary{kind}));
    out(name, Unary{kind}, {kind == UnaryKind::kLogicalNot ? flags : needs_positive ? positive : x_});
  }

  void add_windows() {
    const Pads pads{{1, 0}, {0, 1}};
    out("conv", Convolution{{2, 1}, {1, 2}, pads}, {x_, noise({5, 4, 3, 3})});
    out("deconv", ConvolutionBackpropData{{2, 1}, {1, 2}, pads, {1, 0}}, {x_, noise({4, 3, 3, 2})});
    out("group_deconv", GroupConvolutionBackpropData{{1, 2}, {1, 1}, pads, {0, 1}}, {x_, noise({2, 2, 3, 2, 2})});
    out("group", GroupConvolution{{1, 2}, {1, 1}, pads}, {x_, noise({2, 3, 2, 3, 2})});
    for (const Rounding rounding : {Rounding::kFloor, Rounding::kCeil}) {
      const int ceil = rounding == Rounding::kCeil;
      out(fmt::format("max{}", ceil), MaxPool{{2, 3}, {2, 2}, {1, 1}, pads, rounding}, {x_});
      out(fmt::format("max_dilated{}", ceil), MaxPool{{2, 2}, {1, 2}, {2, 1}, pads, rounding}, {x_});
      out(fmt::format("avg{}", ceil), AvgPool{{3, 3}, {2, 2}, pads, true, rounding}, {x_});
    }
    out("avg_with_pad", AvgPool{{3, 2}, {1, 1}, pads, false, Rounding::kFloor}, {x_});
  }

  void add_shapes() {
    out("concat", Concat{1}, {x_, x_});
    out("variadic", VariadicSplit{}, {x_, axis(-1), ints({3, -1, 1})}, 1);
    out("split", Split{2}, {x_, axis(1)}, 1);
    out("slice", StridedSlice{{1, 0, 0, 1}, {1, 0, 0, 1}, {}, {0, 0, 0, 0}, {}},
        {x_, ints({0, 1, -1, 0}), ints({0, 3, 0, 0}), ints({1, 1, -2, 3})});
    out("slice_shrink", StridedSlice{{0, 0}, {0, 0}, {0, 0}, {0, 1}, {1, 0}}, {x_, ints({0, 2}), ints({0, 3}), ints({1, 1})});
    out("reshape", Reshape{true}, {x_, ints({0, -1})});
    out("reshape_plain", Reshape{false}, {x_, ints({8, 48})});
    out("transpose", Transpose{}, {x_, ints({0, 2, 3, 1})});
    const Value longer = out("unsqueeze", Unsqueeze{}, {x_, ints({0, 5})});
    out("squeeze", Squeeze{}, {longer, ints({0})});
    out("squeeze_all", Squeeze{}, {longer});
    out("pad", Pad{}, {x_, ints({0, 0, 1, 2}), ints({0, 1, 0, 1}), real(0.5f)});
    out("pad_zero", Pad{}, {x_, ints({0, 0, 1, 2}), ints({0, 1, 0, 1})});
    out("shape_of", ShapeOf{ElementType::kI32}, {x_});
    out("pad_edge", Pad{Pad::Mode::kEdge}, {x_, ints({0, 0, 1, 2}), ints({0, 1, 0, 9})});
    out("pad_reflect", Pad{Pad::Mode::kReflect}, {x_, ints({0, 0, 1, 2}), ints({0, 1, 0, 7})});
    out("pad_symmetric", Pad{Pad::Mode::kSymmetric}, {x_, ints({0, 0, 1, 2}), ints({0, 1, 0, 8})});
    out("range", Range{}, {axis(9), axis(-1), axis(-3)});
    out("tile", Tile{}, {x_, ints({2, 1, 2, 1, 1})});
    out("broadcast", Broadcast{}, {x_, ints({3, 2, 4, 6, 8})});
    out("broadcast_both_ways", Broadcast{true}, {x_, ints({1, 8})});
    const Value places = graph.emit(TopK{3}, {x_, axis(2)});
    out("one_hot", OneHot{1}, {{places.node, 1}, axis(8), real(2), real(-1)});
    out("depth_to_space", DepthToSpace{DepthToSpace::Mode::kDepthFirst, 2}, {x_});
    out("space_to_depth", SpaceToDepth{DepthToSpace::Mode::kBlocksFirst, 2}, {x_});
    add_gathers();
    out("reorg", ReorgYolo{2}, {x_});
  }

  void add_gathers() {
    out("gather", Gather{}, {x_, ints({3, 0, 1}), axis(1)});
    const auto indices = [&](Shape shape, std::int64_t below) {
      Tensor tensor(ElementType::kI64, std::move(shape));
      for (auto& value : tensor.mutable_values<std::int64_t>()) value = static_cast<std::int64_t>(random_()) % below;
      return graph.emit_constant(std::move(tensor));
    };
    out("gather_batched", Gather{1}, {x_, indices({2, 3}, 6), axis(2)});
    out("gather_elements", GatherElements{2}, {x_, indices({2, 4, 3, 8}, 6)});
    out("gather_nd", GatherNd{1}, {x_, indices({2, 5, 2}, 4)});
    out("scatter_elements", ScatterElementsUpdate{},
        {x_, graph.emit_constant(Tensor::of<std::int64_t>({1, 1, 1, 4}, {0, 2, 1, 3})),
         graph.emit_constant(Tensor::of<float>({1, 1, 1, 4}, {1, 2, 3, 4})), axis(3)});
    out("scatter_nd", ScatterNdUpdate{}, {x_, graph.emit_constant(Tensor::of<std::int64_t>({2, 2}, {0, 1, 1, 3})), noise({2, 6, 8})});
    for (const auto padding : {GridSample::Padding::kZeros, GridSample::Padding::kBorder, GridSample::Padding::kReflection})
      out(fmt::format("grid{}", static_cast<int>(padding)), GridSample{true, GridSample::Mode::kBilinear, padding},
          {x_, noise({2, 3, 5, 2})});
    out("grid_bicubic", GridSample{false, GridSample::Mode::kBicubic, GridSample::Padding::kBorder}, {x_, noise({2, 3, 5, 2})});
    out("grid_nearest", GridSample{false, GridSample::Mode::kNearest, GridSample::Padding::kZeros}, {x_, noise({2, 3, 5, 2})});
  }

  void add_resizes() {
    using I = Interpolate;
    for (const auto coordinates : {I::Coordinates::kAsymmetric, I::Coordinates::kHalfPixel, I::Coordinates::kAlignCorners}) {
      out(fmt::format("linear{}", static_cast<int>(coordinates)), I{I::Mode::kLinear, coordinates, I::NearestRounding::kFloor},
          {x_, ints({9, 20})});
      out(fmt::format("cubic{}", static_cast<int>(coordinates)), I{I::Mode::kCubic, coordinates, I::NearestRounding::kFloor, -0.5},
          {x_, ints({9, 20})});
      for (int rounding = 0; rounding < 4; ++rounding)
        out(fmt::format("nearest{}{}", static_cast<int>(coordinates), rounding),
            I{I::Mode::kNearest, coordinates, static_cast<I::NearestRounding>(rounding)},
            {x_, ints({11, 15})});  // ratios that floats hold exactly
    }
  }

  void add_detection() {
    const Value first = graph.emit(StridedSlice{{0}, {0}, {}, {}, {}}, {x_, ints({0}), ints({1}), ints({1})});
    const Value codes = graph.emit(Reshape{}, {graph.emit(VariadicSplit{}, {first, axis(1), ints({2, 2})}), ints({1, 96})});
    const Value scores =
        graph.emit(Reshape{}, {graph.emit(Unary{UnaryKind::kSigmoid}, {graph.emit(Reshape{}, {first, ints({1, -1, 8})})}), ints({1, -1})});
    const Value some = graph.emit(StridedSlice{{0, 0}, {0, 0}, {}, {}, {}}, {scores, ints({0, 0}), ints({1, 72}), ints({1, 1})});
    const Value priors = out("priors", PriorBoxClustered{{3.5f, 0.1f}, {4.25f, 7}, {0.1f, 0.1f, 0.2f, 0.2f}, 0, 4, 3, 0.5f, true},
                             {ints({3, 4}), ints({12, 16})});
    DetectionOutput op;
    op.top_k = 20;
    op.keep_top_k = 10;
    op.nms_threshold = 0.45f;
    op.confidence_threshold = 0.3f;
    op.clip_after_nms = true;
    out("detections", op, {codes, some, graph.emit(Unsqueeze{}, {priors, ints({0})})});
  }

  Value x_;
  std::mt19937 random_{11};
};

// For its input.
inline Tensor random_input() {
  Tensor x(ElementType::kF32, {2, 4, 6, 8});
  std::mt19937 random(3);
  for (float& value : x.mutable_values<float>()) value = std::uniform_real_distribution<float>(-3, 3)(random);
  return x;
}

}  // namespace octet
