#include "quant/quantize.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "graph/evaluate.h"
#include "quant/bias_correction.h"
#include "quant/small_net_for_test.h"
#include "runtime/plan.h"

namespace octet::quant {
namespace {

using quant_test::kImage;
using runtime_test::numbers;
using runtime_test::SmallGraph;

// Pixels that brighten from image to image.
Tensor picture(std::size_t index) {
  std::mt19937 random(static_cast<std::uint32_t>(index));
  Tensor tensor(ElementType::kF32, kImage);
  for (float& value : tensor.mutable_values<float>()) value = static_cast<float>(random() % (20 + 12 * (index % 20)));
  return tensor;
}

CalibrationImages pictures(std::size_t count) { return quant_test::pictures(count, picture); }

// With a shortcut and a head.
Graph small_net() {
  SmallGraph g;
  quant_test::small_head(g, quant_test::small_body(g));
  return std::move(g.graph);
}

// With a depthwise convolution behind a SiLU, whose channels are counted.
Graph swish_net() {
  SmallGraph g;
  const Value curved = g.graph.emit(Unary{UnaryKind::kSwish}, {g.bias(g.conv(g.input(kImage), 8, "first"), "first_bias")}, "curved");
  g.output(g.bias(g.conv(g.bias(quant_test::deep(g, curved), "deep_bias"), 4, "last"), "last_bias"));
  return std::move(g.graph);
}

std::vector<float> infer(const Graph& graph, const Tensor& input) {
  Session session(*compile(graph), 1);
  return to_vector<float>((*session.run(std::span(&input, 1)))[0]);
}

double relative_error(const std::vector<float>& found, const std::vector<float>& expected) {
  double error = 0, power = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    error += std::pow(static_cast<double>(found[i]) - static_cast<double>(expected[i]), 2);
    power += std::pow(static_cast<double>(expected[i]), 2);
  }
  return std::sqrt(error / power);
}

TEST(Calibrate, DoesNotDependOnTheNumberOfThreads) {
  const Graph graph = small_net();
  const std::vector<Value> values{{graph.find("a"), 0}, {graph.find("add"), 0}};
  const auto one = *calibrate(graph, values, pictures(70), {1, {}, {}}), four = *calibrate(graph, values, pictures(70), {4, {}, {}});
  for (const Value value : values) {
    EXPECT_EQ(one.at(value).images(), 70);
    EXPECT_EQ(one.at(value).min(), four.at(value).min());
    EXPECT_EQ(one.at(value).max(), four.at(value).max());
    EXPECT_EQ(one.at(value).mean(), four.at(value).mean());
    EXPECT_EQ(one.at(value).typical_max(1), four.at(value).typical_max(1));
  }
}

// The first image is done only after the other thread has come as far as it may.
TEST(Calibrate, HoldsNoMoreThanSomeImagesBehindASlowOne) {
  const Graph graph = small_net();
  const Value value{graph.find("a"), 0};
  constexpr int kMostLoaded = 33;
  std::atomic<int> loaded = 0, loaded_behind = 0;
  CalibrationImages images = pictures(40);
  images.load = [&](std::size_t index) -> Result<Tensor> {
    ++loaded;
    if (index == 0) {
      while (loaded < kMostLoaded) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      loaded_behind = loaded.load();
    }
    return picture(index);
  };
  const auto slow = *calibrate(graph, {value}, images, {2, {}, {}}), plain = *calibrate(graph, {value}, pictures(40), {});
  EXPECT_EQ(loaded_behind, kMostLoaded);
  EXPECT_EQ(slow.at(value).images(), 40);
  EXPECT_EQ(slow.at(value).mean(), plain.at(value).mean());
  EXPECT_EQ(slow.at(value).typical_max(1), plain.at(value).typical_max(1));
}

TEST(Calibrate, SeesWhatTheGraphMeans) {
  const Graph graph = small_net();
  const Value value{graph.find("a"), 0};
  const auto found = *calibrate(graph, {value}, pictures(1), {});
  Graph cut = graph;
  cut.emit(Output{}, {value}, "seen");
  const auto seen = to_vector<float>((*evaluate(cut, {{"image", picture(0)}})).at("seen"));
  const std::size_t plane = seen.size() / 8;
  for (std::size_t c = 0; c < 8; ++c) {
    const std::span<const float> channel(seen.data() + c * plane, plane);
    EXPECT_NEAR(found.at(value).min()[c], *std::ranges::min_element(channel), 1e-5);
    EXPECT_NEAR(found.at(value).max()[c], *std::ranges::max_element(channel), 1e-5);
    double sum = 0;
    for (const float x : channel) sum += static_cast<double>(x);
    EXPECT_NEAR(found.at(value).mean()[c], sum / static_cast<double>(plane), 1e-5);
  }
}

TEST(Calibrate, SkipsWhatCannotBeReadWithAWarning) {
  const Graph graph = small_net();
  const Value value{graph.find("a"), 0};
  CalibrationImages images = pictures(5);
  images.load = [](std::size_t index) -> Result<Tensor> {
    if (index == 1) return Error{ErrorCode::kMalformed, "b.jpg: no JPEG"};
    if (index == 3) return Tensor(ElementType::kF32, {1, 3, 4, 4});
    return picture(index);
  };
  std::set<std::string> warnings;
  std::int64_t done = 0;
  const auto found = calibrate(
      graph, {value}, images,
      {2, [&](std::int64_t now, std::int64_t) { done = now; }, [&](std::string_view text) { warnings.insert(std::string(text)); }});
  EXPECT_EQ(found->at(value).images(), 3);
  EXPECT_EQ(done, 5);
  EXPECT_EQ(warnings.size(), 2u);
  EXPECT_TRUE(warnings.contains("skipped: b.jpg: no JPEG"));
}

TEST(Calibrate, SaysThatNoImageCouldBeUsed) {
  const Graph graph = small_net();
  const auto found = calibrate(graph, {{graph.find("a"), 0}}, pictures(0), {});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  const auto broken = [](std::size_t i) -> Result<Tensor> { return Error{ErrorCode::kMalformed, std::to_string(i) + ".jpg: no JPEG"}; };
  const auto why = calibrate(graph, {{graph.find("a"), 0}}, {3, broken, {}}, {2, {}, {}});
  ASSERT_FALSE(why.ok());
  EXPECT_EQ(why.error().code, ErrorCode::kNotFound);
  EXPECT_NE(why.error().message.find("could be used, as 0.jpg: no JPEG"), std::string::npos) << why.error().message;
}

TEST(RangeObserver, WidensTheMeanOfTheExtremesBySpread) {
  RangeObserver observer(true);
  observer.add({{-1, 0}, {4, 2}, {0.5f, 1}});
  observer.add({{-3, -2}, {6, 8}, {1.5f, 3}});
  EXPECT_EQ(observer.min(), (std::vector<float>{-3, -2}));
  EXPECT_EQ(observer.max(), (std::vector<float>{6, 8}));
  EXPECT_EQ(observer.mean(), (std::vector<double>{1, 2}));
  EXPECT_DOUBLE_EQ(observer.typical_min(0), -2);
  EXPECT_DOUBLE_EQ(observer.typical_max(0.5), 7);
  EXPECT_DOUBLE_EQ(observer.typical_min(2), -4);
  EXPECT_DOUBLE_EQ(observer.typical_min(1, 0), -1);
  EXPECT_DOUBLE_EQ(observer.typical_max(1, 2), 11);
}

// Channels with means of their own: the corrected convolution of rounded weights has the mean of the original one.
TEST(BiasShift, TakesTheMeanErrorOfRoundedWeightsAway) {
  for (const bool grouped : {false, true}) {
    SmallGraph g;
    const Value image = g.input({1, 4, 40, 40});
    const Tensor weights = grouped ? numbers({4, 2, 1, 3, 3}) : numbers({6, 4, 3, 3});
    const Value stored = g.graph.emit_constant(weights);
    const Pads pads{{1, 0}, {0, 2}};
    const Value conv = grouped ? g.graph.emit(GroupConvolution{{2, 1}, {1, 1}, pads}, {image, stored})
                               : g.graph.emit(Convolution{{2, 1}, {1, 1}, pads}, {image, stored});
    g.output(conv);

    // Coarse weights, so that the error is large.
    const std::size_t channels = grouped ? 8 : 6;
    WeightQuantization coarse = quantize_weights(weights.values<float>(), channels, 9);
    for (auto& value : coarse.values) value = static_cast<std::int8_t>(value / 16 * 16);
    Tensor rounded(ElementType::kF32, weights.shape());
    const std::size_t filter = coarse.values.size() / channels;
    for (std::size_t i = 0; i < coarse.values.size(); ++i) rounded.mutable_values<float>()[i] = coarse.scale[i / filter] * coarse.values[i];
    Graph rough = g.graph;
    rough.set_input(conv.node, 1, rough.emit_constant(rounded));
    rough.tidy();

    const std::vector<double> means{0.5, -1, 2, 3};
    std::mt19937 random(7);
    std::normal_distribution<float> noise(0, 0.1f);
    Tensor input(ElementType::kF32, {1, 4, 40, 40});
    for (std::size_t i = 0; i < input.mutable_values<float>().size(); ++i)
      input.mutable_values<float>()[i] = static_cast<float>(means[i / 1600]) + noise(random);

    const auto shift = bias_shift(g.graph, conv.node, weights.values<float>(), coarse, means);
    const auto exact = to_vector<double>((*evaluate(g.graph, {{"image", input}})).begin()->second);
    const auto found = to_vector<double>((*evaluate(rough, {{"image", input}})).begin()->second);
    ASSERT_EQ(shift.size(), channels);
    const std::size_t plane = exact.size() / channels;
    double before = 0, after = 0;
    for (std::size_t o = 0; o < channels; ++o) {
      double error = 0;
      for (std::size_t i = 0; i < plane; ++i) error += (exact[o * plane + i] - found[o * plane + i]) / static_cast<double>(plane);
      before = std::max(before, std::fabs(error));
      after = std::max(after, std::fabs(error - static_cast<double>(shift[o])));
    }
    EXPECT_GT(before, 0.1);
    EXPECT_LT(after, before / 20) << "grouped " << grouped;
  }
}

TEST(Quantize, StoresIntegersAndQuantizesInputs) {
  const auto model = *quantize(small_net(), pictures(8), {2, {}, {}});
  EXPECT_EQ(model.images, 8);
  EXPECT_EQ(model.convolutions, 3u);
  std::size_t quantizations = 0, bytes = 0;
  for (const Node& node : model.graph.nodes()) {
    quantizations += std::holds_alternative<FakeQuantize>(node.op);
    if (const auto* constant = std::get_if<Constant>(&node.op)) bytes += constant->value.type() == ElementType::kI8;
  }
  EXPECT_EQ(quantizations, model.points);
  EXPECT_EQ(bytes, 3u);
}

TEST(Quantize, ComputesEveryConvolutionInIntegers) {
  const auto model = *quantize(small_net(), pictures(8), {});
  const auto plan = *compile(model.graph);
  for (const StepInfo& step : plan->steps()) EXPECT_TRUE(step.integer || step.macs == 0) << step.node;
}

TEST(Quantize, StaysCloseToTheOriginal) {
  const Graph original = small_net();
  const auto model = *quantize(original, pictures(30), {});
  for (std::size_t index = 100; index < 104; ++index)
    EXPECT_LT(relative_error(infer(model.graph, picture(index)), infer(original, picture(index))), 0.03);
}

TEST(Quantize, GivesTheSameModelWithAnyThreads) {
  const auto one = *quantize(small_net(), pictures(40), {1, {}, {}}), four = *quantize(small_net(), pictures(40), {4, {}, {}});
  ASSERT_EQ(dump(one.graph), dump(four.graph));
  for (std::size_t i = 0; i < one.graph.nodes().size(); ++i) {
    const Tensor *a = one.graph.constant({static_cast<NodeId>(i), 0}), *b = four.graph.constant({static_cast<NodeId>(i), 0});
    EXPECT_TRUE(!a || std::ranges::equal(a->bytes(), b->bytes())) << one.graph.nodes()[i].name;
  }
}

// Of a result that may be negative; what a ReLU gives starts at zero in both.
TEST(Quantize, MakesLimitsSymmetricByThePresetPerformance) {
  SmallGraph g;
  g.output(g.conv(g.relu(g.conv(g.conv(g.input(kImage), 4, "signed"), 4, "second"), "positive"), 4, "third"));
  CalibrationOptions options;
  options.preset = Preset::kPerformance;
  const auto model = *quantize(g.graph, pictures(8), options);
  const auto limits = [&](const std::string& of) {
    const Node& node = model.graph.node(model.graph.find(of + "/fq_output_0"));
    return std::pair(model.graph.constant(node.inputs[1])->values<float>()[0], model.graph.constant(node.inputs[2])->values<float>()[0]);
  };
  const auto [low, high] = limits("signed");
  EXPECT_LT(low, 0);
  EXPECT_FLOAT_EQ(low, -high * 128 / 127);
  EXPECT_EQ(limits("positive").first, 0);
}

TEST(Quantize, TakesTheRangeOfPixelsForTheInput) {
  const auto model = *quantize(small_net(), pictures(2), {});
  const Node& input = model.graph.node(model.graph.find("scale/fq_output_0"));
  EXPECT_EQ(to_vector<float>(*model.graph.constant(input.inputs[1])), std::vector<float>{0});
  EXPECT_NEAR(to_vector<float>(*model.graph.constant(input.inputs[2]))[0], 2, 1e-5);
}

TEST(Quantize, TakesANetThatReadsItsInputAtOnce) {
  SmallGraph g;
  g.output(g.bias(g.conv(g.input(kImage), 4)));
  const auto model = quantize(g.graph, pictures(3), {});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->images, 3);
  EXPECT_LT(relative_error(infer(model->graph, picture(50)), infer(g.graph, picture(50))), 0.02);
}

