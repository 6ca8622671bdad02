#include "importers/tensorflow/evaluator.h"

#include <gtest/gtest.h>

#include "importers/tensorflow/graph_writer.h"

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
Array value_of(const GraphWriter& writer, std::uint32_t port = 0) {
  const Source source = source_of(writer);
  Evaluator evaluator(source);
  const auto value = evaluator.evaluate(find(source, "out", port));
  EXPECT_TRUE(value.ok()) << value.error().message;
  return value.ok() ? **value : Array{};
}

std::string error_of(const GraphWriter& writer) {
  const Source source = source_of(writer);
  Evaluator evaluator(source);
  const auto value = evaluator.evaluate(find(source, "out"));
  return value.ok() ? "(computed)" : value.error().message;
}

using Doubles = std::vector<double>;

TEST(Evaluator, AddsInFloatAsTensorFlowDoes) {
  GraphWriter g;
  g.node("Add", "out", {g.scalar("a", 0.1f), g.scalar("b", 0.2f)});
  EXPECT_EQ(value_of(g).values, (Doubles{static_cast<double>(0.1f + 0.2f)}));
}

TEST(Evaluator, BroadcastsBothSides) {
  GraphWriter g;
  g.node("Mul", "out", {g.constant<float>("a", {2, 1}, {1, 10}), g.constant<float>("b", {3}, {1, 2, 3})});
  EXPECT_EQ(value_of(g).shape, (Shape{2, 3}));
  EXPECT_EQ(value_of(g).values, (Doubles{1, 2, 3, 10, 20, 30}));
}

TEST(Evaluator, DividesWholeNumbersDown) {
  GraphWriter g;
  g.node("FloorDiv", "out", {g.wholes("a", {7, -7}), g.whole("b", 2)});
  EXPECT_EQ(value_of(g).values, (Doubles{3, -4}));
}

TEST(Evaluator, RefusesToDivideWholeNumbersByZero) {
  GraphWriter g;
  g.node("FloorDiv", "out", {g.whole("a", 7), g.whole("b", 0)});
  EXPECT_NE(error_of(g).find("'out' (FloorDiv)"), std::string::npos) << error_of(g);
}

TEST(Evaluator, SlicesWithStridesAndMasks) {
  GraphWriter g;
  proto::NodeDef& out = g.add("StridedSlice", "out",
                              {g.constant<std::int32_t>("x", {2, 4}, {0, 1, 2, 3, 4, 5, 6, 7}), g.wholes("begin", {1, -1}),
                               g.wholes("end", {2, 0}), g.wholes("step", {1, -2})});
  GraphWriter::attribute(out, "shrink_axis_mask").set_i(1);
  GraphWriter::attribute(out, "end_mask").set_i(2);
  EXPECT_EQ(value_of(g).shape, (Shape{2}));
  EXPECT_EQ(value_of(g).values, (Doubles{7, 5}));
}

TEST(Evaluator, TilesEveryAxis) {
  GraphWriter g;
  g.node("Tile", "out", {g.constant<std::int32_t>("x", {1, 2}, {1, 2}), g.wholes("times", {2, 2})});
  EXPECT_EQ(value_of(g).shape, (Shape{2, 4}));
  EXPECT_EQ(value_of(g).values, (Doubles{1, 2, 1, 2, 1, 2, 1, 2}));
}

TEST(Evaluator, PacksOnANewAxis) {
  GraphWriter g;
  GraphWriter::attribute(g.add("Pack", "out", {g.wholes("a", {1, 2}), g.wholes("b", {3, 4})}), "axis").set_i(1);
  EXPECT_EQ(value_of(g).values, (Doubles{1, 3, 2, 4}));
}

TEST(Evaluator, UnpacksToSeveralOutputs) {
  GraphWriter g;
  g.node("Unpack", "out", {g.constant<std::int32_t>("x", {2, 2}, {1, 2, 3, 4})});
  EXPECT_EQ(value_of(g, 1).values, (Doubles{3, 4}));
}

