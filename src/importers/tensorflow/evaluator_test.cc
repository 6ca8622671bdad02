#include "importers/tensorflow/evaluator.h"

#include <gtest/gtest.h>

#include "importers/tensorflow/graph_writer_for_test.h"

namespace octet::tensorflow {
namespace {

Source source_of(const GraphWriter& writer) {
  const std::string bytes = writer.bytes();
  auto graph = parse_graph_def(std::as_bytes(std::span(bytes)));
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return Source(graph.ok() ? *std::move(graph) : GraphDef{});
}

Ref find(const Source& source, std::string_view name, std::uint32_t port = 0) {
  for (NodeIndex i = 0; i < source.size(); ++i)
    if (source.node(i).name == name) return {i, port};
  ADD_FAILURE() << "no node " << name;
  return {};
}

// The value of output `port` of the node "out".
Tensor value_of(const GraphWriter& writer, std::uint32_t port = 0) {
  const Source source = source_of(writer);
  Evaluator evaluator(source);
  const auto value = evaluator.evaluate(find(source, "out", port));
  EXPECT_TRUE(value.ok()) << value.error().message;
  return value.ok() ? *value : Tensor();
}

std::string error_of(const GraphWriter& writer) {
  const Source source = source_of(writer);
  Evaluator evaluator(source);
  const auto value = evaluator.evaluate(find(source, "out"));
  return value.ok() ? "(computed)" : value.error().message;
}

using Doubles = std::vector<double>;

Doubles numbers_of(const GraphWriter& writer, std::uint32_t port = 0) { return to_vector<double>(value_of(writer, port)); }

TEST(Evaluator, AddsInFloatAsTensorFlowDoes) {
  GraphWriter g;
  g.node("Add", "out", {g.scalar("a", 0.1f), g.scalar("b", 0.2f)});
  EXPECT_EQ(numbers_of(g), (Doubles{static_cast<double>(0.1f + 0.2f)}));
}

TEST(Evaluator, BroadcastsBothSides) {
  GraphWriter g;
  g.node("Mul", "out", {g.constant<float>("a", {2, 1}, {1, 10}), g.constant<float>("b", {3}, {1, 2, 3})});
  EXPECT_EQ(value_of(g).shape(), (Shape{2, 3}));
  EXPECT_EQ(numbers_of(g), (Doubles{1, 2, 3, 10, 20, 30}));
}

// Not the default in its place, which would give other numbers.
TEST(Evaluator, RefusesAnAttributeOfAnotherKind) {
  GraphWriter g;
  proto::NodeDef& mean = g.add("Mean", "out", {g.constant<float>("data", {2, 2}, {1, 2, 3, 4}), g.wholes("axes", {0})});
  GraphWriter::attribute(mean, "keep_dims").set_i(1);
  EXPECT_EQ(error_of(g), "node 'out' (Mean): attribute 'keep_dims' is a whole number where true or false is expected");
  GraphWriter::attribute(mean, "keep_dims").set_b(true);  // the last one counts
  EXPECT_EQ(value_of(g).shape(), (Shape{1, 2}));
}

TEST(Evaluator, RefusesAConstantOfText) {
  GraphWriter g;
  GraphWriter::attribute(g.add("Const", "out"), "value").mutable_tensor()->set_dtype(7);
  EXPECT_EQ(error_of(g), "node 'out' (Const): attribute 'value' is something without numbers where a constant is expected");
}

TEST(Evaluator, DividesWholeNumbersDown) {
  GraphWriter g;
  g.node("FloorDiv", "out", {g.wholes("a", {7, -7}), g.whole("b", 2)});
  EXPECT_EQ(numbers_of(g), (Doubles{3, -4}));
}

TEST(Evaluator, RefusesToDivideWholeNumbersByZero) {
  GraphWriter g;
  g.node("FloorDiv", "out", {g.whole("a", 7), g.whole("b", 0)});
  EXPECT_NE(error_of(g).find("'out' (FloorDiv)"), std::string::npos) << error_of(g);
}

// The graph's division rounds down, TensorFlow's Div cuts off: they agree above zero alone.
TEST(Evaluator, RefusesToCutOffNegativeQuotients) {
  GraphWriter positive;
  positive.node("Div", "out", {positive.wholes("a", {7, 8}), positive.whole("b", 2)});
  EXPECT_EQ(numbers_of(positive), (Doubles{3, 4}));
  GraphWriter negative;
  negative.node("Div", "out", {negative.wholes("a", {7, -7}), negative.whole("b", 2)});
  EXPECT_NE(error_of(negative).find("negative whole numbers"), std::string::npos) << error_of(negative);
}

TEST(Evaluator, TakesTheRestOfADivisionWithTheSignOfTheDivisor) {
  GraphWriter g;
  g.node("FloorMod", "out", {g.wholes("a", {7, -7}), g.whole("b", 3)});
  EXPECT_EQ(numbers_of(g), (Doubles{1, 2}));
}

TEST(Evaluator, ComparesAndChooses) {
  GraphWriter g;
  const std::string a = g.constant<float>("a", {3}, {1, 2, 3}), b = g.constant<float>("b", {3}, {3, 2, 1});
  g.node("Select", "out", {g.node("GreaterEqual", "ge", {a, b}), a, b});
  EXPECT_EQ(numbers_of(g), (Doubles{3, 2, 3}));
}

TEST(Evaluator, RoundsHalvesToEven) {
  GraphWriter g;
  g.node("Round", "out", {g.constant<float>("x", {4}, {0.5f, 1.5f, -0.5f, 2.4f})});
  EXPECT_EQ(numbers_of(g), (Doubles{0, 2, 0, 2}));
  GraphWriter up;
  up.node("Ceil", "out", {up.constant<float>("x", {3}, {0.5f, -1.5f, 2})});
  EXPECT_EQ(numbers_of(up), (Doubles{1, -1, 2}));
}

TEST(Evaluator, RefusesASliceBeyondTheBorder) {
  GraphWriter inside;
  inside.node("Slice", "out", {inside.wholes("x", {1, 2, 3}), inside.wholes("begin", {1}), inside.wholes("size", {-1})});
  EXPECT_EQ(numbers_of(inside), (Doubles{2, 3}));
  GraphWriter beyond;
  beyond.node("Slice", "out", {beyond.wholes("x", {1, 2, 3}), beyond.wholes("begin", {1}), beyond.wholes("size", {3})});
  EXPECT_NE(error_of(beyond).find("cuts outside of [3]"), std::string::npos) << error_of(beyond);
}

TEST(Evaluator, SlicesWithStridesAndMasks) {
  GraphWriter g;
  proto::NodeDef& out = g.add("StridedSlice", "out",
                              {g.constant<std::int32_t>("x", {2, 4}, {0, 1, 2, 3, 4, 5, 6, 7}), g.wholes("begin", {1, -1}),
                               g.wholes("end", {2, 0}), g.wholes("step", {1, -2})});
  GraphWriter::attribute(out, "shrink_axis_mask").set_i(1);
  GraphWriter::attribute(out, "end_mask").set_i(2);
  EXPECT_EQ(value_of(g).shape(), (Shape{2}));
  EXPECT_EQ(numbers_of(g), (Doubles{7, 5}));
}

TEST(Evaluator, TilesEveryAxis) {
  GraphWriter g;
  g.node("Tile", "out", {g.constant<std::int32_t>("x", {1, 2}, {1, 2}), g.wholes("times", {2, 2})});
  EXPECT_EQ(value_of(g).shape(), (Shape{2, 4}));
  EXPECT_EQ(numbers_of(g), (Doubles{1, 2, 1, 2, 1, 2, 1, 2}));
}

TEST(Evaluator, PacksOnANewAxis) {
  GraphWriter g;
  GraphWriter::attribute(g.add("Pack", "out", {g.wholes("a", {1, 2}), g.wholes("b", {3, 4})}), "axis").set_i(1);
  EXPECT_EQ(numbers_of(g), (Doubles{1, 3, 2, 4}));
}

TEST(Evaluator, UnpacksToSeveralOutputs) {
  GraphWriter g;
  g.node("Unpack", "out", {g.constant<std::int32_t>("x", {2, 2}, {1, 2, 3, 4})});
  EXPECT_EQ(numbers_of(g, 1), (Doubles{3, 4}));
}

TEST(Evaluator, JoinsAlongAnAxis) {
  GraphWriter g;
  g.node("ConcatV2", "out",
         {g.constant<std::int32_t>("a", {2, 1}, {1, 2}), g.constant<std::int32_t>("b", {2, 2}, {3, 4, 5, 6}), g.whole("axis", -1)});
  EXPECT_EQ(numbers_of(g), (Doubles{1, 3, 4, 2, 5, 6}));
}

TEST(Evaluator, TransposesAndReshapes) {
  GraphWriter g;
  g.node("Transpose", "t", {g.constant<std::int32_t>("x", {2, 3}, {1, 2, 3, 4, 5, 6}), g.wholes("order", {1, 0})});
  g.node("Reshape", "out", {"t", g.wholes("shape", {2, -1})});
  EXPECT_EQ(numbers_of(g), (Doubles{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(value_of(g).shape(), (Shape{2, 3}));
}

TEST(Evaluator, MakesRanges) {
  GraphWriter g;
  g.node("Range", "out", {g.whole("start", 3), g.whole("limit", -2), g.whole("step", -2)});
  EXPECT_EQ(numbers_of(g), (Doubles{3, 1, -1}));
}

TEST(Evaluator, ReducesAlongAxes) {
  GraphWriter g;
  g.node("Mean", "out", {g.constant<float>("x", {2, 2}, {1, 2, 3, 6}), g.wholes("axes", {0})});
  EXPECT_EQ(value_of(g).shape(), (Shape{2}));
  EXPECT_EQ(numbers_of(g), (Doubles{2, 4}));
}

TEST(Evaluator, GathersAlongAnAxis) {
  GraphWriter g;
  g.node("GatherV2", "out", {g.constant<std::int32_t>("x", {2, 2}, {1, 2, 3, 4}), g.wholes("i", {1, 0, 1}), g.whole("axis", 1)});
  EXPECT_EQ(numbers_of(g), (Doubles{2, 1, 2, 4, 3, 4}));
}

TEST(Evaluator, SpreadsValuesOverAShape) {
  GraphWriter g;
  g.node("SparseToDense", "out",
         {g.constant<std::int32_t>("places", {2, 2}, {0, 1, 1, 2}), g.wholes("shape", {2, 3}), g.wholes("values", {5, 6}),
          g.whole("rest", 9)});
  EXPECT_EQ(numbers_of(g), (Doubles{9, 5, 9, 9, 9, 6}));
}

TEST(Evaluator, RefusesAPlaceOutsideOfTheShape) {
  GraphWriter g;
  g.node("SparseToDense", "out", {g.wholes("places", {3}), g.wholes("shape", {3}), g.wholes("values", {5}), g.whole("rest", 0)});
  EXPECT_EQ(error_of(g), "node 'out' (SparseToDense): has a place outside of its shape");
}

TEST(Evaluator, SeesThroughAConstantThatEntersALoop) {
  GraphWriter g;
  GraphWriter::attribute(g.add("Enter", "out", {g.whole("x", 4)}), "is_constant").set_b(true);
  EXPECT_EQ(numbers_of(g), (Doubles{4}));
}

TEST(Evaluator, AsksForShapesItCannotCompute) {
  GraphWriter g;
  g.node("Placeholder", "image");
  g.node("Shape", "out", {"image"});
  const Source source = source_of(g);
  Evaluator evaluator(source, [](Ref) { return Result<Shape>(Shape{1, 8, 6, 3}); });
  const auto shape = evaluator.evaluate(find(source, "out"));
  ASSERT_TRUE(shape.ok()) << shape.error().message;
  EXPECT_EQ(to_vector<double>(*shape), (Doubles{1, 8, 6, 3}));
}

TEST(Evaluator, ComputesFromAValueThatIsGiven) {
  GraphWriter g;
  g.node("Placeholder", "image");
  g.node("Neg", "out", {"image"});
  const Source source = source_of(g);
  Evaluator evaluator(source);
  evaluator.bind(find(source, "image"), Tensor::of<float>({2}, std::vector<float>{1, -2}));
  const auto value = evaluator.evaluate(find(source, "out"));
  ASSERT_TRUE(value.ok()) << value.error().message;
  EXPECT_EQ(to_vector<double>(*value), (Doubles{-1, 2}));
}

TEST(Evaluator, NamesWhatDependsOnTheImageEveryTime) {
  GraphWriter g;
  g.node("Neg", "out", {g.node("Placeholder", "image")});
  const Source source = source_of(g);
  Evaluator evaluator(source);
  for (int time = 0; time < 2; ++time) {
    const auto value = evaluator.evaluate(find(source, "out"));
    ASSERT_FALSE(value.ok());
    EXPECT_NE(value.error().message.find("'image' (Placeholder)"), std::string::npos) << value.error().message;
  }
}

TEST(Evaluator, RefusesAValueThatDependsOnItself) {
  GraphWriter g;
  g.node("Neg", "out", {"again"});
  g.node("Neg", "again", {"out"});
  EXPECT_NE(error_of(g).find("depends on itself"), std::string::npos) << error_of(g);
}

TEST(Evaluator, RefusesSmallGraphsThatAskForMuch) {
  for (const std::int32_t side : {1 << 20, 46000, 4096}) {
    GraphWriter fill;
    fill.node("Fill", "out", {fill.wholes("shape", {side, side}), fill.scalar("x", 1)});
    EXPECT_NE(error_of(fill).find("too large"), std::string::npos) << error_of(fill);
  }
  GraphWriter tile;
  tile.node("Tile", "out", {tile.wholes("x", {1}), tile.wholes("times", {1 << 30})});
  EXPECT_NE(error_of(tile).find("too large"), std::string::npos) << error_of(tile);
  GraphWriter unpack;
  unpack.node("Unpack", "out", {unpack.node("Fill", "f", {unpack.wholes("shape", {1 << 23}), unpack.scalar("x", 1)})});
  EXPECT_NE(error_of(unpack).find("8388608 parts"), std::string::npos) << error_of(unpack);
  GraphWriter range;
  range.node("Range", "out", {range.whole("start", 0), range.whole("limit", 1 << 30), range.whole("step", 1)});
  EXPECT_NE(error_of(range).find("too long"), std::string::npos) << error_of(range);
}

TEST(Evaluator, RefusesOperationsWithTooFewInputs) {
  for (const std::string op :
       {"Add",   "Reshape", "Squeeze", "StridedSlice", "Gather", "GatherV2", "Pack",      "ConcatV2",   "Split", "Slice", "Tile",
        "Range", "Fill",    "Cast",    "Softmax",      "Select", "Sum",      "Transpose", "ExpandDims", "Shape", "Const", "FloorDiv"}) {
    GraphWriter g;
    g.node(op, "out");
    EXPECT_NE(error_of(g).find("'out'"), std::string::npos) << op << ": " << error_of(g);
  }
}

TEST(Evaluator, ComputesAChainOfAnyLength) {
  GraphWriter g;
  std::string at = g.scalar("x", 1);
  for (int i = 0; i < 200000; ++i) at = g.node("Identity", "i" + std::to_string(i), {at});
  g.node("Identity", "out", {at});
  EXPECT_EQ(numbers_of(g), (Doubles{1}));
}

}  // namespace
}  // namespace octet::tensorflow