// What has no kernel of its own still has channels to observe.
TEST(Quantize, TakesConvolutionsBehindOperationsWithoutKernels) {
  SmallGraph g;
  const Value resized = g.graph.emit(Interpolate{Interpolate::Mode::kLinear}, {g.relu(g.conv(g.input(kImage), 4)), g.integers({20, 20})});
  const Value maximum = g.graph.emit(Binary{BinaryKind::kMaximum}, {resized, g.graph.emit_constant(Tensor::scalar(0.5f))});
  g.output(g.bias(g.conv(maximum, 4, "second")));
  const auto model = quantize(g.graph, pictures(40), {});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_LT(relative_error(infer(model->graph, picture(50)), infer(g.graph, picture(50))), 0.03);
}

TEST(Quantize, TakesJoinsWithConstants) {
  SmallGraph g;
  const Value a = g.relu(g.conv(g.input(kImage), 4));
  g.output(g.bias(g.conv(g.concat({a, g.graph.emit_constant(numbers({1, 2, 12, 12}))}), 4, "second")));
  EXPECT_TRUE(quantize(g.graph, pictures(6), {}).ok());
}

// The graph with its constants rounded to f16; stored so, as OpenVINO's save_model does where it is not told otherwise, or as f32.
Graph with_half_constants(const Graph& graph, bool stored) {
  Graph half = graph;
  for (std::size_t i = 0, count = graph.nodes().size(); i < count; ++i) {
    const Value value{static_cast<NodeId>(i), 0};
    const Tensor* constant = graph.constant(value);
    if (!constant || constant->type() != ElementType::kF32) continue;
    const Tensor rounded = converted(*constant, ElementType::kF16);
    const Value real = stored ? half.emit(Convert{ElementType::kF32}, {half.emit_constant(rounded)})
                              : half.emit_constant(converted(rounded, ElementType::kF32));
    half.replace_uses(value, real);
  }
  half.tidy();
  return half;
}