TEST(Evaluator, JoinsAlongAnAxis) {
  GraphWriter g;
  g.node("ConcatV2", "out",
         {g.constant<std::int32_t>("a", {2, 1}, {1, 2}), g.constant<std::int32_t>("b", {2, 2}, {3, 4, 5, 6}), g.whole("axis", -1)});
  EXPECT_EQ(value_of(g).values, (Doubles{1, 3, 4, 2, 5, 6}));
}

TEST(Evaluator, TransposesAndReshapes) {
  GraphWriter g;
  g.node("Transpose", "t", {g.constant<std::int32_t>("x", {2, 3}, {1, 2, 3, 4, 5, 6}), g.wholes("order", {1, 0})});
  g.node("Reshape", "out", {"t", g.wholes("shape", {2, -1})});
  EXPECT_EQ(value_of(g).values, (Doubles{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(value_of(g).shape, (Shape{2, 3}));
}

TEST(Evaluator, MakesRanges) {
  GraphWriter g;
  g.node("Range", "out", {g.whole("start", 3), g.whole("limit", -2), g.whole("step", -2)});
  EXPECT_EQ(value_of(g).values, (Doubles{3, 1, -1}));
}

TEST(Evaluator, ReducesAlongAxes) {
  GraphWriter g;
  g.node("Mean", "out", {g.constant<float>("x", {2, 2}, {1, 2, 3, 6}), g.wholes("axes", {0})});
  EXPECT_EQ(value_of(g).shape, (Shape{2}));
  EXPECT_EQ(value_of(g).values, (Doubles{2, 4}));
}

TEST(Evaluator, GathersAlongAnAxis) {
  GraphWriter g;
  g.node("GatherV2", "out", {g.constant<std::int32_t>("x", {2, 2}, {1, 2, 3, 4}), g.wholes("i", {1, 0, 1}), g.whole("axis", 1)});
  EXPECT_EQ(value_of(g).values, (Doubles{2, 1, 2, 4, 3, 4}));
}

TEST(Evaluator, SeesThroughAConstantThatEntersALoop) {
  GraphWriter g;
  GraphWriter::attribute(g.add("Enter", "out", {g.whole("x", 4)}), "is_constant").set_b(true);
  EXPECT_EQ(value_of(g).values, (Doubles{4}));
}

TEST(Evaluator, AsksForShapesItCannotCompute) {
  GraphWriter g;
  g.node("Placeholder", "image");
  g.node("Shape", "out", {"image"});
  const Source source = source_of(g);
  Evaluator evaluator(source, [](Ref) { return Result<Shape>(Shape{1, 8, 6, 3}); });
  const auto shape = evaluator.evaluate(find(source, "out"));
  ASSERT_TRUE(shape.ok()) << shape.error().message;
  EXPECT_EQ((*shape)->values, (Doubles{1, 8, 6, 3}));
}

TEST(Evaluator, ComputesFromAValueThatIsGiven) {
  GraphWriter g;
  g.node("Placeholder", "image");
  g.node("Neg", "out", {"image"});
  const Source source = source_of(g);
  Evaluator evaluator(source);
  evaluator.bind(find(source, "image"), {DataType::kFloat, {2}, {1, -2}});
  const auto value = evaluator.evaluate(find(source, "out"));
  ASSERT_TRUE(value.ok()) << value.error().message;
  EXPECT_EQ((*value)->values, (Doubles{-1, 2}));
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
  GraphWriter fill;
  fill.node("Fill", "out", {fill.wholes("shape", {1 << 20, 1 << 20}), fill.scalar("x", 1)});
  EXPECT_NE(error_of(fill).find("too large"), std::string::npos) << error_of(fill);
  GraphWriter tile;
  tile.node("Tile", "out", {tile.wholes("x", {1}), tile.wholes("times", {1 << 30})});
  EXPECT_NE(error_of(tile).find("too large"), std::string::npos) << error_of(tile);
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
  EXPECT_EQ(value_of(g).values, (Doubles{1}));
}

}  // namespace
}  // namespace octet::tensorflow
