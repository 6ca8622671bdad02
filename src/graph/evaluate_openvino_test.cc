#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "graph/evaluate.h"

// evaluate() against what OpenVINO computes: testdata/openvino_cases.txt, written by make_openvino_cases.py beside it.
namespace octet {
namespace {

struct Case {
  std::vector<Tensor> inputs, outputs;
};

Shape read_sizes(const std::string& text) {
  Shape shape;
  std::istringstream sizes(text == "-" ? "" : text);
  for (std::string size; std::getline(sizes, size, ',');) shape.push_back(std::stoll(size));
  return shape;
}

Tensor read_tensor(std::istream& file) {
  std::string type, sizes;
  file >> type >> sizes;
  const Shape shape = read_sizes(sizes);
  std::vector<double> values(static_cast<std::size_t>(element_count(shape)));
  std::string number;  // "nan" and "inf" too
  for (double& value : values) {
    file >> number;
    value = std::stod(number);
  }
  return converted(Tensor::of<double>(shape, values), element_type_from_name(type).value());
}

std::map<std::string, Case> read_cases() {
  std::ifstream file(OCTET_SOURCE_DIR "/src/graph/testdata/openvino_cases.txt");
  std::map<std::string, Case> cases;
  std::string word, name;
  std::getline(file, word);
  std::size_t inputs = 0, outputs = 0;
  while (file >> word >> name >> inputs >> outputs) {
    Case& found = cases[name];
    while (inputs-- > 0) found.inputs.push_back(read_tensor(file));
    while (outputs-- > 0) found.outputs.push_back(read_tensor(file));
  }
  return cases;
}

DetectionOutput detection(std::int64_t keep_top_k) {
  DetectionOutput op;
  op.keep_top_k = keep_top_k;
  op.nms_threshold = 0.45f;
  op.confidence_threshold = 0.2f;
  return op;
}

std::map<std::string, Op> detections() {
  std::map<std::string, Op> ops;
  ops["detection_cut"] = detection(12);
  DetectionOutput images = detection(40);
  images.clip_after_nms = true;
  ops["detection_images"] = images;
  DetectionOutput ties = detection(9);
  ties.confidence_threshold = 0.1f;
  ops["detection_ties"] = ties;
  DetectionOutput top_k = detection(10);
  top_k.top_k = 4;
  top_k.clip_before_nms = true;
  ops["detection_top_k"] = top_k;
  DetectionOutput encoded = detection(12);
  encoded.variance_encoded_in_target = true;
  ops["detection_encoded"] = encoded;
  DetectionOutput no_background = detection(30);
  no_background.background_label = -1;
  ops["detection_no_background"] = no_background;
  return ops;
}

std::map<std::string, Op> kinds() {
  std::map<std::string, Op> ops;
  const auto put = [&](const std::string& name, const Op& op) {
    for (const char* suffix : {"", "_i64"}) ops[name + suffix] = op;
  };
  put("mod", Binary{BinaryKind::kMod});
  put("floor_mod", Binary{BinaryKind::kFloorMod});
  put("equal", Compare{CompareKind::kEqual});
  put("not_equal", Compare{CompareKind::kNotEqual});
  put("greater", Compare{CompareKind::kGreater});
  put("greater_equal", Compare{CompareKind::kGreaterEqual});
  put("less", Compare{CompareKind::kLess});
  put("less_equal", Compare{CompareKind::kLessEqual});
  put("sign", Unary{UnaryKind::kSign});
  put("select", Select{});
  return ops;
}

std::map<std::string, Op> grids() {
  constexpr const char *kModes[] = {"bilinear", "nearest", "bicubic"}, *kPaddings[] = {"zeros", "border", "reflection"};
  std::map<std::string, Op> ops;
  for (int mode = 0; mode < 3; ++mode)
    for (int padding = 0; padding < 3; ++padding)
      for (const bool corners : {false, true})
        ops[std::string("grid_") + kModes[mode] + "_" + kPaddings[padding] + "_" + (corners ? "1" : "0")] =
            GridSample{corners, static_cast<GridSample::Mode>(mode), static_cast<GridSample::Padding>(padding)};
  ops["grid_one_pixel"] = GridSample{true, GridSample::Mode::kBilinear, GridSample::Padding::kReflection};
  return ops;
}

std::map<std::string, Op> operations() {
  using Mode = Interpolate::Mode;
  using Coordinates = Interpolate::Coordinates;
  using Nearest = Interpolate::NearestRounding;
  std::map<std::string, Op> ops = detections();
  ops.merge(kinds());
  ops.merge(grids());
  ops.merge(std::map<std::string, Op>{
      {"conv_strided_dilated", Convolution{{2, 1}, {1, 2}, {{1, 2}, {0, 1}}}},
      {"group_conv", GroupConvolution{{1, 1}, {1, 1}, {{1, 1}, {1, 1}}}},
      {"depthwise_conv", GroupConvolution{{2, 2}, {1, 1}, {{0, 0}, {1, 1}}}},
      {"matmul_transposed", MatMul{false, true}},
      {"matmul_stacks", MatMul{true, false}},
      {"matmul_list", MatMul{}},
      {"max_pool_ceil", MaxPool{{3, 3}, {2, 2}, {1, 1}, {{0, 1}, {1, 0}}, Rounding::kCeil}},
      {"max_pool_dilated", MaxPool{{2, 3}, {1, 2}, {2, 1}, {{1, 1}, {1, 1}}, Rounding::kFloor}},
      {"max_pool_overhang", MaxPool{{2, 2}, {3, 3}, {1, 1}, {}, Rounding::kCeil}},
      {"avg_pool_exclude", AvgPool{{3, 3}, {2, 2}, {{1, 1}, {0, 1}}, true, Rounding::kCeil}},
      {"avg_pool_include", AvgPool{{3, 3}, {2, 2}, {{1, 1}, {0, 1}}, false, Rounding::kCeil}},
      {"add", Binary{BinaryKind::kAdd}},
      {"subtract", Binary{BinaryKind::kSubtract}},
      {"multiply", Binary{BinaryKind::kMultiply}},
      {"divide", Binary{BinaryKind::kDivide}},
      {"maximum", Binary{BinaryKind::kMaximum}},
      {"minimum", Binary{BinaryKind::kMinimum}},
      {"power", Binary{BinaryKind::kPower}},
      {"relu", Unary{UnaryKind::kRelu}},
      {"sigmoid", Unary{UnaryKind::kSigmoid}},
      {"tanh", Unary{UnaryKind::kTanh}},
      {"exp", Unary{UnaryKind::kExp}},
      {"abs", Unary{UnaryKind::kAbs}},
      {"negative", Unary{UnaryKind::kNegative}},
      {"floor", Unary{UnaryKind::kFloor}},
      {"sqrt", Unary{UnaryKind::kSqrt}},
      {"soft_plus", Unary{UnaryKind::kSoftPlus}},
      {"mish", Unary{UnaryKind::kMish}},
      {"swish", Unary{UnaryKind::kSwish}},
      {"h_swish", Unary{UnaryKind::kHSwish}},
      {"h_sigmoid", Unary{UnaryKind::kHSigmoid}},
      {"clamp", Clamp{-1.5, 6.0}},
      {"p_relu", PRelu{}},
      {"hard_sigmoid", HardSigmoid{}},
      {"hard_sigmoid_falling", HardSigmoid{}},
      {"soft_max", SoftMax{-2}},
      {"reduce_mean", Reduce{ReduceKind::kMean, false}},
      {"squared_difference", Binary{BinaryKind::kSquaredDifference}},
      {"ceiling", Unary{UnaryKind::kCeiling}},
      {"round", Unary{UnaryKind::kRound}},
      {"log", Unary{UnaryKind::kLog}},
      {"erf", Unary{UnaryKind::kErf}},
      {"sin", Unary{UnaryKind::kSin}},
      {"cos", Unary{UnaryKind::kCos}},
      {"elu", Elu{1.7}},
      {"gelu", Unary{UnaryKind::kGelu}},
      {"gelu_tanh", Unary{UnaryKind::kGeluTanh}},
      {"logical_and", Logical{LogicalKind::kAnd}},
      {"logical_or", Logical{LogicalKind::kOr}},
      {"logical_xor", Logical{LogicalKind::kXor}},
      {"logical_not", Unary{UnaryKind::kLogicalNot}},
      {"reduce_sum", Reduce{ReduceKind::kSum}},
      {"reduce_max", Reduce{ReduceKind::kMax}},
      {"reduce_min", Reduce{ReduceKind::kMin}},
      {"reduce_prod", Reduce{ReduceKind::kProd}},
      {"reduce_l1", Reduce{ReduceKind::kL1}},
      {"reduce_l2", Reduce{ReduceKind::kL2}},
      {"reduce_sum_i64", Reduce{ReduceKind::kSum, false}},
      {"reduce_sum_of_empty", Reduce{ReduceKind::kSum, false}},
      {"cum_sum_00", CumSum{}},
      {"cum_sum_01", CumSum{false, true}},
      {"cum_sum_10", CumSum{true, false}},
      {"cum_sum_11", CumSum{true, true}},
      {"mvn", Mvn{true, 1e-2, true}},
      {"mvn_outside", Mvn{true, 1e-1, false}},
      {"mvn_mean_alone", Mvn{false, 1e-5, true}},
      {"top_k", TopK{1}},
      {"top_k_min", TopK{-2, TopK::Mode::kMin, TopK::Sort::kValues, ElementType::kI32}},
      {"top_k_by_index", TopK{1, TopK::Mode::kMax, TopK::Sort::kIndices}},
      {"top_k_all", TopK{2}},
      {"top_k_i32", TopK{0}},
      {"pad_edge", Pad{Pad::Mode::kEdge}},
      {"pad_reflect", Pad{Pad::Mode::kReflect}},
      {"pad_symmetric", Pad{Pad::Mode::kSymmetric}},
      {"range", Range{}},
      {"range_f32", Range{ElementType::kF32}},
      {"range_empty", Range{}},
      {"tile", Tile{}},
      {"tile_longer", Tile{}},
      {"broadcast", Broadcast{}},
      {"broadcast_both_ways", Broadcast{true}},
      {"one_hot", OneHot{1}},
      {"one_hot_last", OneHot{}},
      {"depth_to_space_blocks_first", DepthToSpace{DepthToSpace::Mode::kBlocksFirst, 2}},
      {"depth_to_space_depth_first", DepthToSpace{DepthToSpace::Mode::kDepthFirst, 2}},
      {"space_to_depth_blocks_first", SpaceToDepth{DepthToSpace::Mode::kBlocksFirst, 2}},
      {"space_to_depth_depth_first", SpaceToDepth{DepthToSpace::Mode::kDepthFirst, 2}},
      {"gather_batched", Gather{1}},
      {"gather_batched_axis", Gather{1}},
      {"gather_elements", GatherElements{1}},
      {"gather_nd", GatherNd{}},
      {"gather_nd_batched", GatherNd{2}},
      {"gather_nd_all", GatherNd{}},
      {"scatter_elements", ScatterElementsUpdate{}},
      {"scatter_nd", ScatterNdUpdate{}},
      {"scatter_nd_twice", ScatterNdUpdate{}},
      {"deconv", ConvolutionBackpropData{{2, 1}, {1, 2}, {{1, 0}, {0, 1}}, {1, 0}}},
      {"deconv_dilated", ConvolutionBackpropData{{3, 3}, {2, 1}, {}, {0, 2}}},
      {"group_deconv", GroupConvolutionBackpropData{{2, 2}, {1, 1}, {{1, 0}, {0, 0}}, {0, 1}}},
      {"cubic_half_pixel", Interpolate{Mode::kCubic, Coordinates::kHalfPixel, Nearest::kFloor}},
      {"cubic_align_corners", Interpolate{Mode::kCubic, Coordinates::kAlignCorners, Nearest::kFloor, -0.5}},
      {"cubic_down", Interpolate{Mode::kCubic, Coordinates::kHalfPixel, Nearest::kFloor}},
      {"slice_masks", StridedSlice{{0, 1, 0}, {0, 0, 1}, {}, {}, {}}},
      {"slice_backward", StridedSlice{{0, 0, 1}, {0, 1, 0}, {}, {}, {}}},
      {"slice_ellipsis", StridedSlice{{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 1, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}}},
      {"slice_shrink", StridedSlice{{0, 1, 0}, {0, 1, 0}, {0, 0, 0}, {1, 0, 1}, {0, 0, 0}}},
      {"transpose", Transpose{}},
      {"gather", Gather{}},
      {"pad", Pad{}},
      {"reorg_yolo", ReorgYolo{2}},
      {"variadic_split", VariadicSplit{}},
      {"nearest_asymmetric_floor", Interpolate{Mode::kNearest, Coordinates::kAsymmetric, Nearest::kFloor}},
      {"nearest_down", Interpolate{Mode::kNearest, Coordinates::kAsymmetric, Nearest::kFloor}},
      {"nearest_half_pixel", Interpolate{Mode::kNearest, Coordinates::kHalfPixel, Nearest::kRoundPreferFloor}},
      {"nearest_prefer_ceil", Interpolate{Mode::kNearest, Coordinates::kHalfPixel, Nearest::kRoundPreferCeil}},
      {"nearest_align_ceil", Interpolate{Mode::kNearest, Coordinates::kAlignCorners, Nearest::kCeil}},
      {"linear_half_pixel", Interpolate{Mode::kLinear, Coordinates::kHalfPixel}},
      {"linear_asymmetric", Interpolate{Mode::kLinear, Coordinates::kAsymmetric}},
      {"linear_align_corners", Interpolate{Mode::kLinear, Coordinates::kAlignCorners}},
      {"linear_down", Interpolate{Mode::kLinear, Coordinates::kHalfPixel}},
      {"fake_quantize", FakeQuantize{255}},
      {"fake_quantize_other_range", FakeQuantize{16}},
      {"prior_box_clustered", PriorBoxClustered{{30.0f, 84.8528f}, {30.0f, 42.4264f}, {0.1f, 0.1f, 0.2f, 0.2f}}},
      {"prior_box_clustered_clip", PriorBoxClustered{{90.0f}, {70.0f}, {}, 0, 50.0f, 40.0f, 0.25f, true}},
  });
  return ops;
}

void expect_close(const Tensor& found, const Tensor& expected) {
  ASSERT_EQ(found.shape(), expected.shape());
  ASSERT_EQ(found.type(), expected.type());
  const auto a = to_vector<double>(found), b = to_vector<double>(expected);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
    ASSERT_TRUE(same || std::fabs(a[i] - b[i]) <= 2e-6 + 2e-6 * std::fabs(b[i])) << a[i] << " instead of " << b[i] << " at " << i;
  }
}

std::vector<Tensor> infer_and_evaluate(const Op& op, const std::vector<Tensor>& inputs) {
  std::vector<TensorType> types;
  std::vector<const Tensor*> constants;
  for (const Tensor& input : inputs) {
    types.push_back({input.type(), input.shape()});
    constants.push_back(&input);
  }
  const auto outputs = infer_types(op, types, constants);
  EXPECT_TRUE(outputs.ok()) << outputs.error().message;
  return outputs.ok() ? evaluate(op, inputs, *outputs) : std::vector<Tensor>{};
}

TEST(Evaluate, AgreesWithOpenVinoOnEveryRecordedCase) {
  const auto cases = read_cases();
  const auto ops = operations();
  ASSERT_GE(cases.size(), 60u);
  for (const auto& [name, recorded] : cases) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(ops.contains(name)) << "a recorded case without an operation in this test";
    const auto outputs = infer_and_evaluate(ops.at(name), recorded.inputs);
    ASSERT_EQ(outputs.size(), recorded.outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) expect_close(outputs[i], recorded.outputs[i]);
  }
  for (const auto& [name, op] : ops) EXPECT_TRUE(cases.contains(name)) << name << " is not recorded";
}

}  // namespace
}  // namespace octet