TEST(Quantize, TakesWeightsOfF16AsTheirValuesInF32) {
  const auto model = quantize(with_half_constants(small_net(), true), pictures(8), {});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->convolutions, 3u);
  const auto expected = *quantize(with_half_constants(small_net(), false), pictures(8), {});
  EXPECT_EQ(infer(model->graph, picture(50)), infer(expected.graph, picture(50)));
}

TEST(Quantize, TakesPicturesAsBytes) {
  SmallGraph g;
  const Value bytes = g.graph.emit(Parameter{ElementType::kU8, {1, 12, 12, 3}}, {}, "image");
  const Value pixels = g.graph.emit(Convert{ElementType::kF32}, {bytes});
  g.output(g.bias(g.conv(g.graph.emit(Transpose{}, {pixels, g.integers({0, 3, 1, 2})}), 4)));
  const auto model = quantize(g.graph, pictures(3), {});
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->convolutions, 1u);
  EXPECT_EQ(model->graph.type({model->graph.find("image"), 0}), (TensorType{ElementType::kF32, kImage}));
}

TEST(Quantize, RefusesAQuantizedModel) {
  const auto model = *quantize(small_net(), pictures(2), {});
  const auto again = quantize(model.graph, pictures(2), {});
  ASSERT_FALSE(again.ok());
  EXPECT_NE(again.error().message.find("quantized already"), std::string::npos);
}

