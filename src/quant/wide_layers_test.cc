#include "quant/wide_layers.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "graph/patterns.h"
#include "runtime/graph_for_test.h"

namespace octet::quant {
namespace {

using runtime_test::SmallGraph;

const Shape kImage{1, 3, 12, 12};

CalibrationImages pictures(std::size_t count) {
  return {count, [](std::size_t index) -> Result<Tensor> {
            Tensor tensor(ElementType::kF32, kImage);
            float value = static_cast<float>(index);
            for (float& each : tensor.mutable_values<float>()) each = value = static_cast<float>(static_cast<int>(value * 7 + 3) % 256);
            return tensor;
          }};
}

// Three convolutions in a row and a sum.
Graph small_net() {
  SmallGraph g;
  const Value a = g.relu(g.bias(g.conv(g.input(kImage), 8, "a"), "a_bias"), "a_relu");
  const Value b = g.relu(g.bias(g.conv(a, 8, "b"), "b_bias"), "b_relu");
  g.output(g.bias(g.conv(g.add(a, b), 5, "head"), "head_bias"));
  return std::move(g.graph);
}

CalibratedModel calibrated() { return *CalibratedModel::calibrate(small_net(), pictures(4), {}); }

std::vector<NodeId> in_order(const std::vector<LayerCost>& layers) {
  std::vector<NodeId> ids;
  for (const LayerCost& each : layers) ids.push_back(each.layer);
  return ids;
}

int integer_layers(const Graph& graph) {
  return static_cast<int>(
      std::ranges::count_if(graph.nodes(), [](const Node& node) { return std::holds_alternative<FakeQuantize>(node.op); }));
}

TEST(Quantize, LeavesWideLayersInFloat) {
  const CalibratedModel model = calibrated();
  ASSERT_EQ(model.plan().layers.size(), 4U);
  const NodeId head = model.plan().layers.back();
  const QuantizedModel all = *model.quantize({}), some = *model.quantize({head});
  EXPECT_EQ(all.convolutions, 3U);
  EXPECT_EQ(some.convolutions, 2U);
  ASSERT_EQ(some.layers.size(), 4U);
  EXPECT_EQ(some.layers.back().node, model.graph().node(head).name);
  EXPECT_EQ(some.layers.back().bits, 32);
  EXPECT_EQ(some.layers.front().bits, 8);
  EXPECT_LT(integer_layers(some.graph), integer_layers(all.graph));
}

TEST(Quantize, IsTheFloatModelWithAllLayersWide) {
  const CalibratedModel model = calibrated();
  const auto& layers = model.plan().layers;
  const QuantizedModel none = *model.quantize({layers.begin(), layers.end()});
  EXPECT_EQ(none.convolutions, 0U);
  EXPECT_EQ(integer_layers(none.graph), 0);
}

TEST(RelativeLatency, IsOneForNoneAndGrowsWithEachLayer) {
  const CalibratedModel model = calibrated();
  std::set<NodeId> wide;
  double last = relative_latency(model, wide);
  EXPECT_EQ(last, 1);
  for (const NodeId layer : model.plan().layers) {
    if (!convolution_geometry(model.graph(), model.graph().node(layer))) continue;
    wide.insert(layer);
    const double found = relative_latency(model, wide);
    EXPECT_GT(found, last);
    last = found;
  }
}

TEST(AffordableLayers, AreThoseOfNoGreaterLatency) {
  const CalibratedModel model = calibrated();
  EXPECT_EQ(affordable_layers(model, 1e9).size(), 4U);
  EXPECT_TRUE(affordable_layers(model, -1).empty());
  const double of_head = relative_latency(model, {model.plan().layers.back()}) - 1;
  for (const LayerCost& each : affordable_layers(model, of_head)) EXPECT_LE(each.latency, of_head);
}

TEST(SortByWorth, PutsFirstWhatLosesMostForItsLatency) {
  std::vector<LayerCost> layers{
      {NodeId{0}, 0.1, 0.1}, {NodeId{1}, 0.1, 0.01}, {NodeId{2}, 0.2, 0.1}, {NodeId{3}, 0.1, 0.1}, {NodeId{4}, 1e-3, -1}};
  sort_by_worth(layers);
  EXPECT_EQ(in_order(layers), (std::vector<NodeId>{NodeId{4}, NodeId{1}, NodeId{2}, NodeId{0}, NodeId{3}}));
}

TEST(LayersWithin, StaysWithinTheBudgetAndLeavesWhatLosesNothing) {
  const CalibratedModel model = calibrated();
  const std::set<NodeId> sum{model.plan().layers[2]};
  std::vector<LayerCost> ranking = affordable_layers(model, 1e9);
  ranking[2].error = 1;
  sort_by_worth(ranking);
  ASSERT_TRUE(std::holds_alternative<Binary>(model.graph().node(*sum.begin()).op));
  EXPECT_EQ(layers_within(model, ranking, 1e9, 4), sum);
  EXPECT_TRUE(layers_within(model, ranking, -1, 4).empty());
  EXPECT_EQ(layers_within(model, ranking, 1e9, 0), sum);
}

TEST(LayersWithin, PrefersOneOfALargeErrorToThoseOfMoreWorthThatLeaveNoRoomForIt) {
  const CalibratedModel model = calibrated();
  std::vector<LayerCost> convolutions = affordable_layers(model, 1e9);
  std::erase_if(convolutions, [&](const LayerCost& each) { return std::holds_alternative<Binary>(model.graph().node(each.layer).op); });
  const auto [cheap, dear] = std::ranges::minmax(convolutions, {}, &LayerCost::latency);
  ASSERT_LT(cheap.latency, dear.latency);
  std::vector<LayerCost> ranking{{cheap.layer, 0.9, cheap.latency}, {dear.layer, 1, dear.latency}};
  sort_by_worth(ranking);
  ASSERT_EQ(ranking[0].layer, cheap.layer);
  EXPECT_EQ(layers_within(model, ranking, dear.latency, 4), std::set<NodeId>{dear.layer});
  EXPECT_EQ(layers_within(model, ranking, 1e9, 1), std::set<NodeId>{dear.layer});
  ranking[0].error = 1.1;
  EXPECT_EQ(layers_within(model, ranking, dear.latency, 4), std::set<NodeId>{cheap.layer});
}

TEST(LayersWithin, CountsAllButSums) {
  const CalibratedModel model = calibrated();
  std::vector<LayerCost> ranking = affordable_layers(model, 1e9);
  for (LayerCost& each : ranking) each.error = 1;
  const auto wide = layers_within(model, ranking, 1e9, 1);
  ASSERT_EQ(wide.size(), 2U);
  EXPECT_EQ(std::ranges::count_if(wide, [&](NodeId layer) { return std::holds_alternative<Binary>(model.graph().node(layer).op); }), 1);
}

}  // namespace
}  // namespace octet::quant
