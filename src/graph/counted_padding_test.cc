#include "graph/counted_padding.h"

#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "graph/evaluate.h"
#include "graph/patterns.h"

namespace octet {
namespace {

const AvgPool kPool{{3, 3}, {2, 2}, {{1, 1}, {1, 1}}, false};

Value quantized(Graph& graph, Value data, float low, float high) {
  const Value from = graph.emit_constant(Tensor::scalar(low)), to = graph.emit_constant(Tensor::scalar(high));
  return graph.emit(FakeQuantize{256}, {data, from, to, from, to}, "fq");
}

// The pool of an image of 256 levels, by way of what moves bytes.
Graph pooled(const AvgPool& pool, float low = -1, std::int64_t height = 7, std::int64_t width = 6) {
  Graph graph;
  const Value image = graph.emit(Parameter{ElementType::kF32, {1, 2, height, width}}, {}, "image");
  const Value bytes = quantized(graph, image, low, 255 + low);
  const Value moved = graph.emit(MaxPool{{1, 1}, {1, 1}}, {graph.emit(Concat{1}, {bytes, bytes})});
  graph.emit(Output{}, {graph.emit(pool, {moved}, "pool")}, "out");
  graph.tidy();
  return graph;
}

Graph split(Graph graph) {
  split_counted_padding(graph);
  return graph;
}

Graph joined(Graph graph) {
  join_counted_padding(graph);
  return graph;
}

Tensor computed(const Graph& graph) {
  Tensor image(ElementType::kF32, graph.shape({graph.find("image"), 0}));
  float next = 3;
  for (float& pixel : image.mutable_values<float>()) pixel = next = std::fmod(next * 7 + 5, 251.0f);
  return evaluate(graph, {{"image", image}})->at("out");
}

TEST(CountedPadding, IsAFactorOfTheMeanAndBack) {
  const Graph graph = pooled(kPool), stored = split(graph);
  ASSERT_TRUE(is_binary(stored, {stored.find("pool"), 0}, BinaryKind::kMultiply));
  EXPECT_TRUE(std::get<AvgPool>(stored.node(stored.find("pool/inside")).op).exclude_pad);
  const Tensor* shares = stored.constant({stored.find("pool/share"), 0});
  ASSERT_EQ(shares->shape(), (Shape{1, 1, 4, 3}));
  EXPECT_FLOAT_EQ(shares->values<float>()[0], 4.0f / 9);
  EXPECT_FLOAT_EQ(shares->values<float>()[1], 6.0f / 9);
  EXPECT_FLOAT_EQ(shares->values<float>()[4], 1);
  EXPECT_EQ(dump(joined(stored)), dump(graph));
}

TEST(CountedPadding, EitherFormComputesTheSame) {
  EXPECT_TRUE(rc::check([] {
    const auto number = [](std::int64_t least, std::int64_t greatest) { return *rc::gen::inRange(least, greatest + 1); };
    AvgPool pool{{number(1, 4), number(1, 4)}, {number(1, 3), number(1, 3)}, {}, false};
    for (const std::size_t axis : {0, 1}) {
      pool.pads.begin[axis] = number(0, pool.kernel[axis] - 1);
      pool.pads.end[axis] = number(0, pool.kernel[axis] - 1);
    }
    pool.rounding = *rc::gen::element(Rounding::kFloor, Rounding::kCeil);
    const Graph graph = pooled(pool, -9, number(4, 9), number(4, 9)), stored = split(graph);
    const Tensor expected = computed(graph), found = computed(stored);
    for (std::size_t i = 0; i < expected.values<float>().size(); ++i)
      RC_ASSERT(std::fabs(found.values<float>()[i] - expected.values<float>()[i]) <= 1e-4f);
    RC_ASSERT(dump(joined(stored)) == dump(graph));
  }));
}

TEST(CountedPadding, StaysWhereByteZeroIsZero) { EXPECT_EQ(dump(split(pooled(kPool, 0))), dump(pooled(kPool, 0))); }

TEST(CountedPadding, StaysWhereNothingIsQuantized) {
  Graph graph;
  const Value image = graph.emit(Parameter{ElementType::kF32, {1, 2, 7, 6}}, {}, "image");
  graph.emit(Output{}, {graph.emit(kPool, {image}, "pool")}, "out");
  EXPECT_EQ(dump(split(graph)), dump(graph));
}

// Its mean of what lies inside would be no number in OpenVINO.
TEST(CountedPadding, StaysWhereAWindowIsOfPaddingAlone) {
  AvgPool pool{{2, 2}, {1, 1}, {}, false};
  pool.strides = {3, 3};
  pool.pads.end = {1, 1};
  pool.rounding = Rounding::kCeil;
  const Graph graph = pooled(pool, -1, 6, 6);
  EXPECT_EQ(dump(split(graph)), dump(graph));
}

TEST(CountedPadding, LeavesOtherFactors) {
  Graph graph = split(pooled(kPool));
  Tensor other = *graph.constant({graph.find("pool/share"), 0});
  other.mutable_values<float>()[5] = 0.5f;
  graph.set_input(graph.find("pool"), 1, graph.emit_constant(other, "other"));
  graph.tidy();
  EXPECT_EQ(dump(joined(graph)), dump(graph));
}

TEST(CountedPadding, LeavesAMeanThatIsReadElsewhere) {
  Graph graph = split(pooled(kPool));
  graph.emit(Output{}, {{graph.find("pool/inside"), 0}}, "mean");
  EXPECT_EQ(dump(joined(graph)), dump(graph));
}

}  // namespace
}  // namespace octet