TEST(Quantize, NamesTheNodeWithWeightsThatAreNoNumbers) {
  SmallGraph g;
  Tensor weights = numbers({2, 3, 1, 1});
  weights.mutable_values<float>()[3] = std::numeric_limits<float>::quiet_NaN();
  g.output(g.graph.emit(Convolution{}, {g.input(kImage), g.graph.emit_constant(weights)}, "broken"));
  const auto model = quantize(g.graph, pictures(2), {});
  ASSERT_FALSE(model.ok());
  EXPECT_NE(model.error().message.find("'broken'"), std::string::npos);
}

TEST(Quantize, NamesTheNodeWithoutARange) {
  SmallGraph g;
  const Value huge = g.graph.emit(Unary{UnaryKind::kExp}, {g.conv(g.input(kImage), 4)}, "exploding");
  g.output(g.conv(huge, 2, "second"));
  const auto model = quantize(g.graph, pictures(2), {});
  ASSERT_FALSE(model.ok());
  EXPECT_NE(model.error().message.find("'exploding'"), std::string::npos);
}

// The square root of what is negative is no number; only the third picture has such pixels.
TEST(Quantize, NamesImageAndNodeWhereAValueIsNoNumber) {
  SmallGraph g;
  const Value root = g.graph.emit(Unary{UnaryKind::kSqrt}, {g.graph.emit(Unary{UnaryKind::kTanh}, {g.input(kImage)})}, "root");
  g.output(g.bias(g.conv(root, 4, "reads")));
  CalibrationImages images = pictures(20);
  images.load = [](std::size_t index) -> Result<Tensor> {
    Tensor image = picture(index);
    if (index == 3) image.mutable_values<float>()[40] = -5;
    return image;
  };
  images.name = [](std::size_t index) { return "photo" + std::to_string(index) + ".jpg"; };
  for (const int threads : {1, 3}) {
    const auto model = quantize(g.graph, images, {threads, {}, {}});
    ASSERT_FALSE(model.ok());
    EXPECT_EQ(model.error().code, ErrorCode::kMalformed);
    EXPECT_EQ(model.error().message, "photo3.jpg: node 'root' gives values that are infinite or no numbers, so they have no range");
  }
}

