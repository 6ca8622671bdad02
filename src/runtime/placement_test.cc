#include "runtime/placement.h"

#include <gtest/gtest.h>

#include "runtime/graph_for_test.h"

namespace octet {
namespace {

using runtime_test::SmallGraph;

std::map<Value, Placement> placements_of(const Graph& graph) {
  const Constants constants(graph);
  const FusionFinder fusion(graph, constants, {});
  return place_values(graph, select_lowerings(graph, constants, fusion));
}

TEST(PlaceValues, WritesWhatIsJoinedIntoItsPlace) {
  SmallGraph g;
  const Value image = g.input({1, 3, 5, 5}), a = g.conv(image, 4), b = g.conv(image, 6), joined = g.concat({a, b});
  g.output(joined);
  const auto found = placements_of(g.graph);
  EXPECT_EQ(found.at(a).base, joined);
  EXPECT_EQ(found.at(a).element_offset, 0);
  EXPECT_EQ(found.at(b).element_offset, 4);
}

TEST(PlaceValues, PutsNestedConcatsIntoTheOuterOne) {
  SmallGraph g;
  const Value image = g.input({1, 3, 5, 5}), a = g.conv(image, 4), b = g.conv(image, 6), c = g.conv(image, 2);
  const Value inner = g.concat({a, b}), outer = g.concat({c, inner});
  g.output(outer);
  const auto found = placements_of(g.graph);
  EXPECT_EQ(found.at(inner).base, outer);
  EXPECT_EQ(found.at(inner).element_offset, 2);
  EXPECT_EQ(found.at(a).base, inner);
}

TEST(PlaceValues, GivesAValueThatIsJoinedTwiceOnePlace) {
  SmallGraph g;
  const Value a = g.conv(g.input({1, 3, 5, 5}), 4), joined = g.concat({a, a});
  g.output(joined);
  const auto found = placements_of(g.graph);
  EXPECT_EQ(found.at(a).element_offset, 0);
  EXPECT_EQ(found.size(), 1u);
}

TEST(PlaceValues, TakesSlicesFromTheirInput) {
  SmallGraph g;
  const Value a = g.conv(g.input({1, 3, 5, 5}), 6);
  const Value axis = g.graph.emit_constant(Tensor::scalar<std::int64_t>(1));
  const Value parts = g.graph.emit(VariadicSplit{}, {a, axis, g.integers({2, -1})});
  g.output(g.relu({parts.node, 1}));
  const auto found = placements_of(g.graph);
  EXPECT_EQ(found.at({parts.node, 1}).base, a);
  EXPECT_EQ(found.at({parts.node, 1}).element_offset, 2);
}

// What is cut in two and joined again with more, as the blocks of YOLO do it, is written into its place at once.
TEST(PlaceValues, PutsAllPartsOfAnImageIntoAConcat) {
  SmallGraph g;
  const Value a = g.conv(g.input({1, 3, 5, 5}), 6), axis = g.graph.emit_constant(Tensor::scalar<std::int64_t>(1));
  const NodeId cut = g.graph.emit(VariadicSplit{}, {a, axis, g.integers({2, 4})}).node;
  const Value more = g.conv({cut, 1}, 3), joined = g.concat({more, {cut, 0}, {cut, 1}});
  g.output(joined);
  const auto found = placements_of(g.graph);
  EXPECT_EQ(found.at(a).base, joined);
  EXPECT_EQ(found.at(a).element_offset, 3);
}

TEST(PlaceValues, LeavesPartsInAnotherOrder) {
  SmallGraph g;
  const Value a = g.conv(g.input({1, 3, 5, 5}), 6), axis = g.graph.emit_constant(Tensor::scalar<std::int64_t>(1));
  const NodeId cut = g.graph.emit(VariadicSplit{}, {a, axis, g.integers({2, 4})}).node;
  g.output(g.concat({{cut, 1}, {cut, 0}}));
  EXPECT_FALSE(placements_of(g.graph).contains(a));
}

TEST(PlaceValues, LeavesInputsOfTheModelWhereTheyAre) {
  SmallGraph g;
  const Value image = g.input({1, 3, 5, 5});
  g.output(g.concat({image, g.conv(image, 4)}));
  EXPECT_FALSE(placements_of(g.graph).contains(image));
}

TEST(PlaceValues, LeavesValuesOfAnotherQuantization) {
  SmallGraph g;
  const Value image = g.input({1, 3, 5, 5}), a = g.quantize(g.conv(image, 4), "a", 1), b = g.quantize(g.conv(image, 4), "b", 2);
  g.output(g.concat({a, b}));
  EXPECT_TRUE(placements_of(g.graph).empty());
}

// The tail of an SSD: maps to rows, rows joined.
struct Tail {
  SmallGraph g;
  Value map, joined;

  explicit Tail(std::int64_t batch) {
    map = g.conv(g.input({batch, 3, 5, 5}), 4);
    const Value rows = g.graph.emit(Reshape{true}, {g.graph.emit(Transpose{}, {map, g.integers({0, 2, 3, 1})}), g.integers({0, -1})});
    joined = g.concat({rows, rows});
    g.output(joined);
  }
};

TEST(PlaceValues, ConvolvesIntoTheRowsOfAHead) {
  const Tail tail(1);
  const auto found = placements_of(tail.g.graph);
  EXPECT_EQ(found.at(tail.map).base, tail.joined);
}

TEST(PlaceValues, LeavesTheRowsOfSeveralImagesApart) {
  const Tail tail(2);
  EXPECT_FALSE(placements_of(tail.g.graph).contains(tail.map));
}

TEST(PlaceValues, LeavesImagesThatAreJoinedAsPlanes) {
  SmallGraph g;
  const Value a = g.conv(g.input({1, 3, 5, 5}), 4);
  g.output(g.concat({a, a}, 0));
  g.output(g.relu(a), "interleaved");
  EXPECT_FALSE(placements_of(g.graph).contains(a));
}

}  // namespace
}  // namespace octet
