#include "passes/pass_testing.h"
#include "passes/passes.h"
#include "passes/standard.h"

namespace octet::passes {
namespace {

using testing::binary;
using testing::convolution;
using testing::input;
using testing::output;

// A network whose input is read by a convolution, and by an addition too where `twice`.
Graph network(bool twice) {
  Graph graph;
  const Value x = input(graph, {1, 3, 5, 4});
  const Value sums = convolution(graph, x, 3);
  output(graph, twice ? binary(graph, BinaryKind::kAdd, sums, x) : sums);
  return graph;
}

// What the network gives for a picture to which the steps were done by hand.
std::vector<float> by_hand(const Graph& graph, const std::vector<float>& picture, const InputSteps& steps) {
  const std::size_t plane = picture.size() / 3;
  std::vector<float> prepared(picture.size());
  for (std::size_t i = 0; i < picture.size(); ++i) {
    const std::size_t channel = i / plane, from = steps.reverse_channels ? 2 - channel : channel;
    double value = picture[from * plane + i % plane];
    if (!steps.mean.empty()) value -= steps.mean[steps.mean.size() == 1 ? 0 : channel];
    if (!steps.scale.empty()) value /= steps.scale[steps.scale.size() == 1 ? 0 : channel];
    prepared[i] = static_cast<float>(value);
  }
  return to_vector<float>(evaluate(graph, {{"x", Tensor::of<float>({1, 3, 5, 4}, prepared)}})->at("out"));
}

void expect_same(const Graph& before, const InputSteps& steps, bool fold) {
  Graph graph = before;
  const Status status = add_input_steps(graph, steps);
  ASSERT_TRUE(status.ok()) << status.error().message;
  if (fold) run_import_passes(graph);
  const Tensor picture = testing::Numbers(9).tensor({1, 3, 5, 4});
  const auto found = to_vector<float>(evaluate(graph, {{"x", picture}})->at("out"));
  const auto expected = by_hand(before, to_vector<float>(picture), steps);
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(found[i], expected[i], 1e-4f) << i;
}

TEST(InputSteps, AreThoseDoneByHand) {
  for (const bool twice : {false, true})
    for (const bool fold : {false, true})
      for (const InputSteps& steps : {InputSteps{true, {}, {}}, InputSteps{false, {0.5}, {2}}, InputSteps{true, {0.1, 0.2, 0.3}, {1, 2, 4}},
                                      InputSteps{true, {}, {255}}, InputSteps{false, {}, {0.5, 2, 1}}, InputSteps{}})
        expect_same(network(twice), steps, fold);
}

TEST(InputSteps, ReversesWeightsWhereOnlyConvolutionsRead) {
  Graph graph = network(false);
  ASSERT_TRUE(add_input_steps(graph, {true, {}, {}}).ok());
  EXPECT_EQ(graph.nodes().size(), network(false).nodes().size());
}

TEST(InputSteps, RefusesWhatItCannotApply) {
  Graph graph = network(false);
  EXPECT_EQ(add_input_steps(graph, {false, {1, 2}, {}}).error().message, "mean of the input is [1, 2], expected 1 or 3 numbers");
  EXPECT_EQ(add_input_steps(graph, {false, {}, {0}}).error().message, "scale of the input is [0], expected 1 or 3 numbers other than 0");
  Graph flat;
  output(flat, input(flat, {1, 3}));
  EXPECT_EQ(add_input_steps(flat, {true, {}, {}}).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace octet::passes