// Pixels may be brighter than those of the calibration.
TEST(Quantize, NamesTheNodeWithValuesTooLargeForARange) {
  SmallGraph g;
  const Value huge =
      g.graph.emit(Binary{BinaryKind::kMultiply}, {g.input(kImage), g.graph.emit_constant(Tensor::scalar(1.34e36f))}, "huge");
  g.output(g.conv(huge, 2, "reads"));
  const auto model = quantize(g.graph, {2, [](std::size_t) -> Result<Tensor> { return Tensor(ElementType::kF32, kImage); }}, {});
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().message, "node 'huge' gives values that are too large to have a range");
}

// What `count` processes find, each of its share of the images, as files have it, put together in another order.
CalibrationStatistics shared_out(const Graph& graph, const CalibrationImages& images, std::size_t count, CalibrationOptions options = {}) {
  std::optional<CalibrationStatistics> sum;
  for (std::size_t index = count; index-- > 0;) {
    options.share = {index, count};
    const std::string bytes = encode_statistics(CalibratedModel::calibrate(graph, images, options)->statistics());
    const CalibrationStatistics part = *decode_statistics(std::as_bytes(std::span(bytes)));
    if (!sum)
      sum = part;
    else
      EXPECT_TRUE(add_statistics(part, *sum).ok());
  }
  return *sum;
}

Result<CalibratedModel> with_statistics(const Graph& graph, const CalibrationImages& images, CalibrationStatistics statistics,
                                        CalibrationOptions options = {}) {
  options.known = std::make_shared<const CalibrationStatistics>(std::move(statistics));
  return CalibratedModel::calibrate(graph, images, options);
}

