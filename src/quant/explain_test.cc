#include "quant/explain.h"

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "graph/evaluate.h"
#include "quant/layer_alone.h"
#include "quant/small_net_for_test.h"
#include "runtime/plan.h"

namespace octet::quant {
namespace {

using quant_test::kImage;
using runtime_test::numbers;
using runtime_test::SmallGraph;

Tensor picture(std::size_t index) {
  std::mt19937 random(static_cast<std::uint32_t>(index));
  Tensor tensor(ElementType::kF32, kImage);
  for (float& value : tensor.mutable_values<float>()) value = static_cast<float>(random() % 256);
  return tensor;
}

CalibrationImages pictures(std::size_t count) { return quant_test::pictures(count, picture); }

// With a pool whose bytes move in front of the head.
Graph small_net() {
  SmallGraph g;
  quant_test::small_head(g, g.graph.emit(MaxPool{{2, 2}, {2, 2}}, {quant_test::small_body(g)}, "pool"));
  return std::move(g.graph);
}

QuantizedModel quantized() {
  auto made = quantize(small_net(), pictures(20), {1, {}, {}});
  EXPECT_TRUE(made.ok()) << made.error().message;
  return *std::move(made);
}

std::vector<float> output_of(const Graph& graph, std::size_t index, const Tensor& input) {
  Session session(*compile(graph), 1);
  return to_vector<float>((*session.run(std::span(&input, 1)))[index]);
}

const LayerFigures& layer_of(const Explanation& explanation, const std::string& node) {
  const auto found = std::ranges::find(explanation.layers, node, &LayerFigures::node);
  EXPECT_NE(found, explanation.layers.end()) << node;
  return *found;
}

TEST(QuantizedLayers, AreThoseThatReadQuantizers) {
  const QuantizedModel model = quantized();
  std::vector<std::string> names;
  for (const NodeId id : quantized_layers(model.graph)) names.push_back(model.graph.node(id).name);
  EXPECT_EQ(names.size(), 4u);  // three convolutions and the sum; the pool moves bytes
  for (const char* name : {"first", "deep", "head"}) EXPECT_EQ(std::ranges::count(names, name), 1) << name;
}

LayerTrials tried_all(const QuantizedModel& model) {
  std::set<std::string> names;
  for (const QuantizedLayer& layer : model.layers) names.insert(layer.node);
  return try_layers(model.floats, model.graph, names);
}

std::vector<float> with_alone(const LayerTrials& trials, std::size_t layer, const Tensor& input) {
  Session session(*compile_trials(trials), 1);
  EXPECT_TRUE(session.run(std::span(&input, 1)).ok());
  return to_vector<float>((*session.run_with(layer, std::span(&input, 1)))[0]);
}

// With every other layer in floats, the model is near the one in floats and not the same.
TEST(TryLayers, QuantizesOneLayerAndNoOther) {
  const QuantizedModel model = quantized();
  const LayerTrials trials = tried_all(model);
  ASSERT_EQ(trials.layers.size(), 4u);
  const Tensor input = picture(3);
  const std::vector<float> floats = output_of(model.floats, 0, input);
  EXPECT_EQ(output_of(trials.graph, 0, input), floats);
  for (std::size_t layer = 0; layer < trials.layers.size(); ++layer) {
    const auto head = with_alone(trials, layer, input);
    EXPECT_NE(head, floats) << layer;
    for (std::size_t i = 0; i < head.size(); ++i) EXPECT_NEAR(head[i], floats[i], 0.5f) << layer;  // they reach 47
  }
}

TEST(TryLayers, TriesThoseOfTheNames) {
  const QuantizedModel model = quantized();
  const LayerTrials trials = try_layers(model.floats, model.graph, {"deep", "no such layer"});
  ASSERT_EQ(trials.layers.size(), 1u);
  EXPECT_EQ(trials.layers[0].name, "deep");
}

// The first layer reads what it reads in the quantized graph, so that its result is the same there.
TEST(TryLayers, GivesALayerItsQuantizedInputsAndItsBias) {
  const QuantizedModel model = quantized();
  const LayerTrials trials = tried_all(model);
  const Tensor input = picture(3);
  const Graph made = ended_at(trials.graph, {trials.layers[0].quantized}), expected = ended_at(model.graph, {{model.graph.find("a"), 0}});
  EXPECT_EQ(output_of(made, 0, input), output_of(expected, 0, input));
}

TEST(HeadValues, OfADetectionOutputAreItsCodesAndScores) {
  SmallGraph g;
  const Value image = g.input({1, 1, 1, 12});
  const auto flat = [&](std::vector<std::int64_t> shape) {
    const Value to = g.graph.emit_constant(Tensor::of<std::int64_t>({static_cast<std::int64_t>(shape.size())}, shape));
    return g.graph.emit(Reshape{}, {image, to});
  };
  const Value codes = flat({1, 12}), scores = g.graph.emit(Unary{UnaryKind::kSigmoid}, {flat({1, 12})}, "scores");
  const Value priors = g.graph.emit_constant(numbers({1, 2, 12}, 1));
  g.output(g.graph.emit(DetectionOutput{}, {codes, scores, priors}, "boxes"));
  EXPECT_EQ(head_values(g.graph), (std::vector<Value>{codes, scores}));
}

TEST(Explain, GivesSharesThatAddUpToOne) {
  const QuantizedModel model = quantized();
  std::int64_t last = 0;
  const auto explanation = explain(model, pictures(20), {1, [&](std::int64_t done, std::int64_t) { last = done; }, {}});
  ASSERT_TRUE(explanation.ok()) << explanation.error().message;
  double sum = 0;
  for (const LayerFigures& layer : explanation->layers) {
    sum += layer.error_share;
    EXPECT_GT(layer.error_share, 0) << layer.node;
    EXPECT_GT(layer.snr_db, 10) << layer.node;
    EXPECT_EQ(layer.bits, 8) << layer.node;
  }
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_EQ(explanation->images, 8u);
  EXPECT_EQ(last, static_cast<std::int64_t>(explanation->images * explanation->layers.size()));
  EXPECT_EQ(layer_of(*explanation, "deep").operation, "GroupConvolution");
  EXPECT_TRUE(explanation->floats.empty());
  EXPECT_GT(explanation->snr_db, 10);
}

TEST(Explain, FindsTheLayerThatWasSpoiled) {
  QuantizedModel model = quantized();
  for (const NodeId quantizer : quantizers_of(model.graph, model.graph.node(model.graph.find("deep")).inputs[0]))
    model.graph.set_op(quantizer, FakeQuantize{4});
  const auto explanation = explain(model, pictures(20), {1, {}, {}});
  ASSERT_TRUE(explanation.ok()) << explanation.error().message;
  EXPECT_GT(layer_of(*explanation, "deep").error_share, 2 * layer_of(*explanation, "head").error_share);
  EXPECT_LT(layer_of(*explanation, "deep").snr_db, layer_of(*explanation, "head").snr_db);
}

TEST(Explain, IsTheSameAtAnyNumberOfThreads) {
  const QuantizedModel model = quantized();
  const auto one = explain(model, pictures(5), {1, {}, {}}), three = explain(model, pictures(5), {3, {}, {}});
  ASSERT_EQ(one->layers.size(), three->layers.size());
  for (std::size_t i = 0; i < one->layers.size(); ++i) {
    EXPECT_EQ(one->layers[i].error_share, three->layers[i].error_share);
    EXPECT_EQ(one->layers[i].snr_db, three->layers[i].snr_db);
  }
}

TEST(Explain, NeedsAnImage) {
  const CalibrationImages none{2, [](std::size_t) -> Result<Tensor> { return Error{ErrorCode::kMalformed, "no picture"}; }};
  EXPECT_EQ(explain(quantized(), none, {1, {}, {}}).error().code, ErrorCode::kNotFound);
}

TEST(ImagesToExplainWith, AreFewerForLargeModels) {
  EXPECT_EQ(images_to_explain_with(0, 0), 8u);
  EXPECT_EQ(images_to_explain_with(1'000'000'000, 100), 5u);
  EXPECT_EQ(images_to_explain_with(60'000'000'000, 110), 1u);
}

// Of a tensor 0, 1, ... 9 between the limits 0 and 8: one of ten is clipped.
TEST(TensorFigures, CountWhatFallsWhere) {
  SmallGraph g;
  const Value image = g.input({1, 1, 2, 5});
  g.output(g.relu(image, "values"));
  Graph floats = g.graph, quantized = g.graph;
  const Value values{quantized.find("values"), 0};
  const auto limit = [&](float at) { return quantized.emit_constant(Tensor::of<float>({1, 1, 1, 1}, {at})); };
  const Value low = limit(0), high = limit(8);
  const Value made = quantized.emit(FakeQuantize{5}, {values, low, high, low, high}, "quantizer");
  quantized.replace_uses(values, made);
  quantized.set_input(made.node, 0, values);
  quantized.tidy();
  const CalibrationImages images{1, [](std::size_t) -> Result<Tensor> {
                                   return Tensor::of<float>({1, 1, 2, 5}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
                                 }};
  const auto figures = tensor_figures(floats, quantized, images, 1);
  ASSERT_TRUE(figures.ok()) << figures.error().message;
  ASSERT_EQ(figures->size(), 1u);
  const TensorFigures& one = figures->front();
  EXPECT_EQ(one.node, "quantizer");
  EXPECT_EQ(one.tensor, "values");
  EXPECT_EQ(one.bits, 3);
  EXPECT_EQ(one.step, 2);
  EXPECT_EQ(one.least, 0);
  EXPECT_EQ(one.greatest, 9);
  EXPECT_NEAR(one.clipped_share, 0.1, 1e-12);
  EXPECT_NEAR(one.above_share, 0.1, 1e-12);
  EXPECT_NEAR(one.shares.front(), 0.1, 1e-12);
  EXPECT_NEAR(one.shares.back(), 0.1, 1e-12);
  // 1, 3, 5, 7 and 9 are each one off; the signal is the sum of the squares of 0 to 9.
  EXPECT_NEAR(one.snr_db, decibels(285, 5), 1e-9);
}

TEST(Decibels, AreHeldWithinBounds) {
  EXPECT_NEAR(decibels(100, 1), 20, 1e-12);
  EXPECT_EQ(decibels(1, 0), 99);
  EXPECT_EQ(decibels(0, 1), -99);
  EXPECT_EQ(decibels(0, 0), 0);
}

}  // namespace
}  // namespace octet::quant
