#include "passes/passes.h"

#include "passes/pass_testing.h"

namespace octet::passes {
namespace {

using namespace testing;

// Every step-th element of an axis from `first` on.
Value every(Graph& graph, Value data, std::int64_t axis, std::int64_t first, std::int64_t step) {
  std::vector<std::int64_t> begin(4, 0), strides(4, 1), masks(4, 1);
  begin[static_cast<std::size_t>(axis)] = first;
  strides[static_cast<std::size_t>(axis)] = step;
  StridedSlice slice;
  slice.begin_mask = slice.end_mask = masks;
  slice.begin_mask[static_cast<std::size_t>(axis)] = 0;
  return graph.emit(slice, {data, graph.emit_constant(integers(begin)), graph.emit_constant(integers(std::vector<std::int64_t>(4, 0))),
                            graph.emit_constant(integers(strides))});
}

Value pixels(Graph& graph, Value image, std::int64_t row, std::int64_t column) {
  return every(graph, every(graph, image, 2, row, 2), 3, column, 2);
}

// The focus of YOLOX, whose order of pixels is by columns.
Value focus(Graph& graph, Value image) {
  return graph.emit(
      Concat{1}, {pixels(graph, image, 0, 0), pixels(graph, image, 1, 0), pixels(graph, image, 0, 1), pixels(graph, image, 1, 1)}, "focus");
}

const Shape kImage{1, 3, 8, 10};

TEST(FoldSpaceToDepth, MakesAStrideOfBlocks) {
  Graph graph;
  output(graph, convolution(graph, focus(graph, input(graph, kImage)), 5));
  const Graph folded = expect_rewrite(fold_space_to_depth, graph);
  EXPECT_EQ(operations(folded), "Convolution Result");
  const auto& conv = std::get<Convolution>(folded.node(folded.find("conv")).op);
  EXPECT_EQ(conv.strides, (Spatial{2, 2}));
  EXPECT_EQ(conv.pads, (Pads{{2, 2}, {2, 2}}));
}

TEST(FoldSpaceToDepth, TakesBlocksOfRowsAloneAndOtherOrders) {
  Graph graph;
  const Value image = input(graph, {2, 2, 9, 4});
  const Value rows = graph.emit(Concat{1}, {every(graph, image, 2, 2, 3), every(graph, image, 2, 0, 3), every(graph, image, 2, 1, 3)});
  output(graph, convolution(graph, rows, 4));
  EXPECT_EQ(operations(expect_rewrite(fold_space_to_depth, graph)), "Convolution Result");
}

// What ONNX Runtime's pre-processing for its quantizer makes of a focus: an operation of its own and a new order of channels.
TEST(FoldSpaceToDepth, TakesTheOperationAndAnOrderOfItsChannels) {
  const std::vector<std::int64_t> order{0, 1, 2, 6, 7, 8, 3, 4, 5, 11, 10, 9};
  for (const auto mode : {DepthToSpace::Mode::kBlocksFirst, DepthToSpace::Mode::kDepthFirst})
    for (const bool is_reordered : {false, true}) {
      Graph graph;
      Value blocks = graph.emit(SpaceToDepth{mode, 2}, {input(graph, kImage)});
      const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(1));
      if (is_reordered) blocks = graph.emit(Gather{}, {blocks, graph.emit_constant(integers(order)), axis});
      output(graph, convolution(graph, blocks, 5));
      EXPECT_EQ(operations(expect_rewrite(fold_space_to_depth, graph)), "Convolution Result");
    }
  Graph repeated;  // one channel twice, and one not at all
  std::vector<std::int64_t> not_all = order;
  not_all[0] = 1;
  const Value blocks = repeated.emit(SpaceToDepth{DepthToSpace::Mode::kBlocksFirst, 2}, {input(repeated, kImage)});
  const Value axis = repeated.emit_constant(Tensor::scalar<std::int64_t>(1));
  output(repeated, convolution(repeated, repeated.emit(Gather{}, {blocks, repeated.emit_constant(integers(not_all)), axis}), 5));
  expect_untouched(fold_space_to_depth, repeated);
}

TEST(FoldSpaceToDepth, LetsAQuantizerOfTheWholeReadTheImage) {
  Graph graph;
  const Value joined = focus(graph, input(graph, kImage));
  const auto limit = [&](float value) { return graph.emit_constant(Tensor::scalar(value)); };
  const Value quantized = graph.emit(FakeQuantize{256}, {joined, limit(-1), limit(3), limit(-1), limit(3)});
  output(graph, convolution(graph, quantized, 5));
  EXPECT_EQ(operations(expect_rewrite(fold_space_to_depth, graph)), "FakeQuantize Convolution Result");
}

TEST(FoldSpaceToDepth, KeepsTheWayInWhichWeightsAreStored) {
  Graph graph;
  std::vector<std::int8_t> codes(2 * 12);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::int8_t>(7 * i - 80);
  const Value stored = graph.emit_constant(Tensor::of({2, 12, 1, 1}, codes));
  const Value weights = binary(graph, BinaryKind::kMultiply, graph.emit(Convert{ElementType::kF32}, {stored}),
                               Tensor::of<float>({2, 1, 1, 1}, std::vector<float>{0.5f, 0.25f}));
  output(graph, graph.emit(Convolution{}, {focus(graph, input(graph, kImage)), weights}, "conv"));
  const Graph folded = expect_rewrite(fold_space_to_depth, graph);
  EXPECT_EQ(operations(folded), "Convert Multiply Convolution Result");
}

TEST(FoldSpaceToDepth, LeavesBlocksThatAreNotWhole) {
  Graph three, twice, read_twice;
  const Value image = input(three, kImage);
  output(three, convolution(
                    three, three.emit(Concat{1}, {pixels(three, image, 0, 0), pixels(three, image, 0, 1), pixels(three, image, 1, 1)}), 4));
  expect_untouched(fold_space_to_depth, three);

  const Value same = input(twice, kImage);
  output(twice, convolution(twice, twice.emit(Concat{1}, {every(twice, same, 2, 0, 2), every(twice, same, 2, 0, 2)}), 4));
  expect_untouched(fold_space_to_depth, twice);

  const Value joined = focus(read_twice, input(read_twice, kImage));
  output(read_twice, convolution(read_twice, joined, 4), "a");
  output(read_twice, joined, "b");
  expect_untouched(fold_space_to_depth, read_twice);
}

TEST(FoldSpaceToDepth, LeavesWeightsWithAScaleForEachInput) {
  Graph graph;
  const Value stored = graph.emit_constant(Tensor::of({2, 12, 1, 1}, std::vector<std::int8_t>(24, 3)));
  const Value weights =
      binary(graph, BinaryKind::kMultiply, graph.emit(Convert{ElementType::kF32}, {stored}), Numbers(2).tensor({1, 12, 1, 1}));
  output(graph, graph.emit(Convolution{}, {focus(graph, input(graph, kImage)), weights}));
  expect_untouched(fold_space_to_depth, graph);
}

}  // namespace
}  // namespace octet::passes