TEST(CalibratedModel, IsTheSameWhoeverObservesWhichImages) {
  const Graph graphs[] = {small_net(), swish_net()};
  for (const Graph& graph : graphs)
    for (const std::size_t images : {std::size_t{3}, std::size_t{70}}) {
      const CalibratedModel one = *CalibratedModel::calibrate(graph, pictures(images), {});
      for (const std::size_t count : {2U, 3U, 5U}) {
        const CalibrationStatistics statistics = shared_out(graph, pictures(images), count);
        EXPECT_EQ(images_of(statistics), static_cast<std::int64_t>(images));
        EXPECT_EQ(encode_statistics(statistics), encode_statistics(one.statistics()));
        const auto joined = with_statistics(graph, pictures(images), statistics);
        ASSERT_TRUE(joined.ok()) << joined.error().message;
        EXPECT_EQ(digest_of_constants(joined->quantize({})->graph), digest_of_constants(one.quantize({})->graph));
      }
    }
}

const float* limit_of(const Graph& graph, const char* quantizer, std::size_t input) {
  return graph.constant(graph.node(graph.find(quantizer)).inputs[input])->values<float>().data();
}

TEST(Quantize, FindsRangesAsAnEstimatorSays) {
  const Graph graph = small_net();
  const std::vector<Value> sum{{graph.find("add"), 0}};
  const auto quantizer_limits = [&](const char* words, Preset preset) {
    CalibrationOptions options;
    options.estimator = *parse_range_estimator(words);
    options.preset = preset;
    const Graph quantized = (*quantize(graph, pictures(9), options)).graph;
    return std::pair(*limit_of(quantized, "add/fq_output_0", 1), *limit_of(quantized, "add/fq_output_0", 2));
  };
  // Of the graph whose channels were made alike, as which the calibrated model has it.
  const CalibratedModel model = *CalibratedModel::calibrate(graph, pictures(9), {});
  const RangeObserver& seen = model.statistics().observers.at({model.graph().find("add"), 0});
  const auto near = [](double expected) { return static_cast<float>(expected); };
  EXPECT_FLOAT_EQ(quantizer_limits("default", Preset::kMixed).second, near(seen.typical_max(0)));
  EXPECT_FLOAT_EQ(quantizer_limits("max.aggregator=max", Preset::kMixed).second, std::ranges::max(seen.max()));
  EXPECT_FLOAT_EQ(quantizer_limits("default", Preset::kPerformance).second, near(seen.typical_max(0)));
  EXPECT_FLOAT_EQ(quantizer_limits("max.clipping_value=0.5", Preset::kMixed).second, 0.5f);
  EXPECT_LT(quantizer_limits("quantile,max.outlier_prob=0.1", Preset::kMixed).second, near(seen.typical_max(0)));
}

TEST(CalibratedModel, IsTheSameWhoeverEstimatesRangesOfWhichImages) {
  const Graph graph = swish_net();
  CalibrationOptions options;
  options.estimator = *parse_range_estimator("quantile,min.aggregator=mean");
  CalibrationOptions threads = options;
  threads.threads = 3;
  const CalibratedModel one = *CalibratedModel::calibrate(graph, pictures(9), options);
  EXPECT_EQ(encode_statistics(CalibratedModel::calibrate(graph, pictures(9), threads)->statistics()), encode_statistics(one.statistics()));
  const CalibrationStatistics statistics = shared_out(graph, pictures(9), 2, options);
  EXPECT_EQ(encode_statistics(statistics), encode_statistics(one.statistics()));
  const auto joined = with_statistics(graph, pictures(9), statistics, options);
  EXPECT_EQ(digest_of_constants(joined->quantize({})->graph), digest_of_constants(one.quantize({})->graph));
  // Statistics of who was not asked for an estimator say nothing for it.
  EXPECT_EQ(with_statistics(graph, pictures(9), shared_out(graph, pictures(9), 2), options).error().code, ErrorCode::kMalformed);
}

TEST(CalibratedModel, SaysHowItsRangesCameToRest) {
  const auto curve_of = [](std::size_t count, int threads) {
    CalibrationOptions options;
    options.threads = threads;
    return CalibratedModel::calibrate(small_net(), pictures(count), options)->curve();
  };
  const std::vector<CurvePoint> curve = curve_of(20, 1), threads = curve_of(20, 3);
  ASSERT_EQ(curve.size(), 4U);
  for (std::size_t i = 0; i < curve.size(); ++i) {
    EXPECT_EQ(curve[i].images, std::vector<std::int64_t>({4, 8, 16, 20})[i]);
    EXPECT_EQ(curve[i].distance, threads[i].distance);
  }
  EXPECT_GT(curve[0].distance, curve[2].distance);
  EXPECT_EQ(curve[3].distance, 0);
}

// Each of five blocks, which take pictures in turn, has the same ones.
TEST(CalibratedModel, LeavesOutPicturesOfManyThatChangeNothing) {
  std::string said;
  CalibrationOptions options;
  options.warn = [&said](std::string_view line) { said += line; };
  const auto images_with = [&](std::size_t count, bool stops, int threads) {
    options.stops_when_enough = stops;
    options.threads = threads;
    return CalibratedModel::calibrate(small_net(), quant_test::pictures(count, [](std::size_t index) { return picture(index / 5 % 20); }),
                                      options);
  };
  const auto enough = images_with(1100, true, 1);
  EXPECT_EQ(images_of(enough->statistics()), 440);  // two of five blocks
  EXPECT_EQ(said.rfind("440 of 1100 pictures are enough", 0), 0U) << said;
  EXPECT_EQ(encode_statistics(images_with(1100, true, 3)->statistics()), encode_statistics(enough->statistics()));
  said.clear();
  EXPECT_EQ(images_of(images_with(1100, false, 2)->statistics()), 1100);
  EXPECT_EQ(images_of(images_with(512, true, 2)->statistics()), 512);
  EXPECT_EQ(said, "");
}

TEST(CalibratedModel, RefusesStatisticsThatDoNotFit) {
  const Graph graph = swish_net();
  const CalibrationStatistics good = shared_out(graph, pictures(4), 2);
  ASSERT_FALSE(good.histograms.empty());
  const auto code_with = [&](const auto& change) {
    CalibrationStatistics changed = good;
    change(changed);
    const auto model = with_statistics(graph, pictures(4), std::move(changed));
    return model.ok() ? std::optional<ErrorCode>() : model.error().code;
  };
  EXPECT_FALSE(code_with([](CalibrationStatistics&) {}));
  EXPECT_EQ(code_with([](CalibrationStatistics& changed) { changed.graph[0] ^= 1; }), ErrorCode::kMalformed);
  EXPECT_EQ(code_with([](CalibrationStatistics& changed) { changed.observers.erase(changed.observers.begin()); }), ErrorCode::kMalformed);
  EXPECT_EQ(code_with([](CalibrationStatistics& changed) { changed.observers.begin()->second = RangeObserver(); }), ErrorCode::kMalformed);
  EXPECT_EQ(code_with([](CalibrationStatistics& changed) { changed.histograms.begin()->second = ChannelHistogram(1); }),
            ErrorCode::kMalformed);
  EXPECT_EQ(code_with([](CalibrationStatistics& changed) { changed.observers.clear(); }), ErrorCode::kNotFound);
  CalibrationStatistics sum = good, other = good;
  other.graph[0] ^= 1;
  EXPECT_FALSE(add_statistics(other, sum).ok());
}

TEST(CalibrationStatistics, RefuseBytesThatAreCutOrForged) {
  const std::string good = encode_statistics(shared_out(swish_net(), pictures(2), 1));
  const auto decoded = [](const std::string& bytes) { return decode_statistics(std::as_bytes(std::span(bytes))); };
  ASSERT_TRUE(decoded(good).ok());
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(decoded(good.substr(0, size)).ok()) << size;
  EXPECT_FALSE(decoded(good + '\0').ok());
  // Numbers that ask for more than there is: they end in an error or in statistics, and not in memory that is not there.
  for (std::size_t at = 64; at + 4 <= good.size(); ++at) {
    std::string forged = good;
    forged.replace(at, 4, "\xff\xff\xff\x7f");
    const auto read = decoded(forged);
    EXPECT_TRUE(!read.ok() || read->graph == good.substr(0, 64));
  }
}

TEST(Quantize, RefusesModelsWithSeveralInputsOrNoConvolution) {
  SmallGraph two;
  two.output(two.add(two.input(kImage), two.input(kImage, "second")));
  EXPECT_FALSE(quantize(two.graph, pictures(2), {}).ok());
  SmallGraph none;
  none.output(none.relu(none.input(kImage)));
  EXPECT_FALSE(quantize(none.graph, pictures(2), {}).ok());
}

}  // namespace
}  // namespace octet::quant
